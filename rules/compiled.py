"""A rule that runs: judged by the hits of a document alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from rules.conditions import Condition, View, Ways
from rules.finder import Hit, clear_of, covered
from rules.model import RuleInfo, Severity


class Without(NamedTuple):
    """An exclusion: the words that take part in ``condition`` do not count."""

    condition: Condition
    because: str


class Verdict(NamedTuple):
    """A rule that holds: how serious, and the hits that show it."""

    severity: Severity
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """What it takes to judge. ``ways``: see ``Condition.ways``; where none is open it need not be judged."""

    info: RuleInfo
    match: Condition
    without: tuple[Without, ...] = ()
    escalate: tuple[tuple[Condition, Severity], ...] = ()
    ways: Ways = field(init=False)
    terms: frozenset[int] = field(init=False, repr=False)
    _rejects_early: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ways", self.match.ways())
        conditions = [
            self.match,
            *(one.condition for one in self.without),
            *(when for when, _ in self.escalate),
        ]
        object.__setattr__(self, "terms", frozenset[int]().union(*(one.terms() for one in conditions)))
        object.__setattr__(self, "_rejects_early", self.match.only_loses())

    def judge(self, view: View) -> Verdict | None:
        """Whether it holds once the words that ``without`` covers are gone; None if it does not."""
        if self._rejects_early and self.match.find(view) is None:
            return None  # with fewer words it would hold even less
        left = self.remaining(view)
        found = self.match.find(left)
        if not found:
            return None
        severities = [severity for when, severity in self.escalate if when.find(left) is not None]
        return Verdict(max((self.info.severity, *severities), key=lambda one: one.rank), found)

    def remaining(self, view: View) -> View:
        """The view without the words that an exclusion covers."""
        return remaining(view, self.without, self.terms)


def remaining(view: View, without: Iterable[Without], used: Iterable[int]) -> View:
    """A view of the ``used`` terms without the words that exclusions cover: no hit that shares one with them counts."""
    taken = view.taken.union(*(covered(one.condition.taking_part(view)) for one in without))
    if len(taken) == len(view.taken):
        return view
    hits = {term: left for term in used if (left := clear_of(view.hits.get(term, ()), taken))}
    return View(hits, view.fields, view.page, taken)
