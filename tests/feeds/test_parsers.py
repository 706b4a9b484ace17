"""Parsers that can be killed: real processes, real limits. A hostile feed ends its own parser and nothing else."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest

from feeds.errors import FailureKind, ParseError
from feeds.parse import Task, parse_feed
from feeds.parsers import Parsers
from tests.feeds.documents import NOON, RSS_HEAD, RSS_TAIL, item, rss

LARGE = rss(*(item(number, description="وصف " * 100) for number in range(40)))
# Anybody's parser would be busy for minutes: HTML so deep that each block climbs all the way up.
ENDLESS = (RSS_HEAD + "<title>" * 60_000).encode()


@pytest.fixture
async def parsers() -> AsyncIterator[Parsers]:
    """A pool that is impatient."""
    async with Parsers(size=2, seconds=3) as pool:
        yield pool


def alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def refusal(parsers: Parsers, body: bytes) -> ParseError:
    """The error that reading ends in."""
    with pytest.raises(ParseError) as caught:
        await parsers.parse(body, Task(), NOON)
    return caught.value


async def test_a_child_reads_what_the_parser_reads(parsers: Parsers) -> None:
    """Entries, dates, problems, what was shown: the same to the last letter; and the same child reads on."""
    for body in (LARGE, LARGE.replace(b"<title>", b"<title>\x0b", 3), LARGE[:-40]):
        assert await parsers.parse(body, Task(), NOON) == parse_feed(body, now=NOON)
    assert len(parsers.pids) == 1


async def test_little_needs_no_child(parsers: Parsers) -> None:
    """A small feed, and a large one with little new in it, are read on the spot."""
    await parsers.parse(rss(item(1)), Task(), NOON)
    shown = parse_feed(LARGE, now=NOON).shown
    more = LARGE.replace(b"<item>", item(99).encode() + b"<item>", 1)
    feed = await parsers.parse(more, Task(shown=shown), NOON)
    assert ([entry.id for entry in feed.entries], feed.known) == (["guid-99"], 40)
    assert parsers.pids == ()


async def test_typed_errors_come_through(parsers: Parsers) -> None:
    """Kind and detail are those of the parser."""
    assert (await refusal(parsers, b"")).kind is FailureKind.EMPTY_BODY
    error = await refusal(parsers, b"<html><body>x</body></html>")
    assert (error.kind, error.detail) == (FailureKind.NOT_A_FEED, "this is an HTML page, not a feed")


async def test_a_child_that_takes_too_long_is_killed_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed fails, in time; the loop goes on meanwhile, so does another feed, and the next one has a parser."""
    async with Parsers(size=2, seconds=1) as parsers:
        await parsers.parse(LARGE, Task(), NOON)
        (first,) = parsers.pids
        os.kill(first, signal.SIGSTOP)  # as good as an endless loop: it will not answer
        begun, ticks = time.monotonic(), 0
        hung = asyncio.create_task(refusal(parsers, LARGE))
        while not hung.done():
            await asyncio.sleep(0.02)
            ticks += 1
        error = await hung
        assert error.kind is FailureKind.TOO_HARD
        assert "more than 1 seconds" in error.detail
        assert time.monotonic() - begun < 10
        assert ticks > 20
        assert not alive(first)
        assert len((await parsers.parse(LARGE, Task(), NOON)).entries) == 40


async def test_a_child_that_dies_is_an_error_of_that_feed_alone(parsers: Parsers) -> None:
    """Whoever kills it: one typed error, and the next feed is read by another child."""
    await parsers.parse(LARGE, Task(), NOON)
    (first,) = parsers.pids
    os.kill(first, signal.SIGSTOP)
    dying = asyncio.create_task(refusal(parsers, LARGE))
    await asyncio.sleep(0.2)
    os.kill(first, signal.SIGKILL)
    error = await dying
    assert (error.kind, "signal 9" in error.detail) == (FailureKind.TOO_HARD, True)
    assert len((await parsers.parse(LARGE, Task(), NOON)).entries) == 40


async def test_a_child_that_died_idle_is_nobodys_error(parsers: Parsers) -> None:
    """It is replaced without a word."""
    await parsers.parse(LARGE, Task(), NOON)
    os.kill(parsers.pids[0], signal.SIGKILL)
    await asyncio.sleep(0.3)
    assert len((await parsers.parse(LARGE, Task(), NOON)).entries) == 40


async def test_memory_is_limited() -> None:
    """A feed that needs more than it may have ends its own parser."""
    async with Parsers(size=1, seconds=30, megabytes=180) as parsers:
        await parsers.parse(LARGE, Task(), NOON)
        body = (RSS_HEAD + item(1, description="x" * 100) * 60_000 + RSS_TAIL).encode()
        error = await refusal(parsers, body)
        assert error.kind is FailureKind.TOO_HARD
        assert len((await parsers.parse(LARGE, Task(), NOON)).entries) == 40


async def test_children_are_replaced_after_so_many_feeds() -> None:
    """What leaks stays small."""
    async with Parsers(size=1, feeds_per_child=2) as parsers:
        seen = set()
        for _ in range(4):
            await parsers.parse(LARGE, Task(), NOON)
            seen |= set(parsers.pids)
    assert len(seen) == 2


async def test_none_is_left_after_the_end() -> None:
    """Nor of those that were at work; and whoever waited for one is told."""
    parsers = Parsers(size=1)
    await parsers.parse(LARGE, Task(), NOON)
    (pid,) = parsers.pids
    os.kill(pid, signal.SIGSTOP)
    asking = asyncio.create_task(refusal(parsers, LARGE))
    await asyncio.sleep(0.1)
    await parsers.close()
    assert not alive(pid)
    assert (await asking).kind is FailureKind.TOO_HARD
    assert parsers.pids == ()


async def test_whoever_gives_up_waiting_takes_the_child_along(parsers: Parsers) -> None:
    """A cancelled poll leaves no child behind that would answer the next one with its answer."""
    await parsers.parse(LARGE, Task(), NOON)
    (pid,) = parsers.pids
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(parsers.parse(LARGE, Task(), NOON), 0.2)
    assert not alive(pid)


async def test_a_child_ends_with_who_asks() -> None:
    """When the pipe breaks, as after kill -9, it goes by itself."""
    parsers = Parsers(size=1)
    await parsers.parse(LARGE, Task(), NOON)
    (child,) = parsers._all
    assert child.process.stdin is not None
    child.process.stdin.close()
    assert await asyncio.wait_for(child.process.wait(), 10) == 0
    await parsers.close()


async def test_a_child_knows_no_secret(parsers: Parsers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever took it over would find neither the token nor the database's address."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    await parsers.parse(LARGE, Task(), NOON)
    with open(f"/proc/{parsers.pids[0]}/environ", "rb") as file:  # noqa: ASYNC230, PTH123 # it is no real file
        assert b"secret" not in file.read()
