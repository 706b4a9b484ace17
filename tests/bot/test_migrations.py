"""Upgrades from every schema that there ever was, killed on the way: all of it or nothing, and no row lost.

Every statement has its turn in ``make torture``, every thirteenth in ``make test``.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.errors import StoreUnavailable
from bot.settings import ROOT
from bot.store import deliveries, mailboxes, troubles
from bot.store.engine import Database
from bot.store.schema import MIGRATIONS, alembic_config, upgrade
from bot.store.types import DeliveryState
from tests.torture.form import LONG

REVISIONS = tuple(
    reversed([one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions("base", "heads")])
)
OLD, HEAD = REVISIONS[:-1], REVISIONS[-1]
STRIDE = 1 if LONG else 13  # between the statements before which it is killed
AT = "2024-06-18 18:00:00+00:00"
READER, GROUP = 7_123_456_789, -1_001_234_567_890
FAILED = {DeliveryState.UNCERTAIN, DeliveryState.DEAD}
STATES = ("pending", "sending", "sent", "uncertain", "dead", "suppressed")

# A row of everything, in the columns that every schema has had since the first one.
_ROWS = [
    *(
        "INSERT INTO chat (id, type, language, state, state_reason, created_at) "
        f"VALUES ({chat}, '{kind}', 'ar', '{state}', '{why}', '{AT}')"
        for chat, kind, state, why in (
            (READER, "private", "active", ""),
            (GROUP, "supergroup", "paused", "kicked"),
        )
    ),
    "INSERT INTO feed (id, url, outlet, outlet_ar, country, language, tier, section, state, etag, last_modified, "
    "body_hash, failure, failure_detail, failures_in_row, due_reason, lease_epoch) VALUES (1, 'https://a.example/', "
    "'Outlet', 'منبر', 'EG', 'ar', 1, '', 'ok', 'e', 'm', 'h', '', '', 0, 'usual', 3)",
    f"INSERT INTO heartbeat (part, at, detail) VALUES ('clock', '{AT}', '')",
    f"INSERT INTO lease (role, holder, epoch, until) VALUES ('sender', '', 4, '{AT}')",
    "INSERT INTO entry (id, feed_id, identity, title, summary, content, link, author, seen_at, link_key, title_key) "
    f"VALUES (1, 1, 'i', 'بوتين يصل', '', '', 'https://a.example/1', '', '{AT}', 'l', 't')",
    "INSERT INTO subscription (chat_id, thread_id, rule, created_at) "
    f"VALUES ({READER}, 0, 'visits', '{AT}'), ({GROUP}, 5, '*', '{AT}')",
    *(
        f"INSERT INTO alert (id, entry_id, severity, severity_rank, created_at) VALUES ({at}, 1, 'high', 2, '{AT}')"
        for at, _ in enumerate(STATES, 1)
    ),
    *(
        "INSERT INTO delivery (id, alert_id, chat_id, thread_id, kind, severity_rank, state, reason, created_at, "
        f"not_before, epoch, attempts, may_be_duplicate) VALUES ({at}, {at}, {READER}, 0, 'send', 2, '{state}', "
        f"'', '{AT}', '{AT}', 4, 0, FALSE)"
        for at, state in enumerate(STATES, 1)
    ),
    "INSERT INTO match (entry_id, rule, rule_hash, severity, evidence, matched_at, fate, alert_id) "
    f"VALUES (1, 'visits', 'h', 'high', '[]', '{AT}', 'alerted', 1)",
]


@dataclass
class Upgrader:
    """The other end of ``tests.bot.upgrader``."""

    process: asyncio.subprocess.Process

    async def run(self, database: Database, point: str) -> int:
        """How the process ended that upgraded ``database`` and was to die at ``point``."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{database.url.render_as_string(False)} {point}\n".encode())
        return int(await asyncio.wait_for(self.process.stdout.readline(), 60))


@pytest.fixture
async def upgrader() -> AsyncIterator[Upgrader]:
    """Ready to upgrade and to die."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot.upgrader"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield Upgrader(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


@pytest.fixture
async def old(database_url: str) -> AsyncIterator[Database]:
    """A database without a schema, yet."""
    opened = Database(database_url)
    yield opened
    await opened.dispose()


async def written_by(database: Database, revision: str) -> None:
    """Make it one that a Rasid with this schema has worked in."""

    def make(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), revision)
        for row in _ROWS:
            connection.execute(text(row))

    async with database.engine.begin() as connection:
        await connection.run_sync(make)


def _contents(connection: Connection) -> dict[str, object]:
    """Every table with its columns, indexes and rows."""
    look = inspect(connection)
    return {
        name: (
            [(one["name"], str(one["type"]), one["nullable"]) for one in look.get_columns(name)],
            sorted(str(one["name"]) for one in look.get_indexes(name)),
            sorted(map(str, connection.execute(text(f'SELECT * FROM "{name}"')))),
        )
        for name in sorted(look.get_table_names())
    }


async def contents(database: Database) -> dict[str, object]:
    """What stands in the database, whole."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_contents)


async def assert_all_is_there(database: Database, before: str) -> None:
    """Every row of ``_ROWS``, as this version reads it; and what waits can be sent. ``before``: the schema it had."""
    known = before < "0005"  # what failed before anybody counted who was told is no news
    now = datetime(2024, 6, 18, 19, 0, tzinfo=UTC)
    async with database.write() as session:
        for number, state in enumerate(STATES, 1):
            found = await deliveries.find(session, number)
            assert found is not None
            assert (found.state, found.chat_id, found.alert_id) == (state, READER, number)
        for table, rows in {"chat": 2, "subscription": 2, "entry": 1, "match": 1, "feed": 1}.items():
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == rows
        assert await session.scalar(text("SELECT explanation FROM match")) in ("[]", [])
        assert {one.state for one in await troubles.untold(session, limit=9)} == (set() if known else FAILED)
        assert len(await troubles.untold_parked(session, limit=9)) == (0 if known else 1)
        assert len(await deliveries.recover(session, 5, now, pause=30)) == 1
        await mailboxes.rebuild(session, now)
        claimed = await deliveries.claim(session, now, epoch=5, limit=9, terminal=False)
        assert [one.id for one in claimed] == [1 + STATES.index(DeliveryState.PENDING)]
        if database.is_sqlite:
            assert await session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert (await session.execute(text("PRAGMA foreign_key_check"))).all() == []


@pytest.mark.parametrize("revision", OLD)
async def test_killed_at_any_statement_it_changes_nothing_and_the_next_start_ends_it(
    old: Database, upgrader: Upgrader, revision: str
) -> None:
    """``kill -9`` before its commit and before each of its statements: the old schema, whole; then the new one."""
    await written_by(old, revision)
    before = await contents(old)
    assert await upgrader.run(old, "commit") == -signal.SIGKILL
    assert await contents(old) == before
    at = 1 + OLD.index(revision)  # so that the short form, too, meets every sort of statement
    while (code := await upgrader.run(old, str(at))) == -signal.SIGKILL:
        assert await contents(old) == before, at
        at += STRIDE
    assert code == 0
    assert at > STRIDE
    await assert_all_is_there(old, revision)


@pytest.mark.parametrize("revision", OLD)
async def test_killed_right_after_its_commit_nothing_is_left_to_do(
    old: Database, upgrader: Upgrader, revision: str
) -> None:
    """The new schema stands, and the next start finds it so."""
    await written_by(old, revision)
    assert await upgrader.run(old, "committed") == -signal.SIGKILL
    after = await contents(old)
    assert await upgrader.run(old, "end") == 0
    assert await contents(old) == after
    await assert_all_is_there(old, revision)


async def test_the_very_first_start_may_be_killed_too(old: Database, upgrader: Upgrader) -> None:
    """From nothing at all to the schema: in one piece."""
    empty = await contents(old)
    at = 1
    while (code := await upgrader.run(old, str(at))) == -signal.SIGKILL:
        assert await contents(old) == empty, at
        at += STRIDE
    assert code == 0
    assert at > 3 * STRIDE


@pytest.mark.parametrize("revision", OLD)
async def test_a_schema_that_fits_no_version_is_refused_in_one_line(old: Database, revision: str) -> None:
    """Somebody's hand has been in it: not touched, not guessed at."""
    await written_by(old, revision)
    async with old.engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS mailbox"))
        await connection.execute(text("ALTER TABLE feed ADD COLUMN ownership VARCHAR"))
    before = await contents(old)
    with pytest.raises(StoreUnavailable) as caught:
        await upgrade(old)
    line = str(caught.value)
    assert "ownership" in line
    assert f"schema {revision}" in line
    assert "\n" not in line
    assert await contents(old) == before


def test_every_schema_is_tried() -> None:
    """The line of migrations has no branches; the newest one is what the others are brought to."""
    assert tuple(f"{number:04}" for number in range(1, len(REVISIONS) + 1)) == REVISIONS
    assert HEAD not in OLD
