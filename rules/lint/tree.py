"""Rules as trees of shapes: a walk through them, and what must hold wherever a condition does."""

import json
from collections.abc import Iterator, Mapping, Set
from typing import Any, NamedTuple

from pydantic import BaseModel

from rules.condition_shapes import (
    AllCondition,
    AnyOfCondition,
    AnyOfElement,
    AtLeastCondition,
    ContextCondition,
    NearBody,
    NearCondition,
    NearElement,
    NoneCondition,
    PhraseCondition,
    PhraseElement,
    SameSentenceCondition,
    SameSentenceElement,
    Scoped,
    ScoreCondition,
)
from rules.loader import LoadedRule
from rules.located import Where
from rules.model import FIELDS

EVERYWHERE = frozenset(FIELDS)


class Node(NamedTuple):
    """A condition in its place: the way to it in the file, and the fields that it may look at."""

    shape: Any
    where: Where
    fields: frozenset[str] = EVERYWHERE


def walk(shape: Any, where: Where, fields: frozenset[str] = EVERYWHERE) -> Iterator[Node]:
    """A condition and every condition under it."""
    fields &= scope(shape)
    yield Node(shape, where, fields)
    if isinstance(shape, BaseModel):
        for name, field in type(shape).model_fields.items():
            if name != "fields":
                yield from _within(getattr(shape, name), (*where, field.alias or name), fields)


def _within(value: Any, where: Where, fields: frozenset[str]) -> Iterator[Node]:
    if isinstance(value, BaseModel):
        yield from walk(value, where, fields)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            if isinstance(one, BaseModel | str):
                yield from walk(one, (*where, number), fields)


def conditions(rule: LoadedRule) -> Iterator[Node]:
    """Every condition of a rule."""
    yield from walk(rule.shape.match, ("match",))
    for number, without in enumerate(rule.shape.without):
        yield from walk(without, ("without", number))
    for number, escalation in enumerate(rule.shape.escalate):
        yield from walk(escalation.when, ("escalate", number, "when"))


def scope(shape: Any) -> frozenset[str]:
    """The fields that a condition itself asks for."""
    if not isinstance(shape, Scoped):
        return EVERYWHERE
    return frozenset([shape.fields] if isinstance(shape.fields, str) else shape.fields)


def key(shape: Any) -> str:
    """The same for two conditions that say the same, in short or at length."""
    if isinstance(shape, str):
        return shape
    if isinstance(shape, PhraseCondition | PhraseElement) and scope(shape) == EVERYWHERE:
        return shape.phrase
    plain = shape.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    plain.pop("because", None)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


class Implied(NamedTuple):
    """What holds wherever something does: keys of conditions, and the ``near`` among them."""

    keys: frozenset[str] = frozenset()
    nears: tuple[NearBody, ...] = ()

    def __or__(self, other: "Implied") -> "Implied":
        return Implied(self.keys | other.keys, (*self.nears, *other.nears))


def implied(shape: Any) -> Implied:
    """What must hold somewhere in a document for a condition to hold there."""
    itself = Implied(frozenset([key(shape)]))
    match shape:
        case PhraseCondition() | PhraseElement():
            return Implied(itself.keys | {shape.phrase})
        case NearCondition() | NearElement():
            whole = scope(shape) == EVERYWHERE
            return _all_of(shape.near.of, Implied(itself.keys, (shape.near,) if whole else ()))
        case AnyOfCondition() | AnyOfElement():
            return itself | _any_of(shape.any)
        case ScoreCondition():
            return _all_of([part.when for part in shape.score.of if part.required], itself)
        case _:
            return _all_of(_parts(shape), itself)


def placed(shape: Any) -> Implied:
    """What occurs wherever an element of ``near`` does, from the same word to the same word."""
    nears = (shape.near,) if isinstance(shape, NearElement) else ()
    return Implied(frozenset([key(shape)]), nears)


def _parts(shape: Any) -> list[Any]:
    """The parts of a condition that all hold where it does."""
    match shape:
        case AllCondition():
            return shape.all
        case ContextCondition():
            return shape.context
        case SameSentenceCondition() | SameSentenceElement():
            return shape.same_sentence
        case AtLeastCondition() if shape.at_least.n == len(shape.at_least.of):
            return shape.at_least.of
        case _:
            return []


def _all_of(shapes: list[Any], found: Implied) -> Implied:
    for shape in shapes:
        if not isinstance(shape, NoneCondition):
            found |= implied(shape)
    return found


def _any_of(shapes: list[Any]) -> Implied:
    each = [implied(shape) for shape in shapes]
    keys = frozenset.intersection(*(one.keys for one in each))
    return Implied(keys, each[0].nears if len(each) == 1 else ())


def holds(shape: Any, given: Implied, groups: Mapping[str, Set[str]]) -> bool:
    """Whether a condition surely holds where all that does. ``groups``: by a group's $name those of its members."""
    if key(shape) in given.keys or not groups.get(key(shape), frozenset()).isdisjoint(given.keys):
        return True
    if scope(shape) != EVERYWHERE:
        return False
    match shape:
        case AllCondition():
            return all(holds(part, given, groups) for part in shape.all)
        case AnyOfCondition() | AnyOfElement():
            return any(holds(part, given, groups) for part in shape.any)
        case NearCondition() | NearElement():
            return any(_looser(shape.near, near) for near in given.nears)
        case _:
            return False


def _looser(wider: NearBody, near: NearBody) -> bool:
    if wider.within < near.within or wider.order not in (near.order, "any"):
        return False
    a, b = [key(one) for one in wider.of], [key(one) for one in near.of]
    return a == b if wider.order == "as_written" else sorted(a) == sorted(b)
