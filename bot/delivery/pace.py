"""Telegram's limits for one chat, as the outbox keeps them; the limit of all together stands in ``bot.store.pace``.

Source: Telegram's bot FAQ: about 30 messages a second overall, one a second in a chat, 20 a minute in a group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CHAT_SECONDS = 1.05  # between two messages to one chat; a little over, for clocks that differ
GROUP_MESSAGES = 20
GROUP_SECONDS = 60.5


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a chat rests: nothing goes before ``free_at``; ``recent`` is what it must remember of its sends."""

    free_at: datetime
    recent: tuple[float, ...]


def rest_after(chat_id: int, recent: Sequence[float], now: datetime) -> Rest:
    """What a message that was just sent at ``now`` means for its chat.

    ``recent``: when the last messages were sent to a group or channel (negative ids), in epoch seconds. Of those the
    limit is a window: twenty may follow each other second by second, and the next one waits until the first is a
    minute old.
    """
    free_at = now + timedelta(seconds=CHAT_SECONDS)
    if chat_id > 0:
        return Rest(free_at, ())
    at = now.timestamp()
    within = (*(one for one in recent if at - GROUP_SECONDS < one <= at), at)[-GROUP_MESSAGES:]
    if len(within) == GROUP_MESSAGES:
        free_at = max(free_at, now + timedelta(seconds=within[0] + GROUP_SECONDS - at))
    return Rest(free_at, within)
