"""Roles that one process at a time may hold: a lease with an epoch, in the database that all share."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of, upsert
from bot.store.tables import Heartbeat, Lease

LEASE, HEARTBEAT = table_of(Lease), table_of(Heartbeat)
LEFT_BEHIND = (
    "moved"  # a lease that nobody gives back: the rows of this database have gone where its holder says
)
_GONE = LEASE.alias("gone")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a role stands: who holds it ("": nobody), under which epoch, renewed how often."""

    role: str
    holder: str
    epoch: int
    beat: int


async def standing(session: AsyncSession, role: str, now: datetime) -> Standing:
    """How ``role`` stands; its row is made on first sight, and locked until the transaction ends."""
    fresh = Lease(role=role, holder="", epoch=0, until=now).model_dump()
    await session.execute(upsert(session, Lease).values(fresh).on_conflict_do_nothing())
    row = await session.execute(select(LEASE).where(LEASE.c.role == role).with_for_update())
    found = row.one()
    return Standing(role, found.holder, found.epoch, found.beat)


async def take(
    session: AsyncSession, seen: Standing, holder: str, now: datetime, *, seconds: float
) -> int | None:
    """Take a role that stands as ``seen``; its new epoch, or None when it has been renewed or taken meanwhile.

    In a database that was left behind nobody takes a role, a process that was standing by neither.
    The epoch grows with every change of hands, so that a row written by an earlier holder can be told.
    """
    taken = await session.execute(
        update(LEASE)
        .where(
            LEASE.c.role == seen.role,
            LEASE.c.epoch == seen.epoch,
            LEASE.c.beat == seen.beat,
            ~exists(select(_GONE.c.role).where(_GONE.c.role == LEFT_BEHIND)),
        )
        .values(holder=holder, epoch=LEASE.c.epoch + 1, beat=0, until=now + timedelta(seconds=seconds))
        .returning(LEASE.c.epoch)
    )
    new_epoch: int | None = taken.scalar()
    return new_epoch


async def renew(session: AsyncSession, role: str, epoch: int, now: datetime, *, seconds: float) -> bool:
    """Hold on to a role; False when it has passed to another holder."""
    held = await session.execute(
        update(LEASE)
        .where(LEASE.c.role == role, LEASE.c.epoch == epoch)
        .values(until=now + timedelta(seconds=seconds), beat=LEASE.c.beat + 1)
        .returning(LEASE.c.role)
    )
    return held.first() is not None


async def release(session: AsyncSession, role: str, epoch: int, now: datetime) -> None:
    """Give a role back, so that the next holder need not wait for the lease to end."""
    mine = update(LEASE).where(LEASE.c.role == role, LEASE.c.epoch == epoch)
    await session.execute(mine.values(holder="", until=now))


async def holders(session: AsyncSession) -> dict[str, str]:
    """Who holds each role now; roles that nobody holds are missing."""
    rows = await session.execute(select(LEASE.c.role, LEASE.c.holder).where(LEASE.c.holder != ""))
    return {role: holder for role, holder in rows}


async def beat(session: AsyncSession, part: str, now: datetime, detail: str = "") -> None:
    """Leave a sign of life of ``part``."""
    await session.merge(Heartbeat(part=part, at=now, detail=detail))


async def beats(session: AsyncSession) -> list[Heartbeat]:
    """The last sign of life of every part that ever ran."""
    return list(await session.scalars(select(Heartbeat).order_by(HEARTBEAT.c.part)))


def left_for(connection: Connection) -> str:
    """Where the rows of this database have gone; "" while it is in use."""
    if not inspect(connection).has_table(LEASE.name):
        return ""
    return connection.scalar(select(LEASE.c.holder).where(LEASE.c.role == LEFT_BEHIND)) or ""
