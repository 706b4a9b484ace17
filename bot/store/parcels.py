"""What a delivery tells: everything that its message is made from, read at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of
from bot.store.tables import Alert, Chat, Delivery, Entry, Feed, Match
from bot.store.types import ChatState, DeliveryKind
from rules import Severity

CHAT, ALERT, ENTRY, FEED, MATCH, DELIVERY = (
    table_of(one) for one in (Chat, Alert, Entry, Feed, Match, Delivery)
)


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
    before: str = ""  # of a follow-up: how serious the alert was before the entry that it tells
    message_id: int | None = None  # the alert's own message in this chat and topic, where it arrived
    wanted: bool = True  # whether the chat still takes alerts


def _several(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


_CHATS = select(CHAT.c.id, CHAT.c.language, CHAT.c.state).where(CHAT.c.id.in_(_several("chats")))
_ALERTS = select(ALERT.c.id, ALERT.c.severity, ALERT.c.entry_id).where(ALERT.c.id.in_(_several("alerts")))
_ENTRIES = (
    select(
        ENTRY.c.id,
        ENTRY.c.title,
        ENTRY.c.summary,
        ENTRY.c.content,
        ENTRY.c.link,
        ENTRY.c.published_at,
        ENTRY.c.seen_at,
        FEED.c.outlet,
        FEED.c.outlet_ar,
    )
    .join(FEED, FEED.c.id == ENTRY.c.feed_id)
    .where(ENTRY.c.id.in_(_several("entries")))
)
_MATCHES = (
    select(
        MATCH.c.alert_id,
        MATCH.c.entry_id,
        MATCH.c.rule,
        MATCH.c.severity,
        MATCH.c.evidence,
        MATCH.c.explanation,
        FEED.c.outlet,
    )
    .join(ENTRY, ENTRY.c.id == MATCH.c.entry_id)
    .join(FEED, FEED.c.id == ENTRY.c.feed_id)
    .where(MATCH.c.alert_id.in_(_several("alerts")))
    .order_by(MATCH.c.rule, MATCH.c.id)
)
_FIRSTS = select(
    DELIVERY.c.alert_id,
    DELIVERY.c.chat_id,
    DELIVERY.c.thread_id,
    DELIVERY.c.message_id,
    DELIVERY.c.may_be_duplicate,
).where(
    DELIVERY.c.kind == DeliveryKind.SEND,
    DELIVERY.c.alert_id.in_(_several("alerts")),
    DELIVERY.c.chat_id.in_(_several("chats")),
)


async def load(session: AsyncSession, wanted: Sequence[Delivery]) -> dict[int, Parcel]:
    """What each delivery tells, by its id, in the language of its chat; none where the chat is erased.

    Four or five reads however many they are: those that are sent together mostly tell the same.
    """
    about = {
        "alerts": sorted({one.alert_id for one in wanted}),
        "chats": sorted({one.chat_id for one in wanted}),
    }
    chats = {row.id: row for row in await session.execute(_CHATS, {"chats": about["chats"]})}
    alerts = {row.id: row for row in await session.execute(_ALERTS, {"alerts": about["alerts"]})}
    told = {one.id: one.entry_id or alerts[one.alert_id].entry_id for one in wanted}
    found = await session.execute(_ENTRIES, {"entries": sorted(set(told.values()))})
    entries = {row.id: row for row in found}
    matches: dict[int, list[Any]] = {alert: [] for alert in about["alerts"]}
    for row in await session.execute(_MATCHES, {"alerts": about["alerts"]}):
        matches[row.alert_id].append(row)
    later = any(one.kind != DeliveryKind.SEND for one in wanted)
    firsts = {tuple(row[:3]): row for row in await session.execute(_FIRSTS, about)} if later else {}
    return {
        one.id: _parcel(
            one,
            chats[one.chat_id],
            alerts[one.alert_id],
            entries[told[one.id]],
            matches[one.alert_id],
            firsts.get((one.alert_id, one.chat_id, one.thread_id)),
        )
        for one in wanted
        if one.id is not None and one.chat_id in chats
    }


def _parcel(
    delivery: Delivery, chat: Any, alert: Any, entry: Any, matches: Sequence[Any], first: Any
) -> Parcel:
    """``first``: the delivery of the alert's own message, which a reply or an edit refers to."""
    first = first or delivery
    return Parcel(
        alert_id=alert.id,
        severity=alert.severity,
        title=entry.title,
        summary=entry.summary,
        content=entry.content,
        link=entry.link,
        outlet=entry.outlet,
        outlet_ar=entry.outlet_ar,
        published_at=entry.published_at,
        seen_at=entry.seen_at,
        fired=_fired(matches, entry.id),
        sources=len({match.outlet for match in matches}),
        language=chat.language,
        may_be_duplicate=(first if delivery.kind == DeliveryKind.EDIT else delivery).may_be_duplicate,
        follows_up=delivery.kind == DeliveryKind.REPLY,
        before=_before(matches, entry.id) if delivery.kind == DeliveryKind.REPLY else "",
        message_id=first.message_id,
        wanted=chat.state == ChatState.ACTIVE,
    )


def _before(matches: Sequence[Any], entry_id: int) -> str:
    """The gravest of what earlier entries fired."""
    earlier = [Severity(match.severity) for match in matches if match.entry_id < entry_id]
    return max(earlier, key=lambda one: one.rank, default="")


def _fired(matches: Sequence[Any], entry_id: int) -> tuple[Fired, ...]:
    """Each rule once; the evidence is the told entry's own, since only its text is shown."""
    fired: dict[str, Fired] = {}
    for match in sorted(matches, key=lambda one: one.entry_id != entry_id):
        evidence = tuple(match.evidence) if match.entry_id == entry_id else ()
        explanation = tuple(match.explanation)
        fired.setdefault(match.rule, Fired(match.rule, match.severity, evidence, explanation))
    return tuple(fired[rule] for rule in sorted(fired))
