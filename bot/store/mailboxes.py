"""Mailboxes: whom to serve next, in one row a chat, so that a claim costs the same whatever waits.

A mailbox only says what the deliveries say, faster. It is always changed in the transaction that changes them,
under its row's lock and from a fresh look at the deliveries; when a sender takes over, all are made anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import CLOCK_SLACK, table_of, upsert
from bot.store.tables import Delivery, Mailbox
from bot.store.types import DeliveryKind, DeliveryState

DELIVERY, MAILBOX = table_of(Delivery), table_of(Mailbox)
TERMINAL_CHAT = 0  # the operator's own screen; no chat of Telegram's has this id


def due(instant: Any, written: Any, now: datetime) -> Any:
    """An SQL condition: ``instant`` has come, or was reckoned by a clock that has been set back since."""
    return or_(instant <= now, written > now + CLOCK_SLACK)


def ready(now: datetime) -> Any:
    """An SQL condition on deliveries: it waits, may go, and is no follow-up to a message that has yet to go."""
    first = DELIVERY.alias("first")
    before = select(first.c.id).where(
        first.c.alert_id == DELIVERY.c.alert_id,
        first.c.chat_id == DELIVERY.c.chat_id,
        first.c.thread_id == DELIVERY.c.thread_id,
        first.c.kind == DeliveryKind.SEND,
        first.c.state.in_((DeliveryState.PENDING, DeliveryState.SENDING)),
    )
    written = func.coalesce(DELIVERY.c.claimed_at, DELIVERY.c.created_at)
    return and_(
        DELIVERY.c.state == DeliveryState.PENDING,
        due(DELIVERY.c.not_before, written, now),
        or_(DELIVERY.c.kind == DeliveryKind.SEND, ~before.exists()),
    )


def next_of(chat_id: Any, now: datetime) -> Select[Any]:
    """The next delivery of a chat: the gravest, then the oldest, of those that may go."""
    return (
        select(DELIVERY.c.id, DELIVERY.c.severity_rank, DELIVERY.c.turn)
        .where(DELIVERY.c.chat_id == chat_id, ready(now))
        .order_by(DELIVERY.c.severity_rank.desc(), DELIVERY.c.id)
        .limit(1)
    )


async def drop_in(session: AsyncSession, waiting: Any, now: datetime) -> None:
    """Let the mailboxes know of new deliveries: ``waiting`` is an SQL condition on them."""
    new = (
        select(
            DELIVERY.c.chat_id,
            func.max(DELIVERY.c.severity_rank),
            func.min(DELIVERY.c.turn),
            literal(now, MAILBOX.c.free_at.type),
            func.min(DELIVERY.c.not_before),
            literal(now, MAILBOX.c.written_at.type),
            literal([], MAILBOX.c.recent.type),
        )
        .where(waiting, DELIVERY.c.state == DeliveryState.PENDING)
        .group_by(DELIVERY.c.chat_id)
    )
    columns = ("chat_id", "rank", "turn", "free_at", "look_at", "written_at", "recent")
    put = upsert(session, Mailbox).from_select(columns, new)
    graver = or_(MAILBOX.c.rank.is_(None), put.excluded.rank > MAILBOX.c.rank)
    earlier = and_(MAILBOX.c.rank == put.excluded.rank, put.excluded.turn < MAILBOX.c.turn)
    sooner = or_(MAILBOX.c.rank.is_(None), put.excluded.look_at < MAILBOX.c.look_at)
    await session.execute(
        put.on_conflict_do_update(
            index_elements=["chat_id"],
            set_={
                "rank": case((graver, put.excluded.rank), else_=MAILBOX.c.rank),
                "turn": case((or_(graver, earlier), put.excluded.turn), else_=MAILBOX.c.turn),
                "look_at": case((sooner, put.excluded.look_at), else_=MAILBOX.c.look_at),
                "free_at": _rest(now),
                "written_at": now,
            },
        )
    )


def _rest(now: datetime) -> Any:
    """How long a chat rests, as this clock reckons: a rest that was written by another clock is over.

    Whoever writes ``written_at`` writes this with it, or an instant of another clock would pass for one of this.
    """
    over = MAILBOX.c.written_at > now + CLOCK_SLACK
    return case((over, literal(now, MAILBOX.c.free_at.type)), else_=MAILBOX.c.free_at)


def rests_until(box: Mailbox, now: datetime) -> datetime:
    """Until when a chat rests; a rest that was written by a clock that has been set back since is over."""
    return now if box.written_at > now + CLOCK_SLACK else box.free_at


async def open_now(session: AsyncSession, now: datetime, *, limit: int, terminal: bool) -> Sequence[int]:
    """The chats that may be served now, the gravest first, then by turn; locked until the transaction ends."""
    rows = await session.scalars(
        select(MAILBOX.c.chat_id)
        .where(_is_open(now, terminal))
        .order_by(MAILBOX.c.rank.desc(), MAILBOX.c.turn, MAILBOX.c.chat_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def any_open(session: AsyncSession, now: datetime, *, terminal: bool) -> bool:
    """Whether a claim would find anything; only reads."""
    found = await session.execute(select(MAILBOX.c.chat_id).where(_is_open(now, terminal)).limit(1))
    return found.first() is not None


def _is_open(now: datetime, terminal: bool) -> Any:
    return and_(
        MAILBOX.c.rank.is_not(None),
        MAILBOX.c.in_flight.is_(None),
        MAILBOX.c.chat_id == TERMINAL_CHAT if terminal else MAILBOX.c.chat_id != TERMINAL_CHAT,
        due(MAILBOX.c.free_at, MAILBOX.c.written_at, now),
        due(MAILBOX.c.look_at, MAILBOX.c.written_at, now),
    )


async def lock(session: AsyncSession, chat_id: int) -> Mailbox | None:
    """A chat's mailbox, locked until the transaction ends; None when nothing was ever queued for the chat."""
    found = select(Mailbox).where(MAILBOX.c.chat_id == chat_id).with_for_update()
    return (await session.scalars(found.execution_options(populate_existing=True))).first()


async def refresh(session: AsyncSession, chat_id: int, now: datetime, **values: object) -> None:
    """Make a mailbox say what the deliveries say, with ``values`` besides; the row must be locked.

    Where nothing may go yet, it is looked at again when the first that waits may.
    """
    head = (await session.execute(next_of(chat_id, now))).first()
    if head is not None:
        said: dict[str, object] = {"rank": head.severity_rank, "turn": head.turn, "look_at": now}
    else:
        said = await _later(session, chat_id, now)
    said |= {"written_at": now, "free_at": _rest(now), **values}
    await session.execute(update(MAILBOX).where(MAILBOX.c.chat_id == chat_id).values(**said))


async def _later(session: AsyncSession, chat_id: int, now: datetime) -> dict[str, object]:
    waiting = and_(DELIVERY.c.chat_id == chat_id, DELIVERY.c.state == DeliveryState.PENDING)
    row = (
        await session.execute(
            select(
                func.max(DELIVERY.c.severity_rank),
                func.min(DELIVERY.c.turn),
                func.min(case((DELIVERY.c.not_before > now, DELIVERY.c.not_before))),
            ).where(waiting)
        )
    ).one()
    rank, turn, at = row
    if rank is None:
        return {"rank": None}
    return {"rank": rank, "turn": turn, "look_at": at or now + timedelta(seconds=1)}


async def rebuild(session: AsyncSession, now: datetime) -> None:
    """Make all mailboxes anew from what waits; paces are kept. No delivery may be in flight."""
    await session.execute(update(MAILBOX).values(rank=None, in_flight=None))
    await drop_in(session, true(), now)


async def drifted(session: AsyncSession) -> Sequence[int]:
    """Chats whose deliveries wait while their mailbox says that nothing does: there are none, or it is a bug."""
    told = select(MAILBOX.c.chat_id).where(
        MAILBOX.c.chat_id == DELIVERY.c.chat_id,
        or_(MAILBOX.c.rank.is_not(None), MAILBOX.c.in_flight.is_not(None)),
    )
    rows = await session.scalars(
        select(DELIVERY.c.chat_id)
        .where(DELIVERY.c.state == DeliveryState.PENDING, ~told.exists())
        .distinct()
        .limit(100)
    )
    return rows.all()
