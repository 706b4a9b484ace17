"""Chats and their subscriptions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import insert_new, table_of
from bot.store.tables import Chat, Delivery, Subscription
from bot.store.types import ChatState, DeliveryState

CHAT, SUBSCRIPTION, DELIVERY = table_of(Chat), table_of(Subscription), table_of(Delivery)
ALL_RULES = "*"
TERMINAL = "terminal"  # the type of the chat that stands for the operator's own screen


async def meet(
    session: AsyncSession, chat_id: int, type_: str, now: datetime, *, language: str = "ar"
) -> Chat:
    """The chat's row, made on first sight; a chat that was paused is active again, since it spoke to us."""
    fresh = Chat(id=chat_id, type=type_, language=language, created_at=now)
    await insert_new(session, Chat, [fresh.model_dump()])
    chat = await session.get_one(Chat, chat_id)
    chat.type = type_
    chat.state, chat.state_reason = ChatState.ACTIVE, ""
    return chat


async def find(session: AsyncSession, chat_id: int) -> Chat | None:
    """The chat's row, or None for a chat that never spoke to us."""
    return await session.get(Chat, chat_id)


async def set_language(session: AsyncSession, chat_id: int, language: str) -> None:
    """Remember the language of a chat that is known."""
    await session.execute(update(CHAT).where(CHAT.c.id == chat_id).values(language=language))


async def pause(session: AsyncSession, chat_id: int, reason: str, now: datetime) -> None:
    """Telegram refuses this chat: keep its settings, end what waits for it with the reason."""
    await session.execute(
        update(CHAT).where(CHAT.c.id == chat_id).values(state=ChatState.PAUSED, state_reason=reason)
    )
    await session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.chat_id == chat_id, DELIVERY.c.state == DeliveryState.PENDING)
        .values(state=DeliveryState.SUPPRESSED, reason=f"chat_paused: {reason}", settled_at=now)
    )


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


@dataclass(frozen=True, slots=True)
class Follower:
    """A destination that follows at least one of the rules asked for."""

    chat_id: int
    thread_id: int
    active: bool
    state_reason: str


async def followers(session: AsyncSession, rules: Collection[str]) -> list[Follower]:
    """Every chat and topic that follows one of ``rules`` or all rules, each once."""
    rows = await session.execute(
        select(SUBSCRIPTION.c.chat_id, SUBSCRIPTION.c.thread_id, CHAT.c.state, CHAT.c.state_reason)
        .join(CHAT, CHAT.c.id == SUBSCRIPTION.c.chat_id)
        .where(SUBSCRIPTION.c.rule.in_([*rules, ALL_RULES]))
        .distinct()
        .order_by(SUBSCRIPTION.c.chat_id, SUBSCRIPTION.c.thread_id)
    )
    return [Follower(chat, thread, state == ChatState.ACTIVE, reason) for chat, thread, state, reason in rows]


async def migrate(session: AsyncSession, old_id: int, new_id: int, now: datetime) -> None:
    """A group became a supergroup: everything of ``old_id`` belongs to ``new_id`` from now on.

    The new id may exist already (Telegram tells of it before we do): then the two are merged, and what
    both hold stands once.
    """
    old = await session.get(Chat, old_id)
    if old is None or old_id == new_id:
        return
    await meet(session, new_id, "supergroup", now, language=old.language)
    moved = select(SUBSCRIPTION.c.thread_id, SUBSCRIPTION.c.rule).where(SUBSCRIPTION.c.chat_id == old_id)
    for thread_id, rule in (await session.execute(moved)).all():
        await follow(session, new_id, thread_id, [rule], now)
    await session.execute(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.chat_id == old_id))
    await _move_deliveries(session, old_id, new_id)
    await session.delete(old)
    await session.flush()


async def _move_deliveries(session: AsyncSession, old_id: int, new_id: int) -> None:
    twin = table_of(Delivery).alias("twin")
    doubled = select(twin.c.id).where(
        twin.c.chat_id == new_id,
        twin.c.alert_id == DELIVERY.c.alert_id,
        twin.c.thread_id == DELIVERY.c.thread_id,
        twin.c.kind == DELIVERY.c.kind,
    )
    await session.execute(delete(DELIVERY).where(DELIVERY.c.chat_id == old_id, doubled.exists()))
    await session.execute(update(DELIVERY).where(DELIVERY.c.chat_id == old_id).values(chat_id=new_id))


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many chats are in each state."""
    rows = await session.execute(select(CHAT.c.state, func.count()).group_by(CHAT.c.state))
    return {state: count for state, count in rows}
