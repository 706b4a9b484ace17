"""What can be wrong with a catalogue file: one code each, in two languages; docs/catalogue.md says what to do.

An error keeps its outlet (or its file) out; a warning does not. A code never changes its meaning.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for, in a line of each language."""

    level: Literal["error", "warning"]
    arabic: str
    english: str


CODES = {
    "F001": Code("error", "بنية الملف (YAML) غير سليمة", "the file is not valid YAML"),
    "F002": Code("error", "ترميز الملف ليس UTF-8", "the file is not UTF-8"),
    "F003": Code("error", "الملف فارغ", "the file is empty"),
    "F004": Code("error", "مفتاح مكرر", "a key is written twice"),
    "F005": Code("error", "مفتاح غير معروف", "unknown key"),
    "F006": Code("error", "مفتاح ناقص", "a key is missing"),
    "F007": Code("error", "نوع القيمة غير مناسب", "the value has the wrong type"),
    "F008": Code("error", "قيمة غير مقبولة", "the value is not acceptable"),
    "F009": Code("error", "الملف أكبر من الحد", "the file is too large"),
    "F010": Code("error", "تعذرت قراءة الملف أو المجلد", "the file or folder cannot be read"),
    "F011": Code("error", "التداخل أعمق من الحد", "the nesting is too deep"),
    "F012": Code("error", "مراسي YAML ووسومه غير مسموحة", "YAML anchors, aliases and tags are not allowed"),
    "F013": Code("error", "هذا الرابط لا يصلح لخلاصة", "this URL cannot be a feed's"),
    "F014": Code("error", "الرابط مذكور من قبل", "the URL stands already elsewhere"),
    "F015": Code("error", "url أو feeds، لا كلاهما", "either url or feeds"),
    "F016": Code("error", "لا توجد ملفات في المجلد", "there is no catalogue file in the folder"),
    "F017": Code("warning", "ملف لا يُقرأ", "a file that is not read"),
    "F018": Code("warning", "المنفذ مذكور من قبل", "the outlet stands already elsewhere"),
    "F019": Code("warning", "اسم عربي بلا حروف عربية", "an Arabic name without Arabic letters"),
    "F020": Code("error", "علامة خفية في النص", "an invisible mark in a text"),
    "F021": Code("error", "رمز بلد غير معروف", "unknown country code"),
    "F022": Code("warning", "للبلد ملف آخر", "another file has this country"),
    "F023": Code("warning", "في الرابط ما يتتبع القارئ", "the URL says who follows it"),
}
