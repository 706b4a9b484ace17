"""Every row of one database into another, empty one: from SQLite to PostgreSQL, or back.

The source stands still meanwhile, under one lock. The rows arrive in one transaction, all or none; then the source is
marked as left behind, and no process starts on it or takes a role in it any more: else what waits in its outbox would
be told twice.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from bot.errors import MoveRefused
from bot.store.engine import Database, in_one_line
from bot.store.holders import is_dead, shown
from bot.store.leases import LEASE, LEFT_BEHIND
from bot.store.leases import beats as beats_of
from bot.store.role import LEASE_SECONDS
from bot.store.schema import upgrade

ROWS_AT_ONCE = 1000
LOOK_SECONDS = 0.5
WORKER_SECONDS = 12.0  # after which a worker's sign of life is an old one; they leave one every five seconds

Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows of each table have arrived."""

    rows: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.rows.values())


async def move(source: Database, target: Database, now: datetime, tell: Tell) -> Moved:
    """Move everything; ``tell(table, rows)`` is called for each table that is copied.

    Raises MoveRefused, with nothing changed, while a process works in the source or rows stand in the target;
    StoreUnavailable when one of the two does not answer.
    """
    await upgrade(source)
    await upgrade(target)
    with in_one_line(source):
        await _until_nobody_works(source, now)
    async with source.connection() as there:
        await _lock(there)
        await _fence(there)
        async with target.connection() as here:
            counts = await _copy_all(there, here, tell)
        await _leave_behind(there, target, now)
    return Moved(counts)


def tables() -> Sequence[Table]:
    """All of ours, those that others point to first."""
    return SQLModel.metadata.sorted_tables


async def _until_nobody_works(source: Database, now: datetime) -> None:
    """Return when no role is held; who died on another machine is waited for as everybody waits for its lease."""
    if await _a_worker_lives(source, now):
        raise MoveRefused("a worker polls for this database; stop every process of Rasid first")
    first = await _standings(source)
    for _ in range(round(LEASE_SECONDS / LOOK_SECONDS)):
        standings = await _standings(source)
        held = {role: holder for role, (holder, _) in standings.items() if holder and not is_dead(holder)}
        if not held:
            return
        moving = [role for role in held if standings[role] != first.get(role)]
        if moving:
            role = moving[0]
            raise MoveRefused(
                f"{shown(held[role])} works in this database ({role}); stop every process of Rasid first"
            )
        await asyncio.sleep(LOOK_SECONDS)


async def _a_worker_lives(source: Database, now: datetime) -> bool:
    async with source.read() as session:
        beats = {beat.part: beat.at for beat in await beats_of(session)}
    return "worker" in beats and abs((now - beats["worker"]).total_seconds()) < WORKER_SECONDS


async def _standings(source: Database) -> dict[str, tuple[str, int]]:
    async with source.read() as session:
        rows = await session.execute(select(LEASE.c.role, LEASE.c.holder, LEASE.c.beat))
        return {row.role: (row.holder, row.beat) for row in rows}


async def _lock(source: AsyncConnection) -> None:
    """Nobody writes until the end. SQLite's transaction has its lock already."""
    if source.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables())
        await source.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


async def _fence(source: AsyncConnection) -> None:
    """Whoever held a role, frozen or forgotten, holds it no more; what it was sending is of unknown fate over there."""
    await source.execute(update(LEASE).values(holder="", epoch=LEASE.c.epoch + 1))


async def _copy_all(source: AsyncConnection, target: AsyncConnection, tell: Tell) -> dict[str, int]:
    await _require_empty(source, target)
    counts = {}
    for table in tables():
        counts[table.name] = await _copy(source, target, table)
        tell(table.name, counts[table.name])
    return counts


async def _require_empty(source: AsyncConnection, target: AsyncConnection) -> None:
    for table in tables():
        there = await target.scalar(select(func.count()).select_from(table))
        if there:
            raise MoveRefused(
                f"DATABASE_URL: there are rows in it already ({there} in {table.name}); give it an empty database"
            )


async def _copy(source: AsyncConnection, target: AsyncConnection, table: Table) -> int:
    (key,) = table.primary_key.columns
    page, copied = select(table).order_by(key).limit(ROWS_AT_ONCE), 0
    rows = (await source.execute(page)).mappings().all()
    while rows:
        await target.execute(insert(table), [_fit(row, target) for row in rows])
        copied += len(rows)
        rows = (await source.execute(page.where(key > rows[-1][key]))).mappings().all()
    await _set_sequence(target, table)
    return copied


def _fit(row: Any, target: AsyncConnection) -> dict[str, Any]:
    """A row as the target takes it: PostgreSQL's texts hold no NUL."""
    values = dict(row)
    if target.dialect.name != "postgresql":
        return values
    return {
        name: value.replace("\0", "") if isinstance(value, str) else value for name, value in values.items()
    }


async def _set_sequence(target: AsyncConnection, table: Table) -> None:
    """The next new row takes the number after the last one; SQLite finds it by itself."""
    column = table.autoincrement_column
    if target.dialect.name != "postgresql" or column is None:
        return
    last = select(func.max(column)).scalar_subquery()
    sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
    await target.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


async def _leave_behind(source: AsyncConnection, target: Database, now: datetime) -> None:
    where = target.url.render_as_string(hide_password=True)
    await source.execute(insert(LEASE).values(role=LEFT_BEHIND, holder=where, epoch=0, beat=0, until=now))
