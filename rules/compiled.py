"""A rule that runs: judged by the hits of a document alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from rules.conditions import Condition, Needs, Page, View
from rules.finder import Hit, Hits, clear_of, covered
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
    """What it takes to judge. ``needs``: see ``Condition.needs``; a document without these need not be judged."""

    info: RuleInfo
    match: Condition
    without: tuple[Without, ...] = ()
    escalate: tuple[tuple[Condition, Severity], ...] = ()
    needs: Needs = field(init=False)
    terms: frozenset[int] = field(init=False, repr=False)
    _rejects_early: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needs", self.match.needs())
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
        left = View(self.remaining(view.hits, view.page), page=view.page)
        found = self.match.find(left)
        if not found:
            return None
        severities = [severity for when, severity in self.escalate if when.find(left) is not None]
        return Verdict(max((self.info.severity, *severities), key=lambda one: one.rank), found)

    def remaining(self, hits: Hits, page: Page) -> Hits:
        """The hits that share no word with anything that an exclusion covers."""
        return remaining(hits, self.without, self.terms, page)


def remaining(hits: Hits, without: Iterable[Without], used: Iterable[int], page: Page) -> Hits:
    """The hits of the ``used`` terms that share no word with anything that an exclusion covers."""
    view = View(hits, page=page)
    taken = set().union(*(covered(one.condition.taking_part(view)) for one in without))
    if not taken:
        return hits
    return {term: left for term in used if (left := clear_of(hits.get(term, ()), taken))}
