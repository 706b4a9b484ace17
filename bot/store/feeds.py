"""Feeds: the catalogue's rows, who is due, and what a poll left behind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, and_, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import feed_troubles, hosts
from bot.store.claimed import COLUMNS, AnyFeed, ClaimedFeed
from bot.store.dialect import CLOCK_SLACK, insert_new, table_of
from bot.store.tables import Feed
from bot.store.types import FeedState, Origin
from feeds.cadence import CadenceReason
from feeds.hosts import host_of
from feeds.sources import place_key

FEED = table_of(Feed)
BETWEEN_NOTICES = timedelta(seconds=10)  # at least, from a poll to one that a hub causes
_ASKED = (FeedState.NEW, FeedState.OK, FeedState.FAILING)
DESCRIBING = ("outlet", "outlet_ar", "country", "language", "tier", "section", "ownership", "kind")


async def sync(session: AsyncSession, sources: Iterable[dict[str, Any]], now: datetime) -> None:
    """Make the feeds equal the catalogue: new ones are due at once, missing ones are dropped, not deleted.

    ``sources``: mappings with ``url`` and the describing columns (outlet, country, ...). A feed that has moved for good
    is known by its new address and by the one that the catalogue still has.
    """
    wanted = {source["url"]: source for source in sources}
    rows = list(await session.scalars(select(Feed)))
    listed = {feed.listed_as: feed for feed in rows if feed.listed_as in wanted}
    known = listed | {feed.url: feed for feed in rows}
    fresh = [{**source, "due_at": now} for url, source in wanted.items() if url not in known]
    await insert_new(session, Feed, [sync_row(row) for row in fresh])
    for feed in rows:
        source = wanted.get(feed.url) or wanted.get(feed.listed_as)
        if source is not None:
            _describe(feed, source, now)
        elif feed.state != FeedState.GONE and feed.origin == Origin.CATALOGUE:
            drop(feed)
    await bring_back(session, now)


def drop(feed: Feed) -> None:
    """Ask a feed no more; whoever is reading it now has lost it, and so does not bring it back."""
    feed.state = FeedState.DROPPED
    feed.lease_until, feed.lease_epoch = None, feed.lease_epoch + 1


def sync_row(source: dict[str, Any]) -> dict[str, Any]:
    """Every column of a new feed's row."""
    return Feed(**source, host=host_of(source["url"])).model_dump(exclude={"id"})


def _describe(feed: Feed, source: dict[str, Any], now: datetime) -> None:
    feed.host = host_of(feed.url)
    for name in DESCRIBING:
        setattr(feed, name, source.get(name, getattr(feed, name)))
    feed.origin = Origin.CATALOGUE
    if feed.state == FeedState.DROPPED:
        _ask_again(feed, now)


def _ask_again(feed: Feed, now: datetime) -> None:
    feed.state, feed.due_at = (FeedState.OK if feed.first_read_at else FeedState.NEW), now
    feed.polled_at = None  # since it came back: so it is due, whatever clock wrote this


def claim_due(
    connection: Connection,
    now: datetime,
    *,
    limit: int,
    lease_seconds: float,
    budget: hosts.Budget = hosts.USUAL,
) -> list[ClaimedFeed]:
    """Take up to ``limit`` feeds that are due and free, the longest due first; they are ours for ``lease_seconds``.

    Of each server so many as the ``budget`` allows. The epoch of each grows: a holder that froze
    past its lease can no longer write.
    """
    until = now + timedelta(seconds=lease_seconds)
    instants = {
        "now": now,
        "ahead": now + CLOCK_SLACK,
        "told_before": now - BETWEEN_NOTICES,
        "too_long": until + CLOCK_SLACK,
    }
    chosen = hosts.choose(connection, _SEEKING, instants, limit=limit, budget=budget)
    if not chosen:
        return []
    taken = connection.execute(_TAKING, {"chosen": chosen, "until": until}).all()
    return [ClaimedFeed(*row) for row in taken]


def _due() -> Any:
    """It is time, or a hub says so, or it was never polled, or a clock that has been set back reckoned its time.

    A hub is a stranger too: it neither hastens a feed without end, nor overrules the feed's server.
    """
    by_another_clock = or_(FEED.c.polled_at.is_(None), FEED.c.polled_at > hosts.AHEAD)
    told = and_(
        FEED.c.notified_at.is_not(None),
        FEED.c.polled_at <= bindparam("told_before"),
        FEED.c.due_reason != CadenceReason.RETRY_AFTER,
    )
    at_once = or_(by_another_clock, told)
    return or_(FEED.c.due_at <= hosts.NOW, and_(FEED.c.due_at.is_not(None), at_once))


def _free() -> Any:
    """Nobody holds it; a lease that is longer than a lease can be was written by another clock."""
    too_long = FEED.c.lease_until > bindparam("too_long")
    return or_(FEED.c.lease_until.is_(None), FEED.c.lease_until < hosts.NOW, too_long)


_SEEKING = hosts.seeking(FEED.c.state.in_(_ASKED), _due(), _free())
_TAKING = (
    update(FEED)  # what was sought is locked: it is still due and free
    .where(FEED.c.id.in_(bindparam("chosen", expanding=True)))
    .values(
        lease_until=bindparam("until"),
        lease_epoch=FEED.c.lease_epoch + 1,
        # what a hub tells from now on is news to the next poll, not to this one
        notified_at=None,
        due_reason=case((FEED.c.notified_at.is_not(None), CadenceReason.NOTIFIED), else_=FEED.c.due_reason),
    )
    .returning(*COLUMNS)
)


async def settle(session: AsyncSession, feed_id: int, epoch: int, **values: object) -> bool:
    """Write what a poll found and give the feed back; False when the lease has passed to another holder."""
    result = await session.execute(
        update(FEED)
        .where(FEED.c.id == feed_id, FEED.c.lease_epoch == epoch)
        .values(lease_until=None, **values)
        .returning(FEED.c.id)
    )
    return result.first() is not None


def settle_many(connection: Connection, outcomes: Iterable[dict[str, Any]]) -> None:
    """Write many quiet polls (nothing new, or a failure): those that change the same columns by one ``executemany``.

    Each outcome holds ``feed_id``, ``epoch`` and the columns that its poll has changed. Rows whose lease has passed to
    another holder are left alone.
    """
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in outcomes:
        alike.setdefault(tuple(one), []).append({f"_{name}": value for name, value in one.items()})
    for names, rows in alike.items():
        connection.execute(_settling(names), rows)


@cache
def _settling(names: tuple[str, ...]) -> Executable:
    changed: dict[str, Any] = {
        name: bindparam(f"_{name}") for name in names if name not in ("feed_id", "epoch")
    }
    mine = (FEED.c.id == bindparam("_feed_id"), FEED.c.lease_epoch == bindparam("_epoch"))
    return update(FEED).where(*mine).values(lease_until=None, **changed)


class Moved(Enum):
    """What became of a feed that has moved for good."""

    YES = auto()  # it has its new address
    ONTO_ANOTHER = auto()  # that is another feed's, which is asked from now on; this one is not
    NO = auto()  # the address is a feed's that is not asked, or the lease is lost


async def move(session: AsyncSession, feed: AnyFeed, url: str) -> Moved:
    """Give a claimed feed its new address for good, or retire it where another feed has that already."""
    others = await _at(session, url, besides=feed.id)
    if any(one.state in _ASKED and one.first_read_at for one in others):
        retired: dict[str, object] = {"state": FeedState.MOVED, "moved_to": url, "told_of": ""}
        retired |= {"due_at": None, "lease_until": None}
        retired["lease_epoch"] = feed.lease_epoch + 1  # what it has just read is the other's to tell
        return Moved.ONTO_ANOTHER if await _change(session, feed, retired) else Moved.NO
    if any(one.url == url for one in others):
        return Moved.NO
    values = {"url": url, "host": host_of(url), "listed_as": feed.listed_as or feed.url}
    here = await _change(session, feed, {**values, "moved_to": "", "moved_since": None})
    return Moved.YES if here else Moved.NO


async def _change(session: AsyncSession, feed: AnyFeed, values: dict[str, object]) -> bool:
    """Change a claimed feed; False when the lease has passed to another holder."""
    held = update(FEED).where(FEED.c.id == feed.id, FEED.c.lease_epoch == feed.lease_epoch)
    return (await session.execute(held.values(**values).returning(FEED.c.id))).first() is not None


async def _at(session: AsyncSession, url: str, *, besides: int | None) -> list[Any]:
    """The feeds at an address, however it is written."""
    host = host_of(url).removeprefix("www.")
    there = (FEED.c.id != besides, FEED.c.host.in_((host, f"www.{host}")))
    rows = await session.execute(select(FEED.c.url, FEED.c.state, FEED.c.first_read_at).where(*there))
    return [row for row in rows if place_key(row.url) == place_key(url)]


async def bring_back(session: AsyncSession, now: datetime) -> None:
    """Ask those again that had moved onto the address of a feed which is not asked any more."""
    retired = list(await session.scalars(select(Feed).where(FEED.c.state == FeedState.MOVED)))
    if not retired:
        return
    rows = await session.execute(select(FEED.c.url, FEED.c.listed_as).where(FEED.c.state.in_(_ASKED)))
    asked = {place_key(url) for row in rows for url in row if url}
    for feed in retired:
        if place_key(feed.moved_to) not in asked:
            _ask_again(feed, now)


@dataclass(frozen=True, slots=True)
class FeedCounts:
    """How the feeds fare: how many in each state, and how many ever answered."""

    by_state: dict[str, int]
    answered: int
    overdue_seconds: float  # how long the most overdue feed waits; 0 when none does
    silent: int = 0  # against their own habit


async def counts(session: AsyncSession, now: datetime) -> FeedCounts:
    """Count the feeds for the health page and the terminal."""
    rows = await session.execute(select(FEED.c.state, func.count()).group_by(FEED.c.state))
    answered = await session.scalar(select(func.count()).where(FEED.c.first_read_at.is_not(None)))
    waiting = select(func.min(FEED.c.due_at)).where(
        FEED.c.state.in_(_ASKED), hosts.is_free(now, now + CLOCK_SLACK)
    )
    oldest = await session.scalar(waiting)
    waits = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    silent = await feed_troubles.silent(session, now)
    return FeedCounts({state: count for state, count in rows}, answered or 0, waits, silent)


async def every(session: AsyncSession) -> list[Feed]:
    """All feeds, by outlet and url."""
    return list(await session.scalars(select(Feed).order_by(FEED.c.outlet, FEED.c.url)))


async def release(session: AsyncSession, held: Sequence[AnyFeed]) -> None:
    """Give feeds back unread, so that they are asked again at once and not only when the lease ends."""
    for feed in held:
        await session.execute(
            update(FEED)
            .where(FEED.c.id == feed.id, FEED.c.lease_epoch == feed.lease_epoch)
            .values(lease_until=None)
        )


async def answered_since(session: AsyncSession, since: datetime) -> int:
    """How many feeds have been read well since an instant."""
    well = select(func.count()).where(FEED.c.state == FeedState.OK, FEED.c.polled_at >= since)
    return await session.scalar(well) or 0


async def failed_since(session: AsyncSession, since: datetime) -> dict[str, int]:
    """How many feeds have been asked since an instant and failed, by kind."""
    rows = await session.execute(
        select(FEED.c.failure, func.count())
        .where(FEED.c.failure != "", FEED.c.polled_at >= since)
        .group_by(FEED.c.failure)
    )
    return {kind: count for kind, count in rows}


async def failing(session: AsyncSession) -> list[Feed]:
    """The feeds whose last poll failed, by url, with the reason."""
    return list(await session.scalars(select(Feed).where(FEED.c.failure != "").order_by(FEED.c.url)))
