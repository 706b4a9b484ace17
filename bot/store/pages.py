"""Pages: which entries want theirs read, who reads it, and what came of it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import CLOCK_SLACK, one_at_a_time, table_of, upsert
from bot.store.tables import Entry, Feed, Match, Page
from bot.store.types import PageState
from feeds.manners import server_of

ENTRY, FEED, MATCH, PAGE = table_of(Entry), table_of(Feed), table_of(Match), table_of(Page)
TEASER = 800  # characters; feeds that give whole articles give more
A_SERVER = 2  # pages of one server that one process has in hand: one is read, one waits for its turn
_LOOKED_AT = 8  # times as many entries as are wanted
LATEST = timedelta(hours=3)  # an entry that was seen longer ago is told by its teaser alone


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
    busy: Collection[str] = (),
) -> list[Wanted]:
    """Take up to ``limit`` entries whose pages nobody has read: the newest news first, of each server a few.

    ``news``: when a feed is read for the first time, only what is dated within it is read. ``busy``: the servers of
    the pages that the caller is reading, each as often as it reads there.
    """
    await one_at_a_time(session, "pages")
    ids = list(await session.scalars(_free(now, lease).limit(limit)))
    if len(ids) < limit:
        found = await session.execute(_unread(now, news).limit(limit * _LOOKED_AT))
        ids += _of_each_server([(entry_id, link) for entry_id, link in found], busy)[: limit - len(ids)]
    if not ids:
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
            for entry_id in ids
        ]
    )
    again = {
        "asked_at": put.excluded.asked_at,
        "lease_until": put.excluded.lease_until,
        "epoch": PAGE.c.epoch + 1,
    }
    await session.execute(put.on_conflict_do_update(index_elements=["entry_id"], set_=again))
    return await _wanted(session, ids)


def _of_each_server(found: Sequence[tuple[int, str]], busy: Collection[str]) -> list[int]:
    """Those among the found of which their servers are not visited too often: one slow server holds up no other."""
    visits, ids = Counter(busy), []
    for entry_id, link in found:
        server = server_of(link)
        if visits[server] < A_SERVER:
            visits[server] += 1
            ids.append(entry_id)
    return ids


async def are_waiting(session: AsyncSession, now: datetime, *, lease: timedelta, news: timedelta) -> bool:
    """Whether there is anything to claim; asked before a claim, since that takes the write lock."""
    for query in (_free(now, lease), _unread(now, news)):
        if await session.scalar(query.limit(1)) is not None:
            return True
    return False


def _free(now: datetime, lease: timedelta):  # type: ignore[no-untyped-def] # SQLAlchemy's own
    """Pages whose reader broke off; a lease that is longer than a lease can be was written by another clock."""
    gone = or_(PAGE.c.lease_until < now, PAGE.c.lease_until > now + lease + CLOCK_SLACK)
    return select(PAGE.c.entry_id).where(PAGE.c.state == PageState.ASKED, gone).order_by(PAGE.c.entry_id)


def _unread(now: datetime, news: timedelta):  # type: ignore[no-untyped-def]
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


async def settle(session: AsyncSession, wanted: Wanted, state: PageState, detail: str = "") -> bool:
    """Record what came of a page; False when somebody else has taken it over meanwhile."""
    result = await session.execute(
        update(PAGE)
        .where(PAGE.c.entry_id == wanted.entry.id, PAGE.c.epoch == wanted.epoch)
        .values(state=state, detail=detail[:500], lease_until=None)
        .returning(PAGE.c.entry_id)
    )
    return result.first() is not None


async def give_back(session: AsyncSession, held: Collection[Wanted], now: datetime) -> None:
    """Let others read these pages at once, and not only when the lease ends."""
    for one in held:
        mine = update(PAGE).where(PAGE.c.entry_id == one.entry.id, PAGE.c.epoch == one.epoch)
        await session.execute(mine.where(PAGE.c.state == PageState.ASKED).values(lease_until=now))


async def put_text(session: AsyncSession, entry_id: int, text: str) -> None:
    """Keep the text of a page as its entry's content."""
    await session.execute(update(ENTRY).where(ENTRY.c.id == entry_id).values(content=text))


async def fired(session: AsyncSession, entry_id: int) -> set[str]:
    """The rules that have fired on an entry."""
    return set(await session.scalars(select(MATCH.c.rule).where(MATCH.c.entry_id == entry_id)))


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many pages ended in each state."""
    rows = await session.execute(select(PAGE.c.state, func.count()).group_by(PAGE.c.state))
    return {state: count for state, count in rows}
