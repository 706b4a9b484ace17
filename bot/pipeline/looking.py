"""What a reading brings, before anything is written: what is new, what was edited, what fires, what is wrong."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.pipeline.edits import Edit, with_page
from bot.pipeline.reading import document_of, entries_of, explanation_of
from bot.pipeline.save import Reading
from bot.pipeline.sorting import Before, Sorted, sort_out, tell_apart
from bot.store import entries, pages
from bot.store.claimed import AnyFeed
from bot.store.engine import Database
from bot.store.entries import NewEntry
from bot.store.tables import Entry
from bot.store.types import AlarmKind
from feeds.arabic_look import looks_arabic, stopped_looking_arabic
from feeds.parse import ParsedFeed
from rules import Match as Fired
from rules import RuleSet
from rules.watch import CompiledWatch

_LITTLE = 20_000  # characters that are matched on the spot; a thread costs more
_REMEMBERED = 20  # headlines that tell how a feed looked before
_SAMPLED = 100  # characters of a summary that tell how it looks


@dataclass(frozen=True, slots=True)
class Found:
    """What a reading brings."""

    sorted: Sorted
    fired: Mapping[str, Sequence[Fired]]
    explained: Mapping[tuple[str, str], Sequence[str]]
    edits: Sequence[Edit]
    alarms: Mapping[AlarmKind, int] = field(default_factory=dict)

    @property
    def is_calm(self) -> bool:
        """Whether there is nothing in it but new entries that no rule knows."""
        known = self.sorted.edits or self.sorted.renamed or self.sorted.hashes
        return not (self.fired or known or self.alarms)

    def reading(
        self, feed: AnyFeed, columns: Mapping[str, Any], shown: bytes, watches: Sequence[CompiledWatch]
    ) -> Reading:
        """All that is to be written."""
        return Reading(
            feed=feed,
            entries=self.sorted.fresh,
            fired=self.fired,
            columns=columns,
            first_read=feed.first_read_at is None,
            explained=self.explained,
            watches=watches,
            edits=self.edits,
            quarantined=self.sorted.quarantined,
            renamed=self.sorted.renamed,
            hashes=self.sorted.hashes,
            shown=shown,
            alarms=self.alarms,
        )


async def look(database: Database, feed: AnyFeed, parsed: ParsedFeed, rules: RuleSet, now: datetime) -> Found:
    """Look at a feed's reading. The store is asked only about entries that may be known to it."""
    # oldest first, so that alerts leave in the order of events
    seen = entries_of(reversed(parsed.entries), feed, now)
    found = Sorted(seen) if parsed.strangers else await _sort(database, feed, parsed, seen)
    before = await _load(database, found)
    fired, explained, edits = await _fire(rules, feed, found, before)
    return Found(found, fired, explained, edits, await _alarms(database, feed, found, seen))


async def _sort(database: Database, feed: AnyFeed, parsed: ParsedFeed, seen: Sequence[NewEntry]) -> Sorted:
    before = Before(feed.first_read_at is None, parsed.known, feed.polled_at)
    if before.first_read or not seen:
        return Sorted(list(seen))
    assert feed.id is not None
    async with database.read() as session:
        stood = await entries.standing(session, feed.id, identities=[one.identity for one in seen])
        named, seen = seen, tell_apart(seen, stood)
        known = {one.identity for one in stood}
        unknown = [one for one in seen if one.identity not in known]
        if unknown:
            stood = await entries.standing(
                session,
                feed.id,
                identities=list({one.identity for one in (*named, *seen)}),
                links=[one.link_key for one in unknown if one.link_key],
                titles=[one.title_key for one in unknown if one.title_key],
            )
    return sort_out(seen, stood, replace(before, reused=named != seen))


async def _load(database: Database, found: Sorted) -> Mapping[int, Entry]:
    if not found.edits:
        return {}
    async with database.read() as session:
        before = await entries.load(session, found.edits)
        for id_ in await pages.that_were_read(session, before):
            found.edits[id_] = with_page(before[id_], found.edits[id_])
    return before


async def _fire(
    rules: RuleSet, feed: AnyFeed, found: Sorted, before: Mapping[int, Entry]
) -> tuple[Mapping[str, Sequence[Fired]], Mapping[tuple[str, str], Sequence[str]], Sequence[Edit]]:
    """What fires, and why; in a thread if it may take a while."""

    def work() -> tuple[dict[str, Sequence[Fired]], dict[tuple[str, str], Sequence[str]], list[Edit]]:
        fired: dict[str, Sequence[Fired]] = {}
        explained: dict[tuple[str, str], Sequence[str]] = {}
        for entry in found.fresh:
            matches, why = _match(rules, feed, entry)
            if matches:
                fired[entry.identity] = matches
                explained |= {(entry.identity, rule): lines for rule, lines in why.items()}
        return fired, explained, [_edit(rules, feed, before[id_], found.edits[id_]) for id_ in before]

    texts = [*found.fresh, *found.edits.values()]
    little = sum(len(one.title) + len(one.summary) + len(one.content) for one in texts) < _LITTLE
    return work() if little else await asyncio.to_thread(work)


def _edit(rules: RuleSet, feed: AnyFeed, before: Entry, after: NewEntry) -> Edit:
    fired, explained = _match(rules, feed, after)
    return Edit(before, after, fired, rules.match(document_of(before, feed)), explained)


def _match(
    rules: RuleSet, feed: AnyFeed, entry: NewEntry
) -> tuple[Sequence[Fired], Mapping[str, Sequence[str]]]:
    document = document_of(entry, feed)
    matches = rules.match(document)
    return matches, {one.rule: explanation_of(rules, one.rule, document) for one in matches}


async def _alarms(
    database: Database, feed: AnyFeed, found: Sorted, seen: Sequence[NewEntry]
) -> Mapping[AlarmKind, int]:
    alarms = {}
    if found.flood:
        alarms[AlarmKind.FLOOD] = found.flood
    if await _has_become_noise(database, feed, seen):
        alarms[AlarmKind.UNREADABLE] = len(seen)
    return alarms


async def _has_become_noise(database: Database, feed: AnyFeed, seen: Sequence[NewEntry]) -> bool:
    """Whether a feed's texts are noise now, and its headlines were Arabic before."""
    text = " ".join(f"{one.title} {one.summary[:_SAMPLED]}" for one in seen)
    if not stopped_looking_arabic(text):
        return False
    assert feed.id is not None
    async with database.read() as session:
        return looks_arabic(" ".join(await entries.headlines(session, feed.id, limit=_REMEMBERED)))
