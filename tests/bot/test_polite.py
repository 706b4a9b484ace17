"""What a poll leaves behind, through a real server: wishes, habits, moves, validators."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.schedule.rounds import Rounds
from bot.store import feeds, hosts, sources
from bot.store.engine import Database
from bot.store.types import FeedState
from feeds.cadence import CadenceReason
from feeds.cadence_words import explain
from tests.bot.newsroom import Desk, make_rules, open_desk
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer, Visit, answering

NEWS = "بوتين يصل إلى بيونغ يانغ في زيارة رسمية"
DAY = timedelta(days=1)
FOR_EVER = 300.0  # seconds: on however busy a machine nothing ends by itself meanwhile


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk."""
    async with open_desk(database, make_rules(tmp_path / "rules")) as desk:
        yield desk


async def wait(desk: Desk) -> float:
    """Poll; seconds until the feed is due again."""
    await desk.poll()
    due = (await desk.feed()).due_at
    assert due is not None
    return (due - desk.time).total_seconds()


async def test_what_a_document_wishes_holds_on_a_304_too(desk: Desk) -> None:
    """``ttl`` stood in a body; the answers after it have none."""
    async with RawServer(Outlet([Item("1", NEWS)], head="<ttl>45</ttl>")) as server:
        await desk.knows(server.url())
        assert [await wait(desk), await wait(desk)] == [2700, 2700]
        feed = await desk.feed()
    assert feed.due_reason == CadenceReason.ASKED
    told = explain(feed, desk.time)
    assert "45 minutes" in told.english
    assert "45 دقيقة" in told.arabic


async def test_a_busy_feed_is_asked_often_from_its_first_reading_on(desk: Desk) -> None:
    """Its entries' dates tell its habit; a quiet one's do too."""
    busy = Outlet([Item(str(n), f"خبر {n}", hours_old=n / 12) for n in range(20)])
    async with RawServer(busy) as server:
        await desk.knows(server.url())
        assert await wait(desk) == 60
        busy.items = [Item(str(n), f"خبر {n}", hours_old=n * 24) for n in range(100, 120)]
    quiet = Outlet([Item(str(n), f"خبر {n}", hours_old=n * 24) for n in range(20)])
    async with RawServer(quiet) as other:
        await desk.knows(other.url())
        await desk.poll()
        async with desk.database.read() as session:
            rows = {one.url: one for one in await feeds.every(session)}
    assert rows[other.url()].due_reason == CadenceReason.HABIT
    assert rows[other.url()].due_at == desk.time + timedelta(seconds=900)


async def test_the_same_body_with_new_validators_sends_those_back(desk: Desk) -> None:
    """They came with what was read whole; the old ones would never be answered with 304 again."""
    tags = iter(('"one"', '"two"', '"three"'))

    async def script(visit: Visit) -> None:
        asked.append(visit.headers.get("if-none-match", ""))
        await visit.answer(body=body, ETag=next(tags))

    asked: list[str] = []
    body = Outlet([Item("1", NEWS)]).body()
    async with RawServer(script) as server:
        await desk.knows(server.url())
        for _ in range(3):
            await desk.poll()
    assert asked == ["", '"one"', '"two"']


async def test_a_permanent_move_is_believed_after_days(desk: Desk) -> None:
    """Then the new address is asked, without a redirect; the catalogue may still have the old one."""
    outlet, old_visits = Outlet([Item("1", NEWS)]), []

    async def moved(visit: Visit) -> None:
        old_visits.append(visit)
        await visit.answer("301 Moved", Location=target.url())

    async with RawServer(outlet) as target, RawServer(moved) as old:
        await desk.knows(old.url())
        assert (await desk.poll()).entries == 1
        assert target.url() in explain(await desk.feed(), desk.time).english
        desk.time += 2 * DAY
        await desk.poll()
        assert (await desk.feed()).url == old.url()
        desk.time += DAY
        await desk.poll()
        feed = await desk.feed()
        assert (feed.url, feed.listed_as, feed.moved_to) == (target.url(), old.url(), "")
        assert feed.host == f"127.0.0.1:{target.port}"
        before = len(old_visits)
        await desk.poll()
        await desk.knows(old.url())
        feed = await desk.feed()
        assert feed.state == FeedState.OK
        await desk.knows(target.url())
        assert (await desk.feed()).state == FeedState.OK
    assert len(old_visits) == before
    assert outlet.asked[1:] == [outlet.etag] * (len(outlet.asked) - 1)


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary"])
async def test_a_temporary_redirect_is_never_believed(desk: Desk, status: str) -> None:
    """However long it holds."""

    async def elsewhere(visit: Visit) -> None:
        await visit.answer(status, Location=target.url())

    async with RawServer(Outlet([Item("1", NEWS)])) as target, RawServer(elsewhere) as old:
        await desk.knows(old.url())
        for _ in range(3):
            desk.time += 10 * DAY
            await desk.poll()
    assert (await desk.feed()).url == old.url()


async def test_a_server_that_is_tired_of_one_feed_rests_from_all(desk: Desk) -> None:
    """429 with a time: the other feed there waits too, the one elsewhere does not."""

    async def script(visit: Visit) -> None:
        if visit.path == "/a":
            await visit.answer("429 Too Many Requests", Retry_After="1800")
        else:
            await visit.answer(body=Outlet([Item("1", NEWS)]).body())

    async with RawServer(script) as server:
        await desk.knows(server.url("/a"), server.url("/b"))
        (tired,) = await desk.claim()
        await desk.poller.poll(tired)
        await desk.poller.flush()
        desk.time += timedelta(minutes=29)
        assert await desk.claim() == []
        desk.time += timedelta(minutes=2)
        assert len(await desk.claim()) == 1


async def test_one_hostile_feed_holds_up_no_other(database: Database, tmp_path: Path) -> None:
    """One hangs, one drips, in ten places: ninety-eight others are all read while those two are still at it."""

    async def hang(_: Visit) -> None:
        await asyncio.Event().wait()

    async def drip(visit: Visit) -> None:
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            await visit.send(b"<")
            await asyncio.sleep(0.01)

    good = answering(body=Outlet([Item("1", NEWS)]).body())
    patient = open_desk(database, make_rules(tmp_path / "rules"), seconds=FOR_EVER)
    async with patient as desk, RawServer(hang) as one, RawServer(drip) as two, RawServer(good) as three:
        await desk.knows(one.url(), two.url(), *(three.url(f"/{n}") for n in range(98)))
        generous = hosts.Budget(at_once=100, pause=timedelta())
        rounds = Rounds(desk.poller, concurrency=10, lease_seconds=FOR_EVER, budget=generous)
        try:
            await rounds.tick()
            async with asyncio.timeout(FOR_EVER / 2):
                while len(await in_state(desk, FeedState.OK)) < 98:
                    await asyncio.sleep(0.05)
                    await desk.poller.flush()
            assert len(one.visits) == len(two.visits) == 1
            assert await in_state(desk, FeedState.NEW) == {one.url(), two.url()}  # no failure was noted yet
        finally:
            await rounds.stop()


async def in_state(desk: Desk, state: FeedState) -> set[str]:
    """The addresses of the feeds in a state."""
    async with desk.database.read() as session:
        return {feed.url for feed in await feeds.every(session) if feed.state == state}


async def test_a_feed_that_never_had_news_is_let_sleep(desk: Desk) -> None:
    """It has no habit, and its silence is as long as it is known."""
    async with RawServer(Outlet([])) as server:
        await desk.knows(server.url())
        assert await wait(desk) == 60
        desk.time += DAY
        assert await wait(desk) == 900
        assert (await desk.feed()).due_reason == CadenceReason.HABIT


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("quiet", [True, False])
async def test_a_feed_that_is_let_go_while_it_is_read_stays_let_go(
    desk: Desk, *, by_hand: bool, quiet: bool
) -> None:
    """What a poll brings that began before does not bring the feed back, be it removed or dropped by a release."""
    async with RawServer(outlet := Outlet([Item("1", NEWS)])) as server:
        await desk.knows(server.url())
        await desk.poll()
        if not quiet:
            outlet.items.insert(0, Item("2", NEWS + " ثانية"))
        desk.time += DAY
        (claimed,) = await desk.claim()
        if by_hand:
            async with desk.database.write() as session:
                await sources.let_go(session, claimed, desk.time)
        else:
            await desk.knows()
        await desk.poller.poll(claimed)
        await desk.poller.flush()
        assert (await desk.feed()).state == FeedState.DROPPED
        desk.time += timedelta(seconds=2)
        assert await desk.claim() == []
        await desk.knows(server.url())
        assert len(await desk.claim()) == 1
