"""The server plays the evening over real HTTP: what the scenario says, when it says it, politely cacheable."""

import asyncio
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from bot.evening.render import render
from bot.evening.scenario import load_scenario
from bot.evening.server import EveningServer
from tests.bot.evening.evening_time import STARTED, TIMETABLE, HandClock, hm

SCENARIO = load_scenario()
FEEDS = {feed.key: feed for feed in SCENARIO.feeds}
DURATION = 30.0


class Evening:
    """An evening under test: its server, its hand-turned clock and a client."""

    def __init__(self, server: EveningServer, clock: HandClock, client: aiohttp.ClientSession) -> None:
        self.server = server
        self._clock = clock
        self._client = client
        self._began = clock.seconds

    def turn_to(self, seconds: float) -> None:
        """Set the clock to a moment of scenario time."""
        self._clock.seconds = self._began + seconds / TIMETABLE.speed

    async def get(self, key: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
        """Ask one feed; header names are written with underscores."""
        url = next(one.url for one in self.server.sources if one.outlet == FEEDS[key].outlet)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._client.get(url, headers=named) as response:
            return response, await response.read()


@pytest.fixture
async def evening() -> AsyncIterator[Evening]:
    """An evening that has just begun and stands still."""
    clock = HandClock()
    server = EveningServer(SCENARIO, duration=DURATION, clock=clock, now=lambda: STARTED)
    await server.start()
    try:
        async with aiohttp.ClientSession() as client:
            yield Evening(server, clock, client)
    finally:
        await server.stop()


async def test_sources_name_every_feed(evening: Evening) -> None:
    """Every outlet has a URL on loopback, its two names and its country."""
    sources = evening.server.sources
    assert len({source.url for source in sources}) == len(SCENARIO.feeds)
    assert all(source.url.startswith("http://127.0.0.1:") for source in sources)
    assert [source[1:] for source in sources] == [
        (feed.outlet, feed.outlet_ar, feed.country) for feed in SCENARIO.feeds
    ]


@pytest.mark.parametrize("moment", [0.0, hm(2, 45), hm(5, 59)])
async def test_feeds_show_what_the_scenario_says(evening: Evening, moment: float) -> None:
    """At any moment each feed answers with its status and the very bytes of its view."""
    evening.turn_to(moment)
    for key, view in SCENARIO.at(evening.server.seconds).items():
        response, body = await evening.get(key)
        assert response.status == view.status
        assert view.status != 200 or body == render(FEEDS[key], view, TIMETABLE)


async def test_an_unchanged_feed_answers_304_to_its_etag(evening: Evening) -> None:
    """The ETag of the last answer brings 304 without a body until an entry appears, then the new text."""
    evening.turn_to(hm(0, 10))
    first, _ = await evening.get("mashreq")
    etag = first.headers["ETag"]
    evening.turn_to(hm(0, 32))
    again, body = await evening.get("mashreq", If_None_Match=etag)
    assert (again.status, body, again.headers["ETag"]) == (304, b"", etag)
    evening.turn_to(hm(0, 33))
    changed, _ = await evening.get("mashreq", If_None_Match=etag)
    assert changed.status == 200
    assert changed.headers["ETag"] != etag


async def test_an_unchanged_feed_answers_304_to_its_date(evening: Evening) -> None:
    """A feed without ETags goes by Last-Modified."""
    evening.turn_to(hm(2, 30))
    first, _ = await evening.get("sahel")
    assert "ETag" not in first.headers
    date = first.headers["Last-Modified"]
    again, body = await evening.get("sahel", If_Modified_Since=date)
    assert (again.status, body) == (304, b"")
    evening.turn_to(hm(3, 0))
    changed, _ = await evening.get("sahel", If_Modified_Since=date)
    assert changed.status == 200


async def test_a_date_is_given_only_when_it_can_be_trusted(evening: Evening) -> None:
    """Within a second of a change no Last-Modified is given: a second change could hide behind the same date."""
    evening.turn_to(hm(2, 5) + 1)
    response, _ = await evening.get("sahel")
    assert "Last-Modified" not in response.headers
    evening.turn_to(hm(2, 30))
    response, _ = await evening.get("sahel")
    changed = TIMETABLE.wall(hm(2, 5)).replace(microsecond=0)
    assert parsedate_to_datetime(response.headers["Last-Modified"]) == changed


async def test_an_etag_outweighs_a_date(evening: Evening) -> None:
    """Asked with a stale ETag and a fresh date, the server sends the text."""
    evening.turn_to(hm(5, 0))
    first, _ = await evening.get("mashreq")
    response, _ = await evening.get(
        "mashreq", If_None_Match='"stale"', If_Modified_Since=first.headers["Last-Modified"]
    )
    assert response.status == 200


async def test_an_outage_says_when_it_ends(evening: Evening) -> None:
    """503 comes with the real seconds left, rounded up and at least one; afterwards the feed answers."""
    evening.turn_to(hm(0, 40))
    response, _ = await evening.get("hadaba")
    assert (response.status, response.headers["Retry-After"]) == (503, "8")  # ninety minutes at 720: 7.5 s
    evening.turn_to(hm(2, 9))
    response, _ = await evening.get("hadaba")
    assert (response.status, response.headers["Retry-After"]) == (503, "1")
    evening.turn_to(hm(2, 10))
    response, _ = await evening.get("hadaba")
    assert response.status == 200


async def test_a_lost_feed_offers_no_return(evening: Evening) -> None:
    """The feed that is not found gives 404 and no date of return."""
    response, _ = await evening.get("manara")
    assert response.status == 404
    assert "Retry-After" not in response.headers


async def test_it_is_finished_when_every_feed_was_read_twice_since_its_end(evening: Evening) -> None:
    """Polls before the last change do not count; two of each answering feed after it do."""
    answering = [feed.key for feed in SCENARIO.feeds if feed.recovers()]
    for moment in (hm(1), hm(5, 59), hm(5, 59)):
        evening.turn_to(moment)
        done = asyncio.create_task(evening.server.finished())
        await asyncio.sleep(0.12)
        assert not done.done()
        done.cancel()
        for key in answering:
            await evening.get(key)
    assert await asyncio.wait_for(evening.server.finished(), 1) is True


async def test_it_gives_up_when_nobody_reads(evening: Evening) -> None:
    """Patience ends some seconds after the evening, and the answer says that not all was read."""
    evening.turn_to(hm(6) + 3 * TIMETABLE.speed)
    assert await asyncio.wait_for(evening.server.finished(patience=2.0), 1) is False


async def test_the_evening_runs_by_itself() -> None:
    """With the real clock a whole evening passes in the time it is given."""
    server = EveningServer(SCENARIO, duration=0.2)
    await server.start()
    try:
        await asyncio.sleep(0.25)
        assert server.seconds > SCENARIO.length
    finally:
        await server.stop()


async def test_sources_need_a_started_server() -> None:
    """Before the start and after the stop there is no address to give."""
    server = EveningServer(SCENARIO, duration=1)
    with pytest.raises(RuntimeError, match="not been started"):
        _ = server.sources
    await server.start()
    await server.stop()
    await server.stop()
    with pytest.raises(RuntimeError, match="not been started"):
        _ = server.sources
