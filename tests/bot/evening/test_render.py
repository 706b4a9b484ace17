"""A feed's bytes say what its view says: Rasid's own parser reads them back, in every format and charset."""

from datetime import datetime, timedelta

import pytest

from bot.evening.render import content_type, render
from bot.evening.scenario import PlayedFeed, load_scenario
from bot.evening.views import EntryView
from feeds.parse import parse_feed
from tests.bot.evening.evening_time import STARTED, TIMETABLE, hm

SCENARIO = load_scenario()
ANSWERING = [feed for feed in SCENARIO.feeds if feed.recovers()]
FEEDS = {feed.key: feed for feed in SCENARIO.feeds}
by_key = pytest.mark.parametrize("feed", ANSWERING, ids=lambda feed: feed.key)


def dated(entry: EntryView) -> datetime:
    """The date that the feed gives for an entry."""
    return TIMETABLE.wall(entry.published).replace(microsecond=0)


@by_key
@pytest.mark.parametrize("moment", [0.0, hm(3), hm(6)])
def test_the_parser_reads_the_view_back(feed: PlayedFeed, moment: float) -> None:
    """Titles, links, dates and texts come out of the XML letter by letter, in the feed's order."""
    view = feed.at(moment)
    parsed = parse_feed(render(feed, view, TIMETABLE), content_type=content_type(feed))
    assert parsed.damaged is None
    assert parsed.feed.title == feed.outlet_ar
    assert parsed.encoding.lower() == feed.charset
    assert [entry.title for entry in parsed.entries] == [entry.title for entry in view.entries]
    assert [entry.link for entry in parsed.entries] == [entry.link for entry in view.entries]
    assert [entry.published for entry in parsed.entries] == [dated(entry) for entry in view.entries]
    assert [entry.summary for entry in parsed.entries] == [entry.summary for entry in view.entries]
    for read, shown in zip(parsed.entries, view.entries, strict=True):
        assert read.content.split() == shown.body.split()


@by_key
def test_equal_views_give_equal_bytes(feed: PlayedFeed) -> None:
    """Between two changes the bytes stay the same, or no validator would ever hold."""
    last = max(feed.changes())
    early, late = feed.at(last), feed.at(SCENARIO.length)
    assert render(feed, early, TIMETABLE) == render(feed, late, TIMETABLE)


@by_key
def test_no_date_lies_in_the_future(feed: PlayedFeed) -> None:
    """No entry bears a date later than the real moment at which it is served."""
    for moment in (0.0, *(change for change in feed.changes() if change >= 0)):
        assert all(dated(entry) <= TIMETABLE.wall(moment) for entry in feed.at(moment).entries)
        assert all(dated(entry) > STARTED - timedelta(days=10) for entry in feed.at(moment).entries)


def test_windows_1256_is_written_as_such() -> None:
    """The Gulf daily's bytes are windows-1256, declared in the XML and not in HTTP."""
    sahel = FEEDS["sahel"]
    body = render(sahel, sahel.at(hm(3)), TIMETABLE)
    assert body.startswith(b'<?xml version="1.0" encoding="windows-1256"?>')
    assert "بوتين".encode("windows-1256") in body
    assert "charset" not in content_type(sahel)


def test_an_edit_shows_in_atom_dates() -> None:
    """Atom entries bear both dates, and the update is never the earlier one."""
    atlas = FEEDS["atlas"]
    parsed = parse_feed(render(atlas, atlas.at(hm(6)), TIMETABLE), content_type=content_type(atlas))
    assert parsed.entries
    for entry in parsed.entries:
        assert entry.published is not None
        assert entry.updated is not None
        assert entry.updated >= entry.published
