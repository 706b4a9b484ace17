"""Telegram's limits, as the outbox keeps them; the pace of all sends together stands in ``bot.store.pace``.

Source: Telegram's bot FAQ: about 30 messages a second overall, one a second in a chat, 20 a minute in a group.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CHAT_SECONDS = 1.05  # between two messages to one chat; a little over, for clocks that differ
GROUP_MESSAGES = 20
GROUP_SECONDS = 60.5


WINDOW_SENDS = 30
WINDOW_SECONDS = 1.005
LATEST_ARRIVAL = 1.0  # a send that is unanswered for longer has arrived, or never will
ROUND_TRIPS = 100  # the last ones, of which the quickest tells how long the way is


@dataclass(slots=True)
class Window:
    """No more than thirty sends of this process reach Telegram in any second, whatever the line does to them.

    A send arrives some time between its beginning and its answer. The quickest answer tells what of that is the way
    itself, the same for all; the rest may be anything, and is waited for.
    """

    _flying: dict[int, float] = field(default_factory=dict)  # when each began
    _until: deque[float] = field(default_factory=lambda: deque(maxlen=2 * WINDOW_SENDS))  # of those answered
    _trips: deque[float] = field(default_factory=lambda: deque([0.0], maxlen=ROUND_TRIPS))

    def begin(self, send: int, now: float) -> bool:
        """Whether a send, known by a number, may begin now; then it is counted."""
        if now < self.free_at(now):
            return False
        self._flying[send] = now
        return True

    def answered(self, send: int, now: float) -> None:
        """The answer has come, or it is known that there will be none."""
        trip = now - self._flying.pop(send)
        self._trips.append(trip)
        doubt = min(trip, LATEST_ARRIVAL) - min(self._trips)
        self._until.append(now - trip + doubt + WINDOW_SECONDS)

    def free_at(self, now: float) -> float:
        """When the next send may begin, if no answer comes sooner."""
        flying = (begun + LATEST_ARRIVAL + WINDOW_SECONDS for begun in self._flying.values())
        counted = sorted(until for until in (*self._until, *flying) if until > now)
        return counted[-WINDOW_SENDS] if len(counted) >= WINDOW_SENDS else now


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
