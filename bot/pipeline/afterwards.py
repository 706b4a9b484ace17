"""What a poll leaves in the feed's row: how it went, what to send back, what was learned, when it is due. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.claimed import AnyFeed
from bot.store.types import FeedState
from feeds import habit, moves
from feeds.cadence import CEILING, CadenceReason, NextPoll, PollKind, PollOutcome, next_poll
from feeds.errors import FailureKind, FeedError, FetchError
from feeds.fetch import Response
from feeds.habit import Habit
from feeds.hints import NO_SKIPS, Hints, Skips, feed_hints
from feeds.moves import Move
from feeds.parse import ParsedFeed

LONGEST_DETAIL = 500

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tempo:
    """How often feeds may be asked: never more often than ``floor`` seconds, healthy ones not less than ``ceiling``."""

    floor: float
    ceiling: float = CEILING


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant of a poll's end, and the dice that it throws: a number in [0, 1)."""

    now: datetime
    spread: float


def after_reading(
    feed: AnyFeed, response: Response, parsed: ParsedFeed, fresh: int, tempo: Tempo, at: Moment
) -> Columns:
    """The row after a body was parsed, in which ``fresh`` entries were new.

    Validators stand only for a body that was read whole. What the document says of itself is kept, since a 304 will
    not repeat it.
    """
    whole = parsed.damaged is None
    hints = feed_hints(response.body, response.headers)
    learned = _learned(feed, parsed, fresh, at.now)
    changed_at = at.now if fresh else feed.changed_at
    due = _due(
        "changed" if whole else "failed", feed, response, _Known(hints, learned, changed_at), tempo, at
    )
    return {
        "state": FeedState.OK if whole else FeedState.FAILING,
        "etag": response.etag if whole else "",
        "last_modified": response.last_modified if whole else "",
        "body_hash": response.body_hash if whole else "",
        "failure": parsed.damaged or "",
        "failure_detail": "; ".join(parsed.problems)[:LONGEST_DETAIL],
        "failures_in_row": 0 if whole else feed.failures_in_row + 1,
        "first_read_at": feed.first_read_at or at.now,
        "polled_at": at.now,
        "changed_at": changed_at,
        "due_at": due.at,
        "due_reason": due.reason,
        "gap_seconds": learned.gap,
        "longest_gap_seconds": learned.longest,
        "arrivals": learned.seen,
        "silent_at": learned.silent_at(changed_at) if changed_at else None,
        "told_of": "" if fresh else feed.told_of,
        "asks_seconds": hints.seconds,
        "skips": str(hints.skips),
        "hub": hints.hub,
        "topic": hints.topic,
        **_move_columns(feed, response, at.now),
    }


def after_quiet(feed: AnyFeed, response: Response, tempo: Tempo, at: Moment) -> Columns:
    """The row after "unchanged", or after the same body once more.

    What came with the same body is what to send back from now on; on a 304 what came with the body stays, untouched.
    """
    known = _Known(_known_hints(feed), _known_habit(feed), feed.changed_at)
    due = _due("unchanged", feed, response, known, tempo, at)
    same_body = response.status == 200
    return {
        "state": FeedState.OK,
        "etag": response.etag if same_body else feed.etag,
        "last_modified": response.last_modified if same_body else feed.last_modified,
        "failure": "",
        "failure_detail": "" if feed.failure else feed.failure_detail,  # what was odd about the same body
        "failures_in_row": 0,
        **_polled(due, at),
        **_move_columns(feed, response, at.now),
    }


def after_failure(feed: AnyFeed, failure: FeedError, tempo: Tempo, at: Moment) -> Columns:
    """The row after a failure: why, how often in a row, and a later try. What to send back stays as it was."""
    outcome = PollOutcome(
        kind="failed",
        errors_in_row=feed.failures_in_row + 1,
        retry_after=failure.retry_after if isinstance(failure, FetchError) else None,
        failure=failure.kind,
        gap=feed.gap_seconds,
        silence=_silence(feed, feed.changed_at, at.now),
        asks=feed.asks_seconds,
        skips=Skips.of(feed.skips),
    )
    due = next_poll(outcome, now=at.now, floor=tempo.floor, ceiling=tempo.ceiling, spread=at.spread)
    return {
        "state": FeedState.GONE if failure.kind == FailureKind.GONE else FeedState.FAILING,
        "etag": feed.etag,
        "last_modified": feed.last_modified,
        "failure": failure.kind,
        "failure_detail": failure.detail[:LONGEST_DETAIL],
        "failures_in_row": feed.failures_in_row + 1,
        **_polled(due, at),
        "moved_to": feed.moved_to,
        "moved_since": feed.moved_since,
    }


def holds_its_host(failure: FeedError) -> bool:
    """Whether a failure is a server's wish to be left alone, which speaks for all of its feeds."""
    asked = isinstance(failure, FetchError) and failure.status == 503 and failure.retry_after is not None
    return failure.kind == FailureKind.RATE_LIMITED or asked


def new_address(feed: AnyFeed, response: Response, now: datetime) -> str:
    """Where the feed has moved for good, as this answer completes the proof; "" where it has not."""
    if not response.moved_to:
        return ""
    move = moves.seen(_known_move(feed), response.moved_to, now)
    return move.to if move.is_meant(now) and move.to != feed.url else ""


def is_unchanged(feed: AnyFeed, response: Response) -> bool:
    """304, or the same body again: nothing to parse. A feed never read whole is always parsed."""
    return response.status == 304 or (bool(feed.body_hash) and feed.body_hash == response.body_hash)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a feed by the end of a poll."""

    hints: Hints
    habit: Habit
    changed_at: datetime | None


def _due(
    kind: PollKind, feed: AnyFeed, response: Response, known: _Known, tempo: Tempo, at: Moment
) -> NextPoll:
    outcome = PollOutcome(
        kind=kind,
        errors_in_row=feed.failures_in_row + 1 if kind == "failed" else 0,
        max_age=response.max_age,
        gap=known.habit.gap,
        silence=_silence(feed, known.changed_at, at.now),
        asks=known.hints.seconds,
        skips=known.hints.skips,
        pushed=_is_pushed(feed, kind, at.now),
    )
    return next_poll(outcome, now=at.now, floor=tempo.floor, ceiling=tempo.ceiling, spread=at.spread)


def _is_pushed(feed: AnyFeed, kind: PollKind, now: datetime) -> bool:
    """Whether a hub can be relied on: not while what it told of is not there yet, as behind a slow cache."""
    too_early = kind == "unchanged" and feed.due_reason == CadenceReason.NOTIFIED
    return feed.pushed_until is not None and feed.pushed_until > now and not too_early


def _polled(due: NextPoll, at: Moment) -> Columns:
    return {"polled_at": at.now, "due_at": due.at, "due_reason": due.reason}


def _learned(feed: AnyFeed, parsed: ParsedFeed, fresh: int, now: datetime) -> Habit:
    if feed.first_read_at is None:
        return habit.first_habit((entry.published for entry in parsed.entries), now)
    return habit.after_news(_known_habit(feed), fresh, feed.changed_at, now)


def _known_habit(feed: AnyFeed) -> Habit:
    return Habit(feed.gap_seconds, feed.longest_gap_seconds, feed.arrivals)


def _known_hints(feed: AnyFeed) -> Hints:
    return Hints(feed.asks_seconds, Skips.of(feed.skips) if feed.skips else NO_SKIPS)


def _known_move(feed: AnyFeed) -> Move:
    return Move(feed.moved_to, feed.moved_since)


def _move_columns(feed: AnyFeed, response: Response, now: datetime) -> Columns:
    to = response.moved_to if response.moved_to != feed.url else ""
    move = moves.seen(_known_move(feed), to, now)
    return {"moved_to": move.to, "moved_since": move.since}


def _silence(feed: AnyFeed, changed_at: datetime | None, now: datetime) -> float:
    """Seconds since a feed had news; of one that never had any, since it was read first."""
    then = changed_at or feed.first_read_at
    return max(0.0, (now - then).total_seconds()) if then else 0.0
