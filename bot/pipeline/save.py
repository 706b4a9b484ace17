"""The one transaction: entries, validators, matches, alerts and deliveries stand together or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.pipeline import decide
from bot.pipeline.reading import match_of
from bot.pipeline.watching import on_matches
from bot.store import entries, feeds, outgoing
from bot.store.dialect import one_at_a_time
from bot.store.engine import Database, Session
from bot.store.tables import Alert, Entry, Feed, Match
from bot.store.types import Fate
from rules import Match as Fired
from rules import Severity, Status
from rules.watch import CompiledWatch


class LeaseLost(Exception):
    """Another worker has taken the feed meanwhile; what we read is dropped, it reads the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one poll of a changed feed brought: unknown entries, what fired on each, and the feed's new columns."""

    feed: Feed
    entries: Sequence[Entry]
    fired: Mapping[
        str, Sequence[Fired]
    ]  # by the entry's identity; entries on which nothing fired are missing
    columns: Mapping[str, object]  # state, validators, due_at ...
    first_read: bool
    explained: Mapping[tuple[str, str], Sequence[str]] = field(
        default_factory=dict
    )  # by identity and rule: why it holds
    watches: Sequence[CompiledWatch] = ()  # those that run, of the rule set that fired


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
        stored = await entries.add(session, reading.entries)
        telling = [entry for entry in stored if reading.fired.get(entry.identity)]
        if telling:
            await one_at_a_time(session, "stories")
        told = [await _tell(session, entry, reading, now, news_hours) for entry in telling]
    return Saved(len(stored), sum(one.alerts for one in told), sum(one.deliveries for one in told))


async def tell_more(
    session: Session, entry: Entry, reading: Reading, now: datetime, news_hours: float
) -> Saved:
    """Tell what fires on an entry that was stored before, now that more of its text is known."""
    await one_at_a_time(session, "stories")
    return await _tell(session, entry, reading, now, news_hours)


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
        )
        if silent is None:
            ringing.append(fired)
        else:
            rows.append(_row(fired, entry, reading, now, silent))
    saved = Saved()
    if ringing:
        alert_id, fate = await _alert_for(session, entry, ringing, now)
        rows += [_row(fired, entry, reading, now, fate, alert_id) for fired in ringing]
        queued = await _queue(session, alert_id, ringing, now)
        if fate == Fate.JOINED:
            queued += await _retell(session, alert_id, entry, ringing, now)
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


async def _alert_for(
    session: Session, entry: Entry, ringing: Sequence[Fired], now: datetime
) -> tuple[int, Fate]:
    """The alert that tells this entry: one that stands and tells the same news, or a new one."""
    told = await entries.told_alike(
        session,
        links=[entry.link_key] if entry.link_key else [],
        titles=[entry.title_key] if entry.title_key else [],
        since=now - decide.SAME_NEWS_FOR,
    )
    standing = decide.same_news(entry.link_key, entry.title_key, told)
    if standing is not None:
        return standing, Fate.JOINED
    worst = _worst(ringing)
    assert entry.id is not None
    alert = Alert(entry_id=entry.id, severity=worst, severity_rank=worst.rank, created_at=now)
    return await entries.open_alert(session, alert), Fate.ALERTED


def _worst(ringing: Sequence[Fired]) -> Severity:
    return max((fired.severity for fired in ringing), key=lambda severity: severity.rank)


async def _queue(session: Session, alert_id: int, ringing: Sequence[Fired], now: datetime) -> int:
    """A copy that fires a further rule reaches that rule's followers too; those who have the alert keep one."""
    return await outgoing.plan(session, alert_id, _worst(ringing).rank, _rules_of(ringing), now)


async def _retell(
    session: Session, alert_id: int, entry: Entry, ringing: Sequence[Fired], now: datetime
) -> int:
    """What an alert says changes with an entry that joins it; how many deliveries that makes.

    One more outlet or rule rewrites the messages, which does not ring. Graver news is a follow-up, which does.
    """
    worst, queued = _worst(ringing), 0
    if await entries.raise_alert(session, alert_id, worst, worst.rank):
        assert entry.id is not None
        await outgoing.raise_rank(session, alert_id, worst.rank, now)
        queued = await outgoing.plan_reply(session, alert_id, worst.rank, _rules_of(ringing), entry.id, now)
    if queued or await entries.is_new_to(session, alert_id, entry.feed_id, _rules_of(ringing)):
        queued += await outgoing.plan_edit(session, alert_id, now)
    return queued


def _rules_of(ringing: Sequence[Fired]) -> set[str]:
    return {fired.rule for fired in ringing}


def lease_seconds(fetch_timeout: float) -> float:
    """How long a claimed feed is ours: the fetch's limit, and as much again for parsing and writing."""
    return timedelta(seconds=2 * fetch_timeout + 20).total_seconds()
