"""When a feed is asked again, and why. Pure: the clock and the dice are values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from feeds.errors import FailureKind

PollKind = Literal["changed", "unchanged", "failed"]

MAX_AGE_CAP = 3600.0  # a server may slow a feed down to once an hour; news that is older is no news
RETRY_AFTER_CAP = 86400.0  # a server that asks for more than a day is asked once a day
BACK_OFF_CAP = 3600.0  # what passes by itself: an outage, a full disk
LASTING_CAP = 6 * 3600.0  # what somebody must mend: a page that moved, a wrong certificate
RATE_LIMITED_STEPS = 3  # "too many requests" without a time weighs like three more failures
JITTER = 0.1  # healthy feeds drift apart by up to a tenth, so that they do not leave on the minute

_LASTING = frozenset(
    {
        FailureKind.NOT_FOUND,
        FailureKind.NOT_A_FEED,
        FailureKind.BAD_URL,
        FailureKind.FORBIDDEN_ADDRESS,
        FailureKind.TOO_LARGE,
        FailureKind.TLS,
    }
)


class CadenceReason(StrEnum):
    """Why a feed is asked again when it is; shown to admins."""

    FLOOR = "floor"  # healthy: as often as is allowed
    MAX_AGE = "max_age"  # its server says for how long the answer stays fresh
    RETRY_AFTER = "retry_after"  # its server asked us to wait
    BACK_OFF = "back_off"  # it failed: each failure in a row doubles the wait
    RETIRED = "retired"  # its server says that it is gone for good


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What came of a poll.

    ``errors_in_row`` counts this failure too; ``max_age`` and ``retry_after`` are seconds, as the server said them.
    """

    kind: PollKind
    errors_in_row: int = 0
    max_age: float | None = None
    retry_after: float | None = None
    failure: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When to ask again (None: never), and why."""

    at: datetime | None
    reason: CadenceReason


def next_poll(outcome: PollOutcome, *, now: datetime, floor: float, spread: float) -> NextPoll:
    """Decide when to ask again.

    ``floor``: no feed is asked more often than this, in seconds. ``spread``: a random number in [0, 1) that keeps
    feeds apart. The answer is never sooner than the floor, nor than what the server asked for (within the caps).
    """
    if outcome.failure is FailureKind.GONE:
        return NextPoll(None, CadenceReason.RETIRED)
    if outcome.kind == "failed":
        seconds, reason = _after_failure(outcome, floor, spread)
    else:
        seconds, reason = _after_success(outcome, floor, spread)
    return NextPoll(now + timedelta(seconds=seconds), reason)


def _after_success(outcome: PollOutcome, floor: float, spread: float) -> tuple[float, CadenceReason]:
    fresh = min(outcome.max_age or 0.0, MAX_AGE_CAP)
    reason = CadenceReason.MAX_AGE if fresh > floor else CadenceReason.FLOOR
    return max(floor, fresh) * (1 + JITTER * spread), reason


def _after_failure(outcome: PollOutcome, floor: float, spread: float) -> tuple[float, CadenceReason]:
    if outcome.retry_after is not None:
        asked = max(floor, min(outcome.retry_after, RETRY_AFTER_CAP))
        return asked * (1 + JITTER * spread), CadenceReason.RETRY_AFTER
    steps = max(outcome.errors_in_row, 1) - 1
    if outcome.failure is FailureKind.RATE_LIMITED:
        steps += RATE_LIMITED_STEPS
    cap = max(floor, LASTING_CAP if outcome.failure in _LASTING else BACK_OFF_CAP)
    wait = min(cap, floor * 2.0 ** min(steps, 32))
    return max(floor, wait * (0.75 + 0.5 * spread)), CadenceReason.BACK_OFF
