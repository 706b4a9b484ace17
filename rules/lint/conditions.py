"""Checks of a rule's tree for what can never matter, or is too wide to mean anything."""

from collections.abc import Iterator
from typing import Any

from rules.codes import problem
from rules.condition_shapes import (
    AllCondition,
    AnyOfCondition,
    AnyOfElement,
    NearCondition,
    NearElement,
    NoneCondition,
    PhraseCondition,
)
from rules.lint.base import Check, Subject
from rules.lint.tree import Holding, Implied, Reasoner, conditions
from rules.loader import LoadedRule
from rules.located import Where
from rules.model import Problem

WIDEST_SENSIBLE = 30  # words; a headline has ten to fifteen, so a wider window says no more than `all`


class SubsumedBranches(Check):
    """G002: a branch of ``any``, or a part of ``all``, that another one makes needless."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """A branch that asks for all that another asks for, and for more; a part that holds where another does."""
        for rule in subject.rules:
            reasoner = Reasoner(subject.groups)
            for shape, where, _ in conditions(rule):
                if isinstance(shape, AnyOfCondition):
                    given = [reasoner.implied(branch) for branch in shape.any]
                    yield from _branches(reasoner, rule, shape.any, given, (*where, "any"))
                elif isinstance(shape, AnyOfElement):
                    given = [reasoner.placed(branch) for branch in shape.any]
                    yield from _branches(reasoner, rule, shape.any, given, (*where, "any"))
                elif isinstance(shape, AllCondition):
                    yield from _parts(reasoner, rule, shape.all, (*where, "all"))


def _branches(
    reasoner: Reasoner, rule: LoadedRule, branches: list[Any], given: list[Implied], where: Where
) -> Iterator[Problem]:
    first = _firsts(reasoner, branches)
    once = {number: branches[number] for number in first.values()}
    wide = {n: one for n, one in once.items() if not isinstance(one, str) or one in reasoner.groups}
    holding = Holding(reasoner, wide, {number: given[number] for number in once})
    for number, branch in enumerate(branches):
        if number not in once:
            yield _needless(rule, where, number, first[reasoner.key(branch)])
            continue
        same = {first.get(one, number) for one in given[number].keys}
        for other in sorted({*same, *holding.that_may_hold(given[number])} - {number}):
            covered = other in same or reasoner.holds(branches[other], given[number])
            if covered and (other < number or not reasoner.holds(branch, given[other])):
                yield _needless(rule, where, number, other)
                break


def _parts(reasoner: Reasoner, rule: LoadedRule, parts: list[Any], where: Where) -> Iterator[Problem]:
    """A part that says what another has said. A name beside a ``near`` that asks for it is left: it shows more."""
    first = _firsts(reasoner, parts)
    once = {number: parts[number] for number in first.values()}
    given = {number: reasoner.implied(part) for number, part in once.items()}
    more = {
        n: part for n, part in once.items() if not isinstance(part, str | PhraseCondition | NoneCondition)
    }
    holding = Holding(reasoner, more, given)
    for number, part in enumerate(parts):
        if number not in once:
            yield _needless(rule, where, number, first[reasoner.key(part)])
            continue
        for other in holding.that_may_imply(number) if number in more else ():
            same = other != number and reasoner.holds(part, given[other])
            if same and (other < number or not reasoner.holds(parts[other], given[number])):
                yield _needless(rule, where, number, other)
                break


def _firsts(reasoner: Reasoner, shapes: list[Any]) -> dict[str, int]:
    """Where each of some conditions stands first, in order."""
    first: dict[str, int] = {}
    for number, shape in enumerate(shapes):
        first.setdefault(reasoner.key(shape), number)
    return first


def _needless(rule: LoadedRule, where: Where, number: int, other: int) -> Problem:
    at, line = rule.located.at((*where, number)), rule.located.at((*where, other)).line
    arabic, english = f"يغني عنه ما في السطر {line}", f"what is on line {line} covers it"
    return problem("G002", rule.located.path, at, arabic, english, "احذفه.")


class WideWindows(Check):
    """G003: a window so wide that it says no more than ``all``."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Every such ``near``."""
        for rule in subject.rules:
            for shape, where, _ in conditions(rule):
                if isinstance(shape, NearCondition | NearElement) and shape.near.within > WIDEST_SENSIBLE:
                    at = rule.located.at((*where, "near", "within"))
                    hint = f"ضيّقها إلى {WIDEST_SENSIBLE} أو أقل، أو استعمل same_sentence."
                    shown = str(shape.near.within)
                    yield problem("G003", rule.located.path, at, shown, shown, hint)
