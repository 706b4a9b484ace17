"""WebSub hubs: what is wanted of them, what they promised, and what they told."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of, upsert
from bot.store.tables import Feed, HubSubscription
from bot.store.types import FeedState, HubState

FEED, HUB = table_of(Feed), table_of(HubSubscription)
_POLLED = (FeedState.NEW, FeedState.OK, FeedState.FAILING)
_PLENTY = 100  # that are begun at a time


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription that is to be asked for, or for once more."""

    feed_id: int
    hub: str
    topic: str
    token: str
    secret: str
    attempts: int


async def note_offers(session: AsyncSession, now: datetime) -> None:
    """Begin with the hubs that feeds name since the last look, and let go of those that they name no more."""
    polled = FEED.c.state.in_(_POLLED)
    topic = func.coalesce(func.nullif(FEED.c.topic, ""), FEED.c.url)
    wanting = (
        select(FEED.c.id, FEED.c.hub, topic)
        .outerjoin(HUB, HUB.c.feed_id == FEED.c.id)
        .where(
            polled,
            FEED.c.hub != "",
            or_(HUB.c.feed_id.is_(None), HUB.c.hub != FEED.c.hub, HUB.c.topic != topic),
        )
    )
    for feed_id, hub, name in (await session.execute(wanting.limit(_PLENTY))).all():
        row = {
            "hub": hub,
            "topic": name,
            "token": secrets.token_urlsafe(24),
            "secret": secrets.token_urlsafe(32),
            "state": HubState.WANTED,
            "detail": "",
            "next_at": now,
            "attempts": 0,
            "lease_until": None,
        }
        put = upsert(session, HubSubscription).values(feed_id=feed_id, **row)
        await session.execute(put.on_conflict_do_update(index_elements=["feed_id"], set_=row))
        await _rely(session, feed_id, None)
    kept = select(FEED.c.id).where(polled, FEED.c.hub != "")
    gone = delete(HUB).where(HUB.c.feed_id.not_in(kept)).returning(HUB.c.feed_id)
    for feed_id in (await session.scalars(gone)).all():
        await _rely(session, feed_id, None)


async def take_due(session: AsyncSession, now: datetime, *, again_at: datetime) -> list[Wish]:
    """The wishes whose time has come. Each is marked as asked, and comes again at ``again_at`` if no hub answers."""
    due = select(HUB.c.feed_id).where(HUB.c.next_at <= now).order_by(HUB.c.next_at).limit(_PLENTY)
    ids = list(await session.scalars(due.with_for_update(skip_locked=True)))
    if not ids:
        return []
    lives = and_(HUB.c.state == HubState.ACTIVE, HUB.c.lease_until > now)
    for state, which in ((HubState.ACTIVE, lives), (HubState.ASKED, ~lives | HUB.c.lease_until.is_(None))):
        mine = update(HUB).where(HUB.c.feed_id.in_(ids), HUB.c.next_at <= now, which)
        await session.execute(mine.values(state=state, next_at=again_at, attempts=HUB.c.attempts + 1))
    rows = await session.execute(
        select(HUB.c.feed_id, HUB.c.hub, HUB.c.topic, HUB.c.token, HUB.c.secret, HUB.c.attempts).where(
            HUB.c.feed_id.in_(ids)
        )
    )
    return [Wish(*row) for row in rows]


async def refuse(session: AsyncSession, token: str, detail: str, again_at: datetime) -> None:
    """Note that a hub said no, or could not be reached; a lease that still runs is not lost by that."""
    mine = update(HUB).where(HUB.c.token == token)
    await session.execute(mine.values(detail=detail[:500], next_at=again_at))
    await session.execute(mine.where(HUB.c.state == HubState.ASKED).values(state=HubState.REFUSED))


async def deny(session: AsyncSession, token: str, detail: str, again_at: datetime) -> None:
    """Note that a hub will not tell any more, whatever it promised."""
    feed_id = await _set(
        session, token, state=HubState.REFUSED, detail=detail[:500], next_at=again_at, lease_until=None
    )
    if feed_id is not None:
        await _rely(session, feed_id, None)


async def confirm(
    session: AsyncSession, token: str, now: datetime, lease: timedelta, renewal: timedelta
) -> None:
    """Note a hub's promise: from now on its feed is asked only to be sure."""
    until = now + lease
    values = {
        "state": HubState.ACTIVE,
        "detail": "",
        "attempts": 0,
        "lease_until": until,
        "next_at": now + renewal,
    }
    feed_id = await _set(session, token, **values)
    if feed_id is not None:
        await _rely(session, feed_id, until)


async def find(session: AsyncSession, token: str) -> HubSubscription | None:
    """The subscription whose callback has this name."""
    return (await session.scalars(select(HubSubscription).where(HUB.c.token == token))).first()


async def notified(session: AsyncSession, feed_id: int, now: datetime) -> None:
    """A hub tells of news: the feed is due at once, whatever its cadence says."""
    mine = update(FEED).where(FEED.c.id == feed_id, FEED.c.state.in_(_POLLED))
    await session.execute(mine.values(notified_at=now))


async def states(session: AsyncSession) -> dict[str, int]:
    """How many subscriptions there are in each state."""
    rows = await session.execute(select(HUB.c.state, func.count()).group_by(HUB.c.state))
    return {state: count for state, count in rows}


async def every(session: AsyncSession) -> Sequence[HubSubscription]:
    """All subscriptions."""
    return list(await session.scalars(select(HubSubscription).order_by(HUB.c.feed_id)))


async def _set(session: AsyncSession, token: str, **values: Any) -> int | None:
    changed = update(HUB).where(HUB.c.token == token).values(**values).returning(HUB.c.feed_id)
    return (await session.scalars(changed)).first()


async def _rely(session: AsyncSession, feed_id: int, until: datetime | None) -> None:
    await session.execute(update(FEED).where(FEED.c.id == feed_id).values(pushed_until=until))
