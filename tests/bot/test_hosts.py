"""The budget of a server: shared by all workers through the database, whoever claims."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from bot.store import engine, feeds, hosts
from bot.store.claimed import ClaimedFeed
from bot.store.dialect import within
from bot.store.engine import Database
from bot.store.hosts import Budget
from bot.store.schema import upgrade

SECOND = timedelta(seconds=1)


async def listed(database: Database, now: datetime, **counts: int) -> None:
    """So many feeds on each server."""
    urls = [f"https://{host}.example/{n}" for host, count in counts.items() for n in range(count)]
    async with database.write() as session:
        await feeds.sync(session, [{"url": url} for url in urls], now)


async def claim(
    database: Database, now: datetime, limit: int = 10, budget: Budget = hosts.USUAL
) -> list[ClaimedFeed]:
    """What a worker gets."""
    async with database.write() as session:
        return await within(session, feeds.claim_due, now, limit=limit, lease_seconds=60, budget=budget)


def names(claimed: list[ClaimedFeed]) -> list[str]:
    """Their servers."""
    return sorted(one.host.removesuffix(".example") for one in claimed)


async def test_a_server_is_asked_once_a_pause_and_for_two_feeds_at_a_time(
    database: Database, now: datetime
) -> None:
    """However many of its feeds are due; the third waits until one is back."""
    await listed(database, now, big=5, small=1)
    first = await claim(database, now)
    assert names(first) == ["big", "small"]
    assert await claim(database, now + SECOND / 2) == []
    assert names(await claim(database, now + SECOND)) == ["big"]
    assert await claim(database, now + 5 * SECOND) == []
    async with database.write() as session:
        await feeds.settle(
            session, first[0].id or 0, first[0].lease_epoch, polled_at=now, due_at=now + 60 * SECOND
        )
        await feeds.settle(
            session, first[1].id or 0, first[1].lease_epoch, polled_at=now, due_at=now + 60 * SECOND
        )
    assert names(await claim(database, now + 5 * SECOND)) == ["big"]


async def test_a_crowded_server_hides_no_other(database: Database, now: datetime) -> None:
    """Its hundreds of feeds were due first; those behind them are found all the same."""
    await listed(database, now, crowd=300)
    async with database.write() as session:
        rows = [{"url": f"https://crowd.example/{n}"} for n in range(300)]
        rows += [{"url": f"https://late{n}.example/"} for n in range(5)]
        await feeds.sync(session, rows, now + SECOND)
    assert names(await claim(database, now + SECOND, limit=6)) == ["crowd", *(f"late{n}" for n in range(5))]


async def test_workers_that_claim_at_once_share_a_servers_chances(
    database: Database, database_url: str, now: datetime
) -> None:
    """Five processes, one server: one of them gets one feed."""
    await listed(database, now, a=20, b=20)
    others = [Database(database_url) for _ in range(5)]
    try:
        claims = await asyncio.gather(*(claim(other, now) for other in others))
    finally:
        await asyncio.gather(*(other.dispose() for other in others))
    assert names([one for claimed in claims for one in claimed]) == ["a", "b"]


async def test_a_worker_frozen_in_the_middle_of_its_claim_holds_nobody_up(
    new_postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    """PostgreSQL gives its transaction up after a while; woken, it finds that nothing was taken."""
    monkeypatch.setattr(engine, "IDLE_SECONDS", 0.5)
    url = new_postgres()
    frozen, other = Database(url), Database(url)
    await upgrade(other)
    await listed(other, now, big=1)
    with pytest.raises(DBAPIError, match="idle-in-transaction") as caught:
        async with frozen.write() as session:
            assert len(await within(session, feeds.claim_due, now, limit=1, lease_seconds=60)) == 1
            async with asyncio.timeout(10):
                assert names(await claim(other, now)) == ["big"]
    assert engine.is_passing(caught.value)
    await listed(frozen, now, small=1)
    assert names(await claim(frozen, now)) == ["small"]
    await frozen.dispose()
    await other.dispose()


async def test_a_tired_server_is_left_alone_by_all_of_its_feeds(database: Database, now: datetime) -> None:
    """For an hour at most; the others go on, and nobody calls its feeds overdue."""
    await listed(database, now, tired=2, fresh=1)
    async with database.write() as session:
        await within(session, hosts.hold, {"tired.example": now + timedelta(days=3)}, now)
    assert names(await claim(database, now + SECOND)) == ["fresh"]
    hour = timedelta(hours=1)
    assert "tired" not in names(await claim(database, now + hour - SECOND))
    assert (await counts(database, now + hour - SECOND)).overdue_seconds == 0
    assert "tired" in names(await claim(database, now + hour + SECOND))


async def test_a_clock_that_is_set_back_frees_a_tired_server(database: Database, now: datetime) -> None:
    """What another clock reckoned is not waited for."""
    await listed(database, now, tired=1)
    async with database.write() as session:
        await within(session, hosts.hold, {"tired.example": now + timedelta(hours=1)}, now)
    assert await claim(database, now + SECOND) == []
    assert names(await claim(database, now - timedelta(minutes=30))) == ["tired"]


async def counts(database: Database, now: datetime) -> feeds.FeedCounts:
    """How the feeds fare."""
    async with database.read() as session:
        return await feeds.counts(session, now)


@pytest.mark.parametrize(
    ("being_read", "pause", "chances"), [(0, 1, 1), (1, 1, 1), (2, 1, 0), (3, 1, 0), (0, 0, 2)]
)
def test_what_a_budget_leaves(being_read: int, pause: int, chances: int) -> None:
    """One at a time between pauses; without a pause as many as fit."""
    assert Budget(pause=pause * SECOND).chances(being_read) == chances
