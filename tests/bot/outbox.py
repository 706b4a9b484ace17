"""An outbox for tests: alerts that wait for chats, and deliveries that ended as a test needs them."""

from datetime import datetime
from itertools import count

from sqlalchemy import select, update

from bot.store import chats, deliveries, entries, feeds, outgoing
from bot.store.dialect import table_of
from bot.store.engine import Database
from bot.store.tables import Alert, Delivery, Entry
from bot.store.types import DeliveryState

DELIVERY = table_of(Delivery)
TITLE = "بوتين يصل إلى بيونغ يانغ"
URL = "https://a.example/"
_numbers = count(1)


async def follow(database: Database, now: datetime, chat_id: int, *, thread: int = 0, kind: str = "") -> None:
    """A chat, or a topic of it, that follows everything."""
    usual = "private" if chat_id > 0 else "supergroup"
    async with database.write() as session:
        await chats.meet(session, chat_id, kind or usual, now)
        await chats.follow(session, chat_id, thread, ["*"], now)


async def alert(database: Database, now: datetime, *, title: str = TITLE) -> list[int]:
    """One more alert, for all that follow: the numbers of its deliveries."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": URL, "outlet": "Outlet"}], now)
        feed = next(one for one in await feeds.every(session) if one.url == URL)
        assert feed.id is not None
        row = Entry(feed_id=feed.id, identity=str(next(_numbers)), title=title, seen_at=now)
        (entry,) = await entries.add(session, [row])
        assert entry.id is not None
        new = Alert(entry_id=entry.id, severity="high", severity_rank=2, created_at=now)
        alert_id = await entries.open_alert(session, new)
        await outgoing.plan(session, alert_id, 2, {"visits"}, now)
        mine = select(DELIVERY.c.id).where(DELIVERY.c.alert_id == alert_id).order_by(DELIVERY.c.id)
        return list(await session.scalars(mine))


async def ends(
    database: Database,
    now: datetime,
    delivery: int,
    state: DeliveryState,
    reason: str,
    *,
    twice: bool = False,
) -> None:
    """A delivery ended so; ``twice``: it may have arrived."""
    async with database.write() as session:
        await session.execute(
            update(DELIVERY)
            .where(DELIVERY.c.id == delivery)
            .values(state=state, reason=reason, settled_at=now, may_be_duplicate=twice)
        )


async def row(database: Database, delivery: int) -> Delivery:
    """A delivery."""
    async with database.read() as session:
        found = await deliveries.find(session, delivery)
    assert found is not None
    return found
