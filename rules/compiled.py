"""A rule that runs: judged by the hits of a document alone."""

from dataclasses import dataclass, field
from typing import NamedTuple

from rules.conditions import Condition, Needs, View
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "needs", self.match.needs())

    def judge(self, hits: Hits) -> Verdict | None:
        """Whether it holds once the words that ``without`` covers are gone; None if it does not."""
        view = View(self.remaining(hits))
        found = self.match.find(view)
        if not found:
            return None
        severities = [severity for when, severity in self.escalate if when.find(view) is not None]
        return Verdict(max((self.info.severity, *severities), key=lambda one: one.rank), found)

    def remaining(self, hits: Hits) -> Hits:
        """The hits that share no word with anything that an exclusion covers."""
        taken = set().union(*(covered(one.condition.taking_part(View(hits))) for one in self.without))
        if not taken:
            return hits
        used = self.match.terms().union(*(when.terms() for when, _ in self.escalate))
        return {term: left for term in used if (left := clear_of(hits.get(term, ()), taken))}
