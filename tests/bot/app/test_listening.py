"""The loop that listens, on a local Bot API server: nothing that Telegram says ends it."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from telegram.error import NetworkError

from bot.app.listening import Listener
from bot.handlers import build_application
from bot.logs import set_up_logs
from bot.store.engine import Database
from tests.bot.handlers.book import rule_set
from tests.fakes.bot_api import TOKEN, BotApiServer

READER = 42
SECRET_WORDS = "كلام خاص لا يكتب في السجل"
CHAT = {"id": READER, "type": "private", "first_name": "Reader"}
# Updates as no Telegram sends them today: python-telegram-bot raises on each.
UNREADABLE: list[dict[str, Any]] = [
    {"message": {"message_id": 1, "date": 1, "text": SECRET_WORDS}},  # no chat
    {"message": {"message_id": 2, "date": 10**18, "chat": CHAT, "text": SECRET_WORDS}},  # no such year
    {"message": SECRET_WORDS},
    {"callback_query": {"id": "1", "data": SECRET_WORDS}},  # nobody pressed it
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged, as the processes log."""
    written = io.StringIO()
    set_up_logs("INFO", "json", stream=written)
    yield written
    set_up_logs("INFO", "json")


@asynccontextmanager
async def listening(server: BotApiServer, database: Database, now: datetime) -> AsyncIterator[Listener]:
    """The whole talking part."""
    application = build_application(
        token=TOKEN,
        api_url=server.url,
        database=database,
        rules=rule_set,
        admins=frozenset(),
        now=lambda: now,
    )
    listener = Listener(application, lambda: True)
    async with application:
        await application.start()
        running = asyncio.create_task(listener.run())
        try:
            yield listener
        finally:
            running.cancel()
            await asyncio.wait([running])
            await application.stop()


@pytest.mark.parametrize("update", UNREADABLE)
async def test_an_update_that_cannot_be_read_stops_nobody(
    bot_api: BotApiServer, database: Database, now: datetime, log: io.StringIO, update: dict[str, Any]
) -> None:
    """It is logged without what was said, acknowledged, and what stands before and after it in the answer is heard."""
    bot_api.world.add_chat(READER)
    bot_api.world.say(READER, "/start")
    before = bot_api.world.updates[-1]["update_id"]
    bot_api.world.updates.append({"update_id": before + 1, **update})
    bot_api.world.updates.append({"update_id": before + 2, "quite_new_kind": {"of": "update"}})
    bot_api.world.say(READER, "/help")
    bot_api.world.updates[-1]["update_id"] = before + 3
    async with listening(bot_api, database, now):
        await bot_api.wait_for(lambda one: "أوامر راصد" in one.text)
        await bot_api.wait_until(lambda: not bot_api.world.updates)
    assert len(bot_api.sent) == 2
    written = log.getvalue()
    assert written.count("an update cannot be read; passed over") == 1
    assert f'"update": {before + 1}' in written
    assert SECRET_WORDS not in written
    assert "Traceback" not in written


async def test_a_network_that_is_gone_is_a_trouble_after_a_minute(
    database: Database, now: datetime, log: io.StringIO
) -> None:
    """The health page says so however quiet the outbox is; an answer ends it, and the log has both."""
    clock = 1000.0
    async with BotApiServer() as server, listening(server, database, now) as listener:
        listener.awake = lambda: clock
        assert listener._after(NetworkError("gone")) > 0
        clock += 59
        assert listener.trouble == ""
        clock += 2
        assert listener.trouble == (
            "Telegram cannot be reached for 61 s; nothing is sent or heard, the queue is kept"
        )
        server.world.add_chat(READER)
        server.world.say(READER, "/start")  # which Telegram answers with
        await server.wait_until(lambda: listener.trouble == "", within=30)
    assert '"away": 61, "event": "Telegram answers again"' in log.getvalue()
