"""What a person should know of: deliveries that are uncertain or dead, and chats that nothing can be written to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, literal, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import chats, deliveries, mailboxes
from bot.store.dialect import table_of
from bot.store.tables import (
    UNTOLD_CHAT,
    UNTOLD_DELIVERY,
    UNTOLD_TOPIC,
    Alert,
    Chat,
    Delivery,
    Entry,
    Subscription,
)
from bot.store.types import ChatState, DeliveryState

DELIVERY, ALERT, ENTRY, CHAT, SUBSCRIPTION = (
    table_of(one) for one in (Delivery, Alert, Entry, Chat, Subscription)
)
STATES = (DeliveryState.UNCERTAIN, DeliveryState.DEAD)
_AT_ONCE = 500  # rows a statement


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery that did not end as it should, with what tells it apart; the title is a feed's and may be hostile."""

    id: int
    state: str
    reason: str
    kind: str
    chat_id: int
    chat_type: str
    thread_id: int
    title: str
    severity: str
    at: datetime
    may_be_duplicate: bool


@dataclass(frozen=True, slots=True)
class Parked:
    """A chat, or one topic of it (``thread_id``; None: the whole chat), that nothing is written to, and why."""

    chat_id: int
    chat_type: str
    thread_id: int | None
    reason: str


async def page(session: AsyncSession, *, before: int = 0, limit: int) -> list[Trouble]:
    """The newest of them, of those with a number below ``before`` (0: of all)."""
    found: list[Trouble] = []
    for state in STATES:
        # the state stands in the statement itself, else SQLite would not use the index of that state alone
        rows = _query().where(
            text(f"delivery.state = '{state}'"), *([DELIVERY.c.id < before] if before else [])
        )
        found += await _troubles(session, rows.order_by(DELIVERY.c.id.desc()).limit(limit))
    return sorted(found, key=lambda one: -one.id)[:limit]


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many there are in each of the two states."""
    count = select(func.count()).select_from(DELIVERY)
    return {
        str(state): await session.scalar(count.where(text(f"delivery.state = '{state}'"))) or 0
        for state in STATES
    }


async def to_decide(session: AsyncSession) -> dict[str, int]:
    """The same of those that a person can do something about: their chats can be written to."""
    count = select(func.count()).select_from(DELIVERY.join(CHAT, CHAT.c.id == DELIVERY.c.chat_id))
    found = {}
    for state in STATES:
        mine = count.where(text(f"delivery.state = '{state}'"), CHAT.c.state == ChatState.ACTIVE)
        found[str(state)] = await session.scalar(mine) or 0
    return found


async def untold(session: AsyncSession, *, limit: int) -> list[Trouble]:
    """The oldest of those that the admins were not told of."""
    return await _troubles(
        session, _query().where(text(_of("delivery", UNTOLD_DELIVERY))).order_by(DELIVERY.c.id).limit(limit)
    )


async def untold_parked(session: AsyncSession, *, limit: int) -> list[Parked]:
    """Chats and topics that nothing can be written to, and that the admins were not told of."""
    paused = select(CHAT.c.id, CHAT.c.type, CHAT.c.state_reason).where(text(UNTOLD_CHAT)).order_by(CHAT.c.id)
    topics = (
        select(SUBSCRIPTION.c.chat_id, CHAT.c.type, SUBSCRIPTION.c.thread_id, func.max(SUBSCRIPTION.c.paused))
        .join(CHAT, CHAT.c.id == SUBSCRIPTION.c.chat_id)
        .where(text(_of("subscription", UNTOLD_TOPIC)))
        .group_by(SUBSCRIPTION.c.chat_id, CHAT.c.type, SUBSCRIPTION.c.thread_id)
        .order_by(SUBSCRIPTION.c.chat_id, SUBSCRIPTION.c.thread_id)
    )
    whole = [Parked(id_, type_, None, why) for id_, type_, why in await session.execute(paused.limit(limit))]
    return whole + [Parked(*row) for row in await session.execute(topics.limit(limit))]


async def note_told(session: AsyncSession, told: Collection[int], now: datetime) -> None:
    """Write down that the admins know of these deliveries."""
    ids = list(told)
    for start in range(0, len(ids), _AT_ONCE):
        mine = update(DELIVERY).where(DELIVERY.c.id.in_(ids[start : start + _AT_ONCE]))
        await session.execute(mine.where(DELIVERY.c.state.in_(STATES)).values(told_at=now))


async def note_parked_told(session: AsyncSession, told: Sequence[Parked], now: datetime) -> None:
    """Write down that the admins know of these chats and topics."""
    whole = [one.chat_id for one in told if one.thread_id is None]
    topics = [(one.chat_id, one.thread_id) for one in told if one.thread_id is not None]
    for start in range(0, len(whole), _AT_ONCE):
        mine = update(CHAT).where(CHAT.c.id.in_(whole[start : start + _AT_ONCE]))
        await session.execute(mine.where(CHAT.c.state == ChatState.PAUSED).values(told_at=now))
    place = tuple_(SUBSCRIPTION.c.chat_id, SUBSCRIPTION.c.thread_id)
    for start in range(0, len(topics), _AT_ONCE):
        these = update(SUBSCRIPTION).where(place.in_(topics[start : start + _AT_ONCE]))
        await session.execute(these.where(SUBSCRIPTION.c.paused != "").values(told_at=now))


class Resent(StrEnum):
    """What came of the wish to send a delivery once more."""

    QUEUED = "queued"
    UNKNOWN = "unknown"  # there is no delivery of that number
    NO_TROUBLE = "no_trouble"  # it is neither uncertain nor dead
    SILENT = "silent"  # nothing can be written to its chat, or the chat wants nothing


@dataclass(frozen=True, slots=True)
class Resending:
    """An answer to that wish; ``detail`` is the delivery's state, or why its chat is silent."""

    outcome: Resent
    detail: str = ""
    labelled: bool = False  # the copy says that it may be one


async def resend(session: AsyncSession, delivery_id: int, now: datetime) -> Resending:
    """Let an uncertain or dead delivery go once more, if its chat can be written to.

    A copy of what may have arrived is labelled.
    """
    delivery = await deliveries.find(session, delivery_id)
    if delivery is None:
        return Resending(Resent.UNKNOWN)
    await mailboxes.lock(session, delivery.chat_id)  # mailboxes before deliveries, as everybody does
    silent = await _why_silent(session, delivery)
    if delivery.state in STATES and silent:
        return Resending(Resent.SILENT, silent)
    if not await _queue_again(session, delivery_id, now):
        return Resending(Resent.NO_TROUBLE, delivery.state)
    return Resending(Resent.QUEUED, labelled=delivery.may_be_duplicate)


DISMISSED = "let go by an admin; it was "


async def dismiss(session: AsyncSession, delivery_ids: Collection[int], now: datetime) -> list[int]:
    """Let uncertain or dead deliveries go for good; the numbers of those that were. The reason says what they were."""
    gone = await session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id.in_(delivery_ids), DELIVERY.c.state.in_(STATES))
        .values(
            state=DeliveryState.SUPPRESSED,
            reason=literal(DISMISSED) + DELIVERY.c.state + ": " + DELIVERY.c.reason,
            settled_at=now,
        )
        .returning(DELIVERY.c.id)
    )
    return sorted(gone.scalars())


async def _queue_again(session: AsyncSession, delivery_id: int, now: datetime) -> bool:
    again = await session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id == delivery_id, DELIVERY.c.state.in_(STATES))
        .values(
            state=DeliveryState.PENDING,
            reason="sent again by an admin",
            created_at=now,  # from when on it waits
            not_before=now,
            claimed_at=now,  # by whose clock ``not_before`` is reckoned
            settled_at=None,
            told_at=None,
        )
        .returning(DELIVERY.c.id)
    )
    if again.first() is None:
        return False
    await mailboxes.drop_in(session, DELIVERY.c.id == delivery_id, now)
    return True


async def _why_silent(session: AsyncSession, delivery: Delivery) -> str:
    chat = await chats.find(session, delivery.chat_id)
    if chat is None or chat.state != ChatState.ACTIVE:
        return f"{chat.state}: {chat.state_reason}" if chat else "unknown chat"
    return await chats.topic_paused(session, delivery.chat_id, delivery.thread_id)


async def token_refused(session: AsyncSession) -> bool:
    """Whether a delivery waits because Telegram did not accept the bot's token when it was tried last."""
    waits = select(DELIVERY.c.id).where(
        text("delivery.state = 'pending'"), DELIVERY.c.reason.in_(("Unauthorized", "Not Found"))
    )
    return await session.scalar(waits.limit(1)) is not None


def _query() -> Any:
    return (
        select(
            DELIVERY.c.id,
            DELIVERY.c.state,
            DELIVERY.c.reason,
            DELIVERY.c.kind,
            DELIVERY.c.chat_id,
            CHAT.c.type.label("chat_type"),
            DELIVERY.c.thread_id,
            ENTRY.c.title,
            ALERT.c.severity,
            func.coalesce(DELIVERY.c.settled_at, DELIVERY.c.created_at).label("at"),
            DELIVERY.c.may_be_duplicate,
        )
        .join(CHAT, CHAT.c.id == DELIVERY.c.chat_id)
        .join(ALERT, ALERT.c.id == DELIVERY.c.alert_id)
        .join(ENTRY, ENTRY.c.id == func.coalesce(DELIVERY.c.entry_id, ALERT.c.entry_id))
    )


async def _troubles(session: AsyncSession, query: Any) -> list[Trouble]:
    return [Trouble(**row) for row in (await session.execute(query)).mappings()]


def _of(table: str, condition: str) -> str:
    """A condition of ``bot.store.tables`` with its columns called by their table, for a join."""
    for column in ("state", "told_at", "paused"):
        condition = condition.replace(column, f"{table}.{column}") if column in condition else condition
    return condition
