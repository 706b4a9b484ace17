"""The outbox: every alert for every chat, and what became of it.

    pending -> sending -> sent | pending (not_before) | uncertain | dead (reason);   suppressed (reason)

A row is claimed in a transaction of its own before anything is sent, and its outcome is recorded after:
no record, no send. What a dead sender left in ``sending`` may or may not have arrived, and is treated so.
How rows come into the outbox stands in ``bot.store.outgoing``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, func, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import mailboxes, pace
from bot.store.dialect import table_of
from bot.store.tables import Chat, Delivery, Subscription
from bot.store.types import ChatState, DeliveryKind, DeliveryState, Guarantee

DELIVERY, CHAT, SUBSCRIPTION = (table_of(one) for one in (Delivery, Chat, Subscription))
LOST_SENDER = "the sender died while it was sending"
SUPERSEDED = "superseded by a newer edit"


async def claim(
    session: AsyncSession, now: datetime, *, epoch: int, limit: int, terminal: bool
) -> list[Delivery]:
    """Take up to ``limit`` deliveries that may go now, at most one a chat, the gravest first, then by turn.

    ``terminal`` chooses whom this sender serves: the operator's own screen, or Telegram's chats. A chat gets its own
    gravest and oldest, whatever made it its turn.
    """
    chats = await mailboxes.open_now(session, now, limit=limit, terminal=terminal)
    if not chats:
        return []
    heads = await mailboxes.heads(session, chats, now)
    early = [chat for chat in chats if chat not in heads]  # their mailboxes were looked at too early
    if early:
        await mailboxes.refresh_all(session, {chat: {} for chat in early}, now)
    return await _take(session, heads, epoch, now) if heads else []


_TAKEN = (
    update(Delivery)
    .where(DELIVERY.c.id.in_(bindparam("heads", expanding=True)), DELIVERY.c.state == DeliveryState.PENDING)
    .values(state=DeliveryState.SENDING, epoch=bindparam("by"), claimed_at=bindparam("now"))
    .returning(Delivery)
    .execution_options(synchronize_session=False, populate_existing=True)
)


async def _take(session: AsyncSession, heads: dict[int, int], epoch: int, now: datetime) -> list[Delivery]:
    asked = {"heads": list(heads.values()), "by": epoch, "now": now}
    claimed = list(await session.scalars(_TAKEN, asked))
    await mailboxes.fly(session, {one.chat_id: one.id or 0 for one in claimed})
    await pace.served(session, pace.last_turns((one.severity_rank, one.turn) for one in claimed))
    return sorted(claimed, key=lambda one: (-one.severity_rank, one.turn, one.id or 0))


async def settle(session: AsyncSession, delivery: Delivery, now: datetime, **values: object) -> int | None:
    """Record the outcome of a claimed delivery; None when it is no more under its epoch's claim.

    Otherwise the chat that it belongs to now: a group may have moved while it was being sent.
    """
    result = await session.execute(
        update(DELIVERY)
        .where(
            DELIVERY.c.id == delivery.id,
            DELIVERY.c.epoch == delivery.epoch,
            DELIVERY.c.state == DeliveryState.SENDING,
        )
        .values(**values)
        .returning(DELIVERY.c.chat_id)
    )
    chat_id: int | None = result.scalar()
    if chat_id is not None and values.get("state") == DeliveryState.PENDING:
        await _suppress_unwanted(session, [chat_id], now)
    return chat_id


async def _suppress_unwanted(session: AsyncSession, chats: Collection[int], now: datetime) -> None:
    """What waits again for chats or topics that fell silent while it was under way waits for nobody."""
    await session.execute(_UNWANTED, {"chats": list(chats), "at": now})


_TOPIC_PAUSED = (
    select(func.max(SUBSCRIPTION.c.paused))
    .where(SUBSCRIPTION.c.chat_id == DELIVERY.c.chat_id, SUBSCRIPTION.c.thread_id == DELIVERY.c.thread_id)
    .scalar_subquery()
)
_CHAT_SILENT = (
    select(literal("chat_") + CHAT.c.state + ": " + CHAT.c.state_reason)
    .where(CHAT.c.id == DELIVERY.c.chat_id, CHAT.c.state != ChatState.ACTIVE)
    .scalar_subquery()
)
_UNWANTED = (
    update(DELIVERY)
    .where(
        DELIVERY.c.chat_id.in_(bindparam("chats", expanding=True)),
        DELIVERY.c.state == DeliveryState.PENDING,
        or_(_CHAT_SILENT.is_not(None), _TOPIC_PAUSED != ""),
    )
    .values(
        state=DeliveryState.SUPPRESSED,
        reason=func.coalesce(_CHAT_SILENT, literal("topic_paused: ") + _TOPIC_PAUSED),
        settled_at=bindparam("at"),
    )
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A claimed delivery that the far end took, under ``message_id``, at ``at``."""

    delivery: Delivery
    message_id: int | None
    at: datetime


_SENDING = (
    select(DELIVERY.c.id, DELIVERY.c.epoch, DELIVERY.c.chat_id)
    .where(DELIVERY.c.id.in_(bindparam("ids", expanding=True)), DELIVERY.c.state == DeliveryState.SENDING)
    .order_by(DELIVERY.c.id)
    .with_for_update()
)
_ARRIVED = (
    update(DELIVERY)
    .where(DELIVERY.c.id == bindparam("delivery"))
    .values(
        state=DeliveryState.SENT,  # the reason stays: what held it up last
        attempts=DELIVERY.c.attempts + 1,
        message_id=bindparam("number"),
        settled_at=bindparam("at"),
    )
)


async def settle_sent(session: AsyncSession, sent: Sequence[Sent]) -> dict[int, int]:
    """Record what arrived; the chat that each belongs to now, of those that are still under their epoch's claim."""
    found = await session.execute(_SENDING, {"ids": [one.delivery.id for one in sent]})
    rows = {row.id: row for row in found}
    ours = [one for one in sent if (row := rows.get(one.delivery.id)) and row.epoch == one.delivery.epoch]
    if ours:
        arrived = [{"delivery": one.delivery.id, "number": one.message_id, "at": one.at} for one in ours]
        await (await session.connection()).execute(_ARRIVED, arrived)
    return {one.delivery.id or 0: rows[one.delivery.id].chat_id for one in ours}


async def recorded(session: AsyncSession, sent: Sequence[Sent]) -> set[int]:
    """Which of these stand as sent already, under their epoch and their message: a commit whose answer was lost."""
    if not sent:
        return set()
    rows = await session.execute(
        select(DELIVERY.c.id, DELIVERY.c.epoch, DELIVERY.c.message_id).where(
            DELIVERY.c.id.in_([one.delivery.id for one in sent]), DELIVERY.c.state == DeliveryState.SENT
        )
    )
    known = {tuple(row) for row in rows}
    return {
        one.delivery.id or 0 for one in sent if (one.delivery.id, one.delivery.epoch, one.message_id) in known
    }


async def supersede(session: AsyncSession, edit: Delivery, now: datetime) -> None:
    """An edit that waits again is needless when a newer one of the same message waits."""
    newer = DELIVERY.alias("newer")
    exists = select(newer.c.id).where(
        newer.c.alert_id == edit.alert_id,
        newer.c.chat_id == edit.chat_id,
        newer.c.thread_id == edit.thread_id,
        newer.c.kind == DeliveryKind.EDIT,
        newer.c.revision > edit.revision,
        newer.c.state == DeliveryState.PENDING,
    )
    await session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id == edit.id, DELIVERY.c.state == DeliveryState.PENDING, exists.exists())
        .values(state=DeliveryState.SUPPRESSED, reason=SUPERSEDED, settled_at=now)
    )


async def recover(session: AsyncSession, epoch: int, now: datetime, *, pause: float) -> list[int]:
    """Take back what senders before ``epoch`` left in ``sending``; the chat of each.

    Their fate is unknown. The first time a row goes again after ``pause`` seconds, labelled; a row that was
    already a second try, or whose chat wants nothing twice, becomes ``uncertain``, for a person to decide.
    An edit may be made any number of times and simply goes again.
    """
    wants_once = (
        select(CHAT.c.guarantee == Guarantee.AT_MOST_ONCE)
        .where(CHAT.c.id == DELIVERY.c.chat_id)
        .scalar_subquery()
    )
    edit = DELIVERY.c.kind == DeliveryKind.EDIT
    given_up = and_(~edit, or_(DELIVERY.c.may_be_duplicate, wants_once))
    result = await session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.state == DeliveryState.SENDING, DELIVERY.c.epoch < epoch)
        .values(
            state=case((given_up, DeliveryState.UNCERTAIN), else_=DeliveryState.PENDING),
            reason=LOST_SENDER,
            not_before=case(
                (edit, literal(now, DELIVERY.c.not_before.type)), else_=now + timedelta(seconds=pause)
            ),
            settled_at=case((given_up, literal(now, DELIVERY.c.settled_at.type)), else_=None),
            may_be_duplicate=~edit,
            attempts=DELIVERY.c.attempts + 1,
            claimed_at=now,  # by whose clock ``not_before`` is reckoned
        )
        .returning(DELIVERY.c.chat_id)
    )
    chats = list(result.scalars())
    await _suppress_unwanted(session, chats, now)
    await mailboxes.rebuild(session, now)
    return chats


async def unclaim(session: AsyncSession, epoch: int, now: datetime, *, held: Collection[int]) -> int:
    """Give back what stands as claimed under ``epoch`` but is not ``held`` by its sender; how many rows.

    So it is after a claim whose commit was cut off, and when a sender stops: these were never sent.
    """
    result = await session.execute(
        update(DELIVERY)
        .where(
            DELIVERY.c.state == DeliveryState.SENDING,
            DELIVERY.c.epoch == epoch,
            DELIVERY.c.id.not_in(held),
        )
        .values(state=DeliveryState.PENDING)
        .returning(DELIVERY.c.chat_id)
    )
    chats = sorted(result.scalars())
    await _suppress_unwanted(session, chats, now)
    for chat_id in chats:
        await mailboxes.lock(session, chat_id)
        await mailboxes.refresh(session, chat_id, now, in_flight=None)
    return len(chats)


async def find(session: AsyncSession, delivery_id: int) -> Delivery | None:
    """One delivery, by its number."""
    return await session.get(Delivery, delivery_id)


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = await session.execute(select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state))
    return {state: count for state, count in rows}


async def waits_since(session: AsyncSession) -> datetime | None:
    """Since when the oldest message waits to be sent; edits ring for nobody and are left out."""
    oldest = select(func.min(DELIVERY.c.created_at)).where(
        text("delivery.state = 'pending'"), DELIVERY.c.kind != DeliveryKind.EDIT
    )
    since: datetime | None = await session.scalar(oldest)
    return since


async def reasons(session: AsyncSession) -> dict[str, int]:
    """Why deliveries were not sent: a count a reason."""
    rows = await session.execute(
        select(DELIVERY.c.reason, func.count())
        .where(DELIVERY.c.reason != "", DELIVERY.c.state != DeliveryState.SENT)
        .group_by(DELIVERY.c.reason)
    )
    return {reason: count for reason, count in rows}
