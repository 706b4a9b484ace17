"""Readings that change nothing for anybody: many of them in one transaction, at the price of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of, upsert
from bot.store.entries import NewEntry, row_of
from bot.store.tables import Entry, Feed, ShownEntries

FEED = table_of(Feed)


@dataclass(frozen=True, slots=True)
class Calm:
    """A poll of a changed feed that no rule, watch or earlier entry has to do with: what it leaves in the store."""

    feed_id: int
    epoch: int
    columns: dict[str, Any]  # of the feed's row; the same names in each
    entries: Sequence[NewEntry]
    shown: bytes


async def settle(session: AsyncSession, readings: Sequence[Calm]) -> None:
    """Write them; those whose lease has passed to another holder are left out, entries and all."""
    if not readings:
        return
    held = await _held(session, readings)
    ours = [one for one in readings if (one.feed_id, one.epoch) in held]
    if not ours:
        return
    connection = await session.connection()
    rows = [row_of(entry) for one in ours for entry in one.entries]
    if rows:  # whose new ids nobody asks for
        await connection.execute(upsert(session, Entry).on_conflict_do_nothing(), rows)
    put = upsert(session, ShownEntries)
    put = put.on_conflict_do_update(index_elements=["feed_id"], set_={"entries": put.excluded.entries})
    await connection.execute(put, [{"feed_id": one.feed_id, "entries": one.shown} for one in ours])
    named: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ours[0].columns}
    settled = update(FEED).where(FEED.c.id == bindparam("feed_id")).values(lease_until=None, **named)
    changes = [
        {"feed_id": one.feed_id, **{f"new_{name}": value for name, value in one.columns.items()}}
        for one in ours
    ]
    await connection.execute(settled, changes)


async def _held(session: AsyncSession, readings: Sequence[Calm]) -> set[tuple[int, int]]:
    """The leases that still stand; nobody takes them before this transaction ends."""
    ids = [one.feed_id for one in readings]
    rows = await session.execute(
        select(FEED.c.id, FEED.c.lease_epoch).where(FEED.c.id.in_(ids)).order_by(FEED.c.id).with_for_update()
    )
    return {(feed_id, epoch) for feed_id, epoch in rows}
