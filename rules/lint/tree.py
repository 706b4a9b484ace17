"""Rules as trees of shapes: a walk through them, and what must hold wherever a condition does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
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


Fact = str | tuple[str, ...]
"""What may be known to hold: a condition, by its key; some words close together, by theirs."""

MOST_STEPS = 200_000  # comparisons of conditions in one rule; what is left after so many is not compared


class Close(NamedTuple):
    """Words close together: their keys in alphabetical order, and as they are written, () where any order does."""

    words: tuple[str, ...]
    written: tuple[str, ...]
    within: int

    def looser_than(self, other: "Close") -> bool:
        """Whether it holds where the other does, which is of the same words."""
        return self.within >= other.within and self.written in ((), other.written)


class Implied:
    """What holds wherever something does: keys of conditions, and the words that are close together."""

    __slots__ = ("close", "keys")

    def __init__(self, keys: frozenset[str] = frozenset(), close: Iterable[Close] = ()) -> None:
        self.keys = keys
        self.close: dict[tuple[str, ...], set[Close]] = {}
        for one in close:
            self.close.setdefault(one.words, set()).add(one)

    @property
    def facts(self) -> Iterator[Fact]:
        """All of it."""
        yield from self.keys
        yield from self.close

    @classmethod
    def all_of(cls, parts: Iterable["Implied"]) -> "Implied":
        """What holds where all those do."""
        given = list(parts)
        close = (one for part in given for ones in part.close.values() for one in ones)
        return cls(frozenset().union(*(part.keys for part in given)), close)


class Reasoner:
    """What follows from what among the conditions of one rule. What it has worked out of a condition it keeps.

    ``groups``: by a group's $name those of its members. After ``steps`` comparisons it knows nothing more for sure.
    """

    def __init__(self, groups: Mapping[str, Set[str]], steps: int = MOST_STEPS) -> None:
        self.groups, self.steps = groups, steps
        self._keys: dict[
            int, tuple[Any, str]
        ] = {}  # by identity, with the condition, so that it lives as long
        self._implied: dict[int, Implied] = {}

    def key(self, shape: Any) -> str:
        """The same for two conditions that say the same, in short or at length."""
        if isinstance(shape, str):
            return shape
        known = self._keys.get(id(shape))
        if known is None:
            known = self._keys[id(shape)] = (shape, self._key(shape))
        return known[1]

    def _key(self, shape: Any) -> str:
        if isinstance(shape, PhraseCondition | PhraseElement) and scope(shape) == EVERYWHERE:
            return shape.phrase
        fields = type(shape).model_fields.items()
        said = [(name, getattr(shape, name), field.default) for name, field in fields if name != "because"]
        told = sorted(f"{name}:{self._said(value)}" for name, value, default in said if value != default)
        return f"\0{{{','.join(told)}}}"

    def _said(self, value: Any) -> str:
        if isinstance(value, list):
            return f"[{','.join(map(self._said, value))}]"
        return self.key(value) if isinstance(value, BaseModel) else repr(value)

    def implied(self, shape: Any) -> Implied:
        """What must hold somewhere in a document for a condition to hold there."""
        if isinstance(shape, str):
            return Implied(frozenset([shape]))
        itself = self.key(shape)
        known = self._implied.get(id(shape))
        if known is None:
            known = self._implied[id(shape)] = self._what_follows(shape, Implied(frozenset([itself])))
        return known

    def _what_follows(self, shape: Any, itself: Implied) -> Implied:
        match shape:
            case PhraseCondition() | PhraseElement():
                return Implied(itself.keys | {shape.phrase})
            case NearCondition() | NearElement():
                close = [self.close(shape.near)] if scope(shape) == EVERYWHERE else []
                return self._all_of(shape.near.of, Implied(itself.keys, close))
            case AnyOfCondition() | AnyOfElement():
                return Implied.all_of([itself, self._any_of(shape.any)])
            case ScoreCondition():
                return self._all_of([part.when for part in shape.score.of if part.required], itself)
            case _:
                return self._all_of(_parts(shape), itself)

    def _all_of(self, shapes: list[Any], itself: Implied) -> Implied:
        return Implied.all_of(
            [itself, *(self.implied(one) for one in shapes if not isinstance(one, NoneCondition))]
        )

    def _any_of(self, shapes: list[Any]) -> Implied:
        each = [self.implied(shape) for shape in shapes]
        return each[0] if len(each) == 1 else Implied(frozenset.intersection(*(one.keys for one in each)))

    def placed(self, shape: Any) -> Implied:
        """What occurs wherever an element of ``near`` does, from the same word to the same word."""
        close = [self.close(shape.near)] if isinstance(shape, NearElement) else []
        return Implied(frozenset([self.key(shape)]), close)

    def close(self, near: NearBody) -> Close:
        """A ``near`` as a fact."""
        written = tuple(map(self.key, near.of))
        return Close(tuple(sorted(written)), written if near.order == "as_written" else (), near.within)

    def holds(self, shape: Any, given: Implied) -> bool:
        """Whether a condition surely holds where all that does."""
        if not self.spend():
            return False
        itself = self.key(shape)
        if itself in given.keys or not self.groups.get(itself, frozenset()).isdisjoint(given.keys):
            return True
        if scope(shape) != EVERYWHERE:
            return False
        match shape:
            case AllCondition():
                return all(self.holds(part, given) for part in shape.all)
            case AnyOfCondition() | AnyOfElement():
                return any(self.holds(part, given) for part in shape.any)
            case NearCondition() | NearElement():
                close = self.close(shape.near)
                return any(map(close.looser_than, given.close.get(close.words, ())))
            case _:
                return False

    def spend(self, steps: int = 1) -> bool:
        """Whether so many more comparisons are within bounds; they count as made."""
        self.steps -= steps
        return self.steps >= 0

    def asked(self, shape: Any, common: Mapping[Fact, int]) -> Set[Fact]:
        """Facts of which at least one is given wherever a condition ``holds``: of the parts of ``all`` the rarest's.

        ``common``: how often each fact is given.
        """
        itself = self.key(shape)
        found: set[Fact] = {itself, *self.groups.get(itself, ())}
        if scope(shape) != EVERYWHERE:
            return found
        match shape:
            case AllCondition():
                each = [self.asked(part, common) for part in shape.all]
                return found.union(min(each, key=lambda facts: sum(common.get(fact, 0) for fact in facts)))
            case AnyOfCondition() | AnyOfElement():
                return found.union(*(self.asked(part, common) for part in shape.any))
            case NearCondition() | NearElement():
                return {*found, self.close(shape.near).words}
            case _:
                return found


class Holding:
    """Which of many conditions may hold where which of many facts are given, without comparing all with all."""

    def __init__(self, reasoner: Reasoner, shapes: Mapping[int, Any], given: Mapping[int, Implied]) -> None:
        self.reasoner = reasoner
        self._giving: defaultdict[Fact, list[int]] = defaultdict(list)
        for number, known in given.items():
            for fact in known.facts:
                self._giving[fact].append(number)
        common = {fact: len(numbers) for fact, numbers in self._giving.items()}
        self._asking: defaultdict[Fact, list[int]] = defaultdict(list)
        self._asked = {number: reasoner.asked(shape, common) for number, shape in shapes.items()}
        for number, facts in self._asked.items():
            for fact in facts:
                self._asking[fact].append(number)

    def that_may_hold(self, given: Implied) -> list[int]:
        """The numbers of the conditions that may hold where all that is given, in order."""
        return self._among(self._asking, given.facts)

    def that_may_imply(self, number: int) -> list[int]:
        """The numbers of what may imply one of the conditions, in order."""
        return self._among(self._giving, self._asked[number])

    def _among(self, index: Mapping[Fact, list[int]], facts: Iterable[Fact]) -> list[int]:
        found: set[int] = set()
        for fact in facts:
            numbers = index.get(fact, [])
            if self.reasoner.spend(len(numbers)):
                found.update(numbers)
        return sorted(found)


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
