"""What a delivery tells: everything that its message is made from, read at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of
from bot.store.tables import Alert, Chat, Delivery, Entry, Feed, Match
from bot.store.types import ChatState, DeliveryKind

ALERT, ENTRY, FEED, MATCH, DELIVERY = (table_of(t) for t in (Alert, Entry, Feed, Match, Delivery))


@dataclass(frozen=True, slots=True)
class Fired:
    """One rule that fired on the entry that is told, with its evidence (field, start, end, text) and explanation."""

    rule: str
    severity: str
    evidence: tuple[dict[str, Any], ...]
    explanation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """One alert, ready to be put into words."""

    alert_id: int
    severity: str
    title: str
    summary: str
    content: str
    link: str
    outlet: str
    outlet_ar: str
    published_at: datetime | None
    seen_at: datetime
    fired: tuple[Fired, ...]
    sources: int  # how many outlets report it, the one that is told included
    language: str
    may_be_duplicate: bool
    follows_up: bool = False  # it tells what came after the alert's own message
    message_id: int | None = None  # the alert's own message in this chat and topic, where it arrived
    wanted: bool = True  # whether the chat still takes alerts


async def load(session: AsyncSession, delivery: Delivery) -> Parcel | None:
    """Read what ``delivery`` tells, in the language of its chat; None when the chat has been erased meanwhile."""
    chat = await session.get(Chat, delivery.chat_id)
    if chat is None:
        return None
    alert = await session.get_one(Alert, delivery.alert_id)
    entry = await session.get_one(Entry, delivery.entry_id or alert.entry_id)
    feed = await session.get_one(Feed, entry.feed_id)
    first = await _first(session, delivery)
    matches = list(
        await session.scalars(select(Match).where(MATCH.c.alert_id == alert.id).order_by(MATCH.c.rule))
    )
    return Parcel(
        alert_id=delivery.alert_id,
        severity=alert.severity,
        title=entry.title,
        summary=entry.summary,
        content=entry.content,
        link=entry.link,
        outlet=feed.outlet,
        outlet_ar=feed.outlet_ar,
        published_at=entry.published_at,
        seen_at=entry.seen_at,
        fired=_fired(matches, entry.id or 0),
        sources=await _outlets(session, alert.id),
        language=chat.language,
        may_be_duplicate=(first if delivery.kind == DeliveryKind.EDIT else delivery).may_be_duplicate,
        follows_up=delivery.kind == DeliveryKind.REPLY,
        message_id=first.message_id,
        wanted=chat.state == ChatState.ACTIVE,
    )


async def _first(session: AsyncSession, delivery: Delivery) -> Delivery:
    """The delivery of the alert's own message, which a reply or an edit refers to."""
    if delivery.kind == DeliveryKind.SEND:
        return delivery
    found = await session.scalars(
        select(Delivery).where(
            DELIVERY.c.alert_id == delivery.alert_id,
            DELIVERY.c.chat_id == delivery.chat_id,
            DELIVERY.c.thread_id == delivery.thread_id,
            DELIVERY.c.kind == DeliveryKind.SEND,
        )
    )
    return found.first() or delivery


def _fired(matches: Sequence[Match], entry_id: int) -> tuple[Fired, ...]:
    """Each rule once; the evidence is the told entry's own, since only its text is shown."""
    fired: dict[str, Fired] = {}
    for match in sorted(matches, key=lambda one: one.entry_id != entry_id):
        evidence = tuple(match.evidence) if match.entry_id == entry_id else ()
        explanation = tuple(match.explanation)
        fired.setdefault(match.rule, Fired(match.rule, match.severity, evidence, explanation))
    return tuple(fired[rule] for rule in sorted(fired))


async def _outlets(session: AsyncSession, alert_id: int | None) -> int:
    rows = await session.execute(
        select(FEED.c.outlet)
        .join(ENTRY, ENTRY.c.feed_id == FEED.c.id)
        .join(MATCH, MATCH.c.entry_id == ENTRY.c.id)
        .where(MATCH.c.alert_id == alert_id)
        .distinct()
    )
    return len(rows.all())
