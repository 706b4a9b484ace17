"""How deliveries come into the outbox: an alert for its followers, a follow-up in its thread, an edit in its place.

Each is one INSERT from a SELECT, so that fifty thousand chats cost the writing transaction a moment. Whoever
cannot be written to gets a suppressed delivery with the reason: nothing disappears without a trace.

``turn`` is fair queueing. An alert for many chats gives them turns one after another at Telegram's pace, from the turn
on that is being served; another alert of the same severity that comes a minute later takes its turns from where
serving is by then, and so stands before the rest of the many.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CursorResult,
    Float,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import mailboxes, pace
from bot.store.dialect import table_of, upsert
from bot.store.pace import A_SECOND
from bot.store.silence import TOPIC_PAUSED, why_silent
from bot.store.tables import Alert, Chat, Delivery, Mailbox, Subscription
from bot.store.types import DeliveryKind, DeliveryState, IfGone

DELIVERY, CHAT, SUBSCRIPTION, ALERT, MAILBOX = (
    table_of(one) for one in (Delivery, Chat, Subscription, Alert, Mailbox)
)
ALL_RULES = "*"
EDIT_RANK = -1  # behind everything that rings
EDIT_PAUSE = timedelta(seconds=10)  # forty outlets within seconds are one edit
_COLUMNS = (
    "alert_id", "chat_id", "thread_id", "kind", "revision", "entry_id", "if_gone", "severity_rank", "turn", "state",
    "reason", "created_at", "not_before", "settled_at", "epoch", "attempts", "may_be_duplicate",
)  # fmt: skip


async def plan(session: AsyncSession, alert_id: int, rank: int, rules: Collection[str], now: datetime) -> int:
    """Queue an alert for all that follow one of ``rules`` or everything; how many deliveries are new.

    One delivery a chat and topic, whoever asks again.
    """
    to = (
        select(
            SUBSCRIPTION.c.chat_id,
            SUBSCRIPTION.c.thread_id,
            func.min(SUBSCRIPTION.c.paused).label("paused"),
            CHAT.c.state,
            CHAT.c.state_reason,
        )
        .join(CHAT, CHAT.c.id == SUBSCRIPTION.c.chat_id)
        .where(_wants(rules))
        .group_by(SUBSCRIPTION.c.chat_id, SUBSCRIPTION.c.thread_id, CHAT.c.state, CHAT.c.state_reason)
        .subquery()
    )
    new = await _queue(session, to, _New(alert_id, DeliveryKind.SEND, rank), now)
    await mailboxes.drop_in(session, DELIVERY.c.alert_id == alert_id, now)
    return new


async def plan_reply(
    session: AsyncSession, alert_id: int, rank: int, rules: Collection[str], entry_id: int, now: datetime
) -> int:
    """Queue a follow-up that tells ``entry_id``, in the thread of every message of the alert; how many.

    It goes to chats that have the alert and still follow one of ``rules``.
    """
    revision = await _next_revision(session, alert_id)
    to = _holders(alert_id, _ARRIVES, rules)
    follow_up = _New(alert_id, DeliveryKind.REPLY, rank, revision, entry_id=entry_id)
    new = await _queue(session, to, follow_up, now)
    await mailboxes.drop_in(session, DELIVERY.c.alert_id == alert_id, now)
    return new


async def plan_edit(
    session: AsyncSession, alert_id: int, now: datetime, *, if_gone: IfGone = IfGone.NOTHING
) -> int:
    """Queue a rewriting of every message of the alert that has left; how many messages will be rewritten.

    An edit that waits already is the same edit, since its text is made when it is sent: it takes the newer
    revision. What has not left yet shows the newest state anyway.
    """
    revision = await _next_revision(session, alert_id)
    waiting = and_(
        DELIVERY.c.alert_id == alert_id,
        DELIVERY.c.kind == DeliveryKind.EDIT,
        DELIVERY.c.state == DeliveryState.PENDING,
    )
    renewed = await session.execute(
        update(DELIVERY).where(waiting).values(revision=revision).returning(DELIVERY.c.id)
    )
    rewritable = and_(_HAS_LEFT, DELIVERY.c.chat_id != mailboxes.TERMINAL_CHAT)
    to = _holders(alert_id, rewritable, None, without=waiting)
    edit = _New(alert_id, DeliveryKind.EDIT, EDIT_RANK, revision, if_gone=if_gone, pause=EDIT_PAUSE)
    new = await _queue(session, to, edit, now)
    count = len(renewed.all())
    await mailboxes.drop_in(session, DELIVERY.c.alert_id == alert_id, now)
    return new + count


_ARRIVES = DELIVERY.c.state.in_(
    (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN)
)
_HAS_LEFT = or_(
    DELIVERY.c.state.in_((DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN)),
    and_(DELIVERY.c.state == DeliveryState.PENDING, DELIVERY.c.attempts > 0),
)


def _wants(rules: Collection[str]) -> Any:
    return SUBSCRIPTION.c.rule.in_([*rules, ALL_RULES])


def _holders(alert_id: int, which: Any, rules: Collection[str] | None, *, without: Any = None) -> Any:
    """The chats and topics with a send of the alert, ``which`` holding for it."""
    follows = [
        exists().where(
            SUBSCRIPTION.c.chat_id == DELIVERY.c.chat_id,
            SUBSCRIPTION.c.thread_id == DELIVERY.c.thread_id,
            _wants(rules),
        )
    ] if rules is not None else []  # fmt: skip
    query = (
        select(
            DELIVERY.c.chat_id,
            DELIVERY.c.thread_id,
            TOPIC_PAUSED.label("paused"),
            CHAT.c.state,
            CHAT.c.state_reason,
        )
        .join(CHAT, CHAT.c.id == DELIVERY.c.chat_id)
        .where(DELIVERY.c.alert_id == alert_id, DELIVERY.c.kind == DeliveryKind.SEND, which, *follows)
    )
    if without is not None:
        theirs = select(DELIVERY.c.chat_id, DELIVERY.c.thread_id).where(without).subquery()
        query = query.where(
            ~exists().where(
                theirs.c.chat_id == DELIVERY.c.chat_id, theirs.c.thread_id == DELIVERY.c.thread_id
            )
        )
    return query.subquery()


@dataclass(frozen=True, slots=True)
class _New:
    """What new deliveries have in common."""

    alert_id: int
    kind: DeliveryKind
    rank: int
    revision: int = 0
    entry_id: int | None = None
    if_gone: IfGone = IfGone.NOTHING
    pause: timedelta = timedelta()


async def _queue(session: AsyncSession, to: Any, new: _New, now: datetime) -> int:
    """Insert a delivery for each row of ``to`` (chat_id, thread_id, paused, state, state_reason)."""
    why_not = why_silent(to.c.state, to.c.state_reason, to.c.paused)
    active = why_not == ""
    number = func.row_number().over(order_by=(to.c.chat_id, to.c.thread_id))
    instant = DELIVERY.c.created_at.type
    base = await pace.turn_of(session, new.rank, now.timestamp())
    rows = select(
        literal(new.alert_id),
        to.c.chat_id,
        to.c.thread_id,
        literal(str(new.kind)),
        literal(new.revision),
        literal(new.entry_id, DELIVERY.c.entry_id.type),
        literal(str(new.if_gone)),
        literal(new.rank),
        base + (cast(number, Float) - 1.0) / A_SECOND,
        case((active, str(DeliveryState.PENDING)), else_=str(DeliveryState.SUPPRESSED)),
        why_not,
        literal(now, instant),
        literal(now + new.pause, instant),
        case((active, None), else_=literal(now, instant)),
        literal(0),
        literal(0),
        literal(value=False),
    ).where(to.c.chat_id.is_not(None))  # SQLite reads ON CONFLICT after a SELECT only behind a WHERE
    put = upsert(session, Delivery).from_select(_COLUMNS, rows).on_conflict_do_nothing()
    put = put.execution_options(preserve_rowcount=True)
    result = await session.execute(put)
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


async def _next_revision(session: AsyncSession, alert_id: int) -> int:
    changed = update(ALERT).where(ALERT.c.id == alert_id).values(revision=ALERT.c.revision + 1)
    return int((await session.execute(changed.returning(ALERT.c.revision))).scalar_one())


async def raise_rank(session: AsyncSession, alert_id: int, rank: int, now: datetime) -> None:
    """Let what still waits of an alert go at least as early as ``rank``."""
    waiting = and_(
        DELIVERY.c.alert_id == alert_id,
        DELIVERY.c.state == DeliveryState.PENDING,
        DELIVERY.c.kind != DeliveryKind.EDIT,
        DELIVERY.c.severity_rank < rank,
    )
    # mailboxes are locked before deliveries, as a claim locks them
    theirs = select(DELIVERY.c.chat_id).where(waiting)
    await session.execute(
        select(MAILBOX.c.chat_id)
        .where(MAILBOX.c.chat_id.in_(theirs))
        .order_by(MAILBOX.c.chat_id)
        .with_for_update()
    )
    turn = await pace.turn_of(session, rank, now.timestamp())
    await session.execute(update(DELIVERY).where(waiting).values(severity_rank=rank, turn=turn))
    await mailboxes.drop_in(session, DELIVERY.c.alert_id == alert_id, now)
