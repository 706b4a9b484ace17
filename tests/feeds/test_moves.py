"""A feed has moved when its server said so for days."""

from datetime import datetime, timedelta

from feeds.hosts import host_of
from feeds.moves import HOLDS_FOR, Move, seen

NOW = datetime.fromisoformat("2024-06-19T12:00:00+00:00")
THERE, ELSEWHERE = "https://there.example/rss", "https://elsewhere.example/"
DAY = timedelta(days=1)


def test_a_move_that_holds_is_meant() -> None:
    """Three days after it was first seen, if every answer since then said the same."""
    move = seen(Move(), THERE, NOW)
    assert not move.is_meant(NOW)
    move = seen(move, THERE, NOW + 2 * DAY)
    assert not move.is_meant(NOW + 2 * DAY)
    assert seen(move, THERE, NOW + HOLDS_FOR).is_meant(NOW + HOLDS_FOR)


def test_a_move_that_wavers_is_not() -> None:
    """One answer without it, or from elsewhere, and the days count anew; so they do after a clock set back."""
    move = Move(THERE, NOW)
    assert seen(move, "", NOW + DAY) == Move()
    assert seen(move, ELSEWHERE, NOW + DAY) == Move(ELSEWHERE, NOW + DAY)
    assert seen(move, THERE, NOW - DAY) == Move(THERE, NOW - DAY)


def test_which_feeds_share_a_server() -> None:
    """By name and unusual port, whatever the scheme."""
    assert host_of("http://A.example./x") == host_of("https://a.example:443/y") == "a.example"
    assert host_of("http://a.example:8080/") == "a.example:8080"
    assert host_of("https://[::1") == ""
