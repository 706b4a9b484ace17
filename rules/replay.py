"""Rules on news that has been: what one would have caught, and what changes from one set to another.

Pure: documents are handed in one by one, in any order; the results are kept, the documents are not.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any, NamedTuple

from rules.expecting import Measured, measured
from rules.matcher import RuleSet
from rules.model import Document, Evidence, Expect, Match, RuleInfo, Severity

BOLD = ("⟦", "⟧")  # around evidence, where there is no bold
_LONGEST, _BEFORE = 240, 60  # characters that are shown of a long text, and of these before its first mark


class Catch(NamedTuple):
    """An item that a rule holds for. ``text``: see ``marked``; ``document``: with its title only."""

    id: Any
    document: Document
    text: str
    match: Match

    @property
    def day(self) -> str:
        """Its date in UTC as YYYY-MM-DD, "" if it has none."""
        return day_of(self.document)

    @property
    def source(self) -> str:
        """The outlet's name."""
        return self.document.feed


@dataclass(slots=True)
class Trial:
    """One rule, whatever its status, on items: how many were looked at, and what it holds for."""

    rule_set: RuleSet
    rule: str
    looked_at: int = 0
    caught: list[Catch] = field(default_factory=list)
    days: Counter[str] = field(default_factory=Counter)

    def look(self, item_id: Any, document: Document) -> None:
        """Try the rule on an item."""
        self.looked_at += 1
        day = day_of(document)
        self.days[day] += 0  # a day on which nothing was caught is shown as well
        match = self.rule_set.verdict(self.rule, document)
        if match:
            self.days[day] += 1
            self.caught.append(_catch(item_id, document, match))

    @property
    def expect(self) -> Expect | None:
        """How often the rule's file says that it should fire."""
        return self.rule_set.compiled(self.rule).info.expect

    def measured(self) -> Measured | None:
        """What came of that; None if the file says nothing, or no item has a date."""
        dated = {day: count for day, count in sorted(self.days.items()) if day}
        return measured(self.expect, dated) if self.expect and dated else None

    def sources(self) -> Counter[str]:
        """How many were caught of each source."""
        return Counter(one.source for one in self.caught)

    def severities(self) -> Counter[Severity]:
        """How many were caught at each severity."""
        return Counter(one.match.severity for one in self.caught)


class Changed(NamedTuple):
    """What one rule does otherwise: items that only the new set finds, only the old, and with another severity."""

    gained: list[Catch]
    lost: list[Catch]
    severity: list[tuple[Catch, Severity]]  # the second: what it was


@dataclass(slots=True)
class Comparison:
    """Two rule sets on the same items: live and shadow rules of either.

    ``broken``: the ids of rules that are not in the new set because of an error.
    """

    old: RuleSet
    new: RuleSet
    broken: frozenset[str] = frozenset()
    looked_at: int = 0
    changed: dict[str, Changed] = field(default_factory=dict)

    def look(self, item_id: Any, document: Document) -> None:
        """Match an item with both."""
        self.looked_at += 1
        before = {match.rule: match for match in self.old.match(document)}
        after = {match.rule: match for match in self.new.match(document)}
        for rule in sorted(before.keys() | after.keys()):
            was, now = before.get(rule), after.get(rule)
            if was and now and was.severity is now.severity:
                continue
            found = now or was
            assert found is not None
            self._note(rule, _catch(item_id, document, found), was, now)

    def _note(self, rule: str, catch: Catch, was: Match | None, now: Match | None) -> None:
        change = self.changed.setdefault(rule, Changed([], [], []))
        if was is None:
            change.gained.append(catch)
        elif now is None:
            change.lost.append(catch)
        else:
            change.severity.append((catch, was.severity))

    def rules(self) -> Iterator[tuple[str, str]]:
        """What became of the rules themselves, as rule and one of added, removed, broken, status, changed; in order."""
        old, new = _by_id(self.old), _by_id(self.new)
        for rule in sorted(old.keys() | new.keys()):
            what = _became(old.get(rule), new.get(rule))
            if what:
                yield rule, "broken" if what == "removed" and rule in self.broken else what


def _by_id(rule_set: RuleSet) -> dict[str, RuleInfo]:
    return {rule.id: rule for rule in rule_set.rules}


def _became(old: RuleInfo | None, new: RuleInfo | None) -> str:
    if old is None or new is None:
        return "added" if old is None else "removed"
    if old.status is not new.status:
        return "status"
    return "changed" if old.hash != new.hash else ""


def _catch(item_id: Any, document: Document, match: Match) -> Catch:
    short = replace(document, summary="", body="")
    return Catch(item_id, short, marked(document, match.evidence), match)


def day_of(document: Document) -> str:
    """The date of a document (published, else seen) in UTC, "" if it has none."""
    moment = document.published or document.seen
    return moment.astimezone(UTC).date().isoformat() if moment else ""


def marked(document: Document, evidence: Sequence[Evidence]) -> str:
    """The title, or the first field that has evidence where the title has none, with the evidence marked."""
    fields = {one.field for one in evidence}
    name = next((name for name in ("title", "summary", "body") if name in fields), "title")
    text: str = getattr(document, name)
    made, at = [], 0
    for one in evidence:
        if one.field == name:
            made += [text[at : one.start], BOLD[0], one.text, BOLD[1]]
            at = one.end
    lead = f"{document.title} … " if name != "title" and document.title else ""
    return " ".join((lead + _around("".join([*made, text[at:]]))).split())


def _around(text: str) -> str:
    """At most so much of a long text as shows its first mark, in whole words."""
    if len(text) <= _LONGEST:
        return text
    start = max(text.find(BOLD[0]) - _BEFORE, 0)
    if start:
        start = text.find(" ", start, start + _BEFORE) + 1 or start
    end = start + _LONGEST
    if end < len(text):
        end = max(text.rfind(" ", start, end), text.rfind(BOLD[1], start, end) + 1)
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
