"""Feeds that admins should know of: gone or moved for good, or silent against their habit; and what they were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, case, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of
from bot.store.tables import UNTOLD_FEED, Feed
from bot.store.types import FeedState

FEED = table_of(Feed)
SILENT = "silent"
_LOST = (FeedState.GONE, FeedState.MOVED)


@dataclass(frozen=True, slots=True)
class FeedTrouble:
    """One such feed. ``since``: when its last news came, None where none ever did."""

    id: int
    url: str
    outlet: str
    outlet_ar: str
    trouble: Literal["gone", "moved", "silent"]
    since: datetime | None
    moved_to: str  # the address of another feed, where it has moved there


async def untold(session: AsyncSession, now: datetime, *, limit: int) -> list[FeedTrouble]:
    """Those that the admins were not told of since all was well with them."""
    columns = (FEED.c.id, FEED.c.url, FEED.c.outlet, FEED.c.outlet_ar)
    trouble = case((FEED.c.state.in_(_LOST), FEED.c.state), else_=SILENT)
    rows = await session.execute(
        select(*columns, trouble, FEED.c.changed_at, FEED.c.moved_to)
        .where(text(UNTOLD_FEED), or_(FEED.c.state.in_(_LOST), _is_silent(now)))
        .order_by(FEED.c.outlet, FEED.c.url)
        .limit(limit)
    )
    return [FeedTrouble(*row) for row in rows]


async def note_told(session: AsyncSession, told: Sequence[FeedTrouble]) -> None:
    """Write down that the admins know."""
    for trouble in {one.trouble for one in told}:
        ids = [one.id for one in told if one.trouble == trouble]
        await session.execute(update(FEED).where(FEED.c.id.in_(ids)).values(told_of=trouble))


async def silent(session: AsyncSession, now: datetime) -> int:
    """How many feeds are silent against their own habit."""
    return await session.scalar(select(func.count()).select_from(FEED).where(_is_silent(now))) or 0


def _is_silent(now: datetime) -> Any:
    """The time is over, and it was asked since: a night during which Rasid slept is no silence of the feed's."""
    asked = FEED.c.state.in_((FeedState.OK, FeedState.FAILING))
    return and_(asked, FEED.c.silent_at < now, FEED.c.polled_at > FEED.c.silent_at)
