"""Hostile documents through the whole poll: each ends typed and told, or read in part, and no other feed notices."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app.parts import FETCH_SECONDS
from bot.cli.feeds_list import _lines
from bot.store import feeds, sources
from bot.store.engine import Database
from bot.store.types import FeedState
from feeds.errors import FailureKind
from tests.bot.newsroom import Desk, make_rules, open_desk
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer, Visit
from tests.feeds.documents import RSS_HEAD, RSS_TAIL, item, rss

PREFIXES = " ".join(f'xmlns:n{n}="http://n.example/{n}"' for n in range(10_000))
NEWS = "بوتين يصل إلى بيونغ يانغ في زيارة رسمية"
ENTRY = "<item><guid>1</guid><title>خبر</title>{}</item>"


def bomb() -> bytes:
    """A gigabyte of blanks."""
    return gzip.compress(b"<rss><channel>" + b" " * (256 << 20), 1)


PARTLY = {  # body, and what the operator reads of it
    "50,000 entries": (
        RSS_HEAD + "\n".join(f"<item><guid>{n}</guid></item>" for n in range(50_000)) + RSS_TAIL,
        "48000 of 50000 entries, from line 2001",
    ),
    "a huge attribute": (RSS_HEAD + ENTRY.format(f"<a b='{'x' * 5_000_000}'/>") + RSS_TAIL, "in line 1"),
    "50,000 attributes": (
        RSS_HEAD + ENTRY.format("<a " + " ".join(f'a{n}="x"' for n in range(50_000)) + "/>") + RSS_TAIL,
        "in line 1",
    ),
    "an author of 64 KB": (RSS_HEAD + ENTRY.format(f"<author>{'a' * 65_536}@</author>") + RSS_TAIL, ""),
    "deep HTML": (
        RSS_HEAD + ENTRY.format(f"<description><![CDATA[{'<div>' * 200_000}]]></description>") + RSS_TAIL,
        "",
    ),
    "10,000 namespaces": (
        f"<rss version='2.0' {PREFIXES}><channel>" + ENTRY.format("") + RSS_TAIL,
        "in line 1",
    ),
}
NOT_AT_ALL = {  # body, why, and what the operator reads of it
    "deep elements": (RSS_HEAD + "<a>" * 200_000, FailureKind.TOO_HARD, "tags and attributes"),
    "elements in one entry": (
        RSS_HEAD + ENTRY.format("<a/>" * 1_000_000),
        FailureKind.TOO_HARD,
        "in one entry",
    ),
    "entities": ('<!DOCTYPE rss [<!ENTITY a "ha">]><rss/>', FailureKind.UNREADABLE, "defines entities"),
    "an endless DTD": ("<!DOCTYPE rss " + "x" * 5_000_000, FailureKind.BROKEN_XML, "never ends"),
    "a gzip bomb": ("", FailureKind.TOO_LARGE, "larger than"),
    "a file's name": ("/etc/passwd", FailureKind.NOT_A_FEED, "text without any XML"),
}


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with the limits that polls have."""
    async with open_desk(database, make_rules(tmp_path / "rules"), seconds=FETCH_SECONDS) as one:
        yield one


async def polled(desk: Desk, body: bytes, **headers: str) -> tuple[str, str, list[str]]:
    """Poll a feed of this body between two good ones: its state, its failure, what ``rasid feeds show`` says."""

    async def hostile(visit: Visit) -> None:
        await visit.answer(body=body, **headers)

    good = Outlet([Item("1", NEWS)])
    async with RawServer(good) as one, RawServer(hostile) as two, RawServer(good) as three:
        await desk.knows(one.url(), two.url(), three.url())
        await desk.poll()
        async with desk.database.read() as session:
            rows = {row.url: row for row in await feeds.every(session)}
            shown = await sources.look(session, two.url(), newest=1)
        assert shown is not None
        for well in (one, three):
            assert (rows[well.url()].state, rows[well.url()].failure_detail) == (FeedState.OK, "")
        return rows[two.url()].state, rows[two.url()].failure, _lines(shown)


@pytest.mark.parametrize("name", PARTLY)
async def test_what_can_be_read_in_part_is(desk: Desk, name: str) -> None:
    """The feed is well, and what was left out of it is told with its line, on a 304 too."""
    text, said = PARTLY[name]
    state, failure, lines = await polled(desk, text.encode())
    assert (state, failure) == (FeedState.OK, "")
    assert said in "\n".join(lines)


@pytest.mark.parametrize("name", NOT_AT_ALL)
async def test_what_cannot_be_read_is_a_failure_with_its_reason(desk: Desk, name: str) -> None:
    """Typed, and told to the operator."""
    text, why, said = NOT_AT_ALL[name]
    body, headers = (bomb(), {"Content_Encoding": "gzip"}) if name == "a gzip bomb" else (text.encode(), {})
    state, failure, lines = await polled(desk, body, **headers)
    assert (state, failure) == (FeedState.FAILING, why)
    assert said in "\n".join(lines)


async def test_what_was_odd_is_told_until_another_document_comes(desk: Desk) -> None:
    """It stands beside the feed on the same body; a document without oddities takes it away."""
    bodies = [rss(item(1, pubDate="gestern")), rss(item(1, pubDate="gestern")), rss(item(1), item(2))]

    async def script(visit: Visit) -> None:
        await visit.answer(body=bodies[0])

    async with RawServer(script) as server:
        await desk.knows(server.url())
        said = []
        while bodies:
            await desk.poll()
            said.append((await desk.feed()).failure_detail)
            del bodies[0]
    assert said == [said[0], said[0], ""]
    assert "dates could not be read" in said[0]
