"""When a feed is asked again, and why. Pure: the clock and the dice are values. In words: ``feeds.cadence_words``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from feeds.errors import FailureKind
from feeds.hints import NO_SKIPS, Skips

PollKind = Literal["changed", "unchanged", "failed"]

CEILING = 900.0  # a healthy feed that nobody slows down is asked at least so often, however quiet
SHARE_OF_GAP = 0.1  # of the usual time between two entries: news waits for a twentieth of it on average
SHARE_OF_SILENCE = 0.02  # of the time since the last entry: a feed that sleeps is let sleep
WISH_CAP = 3600.0  # a server or a feed may slow us down to once an hour; news that is older is no news
PUSHED_SECONDS = 3600.0  # a hub tells of news: asked only in case the hub forgets
SKIP_CAP = timedelta(hours=48)  # a weekend
RETRY_AFTER_CAP = 86400.0  # a server that asks for more than a day is asked once a day
BACK_OFF_CAP = 3600.0  # what passes by itself: an outage, a full disk
LASTING_CAP = 6 * 3600.0  # what somebody must mend: a page that moved, a wrong certificate
RATE_LIMITED_STEPS = 3  # "too many requests" without a time weighs like three more failures
JITTER = 0.1  # healthy feeds drift apart by up to a tenth, so that they do not leave on the minute
SKIP_JITTER = 300.0  # seconds over which those that slept the same hours wake up

# What a person must mend, or what costs too much to be tried every hour. Not among them: what may be an outage
# (REFUSED, DNS, TIMEOUT, NETWORK, most of HTTP_STATUS), and what leaves with the next edition of a document, as the
# slip of one entry does (BROKEN_XML, BROKEN_JSON, EMPTY_BODY, UNREADABLE).
_LASTING = frozenset(
    {
        FailureKind.NOT_FOUND,
        FailureKind.NOT_A_FEED,
        FailureKind.BAD_URL,
        FailureKind.FORBIDDEN_ADDRESS,
        FailureKind.TOO_LARGE,
        FailureKind.TOO_HARD,  # each try costs ten seconds of a processor
        FailureKind.TOO_MANY_REDIRECTS,
        FailureKind.TLS,
    }
)


class CadenceReason(StrEnum):
    """Why a feed is asked again when it is; shown to admins."""

    FLOOR = "floor"  # healthy: as often as is allowed
    HABIT = "habit"  # as often as it usually has news
    MAX_AGE = "max_age"  # its server says for how long the answer stays fresh
    ASKED = "asked"  # the feed itself says how often it is written (ttl, updatePeriod)
    SKIPPED = "skipped"  # the feed itself says when it is not written (skipHours, skipDays)
    PUSHED = "pushed"  # a hub tells of its news; it is asked only to be sure
    NOTIFIED = "notified"  # a hub has just told of news
    RETRY_AFTER = "retry_after"  # its server asked us to wait
    BACK_OFF = "back_off"  # it failed: each failure in a row doubles the wait
    RETIRED = "retired"  # its server says that it is gone for good


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What came of a poll, and what is known of the feed by now; all times in seconds.

    ``errors_in_row`` counts this failure too; ``max_age`` and ``retry_after`` are as the server said them, ``asks``
    and ``skips`` as the feed itself does. ``gap``: usually between two entries (0: not known); ``silence``: since the
    last one. ``pushed``: a hub tells of its news.
    """

    kind: PollKind
    errors_in_row: int = 0
    max_age: float | None = None
    retry_after: float | None = None
    failure: FailureKind | None = None
    gap: float = 0.0
    silence: float = 0.0
    asks: float = 0.0
    skips: Skips = NO_SKIPS
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When to ask again (None: never), and why."""

    at: datetime | None
    reason: CadenceReason


def next_poll(
    outcome: PollOutcome, *, now: datetime, floor: float, spread: float, ceiling: float = CEILING
) -> NextPoll:
    """Decide when to ask again.

    ``floor``: no feed is asked more often than this, in seconds; ``ceiling``: its own habit makes it wait no longer.
    ``spread``: a random number in [0, 1) that keeps feeds apart. The answer is never sooner than the floor, nor than
    what the server or the feed asked for (within the caps).
    """
    if outcome.failure is FailureKind.GONE:
        return NextPoll(None, CadenceReason.RETIRED)
    if outcome.kind == "failed":
        seconds, reason = _after_failure(outcome, floor, ceiling, spread)
    else:
        seconds, reason = _after_success(outcome, floor, ceiling)
        seconds *= 1 + JITTER * spread
    at = now + timedelta(seconds=seconds)
    awake = _awake(at, outcome.skips, spread)
    return NextPoll(awake, CadenceReason.SKIPPED if awake != at else reason)


def _after_success(outcome: PollOutcome, floor: float, ceiling: float) -> tuple[float, CadenceReason]:
    """The longest of what speaks for waiting; of two that say the same, the first."""
    fresh, asks = min(outcome.max_age or 0.0, WISH_CAP), min(outcome.asks, WISH_CAP)
    candidates = [
        (floor, CadenceReason.FLOOR),
        (_by_habit(outcome, ceiling), CadenceReason.HABIT),
        (fresh, CadenceReason.MAX_AGE),
        (asks, CadenceReason.ASKED),
    ]
    if outcome.pushed:
        candidates.append((PUSHED_SECONDS, CadenceReason.PUSHED))
    return max(candidates, key=lambda one: one[0])


def _by_habit(outcome: PollOutcome, ceiling: float) -> float:
    return min(ceiling, max(SHARE_OF_GAP * outcome.gap, SHARE_OF_SILENCE * outcome.silence))


def _after_failure(
    outcome: PollOutcome, floor: float, ceiling: float, spread: float
) -> tuple[float, CadenceReason]:
    if outcome.retry_after is not None:
        asked = max(floor, min(outcome.retry_after, RETRY_AFTER_CAP))
        return asked * (1 + JITTER * spread), CadenceReason.RETRY_AFTER
    steps = max(outcome.errors_in_row, 1) - 1
    if outcome.failure is FailureKind.RATE_LIMITED:
        steps += RATE_LIMITED_STEPS
    # what fails is never asked more often than when it was well
    usual = max(floor, _by_habit(outcome, ceiling), min(outcome.asks, WISH_CAP))
    cap = max(usual, LASTING_CAP if outcome.failure in _LASTING else BACK_OFF_CAP)
    wait = min(cap, usual * 2.0 ** min(steps, 32))
    return max(floor, wait * (0.75 + 0.5 * spread)), CadenceReason.BACK_OFF


def _awake(at: datetime, skips: Skips, spread: float) -> datetime:
    """The first instant from ``at`` on that the feed does not skip, two days later at most."""
    if not skips:
        return at
    latest, awake = at + SKIP_CAP, at
    while awake < latest and (awake.hour in skips.hours or awake.weekday() in skips.days):
        awake = awake.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return awake + timedelta(seconds=SKIP_JITTER * spread) if awake != at else at
