"""A database that does not answer: the log says so, and does not fill the disk with it."""

import io
import json
import sqlite3
from collections.abc import Iterator

import pytest

from bot.logs import set_up_logs
from bot.store.outage import AGAIN_SECONDS, Outage

FULL = sqlite3.OperationalError("database or disk is full")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged, as the processes log."""
    written = io.StringIO()
    set_up_logs("INFO", "json", stream=written)
    yield written
    set_up_logs("INFO", "json")


def lines(log: io.StringIO) -> list[tuple[str, int]]:
    """The lines: what, and for how long."""
    return [(one["event"], one["seconds"]) for one in map(json.loads, log.getvalue().splitlines())]


def test_it_is_said_at_once_then_now_and_then_and_when_it_is_over(log: io.StringIO) -> None:
    """Five tries a second for an hour are a hundred lines, not eighteen thousand; the next outage is said at once."""
    now = 0.0
    outage = Outage("nothing is sent", clock=lambda: now)
    outage.over()
    assert lines(log) == []
    while now < 3600:
        outage.note(FULL)
        now += 0.2
    outage.over()
    outage.over()
    said = lines(log)
    assert said[:2] == [("nothing is sent", 0), ("nothing is sent", AGAIN_SECONDS)]
    assert said[-1] == ("the database answers again", 3600)
    assert len(said) == pytest.approx(3600 / AGAIN_SECONDS + 1, abs=2)
    outage.note(FULL)
    assert lines(log)[-1] == ("nothing is sent", 0)
    assert "database or disk is full" in log.getvalue()
