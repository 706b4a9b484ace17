"""What Telegram may have counted, a chat rests for, whoever recorded it."""

from datetime import datetime, timedelta

from bot.delivery.outcomes import Outcome, Verdict
from bot.delivery.pace import GROUP_MESSAGES, GROUP_SECONDS
from bot.delivery.record import record_failure, record_sent, rest_doubtful
from bot.store import chats, deliveries, mailboxes, outgoing
from bot.store.deliveries import Sent
from bot.store.engine import Database
from bot.store.tables import Delivery, Mailbox
from tests.bot.outbox import alert, follow
from tests.bot.test_store import given_alert

GROUP, SUPERGROUP = -50, -100_050
SECOND = timedelta(seconds=1)


async def claimed(database: Database, now: datetime) -> Delivery:
    """A delivery to a group that has had nineteen messages in the last nineteen seconds, under way."""
    known = await given_alert(database, now)
    async with database.write() as session:
        await chats.meet(session, GROUP, "group", now)
        await chats.follow(session, GROUP, 0, ["r"], now)
        await outgoing.plan(session, known, 1, {"r"}, now)
        await mailboxes.lock(session, GROUP)
        recent = [now.timestamp() - ago for ago in range(GROUP_MESSAGES - 1, 0, -1)]
        await mailboxes.refresh(session, GROUP, now, recent=recent)
        (mine,) = await deliveries.claim(session, now, epoch=1, limit=1, terminal=False)
    return mine


async def lost(database: Database, now: datetime) -> None:
    """The next sender finds it."""
    async with database.write() as session:
        await rest_doubtful(session, await deliveries.recover(session, 2, now, pause=0), now)


async def box(database: Database, chat_id: int = GROUP) -> Mailbox:
    """A group's mailbox."""
    async with database.read() as session:
        return await session.get_one(Mailbox, chat_id)


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


async def claim(database: Database, now: datetime) -> list[Delivery]:
    """What may go now."""
    async with database.write() as session:
        return await deliveries.claim(session, now, epoch=1, limit=9, terminal=False)


async def test_a_group_that_moves_takes_its_rest_along(database: Database, now: datetime) -> None:
    """What went to the old id counts at the new one: Telegram's group is the same."""
    mine = await claimed(database, now)
    await record_sent(database, [Sent(mine, 5, now)])
    async with database.write() as session:
        await chats.migrate(session, GROUP, SUPERGROUP, now)
    group = await box(database, SUPERGROUP)
    assert (len(group.recent), group.free_at > now + SECOND) == (GROUP_MESSAGES, True)


async def test_a_group_that_moves_while_both_are_written_to_gets_one_message_at_a_time(
    database: Database, now: datetime
) -> None:
    """What Telegram refused under the old id waits for what is on its way to the new one, and for its rest."""
    mine = await claimed(database, now)
    await follow(database, now, SUPERGROUP)
    await alert(database, now)
    (theirs,) = await claim(database, now)
    async with database.write() as session:
        await chats.migrate(session, GROUP, SUPERGROUP, now)
    await record_failure(database, mine, Outcome(Verdict.MOVED, "it moved", chat_id=SUPERGROUP), now)
    assert (await box(database, SUPERGROUP)).in_flight == theirs.id
    assert await claim(database, now) == []
    await record_sent(database, [Sent(theirs, 6, now)])
    assert await claim(database, now + SECOND) == []
    assert [one.id for one in await claim(database, now + 61 * SECOND)] == [mine.id]
