"""Admins hear of feeds that are not well: once, in few messages, whoever restarts."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from telegram import Bot

from bot.app.admins import Audience
from bot.app.feed_alarms import FeedAlarms
from bot.delivery.notices import TelegramBoard
from bot.store import chats, feeds, shown
from bot.store.engine import Database
from bot.store.types import AlarmKind
from bot.texts.feed_alarms import MOST_NAMED, AlarmLine, alarms_page
from tests.bot.texts.telegram_html import deliverable
from tests.fakes.bot_api import TOKEN, BotApiServer, too_many_requests

ADMIN, OTHER = 7, 8


async def flood(database: Database, now: datetime) -> bool:
    """One feed's flood is written down; whether it is news."""
    async with database.write() as session:
        row = {"url": "https://o.example/rss", "outlet": "Outlet", "outlet_ar": "منفذ المثال"}
        await feeds.sync(session, [row], now)
        (feed,) = await feeds.every(session)
        assert feed.id is not None
        return await shown.raise_alarm(session, feed.id, AlarmKind.FLOOD, 40, now)


@pytest.fixture
async def bot(database: Database, bot_api: BotApiServer, now: datetime) -> AsyncIterator[Bot]:
    """Two admins, the other one in English."""
    for admin in (ADMIN, OTHER):
        bot_api.world.add_chat(admin)
    async with database.write() as session:
        await chats.meet(session, OTHER, "private", now, language="en")
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        yield bot


def teller(database: Database, bot: Bot, now: datetime, *, ours: bool = True) -> FeedAlarms:
    """A new process's teller."""
    board = TelegramBoard(bot, database)
    return FeedAlarms(Audience(database, board, (ADMIN, OTHER), lambda: ours, lambda: now), retry_seconds=0)


async def test_an_alarm_is_told_once(
    database: Database, bot: Bot, bot_api: BotApiServer, now: datetime
) -> None:
    """Outlet, what is wrong, where; in each admin's language; a restart repeats nothing."""
    assert await flood(database, now)
    for _ in range(2):
        await teller(database, bot, now).look()
    arabic, english = (one.text.replace("\u200e", "").replace("\u200f", "") for one in bot_api.sent)
    assert "المنفذ: منفذ المثال" in arabic and "وعددها: 40" in arabic and "https://o.example/rss" in arabic
    assert "Outlet: Outlet" in english and "All 40 entries" in english


async def test_the_same_alarm_comes_once_a_day(database: Database, now: datetime) -> None:
    """Whatever a feed does in between."""
    assert await flood(database, now)
    assert not await flood(database, now + timedelta(hours=23))
    assert await flood(database, now + timedelta(hours=25))


async def test_whoever_is_not_the_sender_is_silent(
    database: Database, bot: Bot, bot_api: BotApiServer, now: datetime
) -> None:
    """Of several processes one tells."""
    await flood(database, now)
    await teller(database, bot, now, ours=False).look()
    assert bot_api.sent == []


async def test_a_message_that_did_not_arrive_is_told_later(
    database: Database, bot: Bot, bot_api: BotApiServer, now: datetime
) -> None:
    """Only to whom it did not."""
    await flood(database, now)
    bot_api.faults.append(too_many_requests(1, chat_id=ADMIN))
    telling = teller(database, bot, now)
    for _ in range(3):
        await telling.look()
    assert [one.chat_id for one in bot_api.sent] == [OTHER, ADMIN]


@pytest.mark.parametrize("kind", AlarmKind)
def test_each_kind_of_alarm_has_words_of_its_own(kind: AlarmKind) -> None:
    """In both languages."""
    for language in ("ar", "en"):
        pages = {
            one: alarms_page(language, [AlarmLine(one, 3, "O", "", "https://o.example/")])
            for one in AlarmKind
        }
        said = pages.pop(kind).plain
        assert said not in {page.plain for page in pages.values()}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_many_alarms_and_hostile_names_are_one_message(language: str) -> None:
    """The first few by name, the others counted."""
    line = AlarmLine("unreadable", 3, "<b>O\u202e", "", "https://o.example/" + "x" * 900)
    page = alarms_page("ar" if language == "ar" else "en", [line] * (MOST_NAMED + 4))
    deliverable(page)
    assert page.plain.count("https://") == MOST_NAMED
    assert page.plain.splitlines()[-1].endswith("4")
