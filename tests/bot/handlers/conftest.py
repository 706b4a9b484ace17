"""A desk over a real database, and calls from several places."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.handlers.desk import Call, Desk, Place
from bot.store.engine import Database
from bot.store.schema import upgrade
from tests.bot.handlers.book import rule_set

NOW = datetime(2024, 6, 18, 18, 30, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty store on SQLite."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}")
    await upgrade(database)
    yield database
    await database.dispose()


@pytest.fixture
def desk(database: Database) -> Desk:
    """What the handlers work with, at a fixed moment."""
    return Desk(database=database, rules=rule_set, admins=frozenset(), now=lambda: NOW)


@pytest.fixture
def call() -> Call:
    """A call from a private chat in Arabic."""
    return Call(Place(42, 0, "private"), "ar")
