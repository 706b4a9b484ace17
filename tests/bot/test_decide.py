"""What becomes of a match: the pure decisions."""

from datetime import datetime, timedelta

import pytest

from bot.pipeline.decide import STALE_AFTER, News, kept_silent, same_news
from bot.store.entries import Told
from bot.store.types import Fate


@pytest.mark.parametrize(
    ("hours_old", "first_read", "shadow", "fate"),
    [
        (1, True, False, None),
        (7, True, False, Fate.BACKLOG),
        (None, True, False, Fate.BACKLOG),
        (None, False, False, None),
        (7, False, False, None),
        (-2, False, False, None),
        (73, False, False, Fate.STALE),
        (1, False, True, Fate.SHADOW),
    ],
)
def test_who_rings(
    hours_old: float | None, first_read: bool, shadow: bool, fate: Fate | None, now: datetime
) -> None:
    """A feed's backlog, what is long past, and rules on trial ring for nobody; a missing date never silences news."""
    published = None if hours_old is None else now - timedelta(hours=hours_old)
    assert kept_silent(published, now=now, first_read=first_read, news_hours=6, shadow=shadow) == fate


def test_nothing_of_a_new_feed_rings_with_zero_hours_of_news(now: datetime) -> None:
    """``RASID_NEWS_HOURS=0``: the first read is silent whole."""
    assert kept_silent(now, now=now, first_read=True, news_hours=0, shadow=False) == Fate.BACKLOG


def test_the_edge_of_staleness(now: datetime) -> None:
    """Exactly three days old still rings."""
    edge = now - STALE_AFTER
    assert kept_silent(edge, now=now, first_read=False, news_hours=6, shadow=False) is None


LAUNCH = "بوتين يصل إلى بيونغ يانغ في زيارة رسمية"


def test_the_same_page_or_headline_is_the_same_news() -> None:
    """Either key suffices; empty keys are no keys; the oldest alert wins."""
    told = [Told(1, "", "headline"), Told(2, "page", "")]
    assert same_news(News("page", "headline"), told) == 1
    assert same_news(News("page", ""), told) == 2
    assert same_news(News("", ""), told) is None
    assert same_news(News("other", "other"), told) is None


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ("بوتين يصل بيونغ يانغ في زيارة رسمية | وكالة", True),
        ("بوتين يفتتح معرضا للزهور", False),
        ("بوتين", False),
        ("", False),
    ],
)
def test_another_outlets_word_for_it_makes_no_page_known(theirs: str, same: bool) -> None:
    """Who names an outlet's page first must have its headline, in other words maybe, or that news rings."""
    told = [Told(1, "page", "x", theirs, same_outlet=False)]
    assert same_news(News("page", "y", LAUNCH), told) == (1 if same else None)
    assert same_news(News("page", "y", LAUNCH), [Told(1, "page", "x", theirs)]) == 1
