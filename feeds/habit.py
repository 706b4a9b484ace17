"""How often a feed usually has news, learned from what it published; and when its silence is strange. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

_NEWEST = 100  # dates of a first reading that count
_WEIGHT = 0.15  # of one arrival beside all that came before
_MOST_WEIGHT = 0.5  # of many that come together
_FORGETS = 0.98  # of the longest silence, at each arrival: after some fifty it counts for a third

ENOUGH = 5  # arrivals that a habit rests on before a silence is called strange
_SILENT_FOR_USUAL, _SILENT_FOR_LONGEST = 12.0, 2.0  # times the usual gap, times the longest
LEAST_SILENCE, MOST_SILENCE = timedelta(hours=12), timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Habit:
    """``gap``: the usual seconds between two entries (0: not known). ``longest``: the longest silence of late.

    ``seen``: on how many arrivals this rests.
    """

    gap: float = 0.0
    longest: float = 0.0
    seen: int = 0

    def silent_at(self, last_news: datetime) -> datetime | None:
        """From when on this feed has been silent against its own habit; None where it has none yet."""
        if self.seen < ENOUGH:
            return None
        usual = timedelta(seconds=max(_SILENT_FOR_USUAL * self.gap, _SILENT_FOR_LONGEST * self.longest))
        return last_news + min(max(usual, LEAST_SILENCE), MOST_SILENCE)


def first_habit(published: Iterable[datetime | None], now: datetime) -> Habit:
    """The habit that the dates of a feed's entries show when it is read for the first time."""
    dates = sorted({date for date in published if date is not None and date <= now})[-_NEWEST:]
    if len(dates) < 2:
        return Habit()
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(dates)]
    return Habit(max(1.0, sum(gaps) / len(gaps)), max(gaps), len(gaps))


def after_news(habit: Habit, arrivals: int, last_news: datetime | None, now: datetime) -> Habit:
    """The habit after a poll that found so many new entries; ``last_news``: when the ones before were found."""
    elapsed = (now - last_news).total_seconds() if last_news else 0.0
    if arrivals < 1 or elapsed <= 0:
        return habit
    sample = max(1.0, elapsed / arrivals)
    weight = min(_MOST_WEIGHT, 1 - (1 - _WEIGHT) ** arrivals)
    gap = sample if not habit.gap else habit.gap + weight * (sample - habit.gap)
    return Habit(gap, max(elapsed, habit.longest * _FORGETS), habit.seen + arrivals)
