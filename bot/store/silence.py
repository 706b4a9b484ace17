"""Why nothing is sent to a chat or topic, as an SQL expression: the reason that its suppressed deliveries bear."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select

from bot.store.dialect import table_of
from bot.store.tables import Chat, Delivery, Subscription
from bot.store.types import ChatState

DELIVERY, CHAT, SUBSCRIPTION = (table_of(one) for one in (Delivery, Chat, Subscription))

TOPIC_PAUSED = func.coalesce(
    select(func.min(SUBSCRIPTION.c.paused))
    .where(SUBSCRIPTION.c.chat_id == DELIVERY.c.chat_id, SUBSCRIPTION.c.thread_id == DELIVERY.c.thread_id)
    .scalar_subquery(),
    "",
)  # why the topic of a row of ``delivery`` is paused; "" where it is not


def why_silent(state: Any, state_reason: Any, paused: Any) -> ColumnElement[str]:
    """The reason, from a chat's state and why its topic is paused; "" where both hear."""
    return case(
        (state != ChatState.ACTIVE, literal("chat_") + state + ": " + state_reason),
        (paused != "", literal("topic_paused: ") + paused),
        else_="",
    )


WHY_SILENT: ColumnElement[str] = func.coalesce(
    select(why_silent(CHAT.c.state, CHAT.c.state_reason, TOPIC_PAUSED))
    .where(CHAT.c.id == DELIVERY.c.chat_id)
    .scalar_subquery(),
    "",
)  # the same for a row of ``delivery``
