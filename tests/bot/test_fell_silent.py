"""What was under way to a chat that fell silent meanwhile does not wait for it again."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from bot.delivery.outcomes import Outcome, Verdict
from bot.delivery.record import record_failure
from bot.store import chats, deliveries
from bot.store.engine import Database, Session
from bot.store.tables import Delivery
from bot.store.types import DeliveryState
from tests.bot import outbox

FORUM, TOPIC = -4, 11
Silence = Callable[[Session, datetime], Awaitable[object]]


async def _blocked(session: Session, now: datetime) -> None:
    await chats.pause(session, FORUM, "blocked", now)


async def _stopped(session: Session, now: datetime) -> None:
    await chats.stop(session, FORUM, now)


async def _forgetting(session: Session, now: datetime) -> None:
    await chats.begin_forgetting(session, FORUM, now)


async def _topic_stopped(session: Session, now: datetime) -> None:
    await chats.stop_topic(session, FORUM, TOPIC, now)


async def _dies(database: Database, _: Delivery, now: datetime) -> None:
    async with database.write() as session:
        await deliveries.recover(session, 2, now, pause=30)


async def _gives_back(database: Database, _: Delivery, now: datetime) -> None:
    async with database.write() as session:
        await deliveries.unclaim(session, 1, now, held=())


async def _fails(database: Database, mine: Delivery, now: datetime) -> None:
    await record_failure(database, mine, Outcome(Verdict.RETRY, "no network"), now)


@pytest.mark.parametrize("silence", [_blocked, _stopped, _forgetting, _topic_stopped])
@pytest.mark.parametrize("end", [_dies, _gives_back, _fails])
async def test_it_is_suppressed_with_the_reason(
    database: Database,
    now: datetime,
    silence: Silence,
    end: Callable[[Database, Delivery, datetime], Awaitable[None]],
) -> None:
    """However its send ended, and however the chat fell silent; nothing is left in flight."""
    await outbox.follow(database, now, FORUM, thread=TOPIC)
    (number,) = await outbox.alert(database, now)
    async with database.write() as session:
        (mine,) = await deliveries.claim(session, now, epoch=1, limit=1, terminal=False)
        await silence(session, now)
    await end(database, mine, now)
    row = await outbox.row(database, number)
    assert (row.state, row.settled_at) == (DeliveryState.SUPPRESSED, now)
    assert row.reason.startswith(("chat_", "topic_paused: "))
    async with database.write() as session:
        assert not await chats.in_flight(session, FORUM)


@pytest.mark.parametrize("end", [_dies, _gives_back, _fails])
async def test_for_a_chat_that_listens_it_waits_again(
    database: Database, now: datetime, end: Callable[[Database, Delivery, datetime], Awaitable[None]]
) -> None:
    """The other way round: nothing is lost."""
    await outbox.follow(database, now, FORUM, thread=TOPIC)
    (number,) = await outbox.alert(database, now)
    async with database.write() as session:
        (mine,) = await deliveries.claim(session, now, epoch=1, limit=1, terminal=False)
    await end(database, mine, now)
    assert (await outbox.row(database, number)).state == DeliveryState.PENDING
