"""How much of one place is answered: a chat that asks without end makes no other chat wait, nor its own alerts.

Telegram takes a message a second for a chat and twenty a minute for a group; what we answer comes out of the same
budget as alerts, and all answers are given one after another. Nothing here waits, reads or writes; the clock is given.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import Enum, auto

MOST_KEPT = 10_000  # of whoever asked last; who is forgotten begins anew


class Ear(Enum):
    """Whether something is answered."""

    OPEN = auto()
    CLOSING = auto()  # not this one, and it is said once
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class Measure:
    """So many answers at once, and one more after so many seconds."""

    burst: int
    seconds: float


PERSON = Measure(20, 2.0)  # in a private chat: nobody types faster, or presses buttons so for long
MEMBER = Measure(12, 6.0)  # one person in a group or channel
GROUP = Measure(20, 4.0)  # everybody there: alerts keep a quarter of Telegram's twenty a minute


@dataclass(slots=True)
class _Left:
    answers: float
    at: float
    told: bool = False


@dataclass(slots=True)
class Patience:
    """What is left of each measure, by who asks. ``clock``: seconds that only grow."""

    clock: Callable[[], float]
    _left: OrderedDict[Hashable, _Left] = field(default_factory=OrderedDict)

    def listens(self, chat_id: int, user_id: int | None, *, private: bool) -> Ear:
        """Whether what ``user_id`` (None: the chat itself) asks in a chat is answered; it counts if it is."""
        if private:
            return self._ask((PERSON, chat_id))
        member = self._ask((MEMBER, chat_id, user_id))
        return member if member is not Ear.OPEN else self._ask((GROUP, chat_id))

    def _ask(self, key: tuple[Measure, Hashable] | tuple[Measure, Hashable, Hashable]) -> Ear:
        measure, now = key[0], self.clock()
        left = self._left.pop(key, None) or _Left(measure.burst, now)
        left.answers = min(measure.burst, left.answers + (now - left.at) / measure.seconds)
        left.at = now
        self._left[key] = left
        while len(self._left) > MOST_KEPT:
            self._left.popitem(last=False)
        if left.answers >= 1:
            left.answers, left.told = left.answers - 1, False
            return Ear.OPEN
        ear = Ear.CLOSED if left.told else Ear.CLOSING
        left.told = True
        return ear
