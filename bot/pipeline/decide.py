"""What to do with a match: pure decisions, each with its reason.

Nothing here waits, reads or writes. The shell around it is ``bot.pipeline.poll``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.entries import Told
from bot.store.types import Fate
from rules.arabic import fold_tokens

STALE_AFTER = timedelta(days=3)  # outlets republish their archive; three days old is no news to anybody
SAME_NEWS_FOR = timedelta(hours=36)  # how long a story stays open; measured on one-story streams
MOST_ALERTS, MOST_ALERTS_WITHIN = (
    60,
    timedelta(hours=1),
)  # that one feed opens; agencies publish some forty items an hour
ALIKE, ALIKE_WORDS = (
    0.6,
    3,
)  # the part, and the number, of words that two headlines of one page share at least


def kept_silent(
    published: datetime | None,
    *,
    now: datetime,
    first_read: bool,
    news_hours: float,
    shadow: bool,
    flooded: bool = False,
) -> Fate | None:
    """Why a match rings for nobody, or None when it may.

    ``first_read``: the entry stood in a feed that was read for the first time. Then only what is dated
    within the last ``news_hours`` is news: the rest is the feed's backlog. ``flooded``: it came in a flood of new ids.
    """
    if shadow:
        return Fate.SHADOW
    if flooded:
        return Fate.FLOOD
    if first_read and not _within(published, now, timedelta(hours=news_hours)):
        return Fate.BACKLOG
    if published is not None and published < now - STALE_AFTER:
        return Fate.STALE
    return None


def may_open_another(opened: int) -> bool:
    """Whether a feed that opened so many alerts within the last ``MOST_ALERTS_WITHIN`` may open one more.

    A feed that is broken, or in bad hands, may bring thousands of headlines at once: they would keep every other
    outlet's news waiting, in each chat, for as many seconds.
    """
    return opened < MOST_ALERTS


def _within(published: datetime | None, now: datetime, age: timedelta) -> bool:
    return published is not None and now - published < age


@dataclass(frozen=True, slots=True)
class News:
    """An entry, by what makes it known again: its page, and its headline as a key and in words."""

    link_key: str
    title_key: str
    title: str = ""


def same_news(news: News, told: Sequence[Told]) -> int | None:
    """The alert that already tells this news, or None when it is new.

    The same page, or the same headline word for word, is the same news; the oldest alert wins. Any feed may claim any
    page: of another outlet's the headlines must be alike as well, or a false claim would hide the true story.
    """
    return next((one.alert_id for one in told if _is_same(news, one)), None)


def _is_same(news: News, one: Told) -> bool:
    if news.title_key and one.title_key == news.title_key:
        return True
    same_page = bool(news.link_key) and one.link_key == news.link_key
    return same_page and (one.same_outlet or _are_alike(news.title, one.title))


def _are_alike(title: str, other: str) -> bool:
    """Whether most words of the shorter headline stand in the other one."""
    ours, theirs = set(fold_tokens(title)), set(fold_tokens(other))
    return len(ours & theirs) >= max(ALIKE_WORDS, ALIKE * min(len(ours), len(theirs)))
