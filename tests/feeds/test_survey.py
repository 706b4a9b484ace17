"""Asking a catalogue's feeds: what is the matter with each, once, politely. The servers are real."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.checkup import State
from feeds.errors import FailureKind
from feeds.fetch import Fetcher
from feeds.manners import Manners
from feeds.page_readers import PageReaders
from feeds.parsers import Parsers
from feeds.sources import Source, load_catalogue
from feeds.survey import Asker, Surveyed, asker_over, reached_nothing, survey
from tests.fakes.web import Serve, Visit
from tests.feeds.town import ARABIC, ENGLISH, NOW, PAGE, Town, moved, ok, rss

GOOD = rss(ARABIC, ARABIC)


def source(url: str, **particulars: str) -> Source:
    """A source of the catalogue."""
    kind, language = particulars.get("kind", ""), particulars.get("language", "ar")
    return Source(url, "Daily", "صحيفة", "EG", language, 2, "", kind=kind)  # type: ignore[arg-type]


@pytest.fixture
async def asker(fetcher: Fetcher) -> AsyncIterator[Asker]:
    """What asks, with processes that read."""
    async with asker_over(fetcher) as one:
        yield one


async def ask(asker: Asker, *sources: Source) -> list[Surveyed]:
    """Survey without pauses."""
    return await survey(asker, sources, now=lambda: NOW, manners=Manners(pause=0))


@pytest.mark.parametrize(
    ("path", "states", "said", "better"),
    [
        ("/good", [], "", ""),
        ("/dead", [State.DEAD], "answered 404", ""),
        ("/moved", [State.MOVED], "moved for good to", "/good"),
        ("/lent", [], "", ""),
        ("/moved-and-old", [State.MOVED, State.SILENT], "moved for good", "/old"),
        ("/moved-to-page", [State.NOT_A_FEED], "an HTML page", "/feeds/all.xml"),
        ("/page", [State.NOT_A_FEED], "an HTML page", "/feeds/all.xml"),
        ("/nothing", [State.NOT_A_FEED], "the body is empty", ""),
        ("/old", [State.SILENT], "the newest entry is of 2026-11-08, 20 days ago", ""),
        ("/english", [State.LANGUAGE], "the catalogue says ar, 0% of the letters are Arabic; it calls itself en", ""),
        ("/no-entries", [State.EMPTY], "no entry", ""),
        ("/cut", [State.BROKEN], "cut off", ""),
        ("/json", [State.BROKEN], "broken JSON", ""),
        ("/dtd", [State.BROKEN], "defines entities", ""),
    ],
)  # fmt: skip
async def test_what_is_the_matter(
    serve: Serve, asker: Asker, path: str, states: list[State], said: str, better: str
) -> None:
    """One request a feed (and its redirects) tells everything."""
    town = Town(
        {
            "/good": ok(GOOD),
            "/moved": moved("/good"),
            "/lent": moved("/good", "302 Found"),
            "/moved-and-old": moved("/old"),
            "/moved-to-page": moved("/page"),
            "/page": ok(PAGE, Content_Type="text/html"),
            "/nothing": ok(b""),
            "/old": ok(rss(ARABIC, days_old=20)),
            "/english": ok(rss(ENGLISH, language="en")),
            "/no-entries": ok(rss()),
            "/cut": ok(GOOD[:-60]),
            "/json": ok(b'{"version": "https://jsonfeed.org/version/1.1", "items": ['),
            "/dtd": ok(b'<!DOCTYPE rss [<!ENTITY a "ha">]><rss/>'),
        }
    )
    server = await serve(town)
    (found,) = await ask(asker, source(server.url(path)))
    assert [one.state for one in found.findings] == states
    assert len(town.visits) == len(set(town.visits))
    if states:
        assert said in found.findings[0].detail
        assert found.findings[0].better == (server.url(better) if better else "")


@pytest.mark.parametrize(("kind", "states"), [("rss", []), ("atom", [State.KIND]), ("", [])])
async def test_another_kind_than_the_catalogue_says(
    serve: Serve, asker: Asker, kind: str, states: list[State]
) -> None:
    """Only what is written can be wrong."""
    server = await serve(Town({"/f": ok(GOOD)}))
    (found,) = await ask(asker, source(server.url("/f"), kind=kind))
    assert [one.state for one in found.findings] == states


async def test_an_english_feed_of_an_english_outlet_is_well(serve: Serve, asker: Asker) -> None:
    """And an Arabic one is not."""
    server = await serve(Town({"/en": ok(rss(ENGLISH)), "/ar": ok(GOOD)}))
    found = await ask(asker, *(source(server.url(path), language="en") for path in ("/en", "/ar")))
    assert [[one.state for one in each.findings] for each in found] == [[], [State.LANGUAGE]]


async def test_hostile_answers_end_their_own_processes_and_nothing_else(
    serve: Serve, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a feed or a page is parsed in the process that asks; what takes too long is a finding."""

    def never(*_: object) -> None:
        raise AssertionError("parsed where others wait")

    monkeypatch.setattr("feeds.parse.parse_task", never)
    monkeypatch.setattr("feeds.discover.feeds_named", never)
    town = Town(
        {
            "/good": ok(rss(*[ARABIC] * 200)),
            "/greedy": ok(rss(*[ARABIC * 2_000] * 20)),
            "/page": ok(b"<html>" + b"<div>" * 400_000, Content_Type="text/html"),
            "/names": ok(PAGE, Content_Type="text/html"),
        }
    )
    server = await serve(town)
    async with Parsers(megabytes=64) as small, Parsers() as parsers, PageReaders(seconds=0.5) as readers:
        asker = Asker(fetcher, parsers, readers)
        await asker.readers.feeds_named(PAGE)  # it is up, and has the time that it has
        paths = ("/page", "/good", "/names")
        page, good, names = await ask(asker, *(source(server.url(path)) for path in paths))
        (greedy,) = await ask(Asker(fetcher, small, readers), source(server.url("/greedy")))
        assert len(parsers.pids) >= 1
    assert ([one.state for one in page.findings], page.answer.named) == ([State.NOT_A_FEED], [])
    assert good.findings == ()
    assert names.answer.named
    assert [one.state for one in greedy.findings] == [State.BROKEN]
    assert greedy.answer.failure is not None
    assert greedy.answer.failure.kind == FailureKind.TOO_HARD


async def test_how_long_silence_is_silence_is_a_choice(serve: Serve, asker: Asker) -> None:
    """A weekly is not silent after ten days."""
    server = await serve(Town({"/f": ok(rss(ARABIC, days_old=10))}))
    (found,) = await survey(
        asker, [source(server.url("/f"))], now=lambda: NOW, silent_after=timedelta(days=14)
    )
    assert found.findings == ()


async def test_a_server_is_visited_one_by_one_and_two_servers_at_once(serve: Serve, asker: Asker) -> None:
    """However many feeds it has, and however many may be asked together."""
    inside: dict[int, int] = {1: 0, 2: 0}
    most: dict[int, int] = {1: 0, 2: 0}
    together = 0

    def script(number: int) -> object:
        async def answer(visit: Visit) -> None:
            nonlocal together
            inside[number] += 1
            most[number] = max(most[number], inside[number])
            together = max(together, sum(inside.values()))
            await asyncio.sleep(0.05)
            inside[number] -= 1
            await visit.answer(body=GOOD)

        return answer

    one, two = await serve(script(1)), await serve(script(2))  # type: ignore[arg-type]
    sources = [source(server.url(f"/{n}")) for n in range(3) for server in (one, two)]
    done: list[Surveyed] = []
    found = await survey(asker, sources, now=lambda: NOW, manners=Manners(pause=0), on_done=done.append)
    assert [each.source for each in found] == sources
    assert len(done) == 6
    assert most == {1: 1, 2: 1}
    assert together == 2


async def test_a_pause_between_two_visits() -> None:
    """The server's own wish counts where it is longer, up to a bound; another server is not kept waiting."""
    manners, began = Manners(pause=0.05), time.monotonic()
    async with manners.visit("https://a.example/1", pause=0.2):
        pass
    async with manners.visit("https://b.example/1"):
        assert time.monotonic() - began < 0.15
    async with manners.visit("https://a.example/2"):
        assert time.monotonic() - began >= 0.2


async def test_a_machine_without_a_network_says_nothing_of_the_feeds(asker: Asker) -> None:
    """Nobody should strike 220 outlets from the catalogue because a cable is out."""
    dead = [source(f"http://127.0.0.1:{port}/feed") for port in (1, 2, 3)]
    assert reached_nothing(await ask(asker, *dead))
    assert not reached_nothing([])


async def test_one_or_two_dead_servers_are_no_lack_of_a_network(asker: Asker) -> None:
    """Whoever checks the file of one outlet is told what is the matter with it."""
    twice = await ask(
        asker,
        source("http://127.0.0.1:1/a"),
        source("http://127.0.0.1:1/b"),
        source("http://127.0.0.1:2/c"),
    )
    assert not reached_nothing(twice)
    assert [[finding.state for finding in one.findings] for one in twice] == [["dead"]] * 3


async def test_one_answer_shows_that_there_is_a_network(serve: Serve, asker: Asker) -> None:
    """A 404 is an answer."""
    server = await serve(Town({}))
    found = await ask(asker, source("http://127.0.0.1:1/feed"), source(server.url("/x")))
    assert not reached_nothing(found)


def test_sources_know_their_places(tmp_path: Path) -> None:
    """So that what is found wrong on the network has a place in the files."""
    (tmp_path / "a.yaml").write_text(
        "country: EG\noutlets:\n  - outlet: A\n    outlet_ar: أ\n    url: https://a.example/\n",
        encoding="utf-8",
    )
    ((one,), _) = load_catalogue(tmp_path)
    assert one.place is not None
    assert (one.place.path.name, one.place.line, one.place.column) == ("a.yaml", 5, 10)
