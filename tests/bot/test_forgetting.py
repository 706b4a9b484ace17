"""/forget while alerts are under way: a real sender, a real talk, a strict Bot API server, both databases."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from telegram import Bot

from bot.delivery.sender import Sender
from bot.delivery.wire import Wire
from bot.handlers.desk import Desk
from bot.store import chats
from bot.store.engine import Database
from bot.times import utc_now
from rules import RuleSet
from tests.bot.handlers.talker import READER, Talker, talking
from tests.bot.newsroom import make_rules
from tests.bot.outbox import alert, follow
from tests.fakes.bot_api import TOKEN, BotApiServer, Fault

OTHER = 43


@asynccontextmanager
async def sending(
    database: Database, api: BotApiServer, rules: Callable[[], RuleSet]
) -> AsyncIterator[Sender]:
    """The sender, running, with a bot of its own."""
    async with Bot(TOKEN, base_url=f"{api.url}/bot") as bot:
        sender = Sender(database=database, transport=Wire(bot), rules=rules)
        running = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            sender.stop()
            await running


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """What the handlers work with."""
    rules = make_rules(tmp_path / "rules")
    return Desk(database=database, rules=lambda: rules, admins=frozenset(), now=utc_now)


def _alerts(api: BotApiServer, chat_id: int) -> list[str]:
    return [one.text for one in api.sent if one.chat_id == chat_id and "بيونغ يانغ" in one.text]


async def _gone(desk: Desk) -> bool:
    async with desk.database.read() as session:
        return await chats.find(session, READER) is None


async def _confirm(talk: Talker) -> None:
    question = await talk.ask(READER, "/forget")
    await talk.press(question, question.button("نعم")["callback_data"])


async def test_nothing_comes_after_the_last_message(bot_api: BotApiServer, desk: Desk) -> None:
    """One alert is on its way, more wait: that one arrives before the last message, the others never do.

    Meanwhile other chats are answered, and their alerts flow.
    """
    bot_api.world.add_chat(OTHER)
    now = datetime.now(UTC)
    async with talking(bot_api, desk) as talk:
        question = await talk.ask(READER, "/forget")
        assert "لا يحفظ" in question.text
        for chat_id in (READER, OTHER):
            await follow(desk.database, now, chat_id)
        question = await talk.ask(READER, "/forget")
        bot_api.faults.append(Fault("sendMessage", "delay", chat_id=READER, seconds=1.5))
        for number in range(3):
            await alert(desk.database, now, title=f"بوتين في بيونغ يانغ {number}")
        async with sending(desk.database, bot_api, desk.rules):
            await bot_api.wait_until(lambda: not bot_api.faults[0].times)  # it is on its way
            await talk.press(question, question.button("نعم")["callback_data"])
            bot_api.world.say(OTHER, "/list")
            await bot_api.wait_for(lambda one: one.chat_id == OTHER and "متابَعة هنا" in one.text)
            assert not await _gone(desk)
            await bot_api.wait_for(lambda one: one.text.startswith("تم المحو"))
            assert await _gone(desk)
            await alert(desk.database, now, title="بوتين يغادر بيونغ يانغ")
            await bot_api.wait_until(lambda: len(_alerts(bot_api, OTHER)) == 4)
        mine = [one.text for one in bot_api.sent if one.chat_id == READER]
    assert len(_alerts(bot_api, READER)) == 1
    assert mine[-1].startswith("تم المحو")


async def test_a_stop_does_not_wait_for_it_and_the_next_process_erases(
    bot_api: BotApiServer, desk: Desk
) -> None:
    """The process ends within its grace though a send hangs; the one that sends next finishes the erasure."""
    now = datetime.now(UTC)
    await follow(desk.database, now, READER)
    async with talking(bot_api, desk) as talk:
        bot_api.faults.append(Fault("sendMessage", "delay", chat_id=READER, skip=1, seconds=20))
        async with sending(desk.database, bot_api, desk.rules):
            question = await talk.ask(READER, "/forget")
            await alert(desk.database, now)
            await bot_api.wait_until(lambda: not bot_api.faults[0].times)
            await talk.press(question, question.button("نعم")["callback_data"])
        assert not await _gone(desk)
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 5
    async with sending(desk.database, bot_api, desk.rules), asyncio.timeout(20):
        while not await _gone(desk):
            await asyncio.sleep(0.1)
    assert not any(one.text.startswith("تم المحو") for one in bot_api.sent)
