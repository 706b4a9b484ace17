"""What feeds showed last, and alarms about them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of, upsert
from bot.store.tables import UNTOLD_ALARM, Feed, FeedAlarm, ShownEntries
from bot.store.types import AlarmKind

SHOWN, ALARM, FEED = table_of(ShownEntries), table_of(FeedAlarm), table_of(Feed)
AGAIN_AFTER = timedelta(days=1)  # the same alarm about the same feed


async def recall(session: AsyncSession, feed_id: int) -> bytes:
    """What a feed showed last; b"" where that is not known."""
    return await session.scalar(select(SHOWN.c.entries).where(SHOWN.c.feed_id == feed_id)) or b""


async def remember(session: AsyncSession, feed_id: int, entries: bytes) -> None:
    """Keep what a feed shows now; b"" forgets it."""
    put = upsert(session, ShownEntries).values(feed_id=feed_id, entries=entries)
    await session.execute(
        put.on_conflict_do_update(index_elements=["feed_id"], set_={"entries": put.excluded.entries})
    )


async def raise_alarm(
    session: AsyncSession, feed_id: int, kind: AlarmKind, entries: int, now: datetime
) -> bool:
    """Write an alarm down, unless the same one was raised within a day; whether it was."""
    same = select(ALARM.c.id).where(
        ALARM.c.feed_id == feed_id, ALARM.c.kind == kind, ALARM.c.at > now - AGAIN_AFTER
    )
    if await session.scalar(same.limit(1)) is not None:
        return False
    session.add(FeedAlarm(feed_id=feed_id, kind=kind, entries=entries, at=now))
    await session.flush()
    return True


@dataclass(frozen=True, slots=True)
class Alarmed:
    """An alarm, and the feed that it is about."""

    id: int
    kind: str
    entries: int
    outlet: str
    outlet_ar: str
    url: str


async def untold(session: AsyncSession, *, limit: int) -> list[Alarmed]:
    """The oldest alarms that the admins were not told of."""
    rows = await session.execute(
        select(ALARM.c.id, ALARM.c.kind, ALARM.c.entries, FEED.c.outlet, FEED.c.outlet_ar, FEED.c.url)
        .join(FEED, FEED.c.id == ALARM.c.feed_id)
        .where(text(f"feed_alarm.{UNTOLD_ALARM}"))
        .order_by(ALARM.c.id)
        .limit(limit)
    )
    return [Alarmed(*row) for row in rows]


async def note_told(session: AsyncSession, ids: Collection[int], now: datetime) -> None:
    """Write down that the admins know of these alarms."""
    await session.execute(update(ALARM).where(ALARM.c.id.in_(ids)).values(told_at=now))
