"""Checks of a rule's tree: what can never hold, what can never matter, what is too wide to mean anything."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from rules.codes import problem
from rules.condition_shapes import (
    AllCondition,
    AnyOfCondition,
    AnyOfElement,
    NearCondition,
    NearElement,
    NoneCondition,
)
from rules.lint.base import Check, Subject
from rules.loader import LoadedRule
from rules.located import Where
from rules.model import Problem

WIDEST_SENSIBLE = 30  # words; a headline has ten to fifteen, so a wider window says no more than `all`


def walk(shape: Any, where: Where) -> Iterator[tuple[Any, Where]]:
    """A condition and every condition under it, with the way to each in the file."""
    yield shape, where
    if isinstance(shape, BaseModel):
        for name, field in type(shape).model_fields.items():
            yield from _within(getattr(shape, name), (*where, field.alias or name))


def _within(value: Any, where: Where) -> Iterator[tuple[Any, Where]]:
    if isinstance(value, BaseModel):
        yield from walk(value, where)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            if isinstance(one, BaseModel | str):
                yield from walk(one, (*where, number))


def conditions(rule: LoadedRule) -> Iterator[tuple[Any, Where]]:
    """Every condition of a rule."""
    yield from walk(rule.shape.match, ("match",))
    for number, without in enumerate(rule.shape.without):
        yield from walk(without, ("without", number))
    for number, escalation in enumerate(rule.shape.escalate):
        yield from walk(escalation.when, ("escalate", number, "when"))


def _key(shape: Any) -> str:
    """The same for two conditions that say the same."""
    return shape if isinstance(shape, str) else shape.model_dump_json(by_alias=True)


def _needed(shape: Any) -> frozenset[str]:
    """What a condition asks for in full: its parts, if it is an ``all`` of the whole document, or else itself."""
    if isinstance(shape, AllCondition) and len(shape.fields) == 3:
        return frozenset(map(_key, shape.all))
    return frozenset([_key(shape)])


class Contradictions(Check):
    """G001: it asks for something and for its absence."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """``all`` with a part that a ``none`` beside it forbids."""
        for rule in subject.rules:
            for shape, where in conditions(rule):
                if isinstance(shape, AllCondition):
                    forbidden = {
                        _key(one)
                        for part in shape.all
                        if isinstance(part, NoneCondition)
                        for one in part.none
                    }
                    for number, part in enumerate(shape.all):
                        if _key(part) in forbidden:
                            at = rule.located.at((*where, "all", number))
                            said = part if isinstance(part, str) else "الشرط نفسه"
                            yield problem(
                                "G001", rule.located.path, at, f"«{said}»", f"'{said}'", "احذف أحدهما."
                            )


class SubsumedBranches(Check):
    """G002: a branch of ``any`` that another branch of it makes needless."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """A branch that asks for all that another asks for, and for more."""
        for rule in subject.rules:
            for shape, where in conditions(rule):
                if isinstance(shape, AnyOfCondition | AnyOfElement):
                    yield from self._among(rule, shape.any, (*where, "any"))

    def _among(self, rule: LoadedRule, branches: list[Any], where: Where) -> Iterator[Problem]:
        for number, branch in enumerate(branches):
            for other, wider in enumerate(branches):
                needless = _covers(wider, branch) and (other < number or not _covers(branch, wider))
                if other != number and needless:
                    at, line = rule.located.at((*where, number)), rule.located.at((*where, other)).line
                    arabic, english = f"يغني عنه ما في السطر {line}", f"what is on line {line} covers it"
                    yield problem("G002", rule.located.path, at, arabic, english, "احذفه.")
                    break


def _covers(wider: Any, branch: Any) -> bool:
    """Whether the wider condition holds wherever the branch does."""
    if _needed(wider) <= _needed(branch):
        return True
    if isinstance(wider, NearCondition | NearElement) and isinstance(branch, NearCondition | NearElement):
        same_scope = getattr(wider, "fields", None) == getattr(branch, "fields", None)
        a, b = wider.near, branch.near
        looser = a.within >= b.within and a.order in (b.order, "any")
        ordered = "as_written" in (a.order, b.order)
        alike = (
            [_key(one) for one in a.of] == [_key(one) for one in b.of]
            if ordered
            else _bag(a.of) == _bag(b.of)
        )
        return same_scope and looser and alike
    return False


def _bag(shapes: list[Any]) -> list[str]:
    return sorted(map(_key, shapes))


class WideWindows(Check):
    """G003: a window so wide that it says no more than ``all``."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Every such ``near``."""
        for rule in subject.rules:
            for shape, where in conditions(rule):
                if isinstance(shape, NearCondition | NearElement) and shape.near.within > WIDEST_SENSIBLE:
                    at = rule.located.at((*where, "near", "within"))
                    hint = f"ضيّقها إلى {WIDEST_SENSIBLE} أو أقل، أو استعمل same_sentence."
                    yield problem(
                        "G003", rule.located.path, at, str(shape.near.within), str(shape.near.within), hint
                    )
