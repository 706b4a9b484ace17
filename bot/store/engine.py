"""The database: one engine, two kinds of transactions; on SQLite a second engine, for those that await nothing.

SQLite is set as its authors advise for a service that must not lose: WAL, ``synchronous=FULL``, foreign
keys, a busy time-out, and writes that take the lock when they begin (``BEGIN IMMEDIATE``), since an
upgrade from a read lock fails at once instead of waiting.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from bot.errors import StoreUnavailable
from bot.store.one_thread import OneThread

IDLE_SECONDS = 15.0  # how long PostgreSQL keeps a transaction, and its locks, for a process that says nothing
BUSY_SECONDS = 10.0  # how long a transaction waits for another writer to SQLite before it gives up
TRY_SECONDS = 0.5  # of that in one piece, inside SQLite, where nobody can call it back
PAUSE_SECONDS = 0.05  # between two pieces
HURRY_SECONDS = 0.5  # for all of them together, once the process is to stop
_READ = "rasid_read"

P = ParamSpec("P")
T = TypeVar("T")
Session = AsyncSession  # so that no other package needs SQLAlchemy's names
PlainConnection = Connection
TROUBLE = (SQLAlchemyError, sqlite3.Error, OSError)  # whatever a database that fails may raise


class Database:
    """An engine with its two session makers, ``read()`` and ``write()``, and ``in_one_go()`` without any.

    ``url`` is an SQLAlchemy URL with an async driver (aiosqlite or psycopg). Close it with ``dispose()``.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._create()
        reader = self.engine.execution_options(**{_READ: True})
        self._write = async_sessionmaker(self.engine, expire_on_commit=False)
        self._read = async_sessionmaker(reader, expire_on_commit=False)
        self._turn = asyncio.Lock()
        self._one_thread = self._create_one_thread() if self._has_file() else None
        self._hurry_until = float("inf")
        self._locked: OperationalError | None = None  # what a transaction that gave up in a hurry heard

    def _create(self) -> AsyncEngine:
        if not self.is_sqlite:
            engine = create_async_engine(self.url, pool_pre_ping=True, pool_size=5, max_overflow=5)
        else:
            self._require_folder()
            engine = create_async_engine(self.url, connect_args={"timeout": BUSY_SECONDS})
        self._listen(engine.sync_engine)
        return engine

    def _create_one_thread(self) -> OneThread:
        """Over the same file; its one connection is made in the thread, and closed by whoever ends that."""
        mine = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        engine = create_engine(self.url.set(drivername="sqlite+pysqlite"), connect_args=mine)
        self._listen(engine)
        return OneThread(engine)

    def _listen(self, engine: Engine) -> None:
        if self.is_sqlite:
            event.listen(engine, "connect", _set_pragmas)
            event.listen(engine, "begin", _begin)
        else:
            event.listen(engine, "connect", _let_no_transaction_sleep)

    def _has_file(self) -> bool:
        """Whether two engines see the same: what is in memory belongs to one."""
        return self.is_sqlite and self.url.database not in (None, "", ":memory:")

    def _require_folder(self) -> None:
        name = self.url.database
        if name and name != ":memory:" and not Path(name).absolute().parent.is_dir():
            raise StoreUnavailable(
                f"DATABASE_URL: there is no folder {Path(name).absolute().parent}; make it first"
            )

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction that may write; commits at the end, rolls back on an exception.

        On SQLite those of one process queue here: its own waiting is a sleep that is tried again and grows. For
        another process's they wait here too, in small pieces, so that a stop need not wait with them.
        """
        async with self._turn if self.is_sqlite else nullcontext(), self._write.begin() as session:
            if self.is_sqlite:
                await self._take_lock(session.connection)
            yield session

    async def in_one_go(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """The same around ``work(connection, ...)``, which awaits nothing; what it returns.

        On SQLite it is one visit to a thread, and not one for each statement.
        """
        if self._one_thread is None:
            async with self._turn if self.is_sqlite else nullcontext(), self.engine.begin() as connection:
                return await connection.run_sync(work, *args, **named)
        go = partial(self._one_thread.run, lambda connection: work(connection, *args, **named))
        async with self._turn:
            return await self._take_lock(go)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """The same without a session: for the schema."""
        async with self.engine.connect() as connection:
            if self.is_sqlite:
                await self._take_lock(connection.begin)
            yield connection
            await connection.commit()

    async def _take_lock(self, begin: Callable[[], Awaitable[T]]) -> T:
        """Begin on SQLite, or go all the way; OperationalError when another process has written for too long."""
        if self._locked is not None:
            raise self._locked
        began = time.monotonic()
        while True:
            try:
                return await begin()
            except OperationalError as error:
                if time.monotonic() >= self._hurry_until:
                    self._locked = error
                if not _is_locked(error) or time.monotonic() >= min(began + BUSY_SECONDS, self._hurry_until):
                    raise
            await asyncio.sleep(PAUSE_SECONDS)

    def hurry(self) -> None:
        """The process is to stop: from now on its transactions wait for nobody but for a moment, all together."""
        self._hurry_until = time.monotonic() + HURRY_SECONDS

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One transaction that only reads; it takes no write lock on SQLite."""
        async with self._read.begin() as session:
            yield session

    async def checkpoint(self) -> bool:
        """Bring SQLite's write-ahead log into the database and empty it; False while a reader does not allow it."""
        if not self.is_sqlite:
            return True
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            cursor = await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = await cursor.fetchone()
            await cursor.close()
        return not busy

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
        if self._one_thread is not None:
            await asyncio.to_thread(self._one_thread.close)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin does
    cursor = connection.cursor()
    short = f"busy_timeout={round(TRY_SECONDS * 1000)}"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", short):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _let_no_transaction_sleep(connection: Any, _record: object) -> None:
    """A process that was frozen in the middle of a claim would else let all others wait until it wakes."""
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = {round(IDLE_SECONDS * 1000)}")
    cursor.close()
    connection.commit()  # a setting made in a transaction goes with its rollback


def _is_locked(error: OperationalError) -> bool:
    return isinstance(error.orig, sqlite3.OperationalError) and "locked" in str(error.orig)


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READ, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def is_absent(url: str) -> bool:
    """Whether the database of an SQLAlchemy URL is a file of SQLite that is not there."""
    known = make_url(url)
    name = known.database or ""
    return known.get_backend_name() == "sqlite" and name not in ("", ":memory:") and not Path(name).exists()


@contextmanager
def in_one_line(database: Database) -> Iterator[None]:
    """At a start, what the database refuses becomes StoreUnavailable: one line for the operator."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        where = database.url.render_as_string(hide_password=True)
        hint = _hint(database)
        raise StoreUnavailable(f"DATABASE_URL: cannot use {where}: {first_line(error)}{hint}") from error


def _hint(database: Database) -> str:
    """What SQLite does not say of a file that it cannot open."""
    name = database.url.database
    if not database.is_sqlite or not name or name == ":memory:":
        return ""
    path = Path(name).absolute()
    if path.is_dir():
        return "; it is a folder, not a file"
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return "; this user may not write the file"
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return f"; this user may not write into the folder {path.parent}"
    return ""


def first_line(error: BaseException) -> str:
    """What the database said, without the statement that SQLAlchemy puts below it."""
    return (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0]


def is_passing(error: BaseException) -> bool:
    """Whether a database error is one that may pass by itself: locked, full, restarted, cut off."""
    return isinstance(error, OperationalError | sqlite3.OperationalError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
