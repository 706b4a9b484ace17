"""What watches look back at: the stored matches of the rules that they watch, and whether the feeds were read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of
from bot.store.tables import Alert, Entry, Feed, Match
from bot.store.types import Fate, FeedState

ENTRY, MATCH, ALERT, FEED = table_of(Entry), table_of(Match), table_of(Alert), table_of(Feed)
MOST_MATCHES = (
    20_000  # that one look back reads; more than two weeks of a rule that matches a thousand times a day
)
NEWS = (Fate.ALERTED, Fate.JOINED, Fate.SHADOW)  # of a match that came as news
_ASKED = (FeedState.NEW, FeedState.OK, FeedState.FAILING)


@dataclass(frozen=True, slots=True)
class Past:
    """A stored match with what tells copies from stories: its alert and headline, and who printed it."""

    rule: str
    severity: str
    fate: str
    matched_at: datetime
    published_at: datetime | None
    alert_id: int | None
    entry_id: int
    title_key: str
    outlet: str


async def matches(session: AsyncSession, rules: Collection[str], since: datetime) -> list[Past]:
    """The matches of ``rules`` stored since an instant, as they were stored; of too many the newest."""
    rows = await session.execute(
        select(
            MATCH.c.rule,
            MATCH.c.severity,
            MATCH.c.fate,
            MATCH.c.matched_at,
            ENTRY.c.published_at,
            MATCH.c.alert_id,
            MATCH.c.entry_id,
            ENTRY.c.title_key,
            FEED.c.outlet,
        )
        .join(ENTRY, ENTRY.c.id == MATCH.c.entry_id)
        .join(FEED, FEED.c.id == ENTRY.c.feed_id)
        .where(MATCH.c.rule.in_(rules), MATCH.c.matched_at >= since)
        .order_by(MATCH.c.id.desc())
        .limit(MOST_MATCHES)
    )
    return [Past(*row) for row in reversed(rows.all())]


async def first_match(session: AsyncSession, rules: Collection[str]) -> datetime | None:
    """When the first match of ``rules`` was stored."""
    earliest: datetime | None = await session.scalar(
        select(func.min(MATCH.c.matched_at)).where(MATCH.c.rule.in_(rules))
    )
    return earliest


async def last_story(session: AsyncSession, rules: Collection[str]) -> datetime | None:
    """When the story began that the newest match of ``rules`` belongs to: its alert's moment, or the match's own.

    What did not come as news, such as the backlog of a feed that was added, is no such match.
    """
    newest = (
        select(MATCH.c.matched_at, MATCH.c.alert_id)
        .where(MATCH.c.rule.in_(rules), MATCH.c.fate.in_(NEWS))
        .order_by(MATCH.c.matched_at.desc())
        .limit(1)
        .subquery()
    )
    row = (
        await session.execute(
            select(newest.c.matched_at, ALERT.c.created_at).join(
                ALERT, ALERT.c.id == newest.c.alert_id, isouter=True
            )
        )
    ).first()
    return min(at for at in row if at is not None) if row else None


async def evidence_of(session: AsyncSession, entry_id: int, rules: Collection[str]) -> list[dict[str, Any]]:
    """The evidence of an entry's match with one of ``rules``, the first by name; [] if none matched it."""
    found = await session.scalar(
        select(MATCH.c.evidence)
        .where(MATCH.c.entry_id == entry_id, MATCH.c.rule.in_(rules))
        .order_by(MATCH.c.rule)
        .limit(1)
    )
    return list(found or [])


async def mostly_read(session: AsyncSession) -> bool:
    """Whether at least half of the feeds that are asked answered well when they were asked last."""
    rows = await session.execute(
        select(FEED.c.state, func.count()).where(FEED.c.state.in_(_ASKED)).group_by(FEED.c.state)
    )
    states = {state: count for state, count in rows}
    well, asked = int(states.get(FeedState.OK, 0)), int(sum(states.values()))
    return 0 < asked <= 2 * well


async def read_throughout(session: AsyncSession, since: datetime, until: datetime, slot: timedelta) -> bool:
    """Whether in every ``slot`` of a time some feed brought something new: else nobody was reading."""
    start = since
    while start < until:
        end = min(start + slot, until)
        seen = select(ENTRY.c.id).where(ENTRY.c.seen_at > start, ENTRY.c.seen_at <= end).limit(1)
        if await session.scalar(seen) is None:
            return False
        start += slot
    return True
