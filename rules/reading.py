"""Which fields of a document a condition looks at."""

from dataclasses import fields, is_dataclass
from typing import Any

from rules.conditions.logic import Inside
from rules.conditions.pattern import PatternFound
from rules.model import FIELDS, Field


def reads(condition: Any, field: Field) -> bool:
    """Whether words of ``field`` can make a difference to a condition."""
    number = FIELDS.index(field)
    if isinstance(condition, Inside):
        return number in condition.fields and reads(condition.part, field)
    if isinstance(condition, PatternFound):
        return True
    parts = [part for part in _parts(condition) if is_dataclass(part)]
    return any(reads(part, field) for part in parts) if parts else bool(condition.terms())


def _parts(condition: Any) -> list[Any]:
    """The conditions that a condition is made of."""
    found: list[Any] = []
    for one in fields(condition):
        if one.init:
            value = getattr(condition, one.name)
            found += value if isinstance(value, tuple) else [value]
    return found
