"""Chats and their subscriptions."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import mailboxes
from bot.store.dialect import insert_new, table_of
from bot.store.outgoing import ALL_RULES
from bot.store.tables import Chat, Delivery, Mailbox, Subscription
from bot.store.types import ChatState, DeliveryState, Guarantee

CHAT, SUBSCRIPTION, DELIVERY, MAILBOX = (table_of(one) for one in (Chat, Subscription, Delivery, Mailbox))
TERMINAL = "terminal"  # the type of the chat that stands for the operator's own screen
OWN_WISH = "by its own wish"  # why a chat or a topic is stopped that said /stop


async def meet(
    session: AsyncSession, chat_id: int, type_: str, now: datetime, *, language: str = "ar"
) -> Chat:
    """The chat's row, made on first sight; a chat that was paused is active again, since it spoke to us.

    A chat that said /stop or /forget stays as it is: speaking is not asking for alerts.
    """
    fresh = Chat(id=chat_id, type=type_, language=language, created_at=now)
    await insert_new(session, Chat, [fresh.model_dump()])
    chat = await session.get_one(Chat, chat_id)
    chat.type = type_
    _wake(chat)
    return chat


async def wake(session: AsyncSession, chat_id: int) -> bool:
    """The chat can be written to again; False when it is not known, and then it stays so."""
    chat = await session.get(Chat, chat_id)
    if chat is not None:
        _wake(chat)
    return chat is not None


def _wake(chat: Chat) -> None:
    if chat.state == ChatState.PAUSED:
        chat.state, chat.state_reason, chat.told_at = ChatState.ACTIVE, "", None


async def resume(session: AsyncSession, chat_id: int) -> bool:
    """A chat that was stopped wants alerts again; False when it was not stopped."""
    stopped = update(CHAT).where(CHAT.c.id == chat_id, CHAT.c.state == ChatState.STOPPED)
    again = await session.execute(
        stopped.values(state=ChatState.ACTIVE, state_reason="").returning(CHAT.c.id)
    )
    return again.first() is not None


async def find(session: AsyncSession, chat_id: int) -> Chat | None:
    """The chat's row, or None for a chat that never spoke to us."""
    return await session.get(Chat, chat_id)


async def set_language(session: AsyncSession, chat_id: int, language: str) -> None:
    """Remember the language of a chat that is known."""
    await session.execute(update(CHAT).where(CHAT.c.id == chat_id).values(language=language))


async def choose_guarantee(session: AsyncSession, chat_id: int, guarantee: Guarantee) -> None:
    """What the chat wants of a message whose fate is unknown, from now on."""
    await session.execute(update(CHAT).where(CHAT.c.id == chat_id).values(guarantee=guarantee))


async def pause(session: AsyncSession, chat_id: int, reason: str, now: datetime) -> None:
    """Telegram refuses this chat: keep its settings, end what waits for it with the reason.

    Who said /stop stays stopped: being let in again must not bring alerts that nobody asked for.
    """
    await _silence(session, chat_id, ChatState.PAUSED, reason, now, but_not=ChatState.STOPPED)


async def stop(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """The chat wants no alerts until it says so: keep its settings, end what waits for it."""
    await _silence(session, chat_id, ChatState.STOPPED, OWN_WISH, now)


async def begin_forgetting(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """The chat wants to be forgotten: nothing is sent from here on; ``erase`` may follow when nothing flies."""
    await _silence(session, chat_id, ChatState.FORGETTING, "", now)
    await session.execute(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.chat_id == chat_id))


async def _silence(
    session: AsyncSession,
    chat_id: int,
    state: ChatState,
    reason: str,
    now: datetime,
    *,
    but_not: ChatState = ChatState.FORGETTING,
) -> None:
    """No alert for this chat any more. Who is being forgotten stays so, and who is ``but_not`` stays that."""
    await mailboxes.lock(session, chat_id)
    await session.execute(
        update(CHAT)
        .where(CHAT.c.id == chat_id, CHAT.c.state.not_in((ChatState.FORGETTING, but_not)))
        .values(state=state, state_reason=reason)
    )
    await _suppress(session, DELIVERY.c.chat_id == chat_id, f"chat_{state}: {reason}", now)
    await mailboxes.refresh(session, chat_id, now)


async def _suppress(session: AsyncSession, which: Any, reason: str, now: datetime) -> None:
    await session.execute(
        update(DELIVERY)
        .where(which, DELIVERY.c.state == DeliveryState.PENDING)
        .values(state=DeliveryState.SUPPRESSED, reason=reason, settled_at=now)
    )


async def being_forgotten(session: AsyncSession) -> list[int]:
    """The chats that are to be erased."""
    return list(await session.scalars(select(CHAT.c.id).where(CHAT.c.state == ChatState.FORGETTING)))


async def in_flight(session: AsyncSession, chat_id: int) -> bool:
    """Whether something is being sent to the chat."""
    found = select(DELIVERY.c.id).where(
        DELIVERY.c.chat_id == chat_id, DELIVERY.c.state == DeliveryState.SENDING
    )
    return await session.scalar(found.limit(1)) is not None


async def erase(session: AsyncSession, chat_id: int) -> None:
    """Take every trace of a chat out of the database, its deliveries included."""
    await mailboxes.lock(session, chat_id)
    for table in (MAILBOX, SUBSCRIPTION, DELIVERY):
        await session.execute(delete(table).where(table.c.chat_id == chat_id))
    await session.execute(delete(CHAT).where(CHAT.c.id == chat_id))


async def pause_topic(
    session: AsyncSession, chat_id: int, thread_id: int, reason: str, now: datetime
) -> None:
    """Nothing can be written to one topic of a chat (0: the General one): the others go on.

    A topic that was stopped by its people stays so.
    """
    await _silence_topic(session, chat_id, thread_id, {"paused": reason}, now)


async def stop_topic(session: AsyncSession, chat_id: int, thread_id: int, now: datetime) -> None:
    """The people of one topic want no alerts there until they say so: what it follows is kept."""
    await _silence_topic(session, chat_id, thread_id, {"paused": OWN_WISH, "told_at": now}, now)


async def _silence_topic(
    session: AsyncSession, chat_id: int, thread_id: int, values: dict[str, Any], now: datetime
) -> None:
    await mailboxes.lock(session, chat_id)
    here = and_(SUBSCRIPTION.c.chat_id == chat_id, SUBSCRIPTION.c.thread_id == thread_id)
    await session.execute(update(SUBSCRIPTION).where(here, SUBSCRIPTION.c.paused != OWN_WISH).values(values))
    waits = and_(DELIVERY.c.chat_id == chat_id, DELIVERY.c.thread_id == thread_id)
    await _suppress(session, waits, f"topic_paused: {values['paused']}", now)
    await mailboxes.refresh(session, chat_id, now)


async def wake_topic(session: AsyncSession, chat_id: int, thread_id: int) -> None:
    """A topic can be written to again; one that was stopped by its people stays so."""
    await _wake_topic(session, chat_id, thread_id, SUBSCRIPTION.c.paused.not_in(("", OWN_WISH)))


async def resume_topic(session: AsyncSession, chat_id: int, thread_id: int) -> bool:
    """A topic that was stopped wants alerts again; False when it was not stopped."""
    return await _wake_topic(session, chat_id, thread_id, SUBSCRIPTION.c.paused == OWN_WISH)


async def _wake_topic(session: AsyncSession, chat_id: int, thread_id: int, which: Any) -> bool:
    here = and_(SUBSCRIPTION.c.chat_id == chat_id, SUBSCRIPTION.c.thread_id == thread_id)
    woken = update(SUBSCRIPTION).where(here, which).values(paused="", told_at=None)
    return (await session.execute(woken.returning(SUBSCRIPTION.c.id))).first() is not None


async def topic_paused(session: AsyncSession, chat_id: int, thread_id: int) -> str:
    """Why nothing is written to a topic; "" when it is, or when nothing is followed there."""
    reason = select(func.max(SUBSCRIPTION.c.paused)).where(
        SUBSCRIPTION.c.chat_id == chat_id, SUBSCRIPTION.c.thread_id == thread_id
    )
    return await session.scalar(reason) or ""


async def follow(
    session: AsyncSession, chat_id: int, thread_id: int, rules: Collection[str], now: datetime
) -> int:
    """Subscribe a chat or topic (``thread_id`` 0: none) to ``rules``; how many were not followed before."""
    rows = [
        Subscription(chat_id=chat_id, thread_id=thread_id, rule=rule, created_at=now).model_dump(
            exclude={"id"}
        )
        for rule in rules
    ]
    return len(await insert_new(session, Subscription, rows))


async def unfollow(session: AsyncSession, chat_id: int, thread_id: int, rules: Collection[str]) -> int:
    """End the subscriptions to ``rules`` (``*``: to everything); how many there were."""
    gone = delete(SUBSCRIPTION).where(
        SUBSCRIPTION.c.chat_id == chat_id, SUBSCRIPTION.c.thread_id == thread_id
    )
    if ALL_RULES not in rules:
        gone = gone.where(SUBSCRIPTION.c.rule.in_(rules))
    result = await session.execute(gone.returning(SUBSCRIPTION.c.id))
    return len(result.all())


async def followed(session: AsyncSession, chat_id: int, thread_id: int) -> list[str]:
    """The rules that a chat or topic follows, by name."""
    rows = await session.scalars(
        select(SUBSCRIPTION.c.rule)
        .where(SUBSCRIPTION.c.chat_id == chat_id, SUBSCRIPTION.c.thread_id == thread_id)
        .order_by(SUBSCRIPTION.c.rule)
    )
    return list(rows)


async def migrate(session: AsyncSession, old_id: int, new_id: int, now: datetime) -> None:
    """A group became a supergroup: everything of ``old_id`` belongs to ``new_id`` from now on.

    The new id may exist already (Telegram tells of it before we do): then the two are merged, and what
    both hold stands once; its own choices win. A wish to be forgotten, or not to be written to, moves too.
    """
    old = await session.get(Chat, old_id)
    if old is None or old_id == new_id:
        return
    is_new = await session.get(Chat, new_id) is None
    new = await meet(session, new_id, "supergroup", now, language=old.language)
    if is_new:
        new.guarantee = old.guarantee
    if old.state == ChatState.FORGETTING or (is_new and old.state == ChatState.STOPPED):
        new.state, new.state_reason = old.state, old.state_reason
    await session.flush()
    moved = select(SUBSCRIPTION.c.thread_id, SUBSCRIPTION.c.rule).where(SUBSCRIPTION.c.chat_id == old_id)
    for thread_id, rule in (await session.execute(moved)).all():
        await follow(session, new_id, thread_id, [rule], now)
    await session.execute(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.chat_id == old_id))
    await _move_deliveries(session, old_id, new_id)
    await _move_mailbox(session, old_id, new_id, now)
    await session.delete(old)
    await session.flush()


async def _move_deliveries(session: AsyncSession, old_id: int, new_id: int) -> None:
    twin = table_of(Delivery).alias("twin")
    doubled = select(twin.c.id).where(
        twin.c.chat_id == new_id,
        twin.c.alert_id == DELIVERY.c.alert_id,
        twin.c.thread_id == DELIVERY.c.thread_id,
        twin.c.kind == DELIVERY.c.kind,
        twin.c.revision == DELIVERY.c.revision,
    )
    await session.execute(delete(DELIVERY).where(DELIVERY.c.chat_id == old_id, doubled.exists()))
    # messages have other numbers in the new chat
    mine = update(DELIVERY).where(DELIVERY.c.chat_id == old_id)
    await session.execute(mine.values(chat_id=new_id, message_id=None))


async def _move_mailbox(session: AsyncSession, old_id: int, new_id: int, now: datetime) -> None:
    """What waits is in the new chat's mailbox, which rests for both; what is being sent keeps it shut as before."""
    boxes = await mailboxes.lock_all(session, [old_id, new_id])
    rests = {
        "free_at": max((mailboxes.rests_until(box, now) for box in boxes.values()), default=now),
        "recent": sorted(at for box in boxes.values() for at in box.recent),
    }
    if new_id in boxes:
        await session.execute(delete(MAILBOX).where(MAILBOX.c.chat_id == old_id))
    else:
        await session.execute(update(MAILBOX).where(MAILBOX.c.chat_id == old_id).values(chat_id=new_id))
    await mailboxes.drop_in(session, DELIVERY.c.chat_id == new_id, now)
    if await mailboxes.lock(session, new_id):
        flying = await mailboxes.flying(session, new_id)
        await mailboxes.refresh(session, new_id, now, in_flight=flying, **rests)


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many chats are in each state."""
    rows = await session.execute(select(CHAT.c.state, func.count()).group_by(CHAT.c.state))
    return {state: count for state, count in rows}
