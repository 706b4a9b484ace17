"""Clocks and workers over one database: who does what, once, whoever else was started."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.pipeline.poll import Poller
from bot.schedule.clock import Clock
from bot.schedule.rounds import Rounds
from bot.store import chats, feeds
from bot.store.dialect import within
from bot.store.engine import Database, Session
from bot.store.holders import whoami
from bot.times import utc_now
from bot.web.health import look
from feeds.fetch import Fetcher
from feeds.parsers import Parsers
from rules import RuleSet
from tests.bot.newsroom import make_rules
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer

HOUR, YEARS = timedelta(hours=1), timedelta(days=3650)


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    """Two rules."""
    return make_rules(tmp_path / "rules")


@asynccontextmanager
async def rounds_over(url: str, rules: RuleSet) -> AsyncIterator[Rounds]:
    """The rounds of one process: connections of its own, and a name of its own."""
    database = Database(url)
    try:
        async with (
            Fetcher(user_agent="Rasid/test", allow_private_addresses=True) as fetcher,
            Parsers() as parsers,
        ):
            poller = Poller(database, fetcher, parsers, lambda: rules, floor_seconds=1, news_hours=1000)
            yield Rounds(poller, concurrency=3, lease_seconds=60)
    finally:
        await database.dispose()


async def count(database: Database, table: str) -> int:
    """How many rows a table has."""
    async with database.read() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608


async def test_a_clock_and_four_workers_store_every_entry_once(
    database: Database, database_url: str, rules: RuleSet
) -> None:
    """Five processes claim row by row: each feed is polled by one at a time, and each story is told once."""
    outlets = [
        Outlet([Item(f"{n}-{i}", f"بوتين يصل في الزيارة {n} و{i}") for i in range(3)], now=utc_now())
        for n in range(8)
    ]
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(RawServer(outlet)) for outlet in outlets]
        async with database.write() as session:
            await feeds.sync(session, [{"url": one.url(), "outlet": one.url()} for one in servers], utc_now())
            await chats.meet(session, 1, "private", utc_now())
            await chats.follow(session, 1, 0, ["visits"], utc_now())
        several = [await stack.enter_async_context(rounds_over(database_url, rules)) for _ in range(5)]
        clock, workers = Clock(several[0]), several[1:]
        async with asyncio.timeout(60):
            while min(len(outlet.asked) for outlet in outlets) < 3:
                await asyncio.gather(clock.tick(), *(worker.tick() for worker in workers))
                await asyncio.sleep(0.05)
        await asyncio.gather(clock.stop(), *(worker.stop() for worker in workers))
    assert [await count(database, one) for one in ("entry", "alert", "delivery")] == [24, 24, 24]


async def test_a_second_clock_stands_by_does_nothing_and_takes_over(
    database: Database, database_url: str, rules: RuleSet
) -> None:
    """What must be done once is done by one; the health page says which process that is."""
    taken: list[str] = []

    def clock(name: str, rounds: Rounds) -> Clock:
        async def on_taken(_: Session) -> None:
            taken.append(name)

        made = Clock(rounds, on_taken)
        made.role.holder = whoami()
        return made

    outlet = Outlet([Item("1", "بوتين")], now=utc_now())
    async with (
        RawServer(outlet) as server,
        rounds_over(database_url, rules) as one,
        rounds_over(database_url, rules) as two,
    ):
        async with database.write() as session:
            await feeds.sync(session, [{"url": server.url()}], utc_now())
        first, second = clock("first", one), clock("second", two)
        await first.tick()
        await second.tick()
        assert (taken, first.role.epoch, second.role.epoch) == (["first"], 1, None)
        assert "process" in (await look(database, utc_now())).holders["clock"]
        await first.stop()
        await asyncio.sleep(1.0)
        await second.tick()
        assert taken == ["first", "second"]
        await second.stop()
    assert (await look(database, utc_now())).holders == {}


async def claimed(database: Database, now: datetime, *, lease_seconds: float = 60) -> Sequence[str]:
    """Whom a claim finds at ``now``."""
    async with database.write() as session:
        return [
            one.url
            for one in await within(session, feeds.claim_due, now, limit=9, lease_seconds=lease_seconds)
        ]


async def polled(database: Database, now: datetime) -> None:
    """Claim the only feed, and settle it as a quiet poll does: due again in a minute."""
    async with database.write() as session:
        (feed,) = await within(session, feeds.claim_due, now, limit=9, lease_seconds=60)
        due = {"polled_at": now, "due_at": now + timedelta(minutes=1)}
        assert await feeds.settle(session, feed.id or 0, feed.lease_epoch, **due)


@pytest.mark.parametrize("jump", [-HOUR, -YEARS])
async def test_a_clock_set_back_leaves_no_feed_waiting(
    database: Database, now: datetime, jump: timedelta
) -> None:
    """What the other clock said is not waited for, and the feed is polled once, not again and again."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": "https://a.example/"}], now)
    await polled(database, now)
    assert await claimed(database, now) == []
    await polled(database, now + jump)
    assert await claimed(database, now + jump) == []


@pytest.mark.parametrize("jump", [8 * HOUR, YEARS])
async def test_after_a_sleep_or_a_jump_ahead_a_feed_is_polled_once(
    database: Database, now: datetime, jump: timedelta
) -> None:
    """However many polls were missed."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": "https://a.example/"}], now)
    await polled(database, now)
    await polled(database, now + jump)
    assert await claimed(database, now + jump) == []


async def test_a_lease_of_another_clock_is_free(database: Database, now: datetime) -> None:
    """A lease that is longer than a lease can be holds nobody up."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": "https://a.example/"}], now)
    assert await claimed(database, now + YEARS) != []
    assert await claimed(database, now + YEARS) == []
    assert await claimed(database, now) != []


async def test_a_feed_that_was_listed_by_another_clock_is_polled(database: Database, now: datetime) -> None:
    """New in the catalogue, or back in it, while the clock was ten years ahead."""
    url = "https://a.example/"
    async with database.write() as session:
        await feeds.sync(session, [{"url": url}], now + YEARS)
    await polled(database, now)
    async with database.write() as session:
        await feeds.sync(session, [], now)
        await feeds.sync(session, [{"url": url}], now + YEARS)
    assert await claimed(database, now + timedelta(seconds=1)) == [url]


async def test_a_worker_that_froze_past_its_lease_writes_nothing(
    database: Database, database_url: str, rules: RuleSet
) -> None:
    """Another one has polled the feed meanwhile; the first one's reading is dropped whole."""
    outlet = Outlet([Item("1", "بوتين يصل")], now=utc_now())
    async with RawServer(outlet) as server, rounds_over(database_url, rules) as frozen:
        async with database.write() as session:
            await feeds.sync(session, [{"url": server.url()}], utc_now())
            (held,) = await within(session, feeds.claim_due, utc_now(), limit=1, lease_seconds=0)
        await asyncio.sleep(1.05)  # the pause of its server
        async with rounds_over(database_url, rules) as other:
            await other.tick()
            await other.stop()
        outlet.items.append(Item("2", "بوتين يغادر"))
        await frozen.poller.poll(held)
    assert await count(database, "entry") == 1
