"""The one transaction: entries, validators, matches, alerts and deliveries stand together or not at all."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.pipeline import decide
from bot.pipeline.edits import Edit, Revised, revise
from bot.pipeline.reading import match_of
from bot.pipeline.ringing import ring
from bot.pipeline.watching import on_matches
from bot.store import entries, feeds, shown
from bot.store.claimed import AnyFeed
from bot.store.dialect import one_at_a_time
from bot.store.engine import Database, Session
from bot.store.entries import AnyEntry
from bot.store.tables import Entry, Match
from bot.store.types import AlarmKind, Fate
from rules import Match as Fired
from rules import Status
from rules.watch import CompiledWatch


class LeaseLost(Exception):
    """Another worker has taken the feed meanwhile; what we read is dropped, it reads the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one poll of a changed feed brought: entries to be stored, what fired on each, and the feed's new columns."""

    feed: AnyFeed
    entries: Sequence[AnyEntry]
    fired: Mapping[
        str, Sequence[Fired]
    ]  # by the entry's identity; entries on which nothing fired are missing
    columns: Mapping[str, object]  # state, validators, due_at ...
    first_read: bool
    explained: Mapping[tuple[str, str], Sequence[str]] = field(
        default_factory=dict
    )  # by identity and rule: why it holds
    watches: Sequence[CompiledWatch] = ()  # those that run, of the rule set that fired
    edits: Sequence[Edit] = ()
    quarantined: Set[str] = frozenset()  # identities of entries that ring for nobody
    renamed: Mapping[int, str] = field(default_factory=dict)  # stored entries, and by which id they are shown
    hashes: Mapping[int, str] = field(default_factory=dict)  # stored entries, and what their text hashes to
    shown: bytes = b""  # what the next reading should know
    alarms: Mapping[AlarmKind, int] = field(default_factory=dict)  # about so many entries


@dataclass(frozen=True, slots=True)
class Saved:
    """How much a reading brought: new entries, alerts opened, deliveries queued."""

    entries: int = 0
    alerts: int = 0
    deliveries: int = 0


async def save(database: Database, reading: Reading, *, now: datetime, news_hours: float) -> Saved:
    """Write a reading in one transaction. Raises LeaseLost, then nothing is written."""
    async with database.write() as session:
        assert reading.feed.id is not None
        if not await feeds.settle(session, reading.feed.id, reading.feed.lease_epoch, **reading.columns):
            raise LeaseLost(reading.feed.url)
        await _note(session, reading, now)
        stored = await entries.add(session, reading.entries)
        telling = [entry for entry in stored if reading.fired.get(entry.identity)]
        if telling or reading.edits:
            await one_at_a_time(session, "stories")
        told: list[Saved | Revised] = [
            await _tell(session, entry, reading, now, news_hours) for entry in telling
        ]
        for edit in reading.edits:
            told.append(await revise(session, edit, reading.watches, now, news_hours))
    return Saved(len(stored), sum(one.alerts for one in told), sum(one.deliveries for one in told))


async def _note(session: Session, reading: Reading, now: datetime) -> None:
    """Write down what the next reading should know, and what a person should."""
    assert reading.feed.id is not None
    await shown.remember(session, reading.feed.id, reading.shown)
    await entries.rename(session, reading.renamed)
    await entries.note_texts(session, reading.hashes)
    for kind, count in reading.alarms.items():
        await shown.raise_alarm(session, reading.feed.id, kind, count, now)


async def _tell(session: Session, entry: Entry, reading: Reading, now: datetime, news_hours: float) -> Saved:
    """Store one entry's matches with their fates, queue what is news to somebody, and let the watches look."""
    rows, ringing = [], []
    for fired in reading.fired[entry.identity]:
        silent = decide.kept_silent(
            entry.published_at,
            now=now,
            first_read=reading.first_read,
            news_hours=news_hours,
            shadow=fired.status == Status.SHADOW,
            flooded=entry.identity in reading.quarantined,
        )
        if silent is None:
            ringing.append(fired)
        else:
            rows.append(_row(fired, entry, reading, now, silent))
    saved = Saved()
    if ringing:
        alert_id, fate, queued = await ring(session, entry, ringing, now)
        rows += [_row(fired, entry, reading, now, fate, alert_id) for fired in ringing]
        saved = Saved(alerts=int(fate == Fate.ALERTED), deliveries=queued)
    await entries.add_matches(session, rows)
    rang = await on_matches(session, entry, rows, reading.watches, now)
    return Saved(alerts=saved.alerts + rang.alerts, deliveries=saved.deliveries + rang.deliveries)


def _row(
    fired: Fired, entry: Entry, reading: Reading, now: datetime, fate: Fate, alert_id: int | None = None
) -> Match:
    assert entry.id is not None
    why = reading.explained.get((entry.identity, fired.rule), ())
    return match_of(fired, entry.id, now, fate=fate, alert_id=alert_id, explanation=why)


def lease_seconds(fetch_timeout: float) -> float:
    """How long a claimed feed is ours: the fetch's limit, and as much again for parsing and writing."""
    return timedelta(seconds=2 * fetch_timeout + 20).total_seconds()
