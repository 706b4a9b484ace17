"""When a feed is asked again: never too soon, never out of sight, always with a reason."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.cadence import CadenceReason, PollOutcome, next_poll
from feeds.errors import FailureKind

FLOOR = 60.0
NOW = datetime.fromisoformat("2024-06-19T12:00:00+00:00")


def wait(outcome: PollOutcome, spread: float = 0.0, floor: float = FLOOR) -> tuple[float, CadenceReason]:
    """Seconds until the next poll, and the reason."""
    due = next_poll(outcome, now=NOW, floor=floor, spread=spread)
    assert due.at is not None
    return (due.at - NOW).total_seconds(), due.reason


@pytest.mark.parametrize("kind", ["changed", "unchanged"])
def test_a_healthy_feed_is_asked_at_the_floor(kind: str) -> None:
    """News within a minute, if the server says nothing else."""
    assert wait(PollOutcome(kind)) == (FLOOR, CadenceReason.FLOOR)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("max_age", "seconds", "reason"),
    [
        (0, 60, CadenceReason.FLOOR),
        (30, 60, CadenceReason.FLOOR),
        (300, 300, CadenceReason.MAX_AGE),
        (3600, 3600, CadenceReason.MAX_AGE),
        (31_536_000, 3600, CadenceReason.MAX_AGE),
    ],
)
def test_max_age_is_honoured_up_to_an_hour(max_age: float, seconds: float, reason: CadenceReason) -> None:
    """A server may slow us down, but not until tomorrow; nor hurry us below the floor."""
    assert wait(PollOutcome("unchanged", max_age=max_age)) == (seconds, reason)


def test_failures_in_a_row_double_the_wait() -> None:
    """One, two, four minutes ... to an hour."""
    waits = [
        wait(PollOutcome("failed", errors_in_row=row, failure=FailureKind.TIMEOUT), spread=0.5)[0]
        for row in range(1, 9)
    ]
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_what_somebody_must_mend_waits_longer() -> None:
    """A page that is not there is asked every six hours in the end."""
    outcome = PollOutcome("failed", errors_in_row=50, failure=FailureKind.NOT_FOUND)
    assert wait(outcome, spread=0.5) == (6 * 3600, CadenceReason.BACK_OFF)


def test_too_many_requests_without_a_time_backs_off_harder() -> None:
    """A server that complains is left alone for longer than one that fails."""
    assert wait(PollOutcome("failed", 1, failure=FailureKind.RATE_LIMITED), spread=0.5)[0] == 480


@pytest.mark.parametrize(
    ("asked", "seconds"), [(5, 60), (120, 120), (7200, 7200), (86_400, 86_400), (10**9, 86_400)]
)
def test_retry_after_is_honoured_up_to_a_day(asked: float, seconds: float) -> None:
    """What a server asks for is what it gets, however many failures there were."""
    outcome = PollOutcome("failed", 3, retry_after=asked, failure=FailureKind.RATE_LIMITED)
    assert wait(outcome) == (seconds, CadenceReason.RETRY_AFTER)


def test_a_feed_that_is_gone_is_not_asked_again() -> None:
    """410 retires it."""
    due = next_poll(PollOutcome("failed", 1, failure=FailureKind.GONE), now=NOW, floor=FLOOR, spread=0.3)
    assert (due.at, due.reason) == (None, CadenceReason.RETIRED)


def test_feeds_drift_apart() -> None:
    """Two feeds read in the same second are not asked again in the same second."""
    assert wait(PollOutcome("unchanged"), spread=0.0)[0] != wait(PollOutcome("unchanged"), spread=0.9)[0]


@given(
    st.builds(
        PollOutcome,
        kind=st.sampled_from(["changed", "unchanged", "failed"]),
        errors_in_row=st.integers(0, 10**9),
        max_age=st.none() | st.floats(0, 1e12),
        retry_after=st.none() | st.floats(0, 1e12),
        failure=st.none() | st.sampled_from([kind for kind in FailureKind if kind is not FailureKind.GONE]),
    ),
    st.floats(0.5, 3600),
    st.floats(0, 1, exclude_max=True),
)
def test_the_wait_is_bounded(outcome: PollOutcome, floor: float, spread: float) -> None:
    """For any outcome: not below the floor, not beyond a day and a tenth, and finite."""
    due = next_poll(outcome, now=NOW, floor=floor, spread=spread)
    assert due.at is not None
    assert timedelta(seconds=floor) - timedelta(microseconds=1) <= due.at - NOW <= timedelta(days=1.1)
