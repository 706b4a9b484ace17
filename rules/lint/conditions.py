"""Checks of a rule's tree for what can never matter, or is too wide to mean anything."""

from collections.abc import Iterator, Mapping, Set
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
from rules.lint.tree import Implied, conditions, holds, implied, key, placed
from rules.loader import LoadedRule
from rules.located import Where
from rules.model import Problem

WIDEST_SENSIBLE = 30  # words; a headline has ten to fifteen, so a wider window says no more than `all`
MOST_COMPARED = 100  # branches that are no mere names: what is more is not compared with every other

Groups = Mapping[str, Set[str]]


class SubsumedBranches(Check):
    """G002: a branch of ``any``, or a part of ``all``, that another one makes needless."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """A branch that asks for all that another asks for, and for more; a part that holds where another does."""
        for rule in subject.rules:
            for shape, where, _ in conditions(rule):
                if isinstance(shape, AnyOfCondition):
                    given = [implied(branch) for branch in shape.any]
                    yield from _branches(rule, shape.any, given, (*where, "any"), subject.groups)
                elif isinstance(shape, AnyOfElement):
                    given = [placed(branch) for branch in shape.any]
                    yield from _branches(rule, shape.any, given, (*where, "any"), subject.groups)
                elif isinstance(shape, AllCondition):
                    yield from _parts(rule, shape.all, (*where, "all"), subject.groups)


def _branches(
    rule: LoadedRule, branches: list[Any], given: list[Implied], where: Where, groups: Groups
) -> Iterator[Problem]:
    first = {key(branch): number for number, branch in reversed(list(enumerate(branches)))}
    wide = [n for n, branch in enumerate(branches) if not isinstance(branch, str) or branch in groups]
    for number, known in enumerate(given):
        same = [n for one in known.keys if (n := first.get(one, number)) != number]
        wider = [n for n in wide[:MOST_COMPARED] if n != number and holds(branches[n], known, groups)]
        for other in sorted({*same, *wider}):
            mutual = holds(branches[number], given[other], groups)
            if not mutual or other < number:
                yield _needless(rule, where, number, other)
                break


def _parts(rule: LoadedRule, parts: list[Any], where: Where, groups: Groups) -> Iterator[Problem]:
    """A part that says what another has said. A name beside a ``near`` that asks for it is left: it shows more."""
    seen: dict[str, int] = {}
    given = [implied(part) for part in parts[:MOST_COMPARED]]
    for number, part in enumerate(parts):
        if (other := seen.setdefault(key(part), number)) != number:
            yield _needless(rule, where, number, other)
            continue
        if isinstance(part, str | PhraseCondition | NoneCondition):
            continue
        for other, known in enumerate(given):
            same = other != number and holds(part, known, groups)
            if same and (other < number or not holds(parts[other], implied(part), groups)):
                yield _needless(rule, where, number, other)
                break


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
