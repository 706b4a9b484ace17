"""Pages: which entries want theirs read, who reads it, and what came of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import hosts
from bot.store.dialect import CLOCK_SLACK, table_of, upsert, within
from bot.store.tables import ASKED_PAGE, Entry, Feed, Page
from bot.store.types import PageState
from feeds.hosts import host_of

ENTRY, FEED, PAGE = table_of(Entry), table_of(Feed), table_of(Page)
TEASER = 800  # characters; feeds that give whole articles give more
LATEST = timedelta(hours=3)  # an entry that was seen longer ago is told by its teaser alone
_LOOKS = 8  # for unread pages, each behind what the one before it saw
_LOOKED_AT = 100  # entries in one look


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry whose page is ours to read, with its feed, until the lease ends."""

    entry: Entry
    feed: Feed
    epoch: int


async def claim(
    session: AsyncSession,
    now: datetime,
    *,
    limit: int,
    lease: timedelta,
    news: timedelta,
    budget: hosts.Budget = hosts.USUAL,
) -> list[Wanted]:
    """Take up to ``limit`` entries whose pages nobody has read: the newest news first, of servers that bear it.

    ``news``: when a feed is read for the first time, only what is dated within it is read.
    """
    await within(session, hosts.take_turns)
    chosen = await _choose(session, now, limit=limit, lease=lease, news=news, budget=budget)
    if not chosen:
        return []
    put = upsert(session, Page).values(
        [
            {
                "entry_id": entry_id,
                "state": PageState.ASKED,
                "detail": "",
                "asked_at": now,
                "lease_until": now + lease,
                "epoch": 1,
            }
            for entry_id in chosen
        ]
    )
    again = {
        "detail": "",
        "asked_at": put.excluded.asked_at,
        "lease_until": put.excluded.lease_until,
        "epoch": PAGE.c.epoch + 1,
    }
    await session.execute(put.on_conflict_do_update(index_elements=["entry_id"], set_=again))
    await within(session, hosts.begin, set(chosen.values()), now, budget)
    return await _wanted(session, list(chosen))


async def are_waiting(
    session: AsyncSession,
    now: datetime,
    *,
    lease: timedelta,
    news: timedelta,
    budget: hosts.Budget = hosts.USUAL,
) -> bool:
    """Whether there is anything to claim; asked before a claim, since that takes the write lock."""
    return bool(await _choose(session, now, limit=1, lease=lease, news=news, budget=budget))


@dataclass(slots=True)
class _Choice:
    """Entries whose pages may be read now, with their servers, and what chances these have left."""

    limit: int
    budget: hosts.Budget
    now: datetime
    servers: dict[int, str] = field(default_factory=dict)
    chances: dict[str, int] = field(default_factory=dict)

    async def among(self, session: AsyncSession, found: Sequence[tuple[int, str]]) -> bool:
        """Choose of the found ones; whether that is enough."""
        servers = {entry_id: host_of(link) for entry_id, link in found}
        strange = set(servers.values()) - set(self.chances)
        if strange:
            self.chances |= await within(session, hosts.page_chances, strange, self.now, self.budget)
        for entry_id, host in servers.items():
            if self.chances[host] and len(self.servers) < self.limit:
                self.chances[host] -= 1
                self.servers[entry_id] = host
        return len(self.servers) == self.limit


async def _choose(
    session: AsyncSession,
    now: datetime,
    *,
    limit: int,
    lease: timedelta,
    news: timedelta,
    budget: hosts.Budget,
) -> dict[int, str]:
    """Entries whose pages may be read now, and their servers: those that were begun before, then the newest."""
    choice = _Choice(limit, budget, now)
    enough = await choice.among(session, await _found(session, _free(now, lease)))
    query = _unread(now, news)
    for _ in range(_LOOKS):
        if enough:
            break
        found = await _found(session, query)
        enough = await choice.among(session, found) or len(found) < _LOOKED_AT
        query = query.where(ENTRY.c.id < min((entry_id for entry_id, _ in found), default=0))
    return choice.servers


async def _found(session: AsyncSession, query: Select[Any]) -> list[tuple[int, str]]:
    return [(entry_id, link) for entry_id, link in await session.execute(query.limit(_LOOKED_AT))]


def _free(now: datetime, lease: timedelta) -> Select[Any]:
    """Pages whose reader broke off, or whose next try is due; a lease that is longer than a lease can be was written
    by another clock."""
    gone = or_(PAGE.c.lease_until < now, PAGE.c.lease_until > now + lease + CLOCK_SLACK)
    pages = select(ENTRY.c.id, ENTRY.c.link).join(PAGE, PAGE.c.entry_id == ENTRY.c.id)
    return pages.where(text(ASKED_PAGE), gone).order_by(ENTRY.c.id)


def _unread(now: datetime, news: timedelta) -> Select[Any]:
    """Entries with a teaser and a link that are news, and whose pages were never asked for."""
    came_later = and_(
        ENTRY.c.seen_at > FEED.c.first_read_at,
        or_(ENTRY.c.published_at.is_(None), ENTRY.c.published_at > now - timedelta(days=3)),
    )
    return (
        select(ENTRY.c.id, ENTRY.c.link)
        .join(FEED, FEED.c.id == ENTRY.c.feed_id)
        .outerjoin(PAGE, PAGE.c.entry_id == ENTRY.c.id)
        .where(
            PAGE.c.entry_id.is_(None),
            ENTRY.c.seen_at > now - LATEST,
            or_(ENTRY.c.published_at > now - news, came_later),
            or_(ENTRY.c.link.like("http://%"), ENTRY.c.link.like("https://%")),
            func.length(ENTRY.c.content) < TEASER,
            func.length(ENTRY.c.summary) < TEASER,
        )
        .order_by(ENTRY.c.id.desc())
    )


async def _wanted(session: AsyncSession, ids: Sequence[int]) -> list[Wanted]:
    rows = await session.execute(
        select(Entry, Feed, PAGE.c.epoch)
        .join(Feed, FEED.c.id == ENTRY.c.feed_id)
        .join(PAGE, PAGE.c.entry_id == ENTRY.c.id)
        .where(ENTRY.c.id.in_(ids))
        .order_by(ENTRY.c.id)
    )
    return [Wanted(entry, feed, epoch) for entry, feed, epoch in rows]


async def settle(
    session: AsyncSession,
    wanted: Wanted,
    state: PageState,
    detail: str = "",
    again_at: datetime | None = None,
) -> bool:
    """Record what came of a page; False when somebody else has taken it over meanwhile.

    ``again_at``: of one that is ``asked`` still, when it is tried again; ``detail`` says why.
    """
    result = await session.execute(
        update(PAGE)
        .where(PAGE.c.entry_id == wanted.entry.id, PAGE.c.epoch == wanted.epoch)
        .values(state=state, detail=detail[:500], lease_until=again_at)
        .returning(PAGE.c.entry_id)
    )
    return result.first() is not None


async def give_back(session: AsyncSession, held: Collection[Wanted], now: datetime) -> None:
    """Let others read these pages at once, and not only when the lease ends."""
    for one in held:
        mine = update(PAGE).where(PAGE.c.entry_id == one.entry.id, PAGE.c.epoch == one.epoch)
        await session.execute(mine.where(PAGE.c.state == PageState.ASKED).values(lease_until=now))


async def ask_again(session: AsyncSession, entry_id: int, now: datetime) -> None:
    """Let an entry's page be read anew, since it is another one now; not of an entry that is no news any more.

    Whoever reads the old one can write nothing any more. Where none was asked for there is none to ask for again.
    """
    fresh = select(ENTRY.c.id).where(ENTRY.c.id == entry_id, ENTRY.c.seen_at > now - LATEST)
    again = {"state": PageState.ASKED, "detail": "its address has changed", "epoch": PAGE.c.epoch + 1}
    await session.execute(
        update(PAGE).where(PAGE.c.entry_id.in_(fresh)).values(lease_until=now - CLOCK_SLACK, **again)
    )


async def put_text(session: AsyncSession, entry: Entry, text: str) -> bool:
    """Keep the text of a page as its entry's content; False where the entry was edited since it was loaded."""
    same = update(ENTRY).where(ENTRY.c.id == entry.id, ENTRY.c.edits == entry.edits)
    return (await session.execute(same.values(content=text).returning(ENTRY.c.id))).first() is not None


async def that_were_read(session: AsyncSession, entry_ids: Collection[int]) -> set[int]:
    """Those among the entries whose content is the text of their pages."""
    read = select(PAGE.c.entry_id).where(PAGE.c.entry_id.in_(entry_ids), PAGE.c.state == PageState.READ)
    return set(await session.scalars(read))


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many pages ended in each state."""
    rows = await session.execute(select(PAGE.c.state, func.count()).group_by(PAGE.c.state))
    return {state: count for state, count in rows}
