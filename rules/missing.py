"""How much a condition lacks to hold for a document: what lacks least is what nearly held."""

from collections.abc import Iterator
from typing import NamedTuple

from rules.conditions import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    Context,
    Inside,
    Near,
    NoneOf,
    SameSentence,
    Score,
    View,
)

FAR = 0.5  # what a condition lacks that has all its words, but not together


class Branch(NamedTuple):
    """A way in which a rule may hold, where it looks, and how much it lacks: parts, and a half for nearness alone."""

    node: Condition
    view: View
    lacks: float


def nearest(node: Condition, view: View) -> list[Branch]:
    """The ways in which a condition that does not hold might, those first that lack least."""
    return sorted(_branches(node, view), key=lambda branch: branch.lacks)


def _branches(node: Condition, view: View) -> Iterator[Branch]:
    """Every way; of an ``all`` that lacks one part only the ways of that part."""
    if isinstance(node, Inside):
        yield from _branches(node.part, view.within(node.fields))
        return
    parts: tuple[Condition, ...] = ()
    if isinstance(node, AnyOf):
        parts = node.parts
    elif isinstance(node, All):
        failing = tuple(part for part in node.parts if part.find(view) is None)
        parts = failing if len(failing) == 1 else ()
    if not parts:
        yield Branch(node, view, lacks(node, view))
    for part in parts:
        yield from _branches(part, view)


def lacks(node: Condition, view: View) -> float:
    """How many parts are missing; 0 if it holds."""
    if node.find(view) is not None:
        return 0
    match node:
        case AnyOf(parts=parts):
            return min((lacks(part, view) for part in parts), default=1)
        case All(parts=parts) | Context(parts=parts):
            return sum(lacks(part, view) for part in parts)
        case Near(of=elements) | SameSentence(of=elements):
            return sum(lacks(part, view) for part in elements) or FAR
        case Inside(part=part, fields=fields):
            return lacks(part, view.within(fields)) or FAR
        case _:
            return _lacks_in_count(node, view)


def _lacks_in_count(node: Condition, view: View) -> float:
    match node:
        case AtLeast(count=count, parts=parts):
            return sum(sorted(lacks(part, view) for part in parts)[:count])
        case Score(of=scored):
            return sum(one.required and lacks(one.part, view) for one in scored) or FAR
        case NoneOf(parts=parts):
            return sum(part.find(view) is not None for part in parts)
        case _:
            return 1
