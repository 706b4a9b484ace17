"""Admins hear of feeds that are gone or silent: once each, whoever restarts, and again after they had spoken."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from telegram import Bot

from bot.app.admins import Audience
from bot.app.feed_news import FeedNews
from bot.delivery.notices import TelegramBoard
from bot.store.engine import Database
from bot.web.health import look
from tests.bot.newsroom import Desk, make_rules, open_desk
from tests.fakes.bot_api import TOKEN, BotApiServer, too_many_requests
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer

ADMIN = 7
DAY = timedelta(days=1)


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk."""
    async with open_desk(database, make_rules(tmp_path / "rules")) as desk:
        yield desk


@pytest.fixture
async def bot(bot_api: BotApiServer) -> AsyncIterator[Bot]:
    """A bot whose admin has written to it."""
    bot_api.world.add_chat(ADMIN)
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as one:
        yield one


def news(desk: Desk, bot: Bot, *, ours: bool = True) -> FeedNews:
    """As a process that has just started."""
    board = TelegramBoard(bot, desk.database)
    return FeedNews(
        Audience(desk.database, board, (ADMIN,), lambda: ours, lambda: desk.time), retry_seconds=0
    )


async def test_silence_against_a_habit_is_told_once_and_once_more_after_it_ended(
    desk: Desk, bot: Bot, bot_api: BotApiServer
) -> None:
    """A feed that wrote every half hour says nothing for two days; then it does, and falls silent again."""
    outlet = Outlet([Item(str(n), f"خبر رقم {n}", hours_old=n / 2) for n in range(1, 12)])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        for after in (timedelta(), timedelta(hours=6), 2 * DAY):
            desk.time += after
            await desk.poll()
            await news(desk, bot, ours=False).look()
            await news(desk, bot).look()
        await news(desk, bot).look()
        (told,) = bot_api.sent
        assert "صمتت" in told.text
        assert "Outlet 0" in told.text
        assert any("1 silent" in line for line in (await look(desk.database, desk.time)).troubles)
        outlet.items.insert(0, Item("new", "خبر جديد"))
        await desk.poll()
        assert (await look(desk.database, desk.time)).silent_feeds == 0
        desk.time += 30 * DAY
        await desk.poll()
        desk.time += 60 * DAY
        await desk.poll()
        await news(desk, bot).look()
    assert len(bot_api.sent) == 2


async def test_a_night_during_which_rasid_slept_is_no_silence(
    desk: Desk, bot: Bot, bot_api: BotApiServer
) -> None:
    """The feed must have been asked since its time was over."""
    async with RawServer(Outlet([Item(str(n), f"خبر {n}", hours_old=n / 2) for n in range(1, 12)])) as server:
        await desk.knows(server.url())
        await desk.poll()
        desk.time += 5 * DAY
        await news(desk, bot).look()
        assert bot_api.sent == []
        await desk.poll()
        await news(desk, bot).look()
        assert len(bot_api.sent) == 1


async def test_a_feed_that_is_gone_is_told_once_and_a_busy_telegram_delays_it(
    desk: Desk, bot: Bot, bot_api: BotApiServer
) -> None:
    """What did not arrive is told at the next look."""
    async with RawServer(Outlet(status="410 Gone")) as server:
        await desk.knows(server.url())
        await desk.poll()
    bot_api.faults.append(too_many_requests(1, chat_id=ADMIN))
    await news(desk, bot).look()
    assert bot_api.sent == []
    await news(desk, bot).look()
    await news(desk, bot).look()
    (told,) = bot_api.sent
    assert "أُزيلت" in told.text
    assert server.url() in told.text
