"""The life of a chat in the store: stopped, paused, moved, forgotten; the same on both databases."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, text

from bot.delivery import spent
from bot.delivery.upkeep import Upkeep
from bot.store import chats, deliveries, mailboxes, outgoing, pace, troubles
from bot.store.engine import Database, Session
from bot.store.forgetting import erase_if_still
from bot.store.tables import Chat
from bot.store.troubles import Parked, Resent
from bot.store.types import ChatState, DeliveryState, Guarantee
from tests.bot.outbox import alert, ends, follow, row

READER, OTHER, FORUM = 7_123_456_789, 7_987_654_321, -1_001_234_567_890
TOPIC = 5

Deed = Callable[[Session, datetime], Awaitable[object]]


def _deeds(chat: int) -> dict[str, Deed]:
    return {
        "stop": lambda session, now: chats.stop(session, chat, now),
        "pause": lambda session, now: chats.pause(session, chat, "blocked by the user", now),
        "meet": lambda session, now: chats.meet(session, chat, "private", now),
        "wake": lambda session, _: chats.wake(session, chat),
        "resume": lambda session, _: chats.resume(session, chat),
        "forget": lambda session, now: chats.begin_forgetting(session, chat, now),
    }


WISHES = {
    "stop": ChatState.STOPPED,
    "stop resume": ChatState.ACTIVE,
    "stop meet": ChatState.STOPPED,
    "stop pause": ChatState.STOPPED,
    "stop pause wake": ChatState.STOPPED,
    "stop pause wake resume": ChatState.ACTIVE,
    "pause": ChatState.PAUSED,
    "pause resume": ChatState.PAUSED,
    "pause wake": ChatState.ACTIVE,
    "pause stop wake": ChatState.STOPPED,
    "forget stop pause wake meet resume": ChatState.FORGETTING,
}


async def test_what_a_chat_wishes_outlives_what_telegram_says(database: Database, now: datetime) -> None:
    """A block and its end, or a command, never bring alerts to a chat that said /stop or /forget."""
    became = {}
    for chat_id, deeds in enumerate(WISHES, start=READER):
        await follow(database, now, chat_id)
        for deed in deeds.split():
            async with database.write() as session:
                await _deeds(chat_id)[deed](session, now)
        became[deeds] = (await _chat(database, chat_id)).state
    assert became == WISHES


async def test_letting_in_whom_we_do_not_know_keeps_nothing(database: Database) -> None:
    """Who was forgotten, and unblocks the bot, is not remembered for it."""
    async with database.write() as session:
        assert not await chats.wake(session, READER)
    async with database.read() as session:
        assert await chats.find(session, READER) is None


async def test_a_stopped_chat_gets_nothing_and_misses_nothing_it_wants(
    database: Database, now: datetime
) -> None:
    """What waits ends suppressed with the reason, what comes meanwhile too; settings stay, others go on."""
    await follow(database, now, READER)
    await follow(database, now, OTHER)
    mine, theirs = await alert(database, now)
    async with database.write() as session:
        await chats.stop(session, READER, now)
    assert (await row(database, mine)).state == DeliveryState.SUPPRESSED
    assert (await row(database, theirs)).state == DeliveryState.PENDING
    later, _ = await alert(database, now)
    assert "own wish" in (await row(database, later)).reason
    async with database.write() as session:
        assert await chats.resume(session, READER)
        assert await chats.followed(session, READER, 0) == ["*"]
    again, _ = await alert(database, now)
    assert (await row(database, again)).state == DeliveryState.PENDING


def _topic_deeds(chat: int) -> dict[str, Deed]:
    return {
        "close": lambda session, now: chats.pause_topic(session, chat, TOPIC, "closed", now),
        "wake": lambda session, _: chats.wake_topic(session, chat, TOPIC),
        "stop": lambda session, now: chats.stop_topic(session, chat, TOPIC, now),
        "resume": lambda session, _: chats.resume_topic(session, chat, TOPIC),
    }


TOPICS = {
    "close": "closed",
    "close wake": "",
    "stop": chats.OWN_WISH,
    "stop wake": chats.OWN_WISH,
    "stop close wake": chats.OWN_WISH,
    "close stop wake": chats.OWN_WISH,
    "stop resume": "",
    "close resume": "closed",
}


async def test_a_topic_is_stopped_and_closed_by_itself(database: Database, now: datetime) -> None:
    """Closing and reopening does not undo a wish; General and other topics go on; no follow-up comes either."""
    forums = dict(enumerate(TOPICS, start=FORUM))
    for chat_id in forums:
        for thread in (0, TOPIC):
            await follow(database, now, chat_id, thread=thread)
    before = await alert(database, now)
    for chat_id, deeds in forums.items():
        for deed in deeds.split():
            async with database.write() as session:
                await _topic_deeds(chat_id)[deed](session, now)
    after = await alert(database, now)
    async with database.write() as session:
        for chat_id, deeds in forums.items():
            assert await chats.topic_paused(session, chat_id, TOPIC) == TOPICS[deeds], deeds
            assert await chats.topic_paused(session, chat_id, 0) == ""
        first = await deliveries.find(session, after[0])
        entry = (await session.execute(text("SELECT max(id) FROM entry"))).scalar_one()
        assert first is not None
        await outgoing.plan_reply(session, first.alert_id, 2, {"visits"}, entry, now)
    waits = "SELECT chat_id, thread_id, kind FROM delivery WHERE state = 'pending' AND id NOT IN :before"
    async with database.read() as session:
        statement = text(waits).bindparams(bindparam("before", expanding=True))
        found = sorted(tuple(one) for one in await session.execute(statement, {"before": before}))
    assert found == sorted(
        (chat_id, thread, kind)
        for chat_id, deeds in forums.items()
        for thread in (0, TOPIC)
        for kind in ("reply", "send")
        if not (thread and TOPICS[deeds])
    )
    silenced = [one for one in before if (await row(database, one)).state == DeliveryState.SUPPRESSED]
    assert len(silenced) == len(TOPICS)


MOVES = {
    ("stop", False): (ChatState.STOPPED, Guarantee.AT_MOST_ONCE),
    ("stop", True): (ChatState.ACTIVE, Guarantee.AT_LEAST_ONCE),
    ("pause", False): (ChatState.ACTIVE, Guarantee.AT_MOST_ONCE),
    ("forget", False): (ChatState.FORGETTING, Guarantee.AT_MOST_ONCE),
    ("forget", True): (ChatState.FORGETTING, Guarantee.AT_LEAST_ONCE),
}


async def test_a_group_that_moves_takes_its_wishes_along(database: Database, now: datetime) -> None:
    """/stop, /copies and /forget hold for the new id; where that is known already, its own choices win."""
    became = {}
    for number, (deed, known) in enumerate(MOVES):
        old, new = -number - 1, FORUM - number
        await follow(database, now, old, kind="group")
        if known:
            await follow(database, now, new)
        async with database.write() as session:
            await chats.choose_guarantee(session, old, Guarantee.AT_MOST_ONCE)
            await _deeds(old)[deed](session, now)
            await chats.migrate(session, old, new, now)
        moved = await _chat(database, new)
        became[deed, known] = (moved.state, moved.guarantee)
    assert became == MOVES


async def test_forgetting_leaves_no_trace(database: Database, now: datetime, tmp_path: Path) -> None:
    """Nothing of the chat is in any column; on SQLite its number is in no byte of the file or the log either."""
    for chat_id in (READER, OTHER, *range(7_500_000_000, 7_500_000_060)):
        await follow(database, now, chat_id)
    for _ in range(3):
        await alert(database, now)
    await spent.note(database, READER, now)
    async with database.write() as session:
        await chats.begin_forgetting(session, READER, now)
    assert await erase_if_still(database, READER)
    assert await _found(database, READER) == []
    assert await _found(database, OTHER) != []
    if database.is_sqlite:
        assert _big(OTHER) in _bytes(tmp_path)
        assert _big(READER) not in _bytes(tmp_path)
        assert str(READER).encode() not in _bytes(tmp_path)


async def test_the_log_is_emptied_before_erasing_counts_as_done(database: Database, now: datetime) -> None:
    """While somebody reads what is erased, it is not gone yet; afterwards it is."""
    if not database.is_sqlite:
        pytest.skip("only SQLite has such a log")
    other = Database(f"{database.url}?timeout=0.1")
    await follow(database, now, READER)
    async with other.read() as session:
        await chats.find(session, READER)
        async with database.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            await raw.driver_connection.execute("PRAGMA busy_timeout = 50")
        async with database.write() as writing:
            await chats.begin_forgetting(writing, READER, now)
        assert not await erase_if_still(database, READER)
    assert await erase_if_still(database, READER)
    await other.dispose()


async def test_what_is_being_sent_holds_the_erasure_up(database: Database, now: datetime) -> None:
    """Nobody is told that all is erased while a message is on its way; what a dead process began is finished."""
    await follow(database, now, READER)
    (number,) = await alert(database, now)
    await ends(database, now, number, DeliveryState.SENDING, "")
    async with database.write() as session:
        await chats.begin_forgetting(session, READER, now)
    assert not await erase_if_still(database, READER)
    await ends(database, now, number, DeliveryState.SENT, "")
    await Upkeep(database, lambda: now).when_due()
    assert await _found(database, READER) == []


async def test_an_answer_counts_against_the_pace(database: Database, now: datetime) -> None:
    """The chat's next alert waits a second, a group's twenty a minute hold; all sends together move on by one."""
    for chat_id in (READER, FORUM):
        await follow(database, now, chat_id)
    await alert(database, now)
    for chat_id in (
        READER,
        *[FORUM] * 20,
        OTHER,
    ):  # OTHER never had an alert: it has no mailbox, and gets none
        await spent.note(database, chat_id, now)
    async with database.write() as session:
        mine, group = [await mailboxes.lock(session, one) for one in (READER, FORUM)]
        assert mine is not None and group is not None
        assert mine.free_at > now + timedelta(seconds=1)
        assert group.free_at > now + timedelta(seconds=59)
        assert len(group.recent) == 20
        assert await mailboxes.lock(session, OTHER) is None
        ahead = await pace.next_slot(session, now.timestamp()) - now.timestamp()
    assert ahead == pytest.approx(22 / pace.A_SECOND, abs=0.01)
    await spent.note(database, READER, now, wait=30)
    async with database.read() as session:
        assert not await mailboxes.any_open(session, now + timedelta(seconds=29), terminal=False)


async def test_a_broken_database_breaks_no_answer(now: datetime) -> None:
    """Counting is given up, with a line in the log."""
    database = Database("postgresql+psycopg://user:x@127.0.0.1:1/none")
    await spent.note(database, READER, now)
    await database.dispose()


async def test_what_admins_have_to_know_is_told_once(database: Database, now: datetime) -> None:
    """Dead and uncertain deliveries, paused chats and topics: until they are noted, and anew when they happen anew."""
    for chat_id, thread in ((READER, 0), (OTHER, 0), (FORUM, TOPIC)):
        await follow(database, now, chat_id, thread=thread)
    numbers = await alert(database, now)
    await ends(database, now, numbers[0], DeliveryState.DEAD, "no")
    await ends(database, now, numbers[1], DeliveryState.UNCERTAIN, "hm", twice=True)
    async with database.write() as session:
        await chats.pause(session, OTHER, "chat not found", now)
        await chats.pause_topic(session, FORUM, TOPIC, "closed", now)
        await troubles.note_told(session, [], now)
        found = await troubles.untold(session, limit=9)
        assert [(one.id, one.state, one.reason) for one in found] == [
            (numbers[0], "dead", "no"),
            (numbers[1], "uncertain", "hm"),
        ]
        parked = await troubles.untold_parked(session, limit=9)
        assert parked == [
            Parked(OTHER, "private", None, "chat not found"),
            Parked(FORUM, "supergroup", TOPIC, "closed"),
        ]
        await troubles.note_told(session, [one.id for one in found], now)
        await troubles.note_parked_told(session, parked, now)
        assert await troubles.untold(session, limit=9) == []
        assert await troubles.untold_parked(session, limit=9) == []
    async with database.write() as session:
        assert await chats.wake(session, OTHER)
        await chats.wake_topic(session, FORUM, TOPIC)
    async with database.write() as session:
        await chats.pause(session, OTHER, "chat not found", now)
        await chats.stop_topic(session, FORUM, TOPIC, now)
        assert [one.chat_id for one in await troubles.untold_parked(session, limit=9)] == [OTHER]


async def test_sending_again(database: Database, now: datetime) -> None:
    """Only what failed or may have; not to a chat that is silent; and a second failure is news again."""
    for chat_id in (READER, OTHER):
        await follow(database, now, chat_id)
    dead, doubtful = await alert(database, now)
    await ends(database, now, dead, DeliveryState.DEAD, "no")
    await ends(database, now, doubtful, DeliveryState.UNCERTAIN, "hm", twice=True)
    async with database.write() as session:
        assert [one.id for one in await troubles.page(session, limit=9)] == [doubtful, dead]
        assert [one.id for one in await troubles.page(session, before=doubtful, limit=9)] == [dead]
        assert await troubles.counts(session) == {"uncertain": 1, "dead": 1}
        await troubles.note_told(session, [dead, doubtful], now)
        await chats.stop(session, READER, now)
        silent = await troubles.resend(session, dead, now)
        assert (silent.outcome, "own wish" in silent.detail) == (Resent.SILENT, True)
        again = await troubles.resend(session, doubtful, now)
        assert (again.outcome, again.labelled) == (Resent.QUEUED, True)
        assert (await troubles.resend(session, doubtful, now)).outcome == Resent.NO_TROUBLE
        assert (await troubles.resend(session, 99, now)).outcome == Resent.UNKNOWN
    await ends(database, now, doubtful, DeliveryState.UNCERTAIN, "hm", twice=True)
    async with database.read() as session:
        assert [one.id for one in await troubles.untold(session, limit=9)] == [doubtful]


async def test_a_refused_token_shows_in_the_store(database: Database, now: datetime) -> None:
    """What cannot be told through Telegram is read from the queue that waits for it."""
    await follow(database, now, READER)
    (number,) = await alert(database, now)
    for reason, refused in (("Unauthorized", True), ("telegram cannot be reached", False)):
        await ends(database, now, number, DeliveryState.PENDING, reason)
        async with database.read() as session:
            assert await troubles.token_refused(session) is refused


async def _chat(database: Database, chat_id: int) -> Chat:
    async with database.read() as session:
        return await session.get_one(Chat, chat_id)


async def _found(database: Database, chat_id: int) -> list[tuple[str, str]]:
    """Every column of every table that holds the number anywhere."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if not database.is_sqlite:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    found = []
    async with database.read() as session:
        for table in (await session.scalars(text(query))).all():
            rows: Any = (await session.execute(text(f'SELECT * FROM "{table}"'))).mappings()  # noqa: S608 # our tables
            found += [
                (table, name) for one in rows for name, value in one.items() if str(chat_id) in str(value)
            ]
    return found


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("rasid.db*")))


def _big(number: int) -> bytes:
    """As SQLite keeps an integer of this size: six bytes."""
    return number.to_bytes(6, "big", signed=True)
