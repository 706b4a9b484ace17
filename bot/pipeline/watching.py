"""Watches at work: a match is stored, or time passes, and a rule over time may fire.

The thin shell around ``rules.watch.judge``. Whatever it knows it reads from stored matches, its own earlier firings
among them, under the lock that stories take: however many workers look, and wherever one breaks off, an event is
told once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store import entries, outgoing, watches
from bot.store.dialect import one_at_a_time
from bot.store.engine import Database, Session
from bot.store.tables import Alert, Entry, Match
from bot.store.types import Fate
from bot.store.watches import NEWS
from rules import RuleSet, Severity, Status
from rules.watch import CompiledWatch, Firing, FirstAfterQuiet, History, QuietFor, Seen, judge

READ_AT_LEAST = timedelta(days=1)  # feeds that bring nothing new for so long are not being read
MOST_SLOTS = 60  # of a long quiet


@dataclass(frozen=True, slots=True)
class Rang:
    """What came of firings: alerts opened, deliveries queued."""

    alerts: int = 0
    deliveries: int = 0


def running(rules: RuleSet) -> tuple[CompiledWatch, ...]:
    """The watches that are live or on trial."""
    return tuple(watch for watch in rules.watches if watch.info.status in (Status.LIVE, Status.SHADOW))


async def on_matches(
    session: Session, entry: Entry, stored: Sequence[Match], running: Iterable[CompiledWatch], now: datetime
) -> Rang:
    """Let the watches look at an entry whose matches have just been stored, in the same transaction."""
    news = {match.rule for match in stored if match.fate in NEWS}
    ringing = next((match.alert_id for match in stored if match.fate == Fate.ALERTED), None)
    total = Rang()
    for watch in running:
        if watch.by_the_clock or news.isdisjoint(watch.rules):
            continue
        firing = await _judged(session, watch, now)
        if firing is not None and firing.entry == entry.id:
            rang = await _tell(session, watch, firing, now, ringing)
            ringing = ringing or rang.alert_id
            total = Rang(total.alerts + rang.opened, total.deliveries + rang.deliveries)
    return total


async def on_time(database: Database, running: Iterable[CompiledWatch], now: datetime) -> Rang:
    """Let the watches look at the clock. Nothing is written, and no lock taken, unless one is about to fire."""
    total = Rang()
    for watch in running:
        if not watch.by_the_clock:
            continue
        async with database.read() as session:
            about_to = await _judged(session, watch, now)
        if about_to is None:
            continue
        async with database.write() as session:
            await one_at_a_time(session, "stories")
            firing = await _judged(session, watch, now)
            if firing is not None:
                rang = await _tell(session, watch, firing, now, None)
                total = Rang(total.alerts + rang.opened, total.deliveries + rang.deliveries)
    return total


async def _judged(session: Session, watch: CompiledWatch, now: datetime) -> Firing | None:
    history = await _history(session, watch, now)
    firing = judge(watch, history, now)
    if firing is None or await _healthy(session, watch, now):
        return firing
    return judge(watch, history, now, feeds_healthy=False)


async def _healthy(session: Session, watch: CompiledWatch, now: datetime) -> bool:
    """Whether the feeds were read all through the quiet that a watch speaks of, and are read now."""
    match watch.kind:
        case FirstAfterQuiet(quiet) | QuietFor(quiet):
            slot = max(min(READ_AT_LEAST, quiet), quiet / MOST_SLOTS)
            return await watches.mostly_read(session) and await watches.read_throughout(
                session, now - quiet, now, slot
            )
        case _:
            return True


async def _history(session: Session, watch: CompiledWatch, now: datetime) -> History:
    since = now - watch.looks_back
    if watch.by_the_clock:
        last = await watches.last_story(session, watch.rules)
        since = last if last is not None else since
    past = await watches.matches(session, (*watch.rules, watch.info.id), since)
    return History(_seen(past), await watches.first_match(session, watch.rules))


def _seen(past: Sequence[watches.Past]) -> tuple[Seen, ...]:
    """Stored matches as the decider sees them; what has no date and did not come as news says nothing."""
    alerts = {one.entry_id: one.alert_id for one in past if one.alert_id is not None}
    return tuple(
        Seen(
            at=_happened(one),
            rule=one.rule,
            severity=Severity(one.severity),
            story=_story(one, alerts.get(one.entry_id)),
            source=one.outlet,
            entry=one.entry_id,
            news=one.fate in NEWS,
        )
        for one in past
        if one.fate in NEWS or one.published_at is not None
    )


def _happened(one: watches.Past) -> datetime:
    if one.fate in NEWS or one.published_at is None:
        return one.matched_at
    return min(one.published_at, one.matched_at)


def _story(one: watches.Past, alert_id: int | None) -> str:
    """The alert that tells it; before there is one the headline, in whatever dress; else the entry itself."""
    if alert_id is not None:
        return f"alert {alert_id}"
    return f"headline {one.title_key}" if one.title_key else f"entry {one.entry_id}"


@dataclass(frozen=True, slots=True)
class _Told:
    alert_id: int | None
    opened: bool = False
    deliveries: int = 0


async def _tell(
    session: Session, watch: CompiledWatch, firing: Firing, now: datetime, ringing: int | None
) -> _Told:
    """Store a firing; tell it with the alert that rings for the same entry, or in an alert of its own."""
    if watch.info.status == Status.SHADOW:
        await _store(session, watch, firing, now, Fate.SHADOW, None)
        return _Told(None)
    rank = firing.severity.rank
    alert = Alert(entry_id=firing.entry, severity=firing.severity, severity_rank=rank, created_at=now)
    alert_id = ringing if ringing is not None else await entries.open_alert(session, alert)
    if ringing is not None:
        await entries.raise_alert(session, alert_id, firing.severity, rank)
        await outgoing.raise_rank(session, alert_id, rank, now)
    await _store(session, watch, firing, now, Fate.ALERTED, alert_id)
    queued = await outgoing.plan(session, alert_id, rank, {watch.info.id}, now)
    return _Told(alert_id, opened=ringing is None, deliveries=queued)


async def _store(
    session: Session, watch: CompiledWatch, firing: Firing, now: datetime, fate: Fate, alert_id: int | None
) -> None:
    row = Match(
        entry_id=firing.entry,
        rule=watch.info.id,
        rule_hash=watch.info.hash,
        severity=firing.severity,
        evidence=await watches.evidence_of(session, firing.entry, watch.rules),
        explanation=[firing.reason, firing.reason_en],
        matched_at=now,
        fate=fate,
        alert_id=alert_id,
    )
    await entries.add_matches(session, [row])
