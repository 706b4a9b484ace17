"""Roles that one process at a time may hold: a lease with an epoch, in the database that all share."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of
from bot.store.tables import Heartbeat, Lease

LEASE, HEARTBEAT = table_of(Lease), table_of(Heartbeat)


async def acquire(
    session: AsyncSession, role: str, holder: str, now: datetime, *, seconds: float
) -> int | None:
    """Take a role that is free, for ``seconds``; its new epoch, or None while another holds it.

    The epoch grows with every change of hands, so that a row written by an earlier holder can be told.
    """
    if await session.scalar(select(LEASE.c.role).where(LEASE.c.role == role)) is None:
        session.add(Lease(role=role, holder="", epoch=0, until=now))
        await session.flush()
    taken = await session.execute(
        update(LEASE)
        .where(LEASE.c.role == role, or_(LEASE.c.until <= now, LEASE.c.holder == holder))
        .values(holder=holder, epoch=LEASE.c.epoch + 1, until=now + timedelta(seconds=seconds))
        .returning(LEASE.c.epoch)
    )
    new_epoch: int | None = taken.scalar()
    return new_epoch


async def renew(session: AsyncSession, role: str, epoch: int, now: datetime, *, seconds: float) -> bool:
    """Hold on to a role; False when it has passed to another holder."""
    held = await session.execute(
        update(LEASE)
        .where(LEASE.c.role == role, LEASE.c.epoch == epoch)
        .values(until=now + timedelta(seconds=seconds))
        .returning(LEASE.c.role)
    )
    return held.first() is not None


async def release(session: AsyncSession, role: str, epoch: int, now: datetime) -> None:
    """Give a role back, so that the next holder need not wait for the lease to end."""
    await session.execute(update(LEASE).where(LEASE.c.role == role, LEASE.c.epoch == epoch).values(until=now))


async def beat(session: AsyncSession, part: str, now: datetime, detail: str = "") -> None:
    """Leave a sign of life of ``part``."""
    await session.merge(Heartbeat(part=part, at=now, detail=detail))


async def beats(session: AsyncSession) -> list[Heartbeat]:
    """The last sign of life of every part that ever ran."""
    return list(await session.scalars(select(Heartbeat).order_by(HEARTBEAT.c.part)))
