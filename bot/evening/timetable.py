"""From scenario time to real time and back: the one place that knows how fast the evening is played."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Timetable:
    """The evening begins at ``started`` (aware) and runs ``speed`` times as fast as life.

    Why dates follow real time and not the year 2024: the poller keeps silent about entries that are days
    old, and distrusts dates in the future. So an entry of the evening is dated at the real moment at which
    it appears, a few seconds apart from the next; and what stood in the feeds before keeps its true age
    (thirty hours old stays thirty hours old), which is what makes it a backlog.
    """

    started: datetime
    speed: float

    def wall(self, seconds: float) -> datetime:
        """The real moment of a moment of scenario time."""
        return self.started + timedelta(seconds=seconds / self.speed if seconds > 0 else seconds)

    def scenario(self, elapsed: float) -> float:
        """The scenario time after ``elapsed`` real seconds."""
        return elapsed * self.speed
