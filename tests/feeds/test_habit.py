"""How often a feed usually has news, and when its silence is strange."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.habit import LEAST_SILENCE, MOST_SILENCE, Habit, after_news, first_habit

NOW = datetime.fromisoformat("2024-06-19T12:00:00+00:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_the_first_reading_shows_a_habit() -> None:
    """By the dates of the entries; those without one, repeated, or from the future, say nothing."""
    dates = [NOW - n * 10 * MINUTE for n in range(7)]
    assert first_habit([*dates, None, dates[0], NOW + HOUR], NOW) == Habit(600, 600, 6)
    assert first_habit([None, NOW], NOW) == Habit()


def test_a_habit_follows_what_comes() -> None:
    """A burst makes a quiet feed a quick one within a few entries, and a quiet week makes it a quiet one again."""
    habit, last = Habit(86_400, 86_400, 20), NOW
    for _ in range(10):
        habit, last = after_news(habit, 3, last, last + 6 * MINUTE), last + 6 * MINUTE
    assert habit.gap < 1800
    for _ in range(20):
        habit, last = after_news(habit, 1, last, last + 24 * HOUR), last + 24 * HOUR
    assert habit.gap > 80_000


def test_silence_is_strange_against_the_feeds_own_habit() -> None:
    """Half a day is nothing for a weekly, and strange for an agency; a feed without a habit is never silent."""
    agency, weekly = Habit(120, 3600, 500), Habit(7 * 86_400, 8 * 86_400, 50)
    assert agency.silent_at(NOW) == NOW + LEAST_SILENCE
    assert weekly.silent_at(NOW) == NOW + MOST_SILENCE
    assert Habit(3600, 20 * 3600, 50).silent_at(NOW) == NOW + 40 * HOUR
    assert Habit(120, 120, 4).silent_at(NOW) is None


@given(
    st.builds(Habit, st.floats(0, 1e9), st.floats(0, 1e9), st.integers(0, 10**6)),
    st.integers(0, 2000),
    st.none() | st.timedeltas(timedelta(days=-400), timedelta(days=400)),
)
def test_a_habit_is_always_finite(habit: Habit, arrivals: int, ago: timedelta | None) -> None:
    """Whatever the clock does."""
    learned = after_news(habit, arrivals, NOW - ago if ago is not None else None, NOW)
    assert 0 <= learned.gap <= 1e9
    assert learned.seen >= habit.seen
    silent = learned.silent_at(NOW)
    assert silent is None or NOW + LEAST_SILENCE <= silent <= NOW + MOST_SILENCE
