"""What comes of a page and when it is tried again: the table of failures, the waits."""

from datetime import timedelta

import pytest

from bot.pipeline.page_outcomes import (
    LONGEST_WAIT,
    MOST_TRIES,
    TIRED,
    Outcome,
    after_failure,
    wait_before_next_try,
)
from bot.store.types import PageState
from feeds.errors import FailureKind, FetchError

PASSING = {"refused", "dns", "timeout", "network", "rate_limited"}


@pytest.mark.parametrize("kind", FailureKind)
def test_what_may_pass_is_tried_again_and_nothing_else(kind: FailureKind) -> None:
    """Every kind: an outage passes; a page that is gone, forbidden or no page does not."""
    assert after_failure(FetchError(kind, "why")).passing is (kind in PASSING)


@pytest.mark.parametrize(
    "status", [401, 403, 408, 425, 451, 500, 501, 502, 503, 504, 505, 508, 511, 521, 530]
)
def test_a_status_passes_or_does_not(status: int) -> None:
    """A server that fails may be mended in a minute; one that refuses means it."""
    passes = status in (408, 425, 500, 502, 503, 504, 521, 530)
    assert after_failure(FetchError(FailureKind.HTTP_STATUS, "why", status=status)).passing is passes


def test_a_server_rests_as_long_as_it_says() -> None:
    """Or a while, where it does not say; an hour at most; and only where it speaks of itself."""

    def rest(status: int, seconds: float | None) -> timedelta | None:
        kind = FailureKind.RATE_LIMITED if status == 429 else FailureKind.HTTP_STATUS
        return after_failure(FetchError(kind, "why", seconds, status)).rest

    assert rest(429, 90) == rest(503, 90) == timedelta(seconds=90)
    assert rest(429, None) == TIRED
    assert rest(429, 1e12) == timedelta(hours=1)
    assert rest(503, None) is rest(404, 90) is None


def test_the_waits_double_and_end() -> None:
    """A quarter of an hour in all."""
    failed = Outcome(PageState.FAILED, passing=True)
    waits = [wait_before_next_try(failed, tries=tries) for tries in range(1, MOST_TRIES + 2)]
    assert waits[-2:] == [None, None]
    assert [wait.total_seconds() for wait in waits if wait] == [60, 120, 240, LONGEST_WAIT.total_seconds()]
    assert wait_before_next_try(Outcome(PageState.FAILED), tries=1) is None
