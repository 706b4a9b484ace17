"""Parsers that can be killed: real processes, real limits. A hostile feed ends its own parser and nothing else."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import FailureKind, ParseError
from feeds.parse import Task, parse_feed
from feeds.parsers import Parsers
from tests.feeds.documents import NOON, RSS_HEAD, RSS_TAIL, atom, item, rss

LARGE = rss(*(item(number, description="وصف " * 100) for number in range(40)))
AUTHOR = "a" * 65_536
HOSTILE = {
    "billion laughs": b'<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel>&b;</channel></rss>',
    "XXE": b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item>&x;</item></channel></rss>',
    "a DTD": b'<!DOCTYPE rss [<!ELEMENT rss ANY>]><rss version="2.0"><channel/></rss>',
    "deep elements": (RSS_HEAD + "<a>" * 200_000).encode(),
    "deep entries": (RSS_HEAD + "<item>" * 60_000).encode(),
    "deep HTML": rss(item(1, description="<![CDATA[" + "<div>" * 200_000 + "]]>")),
    "50,000 entries": (RSS_HEAD + "".join(map(item, range(50_000))) + RSS_TAIL).encode(),
    "an author of 64 KB": rss(
        item(1, author=AUTHOR), item(2, dc__creator=AUTHOR + "@"), item(3, author="(" * 65_536)
    ),
    "an author in parts": atom(
        f"<entry><id>1</id><author><name>{AUTHOR}</name><email>{AUTHOR}</email></author></entry>"
    ),
    "a date of 64 KB": rss(item(1, pubDate="1 " * 32_768), item(2, pubDate="0" * 65_536)),
    "attributes": (
        RSS_HEAD + "<item " + " ".join(f'a{n}="x"' for n in range(50_000)) + "/>" + RSS_TAIL
    ).encode(),
    "a large attribute": (
        RSS_HEAD + f"<item a='{'x' * 5_000_000}'><title>خبر</title></item>" + RSS_TAIL
    ).encode(),
    "a file's name": b"/etc/passwd",
    "a file's address": b"file:///etc/passwd",
    "ampersands": (RSS_HEAD + "<item><title>" + "&" * 500_000).encode(),
    "JSON brackets": b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 500_000,
    "a large sitemap": b"<urlset>" + b"<url><loc>https://s.example/</loc></url>" * 50_000 + b"</urlset>",
    "noise": bytes(range(128, 256)) * 8_000,
}


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


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_feeds_are_contained(body: bytes) -> None:
    """A feed, or a typed error, in time; the loop is never held up, and the next feed is read."""
    async with Parsers(size=1, seconds=6) as parsers:
        gaps, begun = [time.thread_time()], time.monotonic()
        reading = asyncio.ensure_future(parsers.parse(body, Task(), NOON))
        while not reading.done():
            await asyncio.sleep(0.01)
            gaps.append(time.thread_time())
        if (error := reading.exception()) is not None:
            assert isinstance(error, ParseError)
            assert "root:" not in error.detail
        else:
            assert len(reading.result().entries) <= 2_000
        assert time.monotonic() - begun < 60
        assert max(later - earlier for earlier, later in pairwise(gaps)) < 1
        assert len((await parsers.parse(LARGE, Task(), NOON)).entries) == 40


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"<rss version='2.0'><channel><item>", b'{"items": ', b"<urlset>"]),
)
def test_any_bytes_come_back_through_a_child(body: bytes, head: bytes) -> None:
    """A feed or a typed error: nothing that JSON cannot carry, nothing that kills the child."""

    async def read() -> None:
        with contextlib.suppress(ParseError):
            await FUZZED.parse(head + body, Task(), NOON)
        assert len(FUZZED.pids) <= 1

    RUNNER.run(read())


RUNNER, FUZZED = asyncio.Runner(), Parsers(size=1)


@pytest.fixture(scope="module", autouse=True)
def _end_of_fuzzing() -> Iterator[None]:
    yield
    RUNNER.run(FUZZED.close())
    RUNNER.close()


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
