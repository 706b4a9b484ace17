"""What comes of an entry's page, and whether it is tried again. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from bot.pipeline.afterwards import holds_its_host
from bot.store.hosts import LONGEST_HOLD
from bot.store.tables import Entry
from bot.store.types import PageState
from feeds.errors import FetchError, RobotsUnread
from feeds.fetch_failures import passes

MOST_TRIES = 5  # of one page, those that broke off with their process among them
FIRST_WAIT = timedelta(minutes=1)  # before the second try; each further one waits twice as long
LONGEST_WAIT = timedelta(minutes=4)  # less than a lease of a page
TIRED = timedelta(minutes=8)  # for how long a server rests that has had too much and does not say until when


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a page: its text, if there is more of it than the feed gave.

    ``passing``: it failed, and may not fail later. ``rest``: for how long its server wants to be left alone, or that
    of another address, ``tired``; ``delay``: seconds between two pages, by its robots.txt.
    """

    state: PageState
    detail: str = ""
    text: str = ""
    passing: bool = False
    rest: timedelta | None = None
    tired: str = ""
    delay: float | None = None


def after_failure(failure: FetchError) -> Outcome:
    """The page could not be fetched."""
    asked = failure.retry_after
    rest = TIRED if asked is None else min(timedelta(seconds=asked), LONGEST_HOLD)
    return Outcome(
        PageState.FAILED,
        f"{failure.kind}: {failure.detail}",
        passing=passes(failure),
        rest=rest if holds_its_host(failure) else None,
    )


def without_robots(unread: RobotsUnread) -> Outcome:
    """Whether the page may be read could not be learned, so that it may not for now; which passes, mostly."""
    failed = after_failure(unread.failure)
    why = f"robots.txt cannot be read for now: {failed.detail}"
    return Outcome(PageState.REFUSED, why, passing=failed.passing, rest=failed.rest, tired=unread.url)


def after_text(text: str, entry: Entry) -> Outcome:
    """The page was read, and this is its article ("" where it has none)."""
    said = f"{len(text)} characters"
    if len(text) <= max(len(entry.content), len(entry.summary)):
        return Outcome(PageState.THIN, said)
    return Outcome(PageState.READ, said, text)


def wait_before_next_try(outcome: Outcome, *, tries: int) -> timedelta | None:
    """How long to wait before a page is tried again that was tried so many times; None where it is not."""
    if not outcome.passing or tries >= MOST_TRIES:
        return None
    return min(FIRST_WAIT * (1 << tries - 1), LONGEST_WAIT)
