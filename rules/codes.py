"""Every diagnostic there is, in one table; what a message adds is the place and the particulars.

S: the structure of a file; R: what a rule refers to; L: lexicons; A: Arabic in lexicons; G: logic; E: examples;
T: watches, the rules over time; X: what an archive of items shows. A code never changes its meaning.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from rules.model import Problem


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for, in a line of each language. Errors keep a file out; warnings do not."""

    level: Literal["error", "warning"]
    arabic: str
    english: str


class At(NamedTuple):
    """A place in a file: line and column from 1."""

    line: int = 1
    column: int = 1


CODES = {
    "S001": Code("error", "بنية الملف (YAML) غير سليمة", "the file is not valid YAML"),
    "S002": Code("error", "ترميز الملف ليس UTF-8", "the file is not UTF-8"),
    "S003": Code("error", "الملف فارغ", "the file is empty"),
    "S004": Code("error", "مفتاح مكرر", "duplicate key"),
    "S005": Code("error", "مفتاح غير معروف", "unknown key"),
    "S006": Code("error", "مفتاح ناقص", "missing key"),
    "S007": Code("error", "نوع القيمة غير مناسب", "the value has the wrong type"),
    "S008": Code("error", "قيمة غير مقبولة", "the value is not acceptable"),
    "S009": Code("error", "الملف أكبر من الحد", "the file is too large"),
    "S010": Code("error", "التداخل أعمق من الحد", "the nesting is too deep"),
    "S011": Code("error", "مراسي YAML ووسومه غير مسموحة", "YAML anchors, aliases and tags are not allowed"),
    "S012": Code("error", "تعذرت قراءة الملف أو المجلد", "the file or folder cannot be read"),
    "S013": Code("error", "الإزاحة بعلامة الجدولة (Tab) غير مسموحة", "tabs cannot indent"),
    "S014": Code(
        "error", "الشرط يحتاج مفتاحًا واحدًا من مفاتيح الشروط", "a condition takes exactly one condition key"
    ),
    "S015": Code("error", "اسم الملف لا يطابق معرّف القاعدة", "the file is not named after its rule"),
    "S016": Code("warning", "لا توجد قواعد في المجلد", "there is no rule in the folder"),
    "S017": Code("warning", "قبول لا حاجة إليه", "an acceptance that accepts nothing"),
    "S018": Code("error", "سطر ابتلعه النص الذي فوقه", "a line that the text above has swallowed"),
    "S019": Code("warning", "ما بعد # لا يُقرأ", "what follows # is not read"),
    "S020": Code("warning", "ملف لا يُقرأ", "a file that is not read"),
    "S021": Code("error", "في قاعدة حية موضع لم يُملأ", "a blank in a live rule that was not filled in"),
    "S022": Code("warning", "موضع لم يُملأ بعد", "a blank that is yet to be filled in"),
    "S023": Code("error", "للمرشحات ملف آخر هو الذي يُقرأ", "another file of filters is the one that is read"),
    "R001": Code("error", "اسم غير معرّف في القواميس", "the name is in no lexicon"),
    "R002": Code("error", "معرّف القاعدة مستعمل في ملف آخر", "another file has a rule of this id"),
    "R003": Code("error", "عبارة بلا كلمات", "a phrase without a word"),
    "R004": Code("error", "شرط لا يبحث عن أي كلمة", "a condition that looks for no word"),
    "R005": Code(
        "error", "اسم تعريفه في القاموس فيه خطأ", "the definition of the name in the lexicon is broken"
    ),
    "R006": Code("error", "علامات تجعل هذا عبارة لن توجد", "signs make this a phrase that is never found"),
    "R007": Code(
        "warning", "في العبارة علامات لا يُبحث عنها", "the phrase holds signs that are not searched for"
    ),
    "R008": Code("error", "قاعدة لا تعرض كلمة واحدة دليلًا", "a rule that can show no evidence"),
    "R009": Code("error", "نمط regex بلا عبارة بجواره", "a regex without a phrase beside it"),
    "R010": Code("error", "نمط regex غير مقبول", "the regex is not acceptable"),
    "R011": Code("error", "قالب غير معرّف", "there is no such template"),
    "R012": Code("error", "القالب معرّف مرتين", "a template is defined twice"),
    "R013": Code("error", "مجموع النقاط لا يبلغ المطلوب أبدًا", "the points can never come to what is needed"),
    "R014": Code(
        "warning",
        "عبارة تُطلب كما هي، ولعل المقصود غيرها",
        "the phrase is searched word for word; perhaps not as meant",
    ),
    "R015": Code(
        "warning",
        "في النمط علامات لا تكون فيما يراه",
        "the regex asks for marks that no text has when it looks",
    ),
    "L002": Code("error", "مجموعة تدور على نفسها", "a group that contains itself"),
    "L001": Code("error", "اسم معرّف مرتين في القواميس", "a name is defined twice"),
    "A001": Code("warning", "نص لا يضيف شيئًا", "the text adds nothing"),
    "A002": Code("warning", "اسم لاثنين", "a name of two entities"),
    "A003": Code("warning", "اسم شائع في كل خبر", "a name that every article contains"),
    "A004": Code("warning", "كلمة شائعة تُقرأ اسمًا أو كلمة من القاموس", "a common word reads as this one"),
    "A005": Code("warning", "اسم يحجب كلمة في قائمة", "a name hides a word of a list"),
    "A006": Code("warning", "علامة خفية أو تطويل", "an invisible mark or a tatweel"),
    "A007": Code("warning", "بلد بلا صفته", "a country without its nisba"),
    "G001": Code("warning", "شرط يناقض نفسه", "a condition contradicts itself"),
    "G002": Code("warning", "فرع لا حاجة إليه", "a needless branch"),
    "G003": Code("warning", "مسافة أوسع مما ينفع", "the window is too wide"),
    "E006": Code("warning", "أمثلة قليلة لقاعدة حية", "few examples for a live rule"),
    "E007": Code("warning", "أمثلة no_match لا تقترب من القاعدة", "no counter-example comes near the rule"),
    "X001": Code("warning", "القاعدة تطابق أكثر مما تنتظر", "the rule fires more often than expected"),
    "X002": Code("warning", "القاعدة تطابق أقل مما تنتظر", "the rule fires less often than expected"),
    "X003": Code(
        "warning", "without تُسقط كثيرًا مما تجده القاعدة", "`without` cancels much of what the rule finds"
    ),
    "X004": Code("warning", "كل ما طابق من منبر واحد", "all that matched came from one source"),
    "X005": Code("warning", "قاعدتان تطابقان الأخبار نفسها", "two rules match the same items"),
    "X006": Code(
        "warning", "في الأرشيف إملاء يشبه الاسم ولا يطابقه", "the archive has a spelling near the name"
    ),
    "X007": Code(
        "warning", "اسم بلا نسبة، وهي في الأرشيف", "a name without its nisba, which the archive has"
    ),
    "X008": Code("warning", "اسم لا يرد في الأرشيف", "a name that the archive never has"),
    "X009": Code(
        "warning", "كثير مما تطابقه القاعدة خطأ", "readers find much of what the rule matches wrong"
    ),
    "E001": Code("error", "مثال يجب أن يطابق ولم يطابق", "an example should match and does not"),
    "E002": Code("error", "مثال يجب ألا يطابق وقد طابق", "an example should not match and does"),
    "E003": Code("error", "لا بد من أمثلة من النوعين", "a rule needs examples of both kinds"),
    "E004": Code("warning", "مثال مؤجل صار ينجح", "a todo example now passes"),
    "E005": Code("error", "مثال بلا نص", "an example without text"),
    "E008": Code("warning", "مثال مكرر", "an example is given twice"),
    "T001": Code("error", "المراقبة نوع واحد لا أكثر ولا أقل", "a watch is of exactly one kind"),
    "T002": Code("error", "لا توجد قاعدة بهذا المعرّف", "there is no rule of this id"),
    "T003": Code("warning", "القاعدة المراقَبة لا تعمل", "the rule that is watched does not run"),
    "T004": Code("error", "المدة التي يُعرف منها المعتاد قصيرة", "the time that shows the usual is too short"),
    "T005": Code("error", "لا بد من أمثلة زمنية من النوعين", "a watch needs timelines of both kinds"),
    "T006": Code("error", "مثال زمني لا يقع كما كُتب", "a timeline does not go as it is written"),
    "T007": Code("error", "خطوة لا تصح في مثال زمني", "a step that a timeline cannot have"),
}


def problem(code: str, path: Path, at: At, arabic: str = "", english: str = "", hint: str = "") -> Problem:
    """A problem with the level of its code. ``arabic`` and ``english`` follow the table's sentence after a colon."""
    known = CODES[code]
    return Problem(
        path=path,
        line=at.line,
        column=at.column,
        code=code,
        level=known.level,
        message=f"{known.arabic}: {arabic}" if arabic else known.arabic,
        message_en=f"{known.english}: {english}" if english else known.english,
        hint=hint,
    )
