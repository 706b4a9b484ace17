"""Mailboxes: whom to serve next, in one row a chat, so that a claim costs the same whatever waits.

A mailbox only says what the deliveries say, faster. It is always changed in the transaction that changes them,
under its row's lock and from a fresh look at the deliveries; when a sender takes over, all are made anew.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import CLOCK_SLACK, table_of, upsert
from bot.store.tables import Delivery, Mailbox
from bot.store.types import DeliveryKind, DeliveryState

DELIVERY, MAILBOX = table_of(Delivery), table_of(Mailbox)
TERMINAL_CHAT = 0  # the operator's own screen; no chat of Telegram's has this id


_INSTANT = MAILBOX.c.free_at.type
_NOW, _SLACK = bindparam("now", type_=_INSTANT), bindparam("slack", type_=_INSTANT)


def at(now: datetime) -> dict[str, datetime]:
    """What statements made from ``due()`` are asked with: they are built once, since building is what costs."""
    return {"now": now, "slack": now + CLOCK_SLACK}


def due(instant: Any, written: Any) -> Any:
    """An SQL condition: ``instant`` has come, or was reckoned by a clock that has been set back since."""
    return or_(instant <= _NOW, written > _SLACK)


def _ready() -> Any:
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
        due(DELIVERY.c.not_before, written),
        or_(DELIVERY.c.kind == DeliveryKind.SEND, ~before.exists()),
    )


def next_of(chat_id: Any) -> Select[Any]:
    """The next delivery of a chat: the gravest, then the oldest, of those that may go."""
    return (
        select(DELIVERY.c.id)
        .where(DELIVERY.c.chat_id == chat_id, _ready())
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


def _open(*, terminal: bool) -> Select[Any]:
    return select(MAILBOX.c.chat_id).where(
        MAILBOX.c.rank.is_not(None),
        MAILBOX.c.in_flight.is_(None),
        MAILBOX.c.chat_id == TERMINAL_CHAT if terminal else MAILBOX.c.chat_id != TERMINAL_CHAT,
        due(MAILBOX.c.free_at, MAILBOX.c.written_at),
        due(MAILBOX.c.look_at, MAILBOX.c.written_at),
    )


_OPEN = {terminal: _open(terminal=terminal) for terminal in (False, True)}
_ANY_OPEN = {terminal: query.limit(1) for terminal, query in _OPEN.items()}
_NEXT_OPEN = {
    terminal: query.order_by(MAILBOX.c.rank.desc(), MAILBOX.c.turn, MAILBOX.c.chat_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    for terminal, query in _OPEN.items()
}


def _rest(now: datetime) -> Any:
    """``rests_until`` in SQL."""
    over = MAILBOX.c.written_at > now + CLOCK_SLACK
    return case((over, literal(now, MAILBOX.c.free_at.type)), else_=MAILBOX.c.free_at)


def rests_until(box: Mailbox, now: datetime) -> datetime:
    """Until when a chat rests; a rest that was written by a clock that has been set back since is over."""
    return now if box.written_at > now + CLOCK_SLACK else box.free_at


async def open_now(session: AsyncSession, now: datetime, *, limit: int, terminal: bool) -> Sequence[int]:
    """The chats that may be served now, the gravest first, then by turn; locked until the transaction ends."""
    return (await session.scalars(_NEXT_OPEN[terminal], {**at(now), "most": limit})).all()


async def any_open(session: AsyncSession, now: datetime, *, terminal: bool) -> bool:
    """Whether a claim would find anything; only reads."""
    return (await session.execute(_ANY_OPEN[terminal], at(now))).first() is not None


def _several() -> BindParameter[Any]:
    return bindparam("chats", expanding=True)


_LOCKED = (
    select(Mailbox).where(MAILBOX.c.chat_id.in_(_several())).order_by(MAILBOX.c.chat_id).with_for_update()
)
_LOCKED = _LOCKED.execution_options(populate_existing=True)


async def lock_all(session: AsyncSession, chats: Collection[int]) -> dict[int, Mailbox]:
    """The mailboxes of ``chats``, by chat, locked until the transaction ends; always in the same order."""
    return {box.chat_id: box for box in await session.scalars(_LOCKED, {"chats": list(chats)})}


async def lock(session: AsyncSession, chat_id: int) -> Mailbox | None:
    """A chat's mailbox, locked until the transaction ends; None when nothing was ever queued for the chat."""
    return (await lock_all(session, [chat_id])).get(chat_id)


async def refresh(session: AsyncSession, chat_id: int, now: datetime, **values: object) -> None:
    """Make a mailbox say what the deliveries say, with ``values`` besides; the row must be locked."""
    await refresh_all(session, {chat_id: values}, now)


async def refresh_all(
    session: AsyncSession, chats: Mapping[int, Mapping[str, object]], now: datetime
) -> None:
    """Make mailboxes say what the deliveries say, each with its values besides; the rows must be locked.

    Where nothing may go yet, it is looked at again when the first that waits may.
    """
    asked = {**at(now), "chats": list(chats)}
    said: dict[int, dict[str, object]] = {
        head.chat_id: {"rank": head.severity_rank, "turn": head.turn, "look_at": now}
        for head in await session.execute(_HEADS, asked)
    }
    quiet = [chat for chat in chats if chat not in said]
    if quiet:
        for row in await session.execute(_LATER, {**asked, "chats": quiet}):
            look_at = row.look_at or now + timedelta(seconds=1)
            said[row.chat_id] = {"rank": row.rank, "turn": row.turn, "look_at": look_at}
    await _write(
        session, {chat: {**said.get(chat, {"rank": None}), **more} for chat, more in chats.items()}, now
    )


_HEADS = (
    select(DELIVERY.c.chat_id, DELIVERY.c.id, DELIVERY.c.severity_rank, DELIVERY.c.turn)
    .select_from(MAILBOX)
    .join(DELIVERY, DELIVERY.c.id == next_of(MAILBOX.c.chat_id).correlate(MAILBOX).scalar_subquery())
    .where(MAILBOX.c.chat_id.in_(_several()))
)
_LATER = (
    select(
        DELIVERY.c.chat_id,
        func.max(DELIVERY.c.severity_rank).label("rank"),
        func.min(DELIVERY.c.turn).label("turn"),
        func.min(case((DELIVERY.c.not_before > _NOW, DELIVERY.c.not_before))).label("look_at"),
    )
    .where(DELIVERY.c.chat_id.in_(_several()), DELIVERY.c.state == DeliveryState.PENDING)
    .group_by(DELIVERY.c.chat_id)
)


async def heads(session: AsyncSession, chats: Collection[int], now: datetime) -> dict[int, int]:
    """The next delivery of each chat that has one that may go."""
    rows = await session.execute(_HEADS, {**at(now), "chats": list(chats)})
    return {row.chat_id: row.id for row in rows}


async def flying(session: AsyncSession, chat_id: int) -> int | None:
    """Which delivery is under way to a chat. Two may be for a moment, when a group has just moved onto another chat."""
    sending = (DELIVERY.c.chat_id == chat_id, DELIVERY.c.state == DeliveryState.SENDING)
    found: int | None = await session.scalar(select(DELIVERY.c.id).where(*sending).limit(1))
    return found


async def fly(session: AsyncSession, flying: Mapping[int, int]) -> None:
    """Note of each chat which delivery is under way."""
    await _write(session, {chat: {"in_flight": delivery} for chat, delivery in flying.items()})


async def _write(
    session: AsyncSession, values: Mapping[int, Mapping[str, object]], written_at: datetime | None = None
) -> None:
    """Update mailboxes, those together that have the same columns to change."""
    shapes: dict[tuple[str, ...], list[dict[str, object]]] = {}
    stamp = {"written_at": written_at} if written_at else {}
    slack = {"slack": written_at + CLOCK_SLACK} if written_at else {}
    for chat, columns in values.items():
        new = {**columns, **stamp}
        row = {"chat": chat, **slack, **{f"new_{name}": value for name, value in new.items()}}
        shapes.setdefault(tuple(sorted(new)), []).append(row)
    connection = await session.connection()
    for shape, rows in shapes.items():
        await connection.execute(_update_of(shape), rows)


@cache
def _update_of(columns: tuple[str, ...]) -> Update:
    new: dict[str, Any] = {name: bindparam(f"new_{name}", type_=MAILBOX.c[name].type) for name in columns}
    if "written_at" in new and "free_at" not in new:
        # a rest that another clock wrote is over, or with the new stamp it would pass for one of this clock
        over = MAILBOX.c.written_at > _SLACK
        new["free_at"] = case((over, new["written_at"]), else_=MAILBOX.c.free_at)
    return update(MAILBOX).where(MAILBOX.c.chat_id == bindparam("chat")).values(new)


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
