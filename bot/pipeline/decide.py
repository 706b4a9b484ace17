"""What to do with a match: pure decisions, each with its reason.

Nothing here waits, reads or writes. The shell around it is ``bot.pipeline.poll``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.store.entries import Told
from bot.store.types import Fate

STALE_AFTER = timedelta(days=3)  # outlets republish their archive; three days old is no news to anybody
SAME_NEWS_FOR = timedelta(hours=36)  # how long a story stays open; measured on one-story streams


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


def _within(published: datetime | None, now: datetime, age: timedelta) -> bool:
    return published is not None and now - published < age


def same_news(link_key: str, title_key: str, told: Sequence[Told]) -> int | None:
    """The alert that already tells this entry's news, or None when it is new.

    The same page, or the same headline word for word, is the same news; the oldest alert wins.
    """
    for one in told:
        same_page = bool(link_key) and one.link_key == link_key
        same_headline = bool(title_key) and one.title_key == title_key
        if same_page or same_headline:
            return one.alert_id
    return None
