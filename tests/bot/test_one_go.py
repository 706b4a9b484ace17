"""A transaction in one go: all of it or nothing, on both databases, whoever is cancelled meanwhile."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from bot.store import feeds, hosts
from bot.store.dialect import within
from bot.store.engine import Database
from bot.store.schema import upgrade


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """A database in a file, with the present schema."""
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}")
    await upgrade(opened)
    yield opened
    await opened.dispose()


def rests(connection: Connection) -> int:
    """How many servers rest."""
    return connection.scalar(select(func.count()).select_from(hosts.PACE)) or 0


def rest_and_fail(connection: Connection, now: datetime) -> None:
    """Write, and then do not end well."""
    hosts.hold(connection, {"a.example": now}, now)
    assert rests(connection) == 1
    raise KeyError


async def test_all_of_it_stands_or_nothing(database: Database, now: datetime) -> None:
    """What it returns comes back; an error undoes it."""
    with pytest.raises(KeyError):
        await database.in_one_go(rest_and_fail, now)
    assert await database.in_one_go(rests) == 0
    await database.in_one_go(hosts.hold, {"a.example": now}, now)
    assert await database.in_one_go(rests) == 1


async def test_many_at_once_take_turns_with_sessions(database: Database, now: datetime) -> None:
    """Neither way gets into the other's."""

    async def by_session(number: int) -> None:
        async with database.write() as session:
            await within(session, hosts.hold, {f"s{number}.example": now}, now)

    goes = [database.in_one_go(hosts.hold, {f"g{number}.example": now}, now) for number in range(10)]
    await asyncio.gather(*goes, *map(by_session, range(10)))
    assert await database.in_one_go(rests) == 20


async def test_within_a_session_what_that_holds_is_seen(database: Database, now: datetime) -> None:
    """Though it was not flushed yet: a feed that was dropped a moment ago is not claimed."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": "https://a.example/"}], now)
        for feed in await feeds.every(session):
            feeds.drop(feed)
        assert await within(session, feeds.claim_due, now, limit=1, lease_seconds=60) == []


async def test_for_whoever_is_cancelled_nothing_is_committed(sqlite: Database, now: datetime) -> None:
    """He is gone when the thread has ended, and the next one finds the database free."""
    begun, go_on = threading.Event(), threading.Event()

    def slowly(connection: Connection) -> None:
        hosts.hold(connection, {"a.example": now}, now)
        begun.set()
        assert go_on.wait(10)

    task = asyncio.create_task(sqlite.in_one_go(slowly))
    assert await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    await asyncio.sleep(0.05)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await sqlite.in_one_go(rests) == 0


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"])
async def test_in_memory_it_sees_what_others_wrote(url: str) -> None:
    """What is in memory belongs to one engine: no second one is opened."""
    database = Database(url)
    async with database.write() as session:
        await session.execute(text("CREATE TABLE note (words TEXT)"))
    await database.in_one_go(lambda connection: connection.execute(text("INSERT INTO note VALUES ('a')")))
    async with database.read() as session:
        assert await session.scalar(text("SELECT words FROM note")) == "a"
    await database.dispose()
