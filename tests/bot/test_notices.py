"""Notices to admins keep Telegram's pace, among themselves and with the alerts, and its wish to be left alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update
from telegram import Bot

from bot.delivery import spent
from bot.delivery.notices import TelegramBoard
from bot.delivery.outcomes import Verdict
from bot.store import mailboxes, pace
from bot.store.dialect import table_of
from bot.store.engine import Database
from bot.store.tables import Mailbox
from bot.texts.markup import Message
from tests.bot.outbox import alert, follow
from tests.fakes.bot_api import TOKEN, BotApiServer, too_many_requests

ADMIN, OTHER = 7, 8
NEWS = Message("<b>خبر</b>", "خبر")


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApiServer]:
    """One that is as strict about its limits as Telegram."""
    async with BotApiServer(limits=True) as server:
        for admin in (ADMIN, OTHER):
            server.world.add_chat(admin)
        yield server


@pytest.fixture
async def board(bot_api: BotApiServer, database: Database, now: datetime) -> AsyncIterator[TelegramBoard]:
    """A board at a moment that does not pass."""
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        yield TelegramBoard(bot, database, lambda: now)


def statuses(server: BotApiServer) -> list[int]:
    """What was answered to each message that somebody tried to send."""
    return [call.status for call in server.calls if call.method == "sendMessage"]


async def test_several_notices_at_once_come_a_second_apart(
    board: TelegramBoard, bot_api: BotApiServer
) -> None:
    """To an admin who has no mailbox, since no alert was ever queued for him; another admin does not wait."""
    came = await asyncio.gather(*(board.pin(one, NEWS) for one in (ADMIN, ADMIN, OTHER, ADMIN)))
    assert came == [None] * 4
    assert statuses(bot_api) == [200] * 4
    mine = [one.at for one in bot_api.sent if one.chat_id == ADMIN]
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(mine))


async def test_a_notice_is_counted_with_the_alerts(
    board: TelegramBoard, database: Database, now: datetime
) -> None:
    """The admin's next alert waits a second; the pace of all sends moves on by one."""
    await follow(database, now, ADMIN)
    await alert(database, now)
    assert await board.pin(ADMIN, NEWS) is None
    async with database.write() as session:
        ahead = await pace.next_slot(session, now.timestamp()) - now.timestamp()
        assert not await mailboxes.any_open(session, now + timedelta(seconds=0.9), terminal=False)
        assert await mailboxes.any_open(session, now + timedelta(seconds=1.2), terminal=False)
    assert ahead == pytest.approx(1 / pace.A_SECOND, abs=0.01)


async def test_a_notice_waits_for_the_alert_before_it(database: Database, now: datetime) -> None:
    """For one that was sent just now, and for one that is under way."""
    await follow(database, now, ADMIN)
    (number,) = await alert(database, now)
    async with database.write() as session:
        box = await mailboxes.lock(session, ADMIN)
        assert box is not None
        await mailboxes.refresh(session, ADMIN, now, free_at=now + timedelta(seconds=0.7))
    assert await spent.turn(database, ADMIN, now) == pytest.approx(0.7, abs=0.01)
    async with database.write() as session:
        await session.execute(
            update(table_of(Mailbox)).values(free_at=now - timedelta(seconds=9), in_flight=number)
        )
    assert await spent.turn(database, ADMIN, now) > 1.0


async def test_a_429_is_honoured_by_notices_and_alerts(
    board: TelegramBoard, bot_api: BotApiServer, database: Database, now: datetime
) -> None:
    """Nothing more is sent to that chat until the time is over; others have their notices."""
    await follow(database, now, ADMIN)
    await alert(database, now)
    bot_api.faults.append(too_many_requests(30, chat_id=ADMIN))
    first = await board.pin(ADMIN, NEWS)
    assert first is not None
    assert (first.verdict, first.seconds) == (Verdict.WAIT, 30)
    second = await board.pin(ADMIN, NEWS)
    assert second is not None
    assert second.verdict == Verdict.WAIT
    assert 25 < second.seconds <= 30
    assert statuses(bot_api) == [429]
    assert await board.pin(OTHER, NEWS) is None
    async with database.read() as session:
        assert not await mailboxes.any_open(session, now + timedelta(seconds=29), terminal=False)


async def test_a_chat_that_rests_in_the_outbox_rests_here(
    board: TelegramBoard, bot_api: BotApiServer, database: Database, now: datetime
) -> None:
    """Whoever heard the 429: an alert, an answer, another process."""
    await follow(database, now, ADMIN)
    await alert(database, now)
    await spent.note(database, ADMIN, now, wait=60)
    outcome = await board.pin(ADMIN, NEWS)
    assert outcome is not None
    assert outcome.verdict == Verdict.WAIT
    assert statuses(bot_api) == []


async def test_without_a_database_a_notice_goes(bot_api: BotApiServer, now: datetime) -> None:
    """That it is out of order may be just what it tells."""
    database = Database("postgresql+psycopg://user:x@127.0.0.1:1/none")
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        assert await TelegramBoard(bot, database, lambda: now).pin(ADMIN, NEWS) is None
    await database.dispose()
