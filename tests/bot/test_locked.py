"""Another process holds SQLite's lock: who waits for it, how long, and how a stop ends the waiting."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy.exc import OperationalError

from bot.store import engine, hosts, leases
from bot.store.engine import Database
from bot.store.schema import upgrade
from bot.times import utc_now

Write = Callable[[Database], Awaitable[None]]


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """A database in a file, with the present schema."""
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}")
    await upgrade(opened)
    yield opened
    await opened.dispose()


@contextmanager
def locked(database: Database) -> Iterator[sqlite3.Connection]:
    """Somebody else writes, and does not end."""
    assert database.url.database is not None
    with closing(
        sqlite3.connect(database.url.database, isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


async def by_session(database: Database) -> None:
    """Any transaction."""
    async with database.write() as session:
        await leases.beat(session, "clock", utc_now())


async def at_once(database: Database) -> None:
    """Any that awaits nothing."""
    await database.in_one_go(hosts.hold, {"a.example": utc_now()}, utc_now())


@pytest.fixture(params=[by_session, at_once])
def write(request: pytest.FixtureRequest) -> Write:
    """Either way."""
    return cast(Write, request.param)


async def test_it_is_waited_for_longer_than_one_try_takes(sqlite: Database, write: Write) -> None:
    """The lock is given back after several tries: nobody notices."""
    with locked(sqlite) as other:
        threading.Timer(3 * engine.TRY_SECONDS, lambda: other.execute("ROLLBACK")).start()
        await write(sqlite)
        await asyncio.sleep(engine.TRY_SECONDS)


async def test_a_start_waits_for_another_that_upgrades(sqlite: Database) -> None:
    """The schema is brought up to date by one process at a time; the others wait."""
    with locked(sqlite) as other:
        threading.Timer(3 * engine.TRY_SECONDS, lambda: other.execute("ROLLBACK")).start()
        await upgrade(sqlite)
        await asyncio.sleep(engine.TRY_SECONDS)


async def test_it_gives_up_in_the_end(
    sqlite: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what SQLite says; and the next transaction is free to try again."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1.0)
    with locked(sqlite) as other:
        with pytest.raises(OperationalError, match="locked"):
            await write(sqlite)
        other.execute("ROLLBACK")
    await write(sqlite)


async def test_a_stop_ends_the_waiting_of_all(sqlite: Database, write: Write) -> None:
    """However many wait, and whatever is still to be written: a moment for all of them together."""
    with locked(sqlite):
        waiting = [asyncio.ensure_future(write(sqlite)) for _ in range(5)]
        await asyncio.sleep(0.2)
        began = time.monotonic()
        sqlite.hurry()
        came = await asyncio.gather(*waiting, write(sqlite), return_exceptions=True)
        took = time.monotonic() - began
    assert [type(one) for one in came] == [OperationalError] * 6
    assert took < 2


async def test_a_waiting_can_be_given_up(sqlite: Database, write: Write) -> None:
    """Whoever is cancelled is gone within one try."""
    with locked(sqlite):
        waiting = asyncio.ensure_future(write(sqlite))
        await asyncio.sleep(0.1)
        waiting.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert time.monotonic() - began < 2 * engine.TRY_SECONDS + 0.5
    await write(sqlite)
