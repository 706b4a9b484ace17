"""The pace of all sends together, in the database: a restart, or another process, goes on where the last one was.

A generic cell rate: one row says when the next send may begin. Whoever sends moves it on by the sends it takes, in
the transaction that takes them.

Beside it stands, a row a severity, the turn that was served last: the time of fair queueing, which goes on only as
far as somebody was served. What is queued takes its turns from there on, so that sends which were held up (a stall, a
restart, Telegram's wish) put nobody behind those that came before him.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of, upsert
from bot.store.tables import Pace

PACE = table_of(Pace)
TELEGRAM = "telegram"
_SERVED = "served rank "
A_SECOND = 29.4  # sends; Telegram's limit is 30
# seconds; a claim takes a fraction of one: a row that lies further ahead was written by a clock that has been set back
LONGEST_AHEAD = 2.0

_NEXT = select(PACE.c.next_at).where(PACE.c.name == TELEGRAM).with_for_update()
_MOVED = update(PACE).where(PACE.c.name == TELEGRAM).values(next_at=bindparam("then"))


async def next_slot(session: AsyncSession, now: float) -> float:
    """When the next send may begin, in epoch seconds: ``now``, or a little later. Locks the pace."""
    at = await session.scalar(_NEXT)
    if at is None:
        await session.execute(
            upsert(session, Pace).values(name=TELEGRAM, next_at=now).on_conflict_do_nothing()
        )
        return now
    return at if now < at <= now + LONGEST_AHEAD else now


async def take(session: AsyncSession, first: float, sends: int) -> None:
    """Note that ``sends`` begin from ``first`` on, evenly."""
    await session.execute(_MOVED, {"then": first + sends / A_SECOND})


async def served(session: AsyncSession, turns: Mapping[int, float]) -> None:
    """Note the last turn that was served, of each severity rank."""
    for rank, turn in turns.items():
        put = upsert(session, Pace).values(name=f"{_SERVED}{rank}", next_at=turn)
        last = put.excluded.next_at
        forward = put.on_conflict_do_update(
            index_elements=["name"], set_={"next_at": last}, where=PACE.c.next_at < last
        )
        await session.execute(forward)


async def turn_of(session: AsyncSession, rank: int, now: float) -> float:
    """The turn that is being served of a severity rank; ``now`` where none was ever."""
    turn = await session.scalar(select(PACE.c.next_at).where(PACE.c.name == f"{_SERVED}{rank}"))
    return now if turn is None else turn


def last_turns(turns: Iterable[tuple[int, float]]) -> dict[int, float]:
    """The greatest turn of each rank."""
    last: dict[int, float] = {}
    for rank, turn in turns:
        last[rank] = max(turn, last.get(rank, turn))
    return last
