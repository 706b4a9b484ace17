"""A clock that tests turn by hand, and a short way to write moments of the evening."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.evening.timetable import Timetable

STARTED = datetime(2025, 3, 1, 17, 0, 0, 250_000, tzinfo=UTC)
SPEED = 720.0  # six hours in thirty seconds
TIMETABLE = Timetable(STARTED, SPEED)


def hm(hours: int, minutes: int = 0) -> float:
    """Seconds of scenario time, from hours and minutes."""
    return hours * 3600.0 + minutes * 60.0


@dataclass(slots=True)
class HandClock:
    """Real seconds that stand still until they are set."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds
