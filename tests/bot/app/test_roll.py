"""Admins hear of rules that rang and ring no more: once, whoever restarts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from telegram import Bot

from bot.app.admins import Audience
from bot.app.reloading import Reloader
from bot.app.roll import Caller, Roll, call
from bot.app.rulebook import RuleBook
from bot.delivery.notices import TelegramBoard
from bot.store import chats
from bot.store.engine import Database
from bot.texts.rule_news import SilentLine
from rules import load_rules
from tests.bot.newsroom import make_rules
from tests.fakes.bot_api import TOKEN, BotApiServer, too_many_requests

ADMIN, OTHER = 7, 8


@dataclass
class Desk:
    """A rules folder, the process that reads it and tells of it."""

    path: Path
    database: Database
    bot: Bot
    api: BotApiServer
    now: datetime
    ours: bool = True
    reloader: Reloader = field(init=False)
    caller: Caller = field(init=False)

    async def start(self) -> None:
        """A new process."""
        book = RuleBook()
        self.reloader = Reloader(self.path, self.database, book, ("bot",), lambda: self.now)
        await self.reloader.open()
        board = TelegramBoard(self.bot, self.database)
        audience = Audience(self.database, board, (ADMIN, OTHER), lambda: self.ours, lambda: self.now)
        self.caller = Caller(audience, book, retry_seconds=0)

    def file(self, name: str) -> Path:
        """A rule's file."""
        return self.path / "library" / "topic" / f"{name}.yaml"

    async def told(self) -> list[tuple[int, str]]:
        """The folder is read again, and what is said of it, without marks."""
        before = len(self.api.sent)
        for _ in range(3):
            await self.reloader.look()
            await self.caller.look()
        return [
            (one.chat_id, one.text.replace("\u200e", "").replace("\u200f", ""))
            for one in self.api.sent[before:]
        ]


@pytest.fixture
async def desk(
    tmp_path: Path, database: Database, bot_api: BotApiServer, now: datetime
) -> AsyncIterator[Desk]:
    """Two live rules, and two admins, the other one in English."""
    make_rules(tmp_path / "rules")
    for admin in (ADMIN, OTHER):
        bot_api.world.add_chat(admin)
    async with database.write() as session:
        await chats.meet(session, OTHER, "private", now, language="en")
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        desk = Desk(tmp_path / "rules", database, bot, bot_api, now)
        await desk.start()
        assert await desk.told() == []
        yield desk


async def test_a_file_that_vanished_is_told_once(desk: Desk) -> None:
    """In each admin's language; not again while it stays away, nor after a restart; its return is no news."""
    whole = desk.file("visits").read_bytes()
    desk.file("visits").unlink()
    (first, arabic), (second, english) = await desk.told()
    assert (first, second) == (ADMIN, OTHER)
    assert arabic == ("قاعدة كانت تنبّه ولم تعد\nحُذف ملف القاعدة visits. إن لم يكن ذلك مقصودًا فأعده.")
    assert english.startswith("A rule that rang rings no more\nvisits: its file is gone.")
    await desk.start()
    assert await desk.told() == []
    desk.file("visits").write_bytes(whole)
    assert await desk.told() == []
    desk.file("visits").unlink()
    assert len(await desk.told()) == 2


async def test_a_file_that_vanished_while_nobody_ran(desk: Desk) -> None:
    """The store knows what rang."""
    desk.file("kirby").unlink()
    await desk.start()
    assert len(await desk.told()) == 2


async def test_a_rule_that_is_retired_is_told_with_its_status(desk: Desk) -> None:
    """Its file is there, and says so."""
    text = desk.file("kirby").read_text(encoding="utf-8")
    desk.file("kirby").write_text(text.replace("status: live", "status: retired"), encoding="utf-8")
    (_, arabic), _ = await desk.told()
    assert "صارت حالة القاعدة kirby: retired." in arabic


async def test_a_broken_file_is_no_vanished_one(desk: Desk) -> None:
    """Its last good version rings on, and ``bot.app.telling`` tells of it."""
    desk.file("visits").write_text("rule: [", encoding="utf-8")
    assert await desk.told() == []


async def test_who_cannot_be_reached_now_is_told_later_and_who_stands_by_is_silent(desk: Desk) -> None:
    """Nobody is told twice, and nothing is lost."""
    desk.file("visits").unlink()
    desk.ours = False
    assert await desk.told() == []
    desk.ours = True
    desk.api.faults.append(too_many_requests(1, chat_id=ADMIN))
    assert [chat for chat, _ in await desk.told()] == [OTHER, ADMIN]


def test_whose_rules_are_wrong_still_rang(tmp_path: Path) -> None:
    """Pure: what rang, what is there now, whose files are wrong."""
    make_rules(tmp_path, shadow=True)
    rules = load_rules(tmp_path).rule_set.rules
    assert call((), rules, ()) == Roll(frozenset({"visits"}), ())
    assert call(("gone",), rules, ("gone",)) == Roll(frozenset({"visits", "gone"}), ())
    silent = (SilentLine("gone"), SilentLine("kirby", "shadow"))
    assert call(("gone", "kirby"), rules, ()) == Roll(frozenset({"visits"}), silent)
