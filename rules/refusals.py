"""What pydantic refuses, said to a person: the place in the file, a code, Arabic, English and a hint."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rules.codes import problem
from rules.condition_shapes import CONDITION_KEYS, ELEMENT_KEYS, WITHOUT_KEYS
from rules.located import Located, Where
from rules.model import Problem
from rules.signs import shown
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
_FORMS = {
    "rule": "معرّف القاعدة: حروف لاتينية صغيرة وأرقام وشرطات، مثل putin-visits.",
    "cooldown": "مدة مثل 30m أو 2h أو 1d.",
    "watch": "معرّف المراقبة: حروف لاتينية صغيرة وأرقام وشرطات، مثل arms-spike.",
    **dict.fromkeys(("window", "usual", "first_after_quiet", "quiet_for"), "مدة مثل 6h أو 14d."),
    "day": "رقم يوم مثل 3، أو أيام متتابعة مثل 1..14.",
    "at": "ساعة ودقيقة مثل 08:30.",
}


def close_to(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word that was probably meant, or ""."""
    found = get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return found[0] if found else ""


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
        return problem("S006", located.path, located.at(where, key=True), f"«{key}»", f"'{key}'")
    if kind in _KINDS:
        return _not_one_condition(where, located, _KINDS[kind])
    if kind in _TYPES:
        arabic, english = _TYPES[kind]
        hint = punctuation_hint(str(value_at(located.data, where)))
        return problem(
            "S007", located.path, located.at(where), f"يُنتظر هنا {arabic}", f"expected {english}", hint
        )
    return _unacceptable(detail, where, located)


def _unknown_key(where: Where, located: Located, shapes: dict[int, type[BaseModel]]) -> Problem:
    key = str(where[-1])
    shape = shapes.get(id(value_at(located.data, where[:-1])))
    known = [field.alias or name for name, field in shape.model_fields.items()] if shape else []
    hint = did_you_mean(key, known) or f"المفاتيح هنا: {'، '.join(known)}."
    if not key.isascii():
        hint = "إن كان هذا نصًّا فيه نقطتان رأسيتان فضعه كله بين علامتي تنصيص."
    given = value_at(located.data, where[:-1])
    near = close_to(key, known, cutoff=SURE)
    found = problem(
        "S005", located.path, located.at(where, key=True), f"«{shown(key)}»", f"'{shown(key)}'", hint
    )
    return replace(found, meant=near if near not in given else "")


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
    wrong = next((key for key in value if close_to(key, keys)), "")
    hint = did_you_mean(wrong, keys) if wrong else f"المفاتيح هنا: {listed}."
    given = ", ".join(value)
    return problem("S014", located.path, at, f"«{given}»", f"'{given}'", hint)


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
    hint = _FORMS.get(key, "") or _limits(context)
    if detail["type"] in {"enum", "literal_error"}:
        options = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        hint = did_you_mean(str(given), options) or f"القيم الممكنة: {'، '.join(options)}."
    if detail["type"] == "lexicon_name":
        shown, hint = (
            f"«{context['name']}»",
            "الأسماء حروف لاتينية صغيرة وأرقام وشرطة سفلية، مثل kim_jong_un.",
        )
        where = (*where, context["name"])
    if detail["type"] == "lexicon_empty":
        hint = "القاموس فيه entities أو lists."
    is_key = detail["type"] == "lexicon_name"
    return problem("S008", located.path, located.at(where, key=is_key), shown, detail["msg"], hint)


def _limits(context: dict[str, Any]) -> str:
    least = context.get("ge", context.get("min_length"))
    most = context.get("le", context.get("max_length"))
    if least is not None:
        return "لا تتركه فارغًا." if least == 1 and "ge" not in context else f"الحد الأدنى {least}."
    return f"الحد الأعلى {most}." if most is not None else ""
