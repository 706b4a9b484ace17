"""Dates of the evening: recent enough to be news, never in the future, and the backlog as old as it is."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.evening.timetable import Timetable
from tests.bot.evening.evening_time import SPEED, STARTED, TIMETABLE, hm

speeds = st.floats(min_value=0.5, max_value=100_000)
elapsed_seconds = st.floats(min_value=0, max_value=7200)


@given(speed=speeds, elapsed=elapsed_seconds)
def test_there_and_back(speed: float, elapsed: float) -> None:
    """The scenario time after some real seconds falls on that real moment, to the microsecond."""
    timetable = Timetable(STARTED, speed)
    drift = timetable.wall(timetable.scenario(elapsed)) - (STARTED + timedelta(seconds=elapsed))
    assert abs(drift) <= timedelta(microseconds=1)


@given(speed=speeds, elapsed=elapsed_seconds, share=st.floats(min_value=0, max_value=1))
def test_nothing_shown_is_dated_in_the_future(speed: float, elapsed: float, share: float) -> None:
    """What has appeared by now bears a date up to now (a microsecond of rounding apart)."""
    timetable = Timetable(STARTED, speed)
    shown_since = timetable.scenario(elapsed) * share
    assert timetable.wall(shown_since) <= STARTED + timedelta(seconds=elapsed, microseconds=1)


def test_the_evening_is_dated_now() -> None:
    """Six hours at speed 720 are dated within the thirty seconds in which they are played."""
    assert TIMETABLE.wall(hm(6)) == STARTED + timedelta(seconds=30)
    assert TIMETABLE.wall(hm(3)) == STARTED + timedelta(seconds=15)
    assert SPEED == 720


def test_the_backlog_keeps_its_age() -> None:
    """An entry from thirty hours before is thirty hours old, however fast the evening runs."""
    assert TIMETABLE.wall(-hm(30)) == STARTED - timedelta(hours=30)
