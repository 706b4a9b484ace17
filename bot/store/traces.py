"""How an alert came to be told, step by step with its instants: for who asks why one came late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of
from bot.store.tables import Alert, Chat, Delivery, Entry, Feed, Match

ALERT, CHAT, DELIVERY, ENTRY, FEED, MATCH = (
    table_of(one) for one in (Alert, Chat, Delivery, Entry, Feed, Match)
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One delivery of the alert: when it was queued, when it ended, and after how many tries.

    ``reason``: why it did not go, or of what was sent, what held it up last.
    """

    id: int
    kind: str
    chat_id: int
    chat_type: str
    thread_id: int
    state: str
    reason: str
    attempts: int
    may_be_duplicate: bool
    queued_at: datetime
    not_before: datetime
    settled_at: datetime | None

    def waited(self, now: datetime) -> timedelta:
        """From when it was queued until it ended, or until now."""
        return (self.settled_at or now) - self.queued_at


@dataclass(frozen=True, slots=True)
class Trace:
    """An alert from its outlet to its chats. The title is a feed's and may be hostile."""

    alert_id: int
    severity: str
    title: str
    link: str
    outlet: str
    feed: str
    published_at: datetime | None  # by the feed's own word
    read_at: datetime
    rules: tuple[str, ...]
    matched_at: datetime | None
    opened_at: datetime
    legs: tuple[Leg, ...]  # those that waited longest first
    of_how_many: int


async def of_delivery(session: AsyncSession, delivery_id: int) -> Trace | None:
    """The way of one delivery: of a follow-up, that of the entry that it tells."""
    row = await session.get(Delivery, delivery_id)
    if row is None:
        return None
    legs = await _legs(session, DELIVERY.c.id == delivery_id)
    return await _trace(session, row.alert_id, row.entry_id, legs, 1)


async def of_words(session: AsyncSession, words: str, *, most: int) -> Trace | None:
    """The newest alert whose title holds ``words``, with its ``most`` slowest deliveries."""
    holds = ENTRY.c.title.contains(words, autoescape=True)
    newest = select(ALERT.c.id).join(ENTRY, ENTRY.c.id == ALERT.c.entry_id).where(holds)
    alert_id = await session.scalar(newest.order_by(ALERT.c.id.desc()).limit(1))
    if alert_id is None:
        return None
    mine = DELIVERY.c.alert_id == alert_id
    count = await session.scalar(select(func.count()).select_from(DELIVERY).where(mine))
    return await _trace(session, alert_id, None, await _legs(session, mine, most=most), count or 0)


async def _legs(session: AsyncSession, which: Any, *, most: int = 1) -> list[Leg]:
    """Those that wait still, then those that ended last."""
    rows = await session.execute(
        select(
            *(DELIVERY.c[name] for name in ("id", "kind", "chat_id", "thread_id", "state", "reason")),
            *(DELIVERY.c[name] for name in ("attempts", "may_be_duplicate", "not_before", "settled_at")),
            DELIVERY.c.created_at.label("queued_at"),
            CHAT.c.type.label("chat_type"),
        )
        .join(CHAT, CHAT.c.id == DELIVERY.c.chat_id)
        .where(which)
        .order_by(DELIVERY.c.settled_at.is_not(None), DELIVERY.c.settled_at.desc(), DELIVERY.c.id)
        .limit(most)
    )
    return [Leg(**row) for row in rows.mappings()]


async def _trace(
    session: AsyncSession, alert_id: int, entry_id: int | None, legs: Sequence[Leg], of_how_many: int
) -> Trace:
    told = entry_id if entry_id is not None else ALERT.c.entry_id
    row = (
        await session.execute(
            select(ALERT.c.severity, ALERT.c.created_at, ENTRY, FEED.c.outlet, FEED.c.url)
            .join(ENTRY, ENTRY.c.id == told)
            .join(FEED, FEED.c.id == ENTRY.c.feed_id)
            .where(ALERT.c.id == alert_id)
        )
    ).one()
    fired = await session.execute(
        select(MATCH.c.rule, MATCH.c.matched_at)
        .where(MATCH.c.entry_id == row.id, or_(MATCH.c.alert_id == alert_id, MATCH.c.alert_id.is_(None)))
        .order_by(MATCH.c.id)
    )
    rules = fired.all()
    return Trace(
        alert_id=alert_id,
        severity=row.severity,
        title=row.title,
        link=row.link,
        outlet=row.outlet,
        feed=row.url,
        published_at=row.published_at,
        read_at=row.seen_at,
        rules=tuple(one.rule for one in rules),
        matched_at=min((one.matched_at for one in rules), default=None),
        opened_at=row.created_at,
        legs=tuple(legs),
        of_how_many=of_how_many,
    )
