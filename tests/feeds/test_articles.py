"""The text of an article: what is read, what ends a reader, what robots.txt allows. The servers are real."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from feeds.article import SHORTEST, extract
from feeds.fetch import Fetcher
from feeds.page_reader_child import LENGTH
from feeds.page_readers import PageReaders, TooHard
from feeds.robots import KEPT_AFTER_FAILURE, KEPT_SECONDS, Robots
from tests.fakes.web import Serve
from tests.feeds.town import Town, ok

SENTENCE = (
    "قالت وزارة الخارجية في بيان إن المحادثات بين الوفدين تناولت التعاون في مجالات الطاقة والنقل والزراعة."
)


def article(*paragraphs: str) -> bytes:
    """A page as outlets make them: a menu, the article, a footer."""
    inner = "".join(f"<p>{one}</p>" for one in paragraphs)
    return f"""<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"><title>خبر</title></head><body>
<nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/sport">رياضة</a></li></ul></nav>
<article><h1>محادثات في العاصمة</h1>{inner}</article>
<footer><a href="/terms">شروط الاستخدام</a> جميع الحقوق محفوظة</footer></body></html>""".encode()


ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = article(*(f"{SENTENCE} ({n})" for n in range(5)))


def test_the_article_without_what_stands_around_it() -> None:
    """Every paragraph, none of the menu and the footer."""
    text = extract(PAGE, "text/html", "https://o.example/1")
    assert text.count("وزارة الخارجية") == 5
    assert "رياضة" not in text
    assert "الحقوق" not in text


@pytest.mark.parametrize("charset", ["windows-1256", "utf-8"])
def test_a_page_in_its_charset(charset: str) -> None:
    """The ladder of feeds serves pages too."""
    body = PAGE.decode().replace("utf-8", charset).encode(charset)
    assert "وزارة الخارجية" in extract(body, f"text/html; charset={charset}")


@pytest.mark.parametrize(
    "page", [b"", b"<html></html>", article("نستخدم ملفات تعريف الارتباط."), b"\x00\xff" * 100]
)
def test_what_is_no_article_has_no_text(page: bytes) -> None:
    """A notice is not told as an article."""
    assert len(extract(page)) < SHORTEST


async def test_a_child_reads_many_pages_and_is_replaced() -> None:
    """It stays for a while, so that pages cost no start; what leaks in it goes with it."""
    async with PageReaders(pages_per_child=2) as readers:
        assert "وزارة" in await readers.extract(PAGE)
        first = readers.pid
        assert "وزارة" in await readers.extract(PAGE)
        assert readers.pid is None
        assert "وزارة" in await readers.extract(PAGE)
        assert readers.pid not in (None, first)
        last = readers.pid
    assert last is not None
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)


async def test_a_page_that_takes_too_long_is_killed_and_the_next_is_read() -> None:
    """The limit is the parent's: whatever the child does, it ends."""
    async with PageReaders() as readers:
        await readers.extract(PAGE)
        readers.seconds = 0.001
        began = time.monotonic()
        with pytest.raises(TooHard, match="no text within"):
            await readers.extract(article(*[SENTENCE] * 2000))
        assert time.monotonic() - began < 5
        readers.seconds = 10
        assert "وزارة" in await readers.extract(PAGE)


async def test_a_reader_ends_even_if_who_asked_was_killed() -> None:
    """It has a clock of its own: no page keeps an orphan at work for ever."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "feeds.page_reader_child", "1024", "0.2"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    page = article(*[SENTENCE] * 20_000)
    task = json.dumps({"what": "text", "content_type": "", "url": "", "bytes": len(page)}).encode()
    await child.communicate(LENGTH.pack(len(task)) + task + page)
    assert child.returncode == -signal.SIGALRM


def limits_of(pid: int) -> str:
    """What Linux says of the limits of a process; elsewhere there is nothing to look at."""
    path = Path(f"/proc/{pid}/limits")
    return path.read_text() if path.exists() else str(300 * 2**20)


async def test_the_memory_of_a_reader_is_bounded() -> None:
    """By the system, so that no page can eat the machine's; and a page that tries is an outcome like another."""
    async with PageReaders(megabytes=300) as readers:
        await readers.extract(PAGE)
        assert readers.pid is not None
        assert str(300 * 2**20) in limits_of(readers.pid)
        with contextlib.suppress(TooHard):
            await readers.extract(b"<html><body>" + b"<div><p>" * 200_000)
        assert "وزارة" in await readers.extract(PAGE)


async def test_a_page_beyond_the_limit_is_not_read() -> None:
    """No child is even started."""
    async with PageReaders() as readers:
        with pytest.raises(TooHard, match="larger"):
            await readers.extract(b"x" * (3 * 2**20 + 1))
        assert readers.pid is None


ROBOTS = b"""User-agent: *
Crawl-delay: 7
Disallow: /private
User-agent: BadBot
Disallow: /
"""


async def test_robots_are_asked_once_a_day_and_honoured(serve: Serve, fetcher: Fetcher) -> None:
    """One request a server; what it disallows is not read, and its delay is told."""
    town, clock = Town({"/robots.txt": ok(ROBOTS)}), [0.0]
    server = await serve(town)
    robots = Robots(fetcher, clock=lambda: clock[0])
    free, private = await robots.may_read(server.url("/1")), await robots.may_read(server.url("/private/1"))
    assert (free.allowed, free.delay, private.allowed) == (True, 7.0, False)
    assert town.visits == ["/robots.txt"]
    clock[0] = KEPT_SECONDS + 1
    await robots.may_read(server.url("/1"))
    assert len(town.visits) == 2


@pytest.mark.parametrize(
    ("status", "allowed"),
    [("404 Not Found", True), ("403 Forbidden", True), ("410 Gone", True),
     ("500 Oops", False), ("429 Too Many Requests", False)],
)  # fmt: skip
async def test_without_robots(serve: Serve, fetcher: Fetcher, status: str, allowed: bool) -> None:
    """None allows all; a server in trouble is left alone, and asked again before long."""
    town, clock = Town({"/robots.txt": (status, b"", {})}), [0.0]
    server = await serve(town)
    robots = Robots(fetcher, clock=lambda: clock[0])
    assert (await robots.may_read(server.url("/1"))).allowed is allowed
    clock[0] = KEPT_AFTER_FAILURE + 1
    await robots.may_read(server.url("/1"))
    assert len(town.visits) == (1 if allowed else 2)


async def test_hostile_robots_cost_nothing(serve: Serve, fetcher: Fetcher) -> None:
    """A line of a thousand stars would be matched for ever; a megabyte of lines is cut."""
    body = (
        b"User-agent: *\nDisallow: /"
        + b"*a" * 500
        + b"$\n"
        + b"Disallow: /private\n"
        + b"Allow: /x\n" * 100_000
    )
    server = await serve(Town({"/robots.txt": ok(body)}))
    began = time.monotonic()
    robots = Robots(fetcher)
    assert (await robots.may_read(server.url("/" + "a" * 2000))).allowed
    assert not (await robots.may_read(server.url("/private"))).allowed
    assert time.monotonic() - began < 5
