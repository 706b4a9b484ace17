"""The keys that files may have, and what an editor may call them in Arabic."""

from functools import cache

from pydantic import BaseModel

from rules.schema import FiltersFile, LexiconFile, RuleFile, TemplateFile
from rules.watch.schema import WatchFile

_FILES: tuple[type[BaseModel], ...] = (RuleFile, TemplateFile, FiltersFile, LexiconFile, WatchFile)

IN_ARABIC = {
    "rule": ("القاعدة", "قاعدة", "المعرف", "معرف", "الاسم"),
    "title": ("العنوان", "عنوان"),
    "status": ("الحالة", "حالة", "الوضع"),
    "severity": ("الخطر", "خطر", "الخطورة", "خطورة", "الأهمية", "الدرجة"),
    "owner": ("المالك", "مالك", "صاحبها", "صاحب", "المسؤول", "مسؤول", "المكتب"),
    "why": ("السبب", "لماذا", "الغرض", "الشرح"),
    "match": ("المطابقة", "مطابقة", "تطابق", "يطابق", "الشرط", "الشروط", "شرط", "شروط"),
    "without": ("الاستثناء", "استثناء", "الاستثناءات", "بدون", "دون", "بلا", "ما عدا"),
    "because": ("لأن", "بسبب"),
    "escalate": ("التصعيد", "تصعيد", "يعلو"),
    "examples": ("الأمثلة", "أمثلة", "مثال", "المثال"),
    "no_match": ("لا يطابق", "لا تطابق"),
    "expect": ("المتوقع", "التوقع", "توقع"),
    "all": ("كل", "الكل", "كلها", "جميع"),
    "any": ("أي", "أحد", "واحد"),
    "none": ("لا شيء", "ليس"),
    "near": ("قرب", "قريب", "متقاربة", "بجوار"),
    "within": ("في حدود", "المسافة", "مسافة"),
    "phrase": ("عبارة", "العبارة"),
    "in": ("في", "الحقل"),
    "name": ("اسم", "الاسم"),
    "aliases": ("الأسماء الأخرى", "أسماء", "ألقاب", "الكنية"),
    "words": ("كلمات", "الكلمات"),
    "ignore": ("تجاهل", "يتجاهل"),
    "nisba": ("النسبة", "نسبة", "الصفة"),
    "summary": ("الملخص", "ملخص"),
    "body": ("المتن", "متن", "النص"),
}


@cache
def known_keys() -> frozenset[str]:
    """Every key that some file may have."""
    found: set[str] = set()
    waiting: list[object] = [*_FILES]
    seen: set[int] = set()
    while waiting:
        kind = waiting.pop()
        if id(kind) in seen:
            continue
        seen.add(id(kind))
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found.update(field.alias or name for name, field in kind.model_fields.items())
            waiting += [field.annotation for field in kind.model_fields.values()]
        waiting += getattr(kind, "__args__", ())
    return frozenset(found)


@cache
def top_keys() -> frozenset[str]:
    """Every key that may stand in the first column of some file."""
    return frozenset(field.alias or name for file in _FILES for name, field in file.model_fields.items())


def named_in_arabic(word: str, known: list[str]) -> str:
    """Which of some keys an Arabic word stands for, or ""."""
    return next((key for key in known if word.strip() in IN_ARABIC.get(key, ())), "")
