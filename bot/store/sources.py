"""Feeds that are named by hand: added, imported, looked up and let go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.claimed import AnyFeed
from bot.store.dialect import table_of
from bot.store.feeds import DESCRIBING, bring_back, drop, every, sync_row
from bot.store.tables import Entry, Feed
from bot.store.types import FeedState, Origin
from feeds.sources import place_key

ENTRY, FEED = table_of(Entry), table_of(Feed)
_LET_GO = (FeedState.DROPPED, FeedState.GONE, FeedState.MOVED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A feed with what a person asks of it: how many entries, and the newest few."""

    feed: Feed
    entries: int
    newest: Sequence[Entry]


async def find(session: AsyncSession, url: str) -> Feed | None:
    """The feed at ``url``, however it is written: http or https, www or not."""
    exact = await session.scalar(select(Feed).where(FEED.c.url == url))
    if exact is not None:
        return exact
    key = place_key(url)
    return next((feed for feed in await every(session) if place_key(feed.url) == key), None)


async def look(session: AsyncSession, url: str, *, newest: int) -> Shown | None:
    """A feed and its entries; None if there is none."""
    feed = await find(session, url)
    if feed is None:
        return None
    of_feed = ENTRY.c.feed_id == feed.id
    count = await session.scalar(select(func.count()).select_from(ENTRY).where(of_feed))
    rows = await session.scalars(select(Entry).where(of_feed).order_by(ENTRY.c.id.desc()).limit(newest))
    return Shown(feed, count or 0, list(rows))


async def alike(session: AsyncSession, text: str, *, limit: int = 3) -> list[str]:
    """The addresses that were probably meant by one that no feed has: the nearest, or those of an outlet's name."""
    keys = {place_key(feed.url): feed.url for feed in await every(session)}
    near = [keys[key] for key in get_close_matches(place_key(text), keys, limit, 0.7)]
    return near or [feed.url for feed in await every(session) if _is_called(feed, text)][:limit]


def _is_called(feed: Feed, text: str) -> bool:
    wanted = text.strip().casefold()
    return bool(wanted) and any(
        wanted in name.casefold() for name in (feed.outlet, feed.outlet_ar, feed.host)
    )


def is_asked(feed: Feed) -> bool:
    """Whether a feed is polled: not let go, not gone, and no other one in its place."""
    return feed.state not in _LET_GO


async def add(
    session: AsyncSession, rows: Iterable[dict[str, Any]], now: datetime, *, lease: timedelta | None = None
) -> list[Feed]:
    """Add feeds that are not asked yet, due at once; those that were let go come back. Answers what was added.

    ``rows``: as for ``feeds.sync``. With a ``lease`` they are claimed already, for whoever is about to read them.
    """
    known = {place_key(feed.url): feed for feed in await every(session)}
    added = []
    for row in rows:
        feed = known.get(place_key(row["url"]))
        if feed is not None and is_asked(feed):
            continue
        if feed is None:
            feed = Feed(**sync_row(row))
            session.add(feed)
        else:
            for name in DESCRIBING:
                setattr(feed, name, row.get(name, getattr(feed, name)))
            feed.state = FeedState.OK if feed.first_read_at else FeedState.NEW
            feed.failures_in_row = 0
        feed.origin, feed.due_at = Origin.ADMIN, now
        if lease is not None:
            feed.lease_until, feed.lease_epoch = now + lease, feed.lease_epoch + 1
        known[place_key(row["url"])] = feed
        added.append(feed)
    await session.flush()
    return added


async def let_go(session: AsyncSession, feed: AnyFeed, now: datetime) -> None:
    """Ask a feed no more; its entries stay. Whatever had moved onto its address is asked again."""
    drop(await session.get_one(Feed, feed.id))
    await bring_back(session, now)
