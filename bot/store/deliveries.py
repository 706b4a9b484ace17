"""The outbox: every alert for every chat, and what became of it.

    pending -> sending -> sent | pending (not_before) | uncertain | dead (reason);   suppressed (reason)

A row is claimed in a transaction of its own before anything is sent, and its outcome is recorded after:
no record, no send. What a dead sender left in ``sending`` may or may not have arrived, and is treated so.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.chats import TERMINAL, Follower
from bot.store.dialect import insert_new, table_of
from bot.store.tables import Chat, Delivery
from bot.store.types import ChatState, DeliveryState

DELIVERY, CHAT = table_of(Delivery), table_of(Chat)


async def plan(
    session: AsyncSession, alert_id: int, severity_rank: int, to: Sequence[Follower], now: datetime
) -> int:
    """Queue an alert for its followers; one delivery a chat and topic, whoever asks again. How many are new.

    A follower that cannot be written to gets a suppressed delivery with the reason, so that nothing
    disappears without a trace.
    """
    rows = [
        Delivery(
            alert_id=alert_id,
            chat_id=one.chat_id,
            thread_id=one.thread_id,
            severity_rank=severity_rank,
            state=DeliveryState.PENDING if one.active else DeliveryState.SUPPRESSED,
            reason="" if one.active else f"chat_paused: {one.state_reason}",
            created_at=now,
            not_before=now,
            settled_at=None if one.active else now,
        ).model_dump(exclude={"id"})
        for one in to
    ]
    return len(await insert_new(session, Delivery, rows))


async def raise_rank(session: AsyncSession, alert_id: int, rank: int) -> None:
    """Let what still waits of an alert go at least as early as ``rank``."""
    waiting = update(DELIVERY).where(
        DELIVERY.c.alert_id == alert_id,
        DELIVERY.c.state == DeliveryState.PENDING,
        DELIVERY.c.severity_rank < rank,
    )
    await session.execute(waiting.values(severity_rank=rank))


async def claim(
    session: AsyncSession, now: datetime, *, epoch: int, limit: int, terminal: bool
) -> list[Delivery]:
    """Take up to ``limit`` deliveries that may go now, at most one a chat, the gravest first.

    ``terminal`` chooses whom this sender serves: the operator's own screen, or Telegram's chats.
    """
    ready = _ready(now, terminal).subquery()
    first = (
        select(ready.c.id)
        .where(ready.c.place == 1)
        .order_by(ready.c.severity_rank.desc(), ready.c.id)
        .limit(limit)
    )
    taken = (
        update(Delivery)
        .where(DELIVERY.c.id.in_(first), DELIVERY.c.state == DeliveryState.PENDING)
        .values(state=DeliveryState.SENDING, epoch=epoch, claimed_at=now)
        .returning(Delivery)
        .execution_options(synchronize_session=False)
    )
    claimed = list(await session.scalars(taken))
    return sorted(claimed, key=lambda one: (-one.severity_rank, one.id or 0))


def _ready(now: datetime, terminal: bool):  # type: ignore[no-untyped-def] # Select[...] of four columns
    """What may go now, numbered within its chat: the gravest first, then the oldest."""
    in_flight = DELIVERY.alias("in_flight")
    busy = select(in_flight.c.id).where(
        in_flight.c.chat_id == DELIVERY.c.chat_id, in_flight.c.state == DeliveryState.SENDING
    )
    place = func.row_number().over(
        partition_by=DELIVERY.c.chat_id, order_by=(DELIVERY.c.severity_rank.desc(), DELIVERY.c.id)
    )
    free = and_(
        CHAT.c.state == ChatState.ACTIVE,
        (CHAT.c.type == TERMINAL) if terminal else (CHAT.c.type != TERMINAL),
        func.coalesce(CHAT.c.quiet_until, DELIVERY.c.not_before) <= now,
    )
    return (
        select(DELIVERY.c.id, DELIVERY.c.severity_rank, place.label("place"))
        .join(CHAT, CHAT.c.id == DELIVERY.c.chat_id)
        .where(DELIVERY.c.state == DeliveryState.PENDING, DELIVERY.c.not_before <= now, free, ~busy.exists())
    )


async def settle(session: AsyncSession, delivery_id: int, epoch: int, **values: object) -> bool:
    """Record the outcome of a claimed delivery; False when another sender has taken it over meanwhile."""
    result = await session.execute(
        update(DELIVERY)
        .where(
            DELIVERY.c.id == delivery_id,
            DELIVERY.c.epoch == epoch,
            DELIVERY.c.state == DeliveryState.SENDING,
        )
        .values(**values)
        .returning(DELIVERY.c.id)
    )
    return result.first() is not None


async def hush(session: AsyncSession, chat_id: int, until: datetime) -> None:
    """Nothing goes to this chat before ``until``."""
    await session.execute(update(CHAT).where(CHAT.c.id == chat_id).values(quiet_until=until))


async def recover(session: AsyncSession, epoch: int, now: datetime, *, pause: float) -> int:
    """Take back what senders before ``epoch`` left in ``sending``; how many rows there were.

    Their fate is unknown. The first time a row goes again after ``pause`` seconds, labelled; a row that was
    already a second try becomes ``uncertain``, for a person to decide.
    """
    doubtful = DELIVERY.c.may_be_duplicate
    result = await session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.state == DeliveryState.SENDING, DELIVERY.c.epoch < epoch)
        .values(
            state=case((doubtful, DeliveryState.UNCERTAIN), else_=DeliveryState.PENDING),
            reason="the sender died while it was sending",
            not_before=now + timedelta(seconds=pause),
            settled_at=case((doubtful, now), else_=None),
            may_be_duplicate=True,
            attempts=DELIVERY.c.attempts + 1,
        )
        .returning(DELIVERY.c.id)
    )
    return len(result.all())


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = await session.execute(select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state))
    return {state: count for state, count in rows}


async def reasons(session: AsyncSession) -> dict[str, int]:
    """Why deliveries were not sent: a count a reason."""
    rows = await session.execute(
        select(DELIVERY.c.reason, func.count()).where(DELIVERY.c.reason != "").group_by(DELIVERY.c.reason)
    )
    return {reason: count for reason, count in rows}
