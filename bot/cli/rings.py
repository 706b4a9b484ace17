"""How often what a rule would have caught would have rung: by the decisions of the running bot."""

from collections.abc import Iterable
from datetime import UTC, datetime

from bot.pipeline.decide import SAME_NEWS_FOR, News, kept_silent, same_news
from bot.pipeline.reading import title_key
from bot.store.entries import Told
from rules.replay import Catch

_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def alerts_of(caught: Iterable[Catch]) -> int:
    """How many alerts: copies of a headline ring once in a while, what was stale when it came not at all.

    Links are not looked at, so that two headlines of one page count twice.
    """
    standing: list[tuple[datetime, Told]] = []  # when its alert was opened, and an entry of it
    opened = 0
    for one in sorted(caught, key=_moment):
        now = _moment(one)
        if kept_silent(one.document.published, now=now, first_read=False, news_hours=0, shadow=False):
            continue
        standing = [(at, told) for at, told in standing if at >= now - SAME_NEWS_FOR]
        key = title_key(one.document.title, (one.document.feed, one.document.feed_ar))
        if key and same_news(News("", key), [told for _, told in standing]) is not None:
            continue
        opened += 1
        standing.append((now, Told(opened, "", key)))
    return opened


def _moment(one: Catch) -> datetime:
    """When the bot met it, or would have."""
    return one.document.seen or one.document.published or _UNDATED
