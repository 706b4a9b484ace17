"""The budget of each server, shared by all processes: how many at once, and the pause between two.

Feeds and the pages of their entries spend from it alike. A row says when a server may be asked next; it is written in
the transaction that claims. Claims take turns, so that two workers never take a server's one chance both.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import CLOCK_SLACK, one_at_a_time, table_of, upsert
from bot.store.tables import ASKED_PAGE, Entry, Feed, HostPace, Page
from feeds.hosts import host_of

ENTRY, FEED, PACE, PAGE = table_of(Entry), table_of(Feed), table_of(HostPace), table_of(Page)
# a server that is tired of one feed lets all of its feeds wait, but not for ever
LONGEST_HOLD = timedelta(hours=1)
_PAGES = "pages of {host}"  # the row of what a server asks of crawlers alone
_LOOKS = 8  # for due feeds, each passing over the servers whose chances the last one took
_LOOKED_AT = 4  # times as many due feeds as are wanted, once it is known that servers have many


@dataclass(frozen=True, slots=True)
class Budget:
    """What one server bears: how much is read at the same time, and the pause between the beginnings of two."""

    at_once: int = 2
    pause: timedelta = timedelta(seconds=1)

    def chances(self, being_read: int) -> int:
        """How many more of a server's feeds may be read now."""
        return self._left(self.at_once - being_read)

    def page_chances(self, being_read: int) -> int:
        """How many more pages: they leave a place to the feeds, which bring the news."""
        return self._left(max(1, self.at_once - 1) - being_read)

    def _left(self, places: int) -> int:
        return min(max(0, places), 1 if self.pause else places)


USUAL = Budget()


def is_free(now: datetime) -> Any:
    """The condition that a feed's server may be asked: nobody's pause, and no wish of its own, is in the way."""
    busy = (PACE.c.name == FEED.c.host, PACE.c.free_at > now, PACE.c.written_at <= now + CLOCK_SLACK)
    return ~exists().where(*busy)


async def choose(
    session: AsyncSession, due: Sequence[Any], now: datetime, *, limit: int, budget: Budget
) -> list[int]:
    """The ids of up to ``limit`` feeds that satisfy ``due`` and whose servers may be asked; takes their turns."""
    await take_turns(session)
    chosen: list[int] = []
    chances: dict[str, int] = {}  # that a server has left
    begun: dict[str, datetime] = {}
    pages = await _pages_read(session, now)
    for look in range(_LOOKS):
        wanted = limit * _LOOKED_AT if look else limit
        tired = {host for host, left in chances.items() if not left}
        found = await _candidates(session, [*due, is_free(now)], now, chosen, tired, wanted)
        for feed_id, host, being_read in found:
            left = chances.setdefault(host, budget.chances(being_read + pages[host]))
            if left and len(chosen) < limit:
                chosen.append(feed_id)
                chances[host], begun[host] = left - 1, now + budget.pause
        if len(chosen) == limit or len(found) < wanted:
            break
    if budget.pause:
        await _let_wait(session, begun, now)
    return chosen


async def take_turns(session: AsyncSession) -> None:
    """Let no two claims look at the same time; each sees what the one before it took."""
    await one_at_a_time(session, "claims")


async def page_chances(
    session: AsyncSession, names: Collection[str], now: datetime, budget: Budget
) -> dict[str, int]:
    """Of how many pages each of these servers may be asked now; whoever claims them says so with ``begin``."""
    rows = await session.execute(
        select(PACE.c.name).where(
            PACE.c.name.in_([*names, *(_PAGES.format(host=name) for name in names)]),
            PACE.c.free_at > now,
            PACE.c.written_at <= now + CLOCK_SLACK,
        )
    )
    resting = set(rows.scalars())
    reading = await _being_read(session, names, now)
    return {
        name: 0 if resting & {name, _PAGES.format(host=name)} else budget.page_chances(reading.get(name, 0))
        for name in names
    }


async def begin(session: AsyncSession, names: Collection[str], now: datetime, budget: Budget) -> None:
    """Note that these servers are about to be asked."""
    if budget.pause:
        await _let_wait(session, dict.fromkeys(names, now + budget.pause), now)


async def hold_pages(session: AsyncSession, host: str, until: datetime, now: datetime) -> None:
    """Let no page of a server be asked before an instant; its feeds are asked as ever."""
    await hold(session, {_PAGES.format(host=host): until}, now)


async def hold(session: AsyncSession, until: Mapping[str, datetime], now: datetime) -> None:
    """Let nothing of these servers be asked before an instant, which is an hour away at most."""
    if not until:
        return
    await take_turns(session)  # who claims writes the same rows
    await _let_wait(session, {host: min(at, now + LONGEST_HOLD) for host, at in until.items()}, now)


async def _candidates(
    session: AsyncSession,
    due: Sequence[Any],
    now: datetime,
    chosen: Collection[int],
    tired: Collection[str],
    limit: int,
) -> Sequence[tuple[int, str, int]]:
    """Due feeds, the longest due first, without those that are chosen, or whose servers have no chance left.

    With each, its server and how many feeds of that are being read.
    """
    other = FEED.alias("other")
    being_read = select(func.count()).where(other.c.host == FEED.c.host, other.c.lease_until > now)
    query = (
        select(FEED.c.id, FEED.c.host, being_read.scalar_subquery())
        .where(*due)
        .order_by(FEED.c.due_at, FEED.c.id)
        .limit(limit)
    )
    if chosen:
        query = query.where(FEED.c.id.not_in(chosen))
    if tired:
        query = query.where(FEED.c.host.not_in(tired))
    rows = await session.execute(query.with_for_update(skip_locked=True, of=FEED))
    return [(feed_id, host, count) for feed_id, host, count in rows]


async def _being_read(session: AsyncSession, names: Collection[str], now: datetime) -> Counter[str]:
    """How much is read of each server now: its feeds, and its pages."""
    rows = await session.execute(
        select(FEED.c.host, func.count())
        .where(FEED.c.host.in_(names), FEED.c.lease_until > now)
        .group_by(FEED.c.host)
    )
    return await _pages_read(session, now) + Counter({host: count for host, count in rows})


async def _pages_read(session: AsyncSession, now: datetime) -> Counter[str]:
    """How many pages of each server are being read now."""
    links = select(ENTRY.c.link).join(PAGE, PAGE.c.entry_id == ENTRY.c.id).where(*pages_in_hand(now))
    return Counter(map(host_of, await session.scalars(links)))


def pages_in_hand(now: datetime) -> tuple[Any, ...]:
    """The conditions that a page is being read; with a reason beside it, it waits for its next try."""
    return (text(ASKED_PAGE), PAGE.c.detail == "", PAGE.c.lease_until > now)


async def _let_wait(session: AsyncSession, until: Mapping[str, datetime], now: datetime) -> None:
    if not until:
        return
    put = upsert(session, HostPace)
    put = put.on_conflict_do_update(
        index_elements=["name"],
        set_={"free_at": put.excluded.free_at, "written_at": put.excluded.written_at},
        where=(PACE.c.free_at < put.excluded.free_at) | (PACE.c.written_at > put.excluded.written_at),
    )
    rows = [{"name": host, "free_at": at, "written_at": now} for host, at in sorted(until.items())]
    await (await session.connection()).execute(put, rows)
