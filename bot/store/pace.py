"""The pace of all sends together, in the database: a restart, or another process, goes on where the last one was.

A generic cell rate: one row says when the next send may begin. Whoever sends moves it on by the sends it takes, in
the transaction that takes them.
"""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of, upsert
from bot.store.tables import Pace

PACE = table_of(Pace)
TELEGRAM = "telegram"
A_SECOND = 29.2  # sends; Telegram's limit is 30, and messages do not arrive as evenly as they leave
# seconds; a claim takes a fraction of one: a row that lies further ahead was written by a clock that has been set back
LONGEST_AHEAD = 2.0


async def next_slot(session: AsyncSession, now: float) -> float:
    """When the next send may begin, in epoch seconds: ``now``, or a little later. Locks the pace."""
    at = await session.scalar(select(PACE.c.next_at).where(PACE.c.name == TELEGRAM).with_for_update())
    if at is None:
        await session.execute(
            upsert(session, Pace).values(name=TELEGRAM, next_at=now).on_conflict_do_nothing()
        )
        return now
    return at if now < at <= now + LONGEST_AHEAD else now


async def take(session: AsyncSession, first: float, sends: int) -> None:
    """Note that ``sends`` begin from ``first`` on, evenly."""
    mine = update(PACE).where(PACE.c.name == TELEGRAM)
    await session.execute(mine.values(next_at=first + sends / A_SECOND))
