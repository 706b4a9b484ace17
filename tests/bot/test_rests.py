"""What Telegram may have counted, a chat rests for, whoever recorded it."""

from datetime import datetime, timedelta

from bot.delivery.outcomes import Outcome, Verdict
from bot.delivery.pace import GROUP_MESSAGES, GROUP_SECONDS
from bot.delivery.record import record_failure, record_sent, rest_doubtful
from bot.store import chats, deliveries, mailboxes, outgoing
from bot.store.deliveries import Sent
from bot.store.engine import Database
from bot.store.tables import Delivery, Mailbox
from tests.bot.test_store import given_alert

GROUP = -50
SECOND = timedelta(seconds=1)


async def claimed(database: Database, now: datetime) -> Delivery:
    """A delivery to a group that has had nineteen messages in the last nineteen seconds, under way."""
    alert = await given_alert(database, now)
    async with database.write() as session:
        await chats.meet(session, GROUP, "group", now)
        await chats.follow(session, GROUP, 0, ["r"], now)
        await outgoing.plan(session, alert, 1, {"r"}, now)
        await mailboxes.lock(session, GROUP)
        recent = [now.timestamp() - ago for ago in range(GROUP_MESSAGES - 1, 0, -1)]
        await mailboxes.refresh(session, GROUP, now, recent=recent)
        (mine,) = await deliveries.claim(session, now, epoch=1, limit=1, terminal=False)
    return mine


async def lost(database: Database, now: datetime) -> None:
    """The next sender finds it."""
    async with database.write() as session:
        await rest_doubtful(session, await deliveries.recover(session, 2, now, pause=0), now)


async def box(database: Database) -> Mailbox:
    """The group's mailbox."""
    async with database.read() as session:
        return await session.get_one(Mailbox, GROUP)


async def test_a_message_of_a_dead_sender_counts_among_the_twenty_of_a_minute(
    database: Database, now: datetime
) -> None:
    """It may have arrived: the twenty-first waits until the first is a minute old."""
    await claimed(database, now)
    await lost(database, now + SECOND)
    group = await box(database)
    assert (len(group.recent), group.in_flight, group.rank) == (GROUP_MESSAGES, None, 1)
    assert group.free_at == now + timedelta(seconds=GROUP_SECONDS - (GROUP_MESSAGES - 1))


async def test_a_message_counts_that_another_sender_has_taken_over(database: Database, now: datetime) -> None:
    """An answer that comes too late to be recorded still says that Telegram has counted it."""
    mine = await claimed(database, now)
    async with database.write() as session:
        await deliveries.recover(session, 2, now, pause=0)
        await deliveries.claim(session, now, epoch=2, limit=1, terminal=False)
    assert await record_sent(database, [Sent(mine, 5, now + SECOND)]) == set()
    group = await box(database)
    assert (len(group.recent), group.in_flight) == (GROUP_MESSAGES, mine.id)


async def test_a_failure_counts_that_another_sender_has_taken_over(database: Database, now: datetime) -> None:
    """So does one of which nobody knows whether it arrived."""
    mine = await claimed(database, now)
    async with database.write() as session:
        await deliveries.recover(session, 2, now, pause=0)
    await record_failure(database, mine, Outcome(Verdict.AMBIGUOUS, "no answer"), now + SECOND)
    assert len((await box(database)).recent) == GROUP_MESSAGES
