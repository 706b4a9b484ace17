"""What pydantic refuses, said to a person: the place in the file, a code, Arabic, English and a hint."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rules.codes import problem
from rules.condition_shapes import CONDITION_KEYS, ELEMENT_KEYS, WITHOUT_KEYS
from rules.keys import named_in_arabic
from rules.located import Located, Where
from rules.model import Problem
from rules.signs import HIDDEN, shown
from rules.yaml_hints import punctuation_hint

SURE = 0.8  # likeness, as difflib has it, from which a key is taken for another without asking

_KINDS = {"condition_kind": CONDITION_KEYS, "element_kind": ELEMENT_KEYS, "without_kind": WITHOUT_KEYS}
_TYPES = {
    "string_type": ("نصٌّ", "text"),
    "int_type": ("عددٌ صحيح بالأرقام 0-9", "a whole number in digits 0-9"),
    "list_type": ("قائمة، كل بند في سطر يبدأ بـ «- »", "a list"),
    "dict_type": ("مفاتيحُ وقيمٌ", "a mapping"),
    "model_type": ("مفاتيحُ وقيمٌ", "a mapping"),
    "model_attributes_type": ("مفاتيحُ وقيمٌ", "a mapping"),
}
_LASTS = "مدة: عدد ثم حرف، مثل 30m أو 2h أو 14d."
_FORMS = {
    "rule": "معرّف القاعدة: حروف لاتينية صغيرة وأرقام وشرطات، مثل putin-visits.",
    "watch": "معرّف المراقبة: حروف لاتينية صغيرة وأرقام وشرطات، مثل arms-spike.",
    **dict.fromkeys(("uses", "template"), "اسم قالب: حروف لاتينية صغيرة وأرقام وشرطات، مثل statements-of."),
    **dict.fromkeys(("cooldown", "window", "usual", "first_after_quiet", "quiet_for"), _LASTS),
    **dict.fromkeys(("at_least_one_every", "max_age"), _LASTS),
    "per_day": "أقل ما تطابق في اليوم وأكثره وبينهما نقطتان، مثل 0..6.",
    "hours": "أول ساعة وآخر ساعة وبينهما نقطتان، مثل 6..23.",
    "countries": "رموز بلدان من حرفين لاتينيين كبيرين، مثل EG.",
    "languages": "رموز لغات بحروف لاتينية صغيرة، مثل ar.",
    "day": "رقم يوم مثل 3، أو أيام متتابعة مثل 1..14.",
    "at": "ساعة ودقيقة مثل 08:30.",
}
_EXAMPLES = {
    "rule": "putin-visits",
    "watch": "arms-spike",
    "uses": "statements-of",
    "template": "statements-of",
    "rules": "putin-visits",
    "of": "$putin",
    "per_day": "0..6",
    "hours": "6..23",
    "countries": "EG",
    "languages": "ar",
    "day": "3 or 1..14",
    "at": "08:30",
}
_ADD = {
    "rule": "rule: اسم الملف بلا ‎.yaml",
    "title": "title: عنوان القاعدة كما يراه المشترك",
    "status": "status: draft",
    "severity": "severity: medium",
    "owner": "owner: من يُسأل عنها",
    "why": "why: لماذا كُتبت",
    "match": "match: ثم الشرط تحتها",
    "because": "because: السبب",
    "within": "within: 8",
    "of": "of: ثم ما يتقارب تحتها، كل بند في سطر",
    "name": "name: الاسم كما يُكتب غالبًا",
    "words": "words: ثم الكلمات تحتها، كل كلمة في سطر",
}
_ALMOST = 0.7  # likeness from which a word may be asked after
_CLEARLY = 0.8  # likeness from which it may even begin with another letter


def close_to(word: str, known: Iterable[str], cutoff: float = _ALMOST) -> str:
    """The known word that was probably meant, or "": a word that merely shares letters is none."""
    found = get_close_matches(word, list(known), n=3, cutoff=cutoff)
    like = (one for one in found if one[:1] == word[:1] or get_close_matches(word, [one], cutoff=_CLEARLY))
    return next(like, "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """An Arabic question with the likely word, or ""."""
    found = close_to(word, known)
    return f"هل قصدت «{found}»؟" if found else ""


def problems_of(
    error: ValidationError, located: Located, shapes: dict[int, type[BaseModel]]
) -> list[Problem]:
    """One problem for each place that was refused. ``shapes``: the model that each mapping met, by ``id``."""
    told: dict[Where, Problem] = {}
    for detail in error.errors(include_url=False):
        where = way(located.data, detail["loc"])
        if where in located.swallowed:
            continue  # it has been said what is wrong with the text itself
        key = (*where, str(detail["loc"][-1])) if detail["type"] == "missing" else where
        told.setdefault(key, _problem(detail, where, located, shapes))
    return list(told.values())


def way(data: Any, location: Sequence[str | int]) -> Where:
    """The way to a value in the file from pydantic's location, which also names models and missing keys."""
    found: list[str | int] = []
    for step in location:
        in_list = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if in_list or (isinstance(data, dict) and step in data):
            data = data[step]
            found.append(step)
    return tuple(found)


def value_at(data: Any, where: Where) -> Any:
    """The value at the end of a way."""
    for step in where:
        data = data[step]
    return data


def _problem(
    detail: ErrorDetails, where: Where, located: Located, shapes: dict[int, type[BaseModel]]
) -> Problem:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(where, located, shapes)
    if kind == "missing":
        key = str(detail["loc"][-1])
        hint = f"أضف سطرًا: {_ADD[key]}" if key in _ADD else f"أضف سطرًا فيه «{key}:» وقيمته."
        return problem("S006", located.path, located.at(where, key=True), f"«{key}»", f"'{key}'", hint)
    if kind in _KINDS:
        return _not_one_condition(where, located, _KINDS[kind])
    if kind in _TYPES:
        return _wrong_type(kind, where, located)
    return _unacceptable(detail, where, located)


def _wrong_type(kind: str, where: Where, located: Located) -> Problem:
    arabic, english = _TYPES[kind]
    value, meant = value_at(located.data, where), ""
    hint = punctuation_hint(str(value))
    if isinstance(value, str) and value.startswith("-") and kind == "list_type":
        hint = "تنقص مسافة بعد «-»."
    if kind == "int_type" and isinstance(value, str) and value.strip().isdecimal():
        meant = str(int(value))
        hint = f"اكتب {meant} بالأرقام 0-9 وبلا علامات تنصيص؛ --fix يفعل ذلك."
    if where[:1] == ("examples",) and len(where) == 3 and not isinstance(value, dict):
        arabic, english = "نصُّ المثال", "the text of an example"
        empty = "البند فارغ: احذف «-» أو اكتب بعدها نص المثال."
        hint = empty if value is None else "اكتب «-» واحدة ثم نص المثال."
    at = located.at(where)
    found = problem("S007", located.path, at, f"يُنتظر هنا {arabic}", f"expected {english}", hint)
    return replace(found, meant=meant)


def _unknown_key(where: Where, located: Located, shapes: dict[int, type[BaseModel]]) -> Problem:
    key = str(where[-1])
    shape = shapes.get(id(value_at(located.data, where[:-1])))
    known = [field.alias or name for name, field in shape.model_fields.items()] if shape else []
    bare = HIDDEN.sub("", key)
    hint = did_you_mean(key, known) or f"المفاتيح هنا: {'، '.join(known)}."
    if bare != key:
        hint = "في المفتاح علامة خفية لا تُرى: احذفها؛ --fix يحذفها."
    elif not key.isascii():
        hint = _arabic_key(key, known, where)
    given = value_at(located.data, where[:-1])
    near = bare if bare in known else close_to(key, known, cutoff=SURE)
    found = problem(
        "S005", located.path, located.at(where, key=True), f"«{shown(key)}»", f"'{shown(key)}'", hint
    )
    return replace(found, meant=near if near not in given else "")


def _arabic_key(key: str, known: list[str], where: Where) -> str:
    """What to do with a key in Arabic: it stands for one of ours, or it is the beginning of a text with a colon."""
    meant = named_in_arabic(key, known)
    if meant:
        return f"المفاتيح بالحروف اللاتينية: هل قصدت «{meant}»؟"
    quote = "إن كان هذا نصًّا فيه نقطتان رأسيتان فضعه كله بين علامتي تنصيص."
    inside = any(isinstance(step, int) for step in where)
    return quote if inside else f"المفاتيح بالحروف اللاتينية، وهي هنا: {'، '.join(known)}. {quote}"


def _not_one_condition(where: Where, located: Located, keys: tuple[str, ...]) -> Problem:
    value = value_at(located.data, where)
    at, listed = located.at(where), "، ".join(keys)
    if not isinstance(value, dict):
        arabic, english = _described(value)
        hint = f"الشرط عبارة أو $اسم أو أحد المفاتيح: {listed}."
        return problem("S014", located.path, at, arabic, english, hint)
    present = [key for key in keys if key in value]
    if present:
        names = ", ".join(present)
        return problem(
            "S014", located.path, at, f"هنا {names} معًا", f"{names} together", "اجعل كلًّا منها بندًا."
        )
    given = ", ".join(map(shown, value))
    elsewhere = next((key for key in value if key in CONDITION_KEYS), "")
    if elsewhere:
        return problem("S014", located.path, at, f"«{given}»", f"'{given}'", _moved(elsewhere, keys))
    return _misspelt_condition(value, where, located, keys)


def _moved(key: str, keys: tuple[str, ...]) -> str:
    """What to do with a condition that may not stand in this place."""
    here = "، ".join(keys)
    if keys is WITHOUT_KEYS:
        return f"«{key}» لا تكون في without. المفاتيح هنا: {here}."
    return f"«{key}» لا تكون داخل near وsame_sentence: ضعها تحت all بجوارها. المفاتيح هنا: {here}."


def _misspelt_condition(value: Any, where: Where, located: Located, keys: tuple[str, ...]) -> Problem:
    given, listed = ", ".join(map(shown, value)), "، ".join(keys)
    wrong = next((key for key in value if close_to(key, keys)), "")
    at = located.at((*where, wrong), key=True) if wrong else located.at(where)
    hint = did_you_mean(wrong, keys) if wrong else f"المفاتيح هنا: {listed}."
    arabic = next((key for key in value if not key.isascii()), "")
    if not wrong and arabic:
        bare = HIDDEN.sub("", arabic)
        wrong = arabic if bare in keys else ""
        hint = (
            "في المفتاح علامة خفية؛ --fix يحذفها." if wrong else _arabic_key(arabic, list(keys), (*where, 0))
        )
    found = problem("S014", located.path, at, f"«{given}»", f"'{given}'", hint)
    return replace(found, meant=_surely(HIDDEN.sub("", wrong), keys))


def _surely(word: str, keys: tuple[str, ...]) -> str:
    """The one key that a misspelt one stands for; "" if it may be two."""
    close = get_close_matches(word, keys, n=2, cutoff=_ALMOST)
    sure = word in keys or (len(close) == 1 and abs(len(close[0]) - len(word)) <= 1)
    return close[0] if sure else ""


def _described(value: Any) -> tuple[str, str]:
    if value is None:
        return "القيمة فارغة", "the value is empty"
    if isinstance(value, list):
        return "هذه قائمة بلا all أو any", "a list without all or any"
    return "هذه القيمة ليست شرطًا", "this value is no condition"


def _unacceptable(detail: ErrorDetails, where: Where, located: Located) -> Problem:
    context = detail.get("ctx", {})
    key = next((step for step in reversed(where) if isinstance(step, str)), "")
    given = value_at(located.data, where)
    shown = f"«{given}»" if isinstance(given, str | int) else ""
    hint, english, meant = _FORMS.get(key, "") or _limits(context), detail["msg"], ""
    if detail["type"] == "string_pattern_mismatch":
        english = f"it is written like {_EXAMPLES.get(key, '30m')}"
    if detail["type"] in {"enum", "literal_error"}:
        options = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        hint = did_you_mean(str(given).lower(), options) or f"القيم الممكنة: {'، '.join(options)}."
        meant = str(given).lower() if str(given).lower() in options else ""
    if isinstance(given, list) and any("،" in one for one in given if isinstance(one, str)):
        hint = "الفاصلة العربية «،» لا تفصل بين البنود: اكتب «,» مكانها، أو اجعل كل بند في سطر."
    if detail["type"] == "lexicon_name":
        shown, hint = (
            f"«{context['name']}»",
            "الأسماء حروف لاتينية صغيرة وأرقام وشرطة سفلية، مثل kim_jong_un.",
        )
        where = (*where, context["name"])
    if detail["type"] == "lexicon_empty":
        hint = "القاموس فيه entities أو lists."
    is_key = detail["type"] == "lexicon_name"
    found = problem("S008", located.path, located.at(where, key=is_key), shown, english, hint)
    return replace(found, meant=meant)


def _limits(context: dict[str, Any]) -> str:
    least = context.get("ge", context.get("min_length"))
    most = context.get("le", context.get("max_length"))
    if least is not None:
        return "لا تتركه فارغًا." if least == 1 and "ge" not in context else f"الحد الأدنى {least}."
    return f"الحد الأعلى {most}." if most is not None else ""
