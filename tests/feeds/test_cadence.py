"""When a feed is asked again: never too soon, never out of sight, always with a reason."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.cadence import CadenceReason, PollOutcome, next_poll
from feeds.cadence_words import explain
from feeds.errors import FailureKind
from feeds.hints import Skips

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


HOUR, QUARTER_DAY = 3600, 6 * 3600
LONGEST_WAITS = {  # of a feed that fails and fails, by why it does
    FailureKind.REFUSED: HOUR,
    FailureKind.DNS: HOUR,
    FailureKind.TIMEOUT: HOUR,
    FailureKind.NETWORK: HOUR,
    FailureKind.HTTP_STATUS: HOUR,
    FailureKind.RATE_LIMITED: HOUR,
    FailureKind.BROKEN_XML: HOUR,
    FailureKind.BROKEN_JSON: HOUR,
    FailureKind.EMPTY_BODY: HOUR,
    FailureKind.UNREADABLE: HOUR,
    FailureKind.TLS: QUARTER_DAY,
    FailureKind.NOT_FOUND: QUARTER_DAY,
    FailureKind.NOT_A_FEED: QUARTER_DAY,
    FailureKind.BAD_URL: QUARTER_DAY,
    FailureKind.FORBIDDEN_ADDRESS: QUARTER_DAY,
    FailureKind.TOO_MANY_REDIRECTS: QUARTER_DAY,
    FailureKind.TOO_LARGE: QUARTER_DAY,
    FailureKind.TOO_HARD: QUARTER_DAY,
    FailureKind.GONE: None,
}


@pytest.mark.parametrize("kind", FailureKind)
def test_what_somebody_must_mend_waits_longer(kind: FailureKind) -> None:
    """Every kind of failure: what passes by itself, and what costs too much or waits for a person."""
    due = next_poll(PollOutcome("failed", 50, failure=kind), now=NOW, floor=60, spread=0.5)
    assert LONGEST_WAITS[kind] == (due.at and (due.at - NOW).total_seconds())


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


@pytest.mark.parametrize(
    ("gap", "silence", "seconds", "reason"),
    [
        (120, 60, 60, CadenceReason.FLOOR),
        (1800, 60, 180, CadenceReason.HABIT),
        (86_400, 60, 900, CadenceReason.HABIT),
        (120, 8 * 3600, 576, CadenceReason.HABIT),
        (0, 1e9, 900, CadenceReason.HABIT),
    ],
)
def test_a_feed_is_asked_as_often_as_it_has_news(
    gap: float, silence: float, seconds: float, reason: CadenceReason
) -> None:
    """A busy one every minute, a quiet or sleeping one less, none less than the ceiling says."""
    assert wait(PollOutcome("unchanged", gap=gap, silence=silence)) == (seconds, reason)


def test_what_fails_is_asked_least() -> None:
    """From the first failure on never more often than when it was well, then half as often each time."""
    healthy = wait(PollOutcome("unchanged", gap=3600))[0]
    failing = [
        wait(PollOutcome("failed", row, failure=FailureKind.TIMEOUT, gap=3600), spread=0.5)[0]
        for row in (1, 2, 3)
    ]
    assert failing == [healthy, 2 * healthy, 4 * healthy]


@pytest.mark.parametrize(("asks", "seconds"), [(30, 60), (900, 900), (86_400, 3600)])
def test_what_a_feed_says_of_itself_is_honoured_up_to_an_hour(asks: float, seconds: float) -> None:
    """``ttl`` and ``updatePeriod``, on every answer, since they are kept."""
    assert wait(PollOutcome("unchanged", asks=asks))[0] == seconds


def test_hours_that_a_feed_skips_are_skipped() -> None:
    """It is asked when they are over; and after two days in any case."""
    at_noon = Skips(frozenset({12, 13}))
    assert wait(PollOutcome("unchanged", skips=at_noon)) == (7200, CadenceReason.SKIPPED)
    assert (
        wait(PollOutcome("failed", 1, failure=FailureKind.DNS, skips=at_noon), 0.5)[1]
        is CadenceReason.SKIPPED
    )
    a_wednesday = Skips(days=frozenset({2}))
    assert wait(PollOutcome("unchanged", skips=a_wednesday)) == (12 * 3600, CadenceReason.SKIPPED)
    nearly_always = Skips(days=frozenset({0, 1, 2, 3, 4, 5}))
    assert wait(PollOutcome("unchanged", skips=nearly_always))[0] <= 49 * 3600


def test_a_feed_that_a_hub_tells_of_is_asked_hourly() -> None:
    """Seconds do not cost polls; its own failures still count."""
    assert wait(PollOutcome("unchanged", pushed=True)) == (3600, CadenceReason.PUSHED)
    assert wait(PollOutcome("failed", 1, failure=FailureKind.DNS, pushed=True), 0.5)[0] == 60


@dataclass
class Row:
    """What is stored of a feed."""

    due_at: datetime | None = NOW + timedelta(minutes=12)
    due_reason: str = "habit"
    polled_at: datetime | None = NOW
    lease_until: datetime | None = None
    failure: str = ""
    failures_in_row: int = 0
    gap_seconds: float = 7200
    asks_seconds: float = 0
    skips: str = ""
    moved_to: str = ""
    silent_at: datetime | None = None
    notified_at: datetime | None = None
    state: str = "ok"


@pytest.mark.parametrize("reason", [one for one in CadenceReason if one is not CadenceReason.RETIRED])
def test_every_reason_is_told_in_both_languages(reason: CadenceReason) -> None:
    """When and why, in full sentences without holes."""
    told = explain(Row(due_reason=reason), NOW)
    assert (told.at, told.reason) == (NOW + timedelta(minutes=12), reason)
    assert "12 minutes" in told.english
    assert "12" in told.arabic
    assert "{" not in told.arabic + told.english
    assert re.search("[a-z]{5}", told.arabic.replace("Retry-After", "").replace("WebSub", "")) is None


def test_an_explanation_says_what_stands_in_the_way() -> None:
    """Failures, a move, a silence; a feed that is new, gone, dropped or being read."""
    row = Row(
        due_reason="back_off",
        failure="dns",
        failures_in_row=3,
        moved_to="https://x.example/",
        silent_at=NOW - timedelta(1),
    )
    english = explain(row, NOW).english
    assert all(words in english for words in ("time 3 in a row", "dns", "https://x.example/", "silent"))
    assert "never asked" in explain(Row(polled_at=None, due_reason=""), NOW).english
    assert "gone for good" in explain(Row(due_at=None, due_reason="retired", state="gone"), NOW).english
    moved = explain(Row(due_at=None, state="moved", moved_to="https://x.example/"), NOW)
    assert all("https://x.example/" in said for said in (moved.english, moved.arabic))
    dropped = explain(Row(state="dropped"), NOW)
    assert ("off the list" in dropped.english, dropped.at) == (True, None)
    assert "being read" in explain(Row(lease_until=NOW + timedelta(1)), NOW).english
    assert "next round" in explain(Row(due_at=NOW), NOW).english


def test_nothing_is_said_of_a_habit_that_nobody_knows() -> None:
    """A feed of which no two entries were seen is asked often, and not because its news comes quickly."""
    assert "until its habit is known" in explain(Row(due_reason="floor", gap_seconds=0), NOW).english
    assert (
        "comes quickly (about every 4 minutes)"
        in explain(Row(due_reason="floor", gap_seconds=240), NOW).english
    )


def test_what_fails_is_asked_no_more_often_than_it_wished_when_it_was_well() -> None:
    """A feed that wants to be asked once in half an hour is not asked each minute because it is ill."""
    assert wait(PollOutcome("unchanged", asks=1800)) == (1800, CadenceReason.ASKED)
    seconds, reason = wait(
        PollOutcome("failed", errors_in_row=1, failure=FailureKind.TIMEOUT, asks=1800), 0.5
    )
    assert (seconds, reason) == (1800, CadenceReason.BACK_OFF)
