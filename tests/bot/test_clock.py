"""One clock a database; due-ness that survives a clock that was wrong."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.schedule.clock import Clock
from bot.schedule.rounds import Rounds
from bot.store import feeds
from bot.store.engine import Database
from feeds.fetch import Fetcher
from tests.bot.newsroom import Desk, make_rules
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    """A newsroom without feeds."""
    async with Fetcher(user_agent="test", allow_private_addresses=True) as fetcher:
        yield Desk(database, fetcher, make_rules(tmp_path / "rules"))


def clock_of(desk: Desk) -> Clock:
    """A clock that only ticks when told."""
    return Clock(rounds_of(desk))


def rounds_of(desk: Desk) -> Rounds:
    """Rounds that are made when told: a worker's."""
    return Rounds(desk.poller, concurrency=4, lease_seconds=60)


async def settled(*all_rounds: Rounds) -> None:
    """Wait for the polls that are under way, and write what they found."""
    for rounds in all_rounds:
        while rounds._running:
            await next(iter(rounds._running))
        await rounds.poller.flush()


async def test_a_second_clock_stands_by_and_a_worker_does_not(desk: Desk) -> None:
    """One process ticks; another takes over when it goes; workers poll whatever the clock does."""
    async with RawServer(Outlet([Item("1", "خبر عن الطقس")])) as server:
        await desk.knows(server.url())
        first, second, worker = clock_of(desk), clock_of(desk), rounds_of(desk)
        second.role.holder = "elsewhere|1|1|x"
        await first.tick()
        await second.tick()
        assert (first.role.epoch, second.role.epoch) == (1, None)
        await settled(first.rounds, second.rounds)
        desk.time += timedelta(hours=1)
        await second.tick()
        assert not second.rounds._running
        await worker.tick()
        assert worker._running
        await settled(worker)
        await first.role.leave()
        second.role._looked = float("-inf")
        desk.time += timedelta(hours=1)
        await second.tick()
        assert second.role.epoch == 2
        await settled(second.rounds)


@pytest.mark.parametrize("wrong_by", [timedelta(hours=1), timedelta(days=3650)])
async def test_a_feed_that_was_asked_by_a_clock_ahead_is_due_when_it_is_set_right(
    desk: Desk, wrong_by: timedelta
) -> None:
    """What lies in the future was reckoned by another clock: the feed is asked once, then in its own time."""
    right = desk.time
    async with RawServer(Outlet([Item("1", "خبر عن الطقس")])) as server:
        await desk.knows(server.url())
        desk.time += wrong_by
        await desk.poll()
        desk.time = right
        (claimed,) = await desk.claim()
        await desk.poller.poll(claimed)
        await desk.poller.flush()
        assert await desk.claim() == []
        assert claimed.due_at is not None


async def test_a_lease_that_is_longer_than_a_lease_is_none(desk: Desk) -> None:
    """The holder's clock was ahead when it claimed; it died, and nobody waits for that hour."""
    await desk.knows("http://a.example/feed")
    right = desk.time
    desk.time += timedelta(hours=1)
    assert len(await desk.claim()) == 1
    desk.time = right
    assert len(await desk.claim()) == 1
    async with desk.database.read() as session:
        (feed,) = await feeds.every(session)
    assert feed.lease_epoch == 2
