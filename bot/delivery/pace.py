"""Telegram's limits, as the outbox keeps them.

Source: Telegram's bot FAQ: about 30 messages a second overall, one a second in a chat, 20 a minute in a group.
"""

from collections import deque
from dataclasses import dataclass, field

OVERALL_A_SECOND = 30
PRIVATE_SECONDS = 1.05  # between two messages to one person; a little over, for clocks that differ
GROUP_SECONDS = 3.05  # between two messages to one group or channel: 20 a minute, spread evenly


def chat_pause(chat_id: int) -> float:
    """Seconds that a chat rests after a message; groups and channels have negative ids."""
    return PRIVATE_SECONDS if chat_id > 0 else GROUP_SECONDS


@dataclass(slots=True)
class Budget:
    """How many sends the present second still allows; ``now`` is any clock that only goes forward."""

    a_second: int = OVERALL_A_SECOND
    _spent: deque[float] = field(default_factory=deque)

    def left(self, now: float) -> int:
        """How many more sends may begin at ``now``."""
        while self._spent and self._spent[0] <= now - 1.0:
            self._spent.popleft()
        return self.a_second - len(self._spent)

    def spend(self, now: float, sends: int) -> None:
        """Note that ``sends`` begin at ``now``."""
        self._spent.extend([now] * sends)
