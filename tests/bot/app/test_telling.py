"""Admins hear of rule files: once a change, in their language, and never at the cost of anything else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console
from telegram import Bot

from bot.app.admins import Audience
from bot.app.rulebook import Edition, RuleBook
from bot.app.telling import News, Teller, news
from bot.delivery.notices import Board, TelegramBoard, TerminalBoard
from bot.store import chats
from bot.store.engine import Database
from bot.store.tables import RuleNews
from rules import RuleSet
from rules.codes import At, problem
from rules.settle import Runs, Trouble
from tests.fakes.bot_api import TOKEN, BotApiServer, too_many_requests

FOLDER = Path("/srv/rules")
ADMIN, OTHER = 7, 8


def trouble(name: str = "visits", line: int = 5) -> Trouble:
    """A rule file that is broken on a line."""
    path = FOLDER / "library" / "topic" / f"{name}.yaml"
    return Trouble(path, (problem("S001", path, At(line, 3)),), Runs.LAST_GOOD)


@dataclass
class Office:
    """A teller whose book is changed by hand."""

    database: Database
    bot: Bot
    api: BotApiServer
    time: datetime
    ours: bool = True
    admins: tuple[int, ...] = (ADMIN, OTHER)
    board: Board | None = None  # instead of Telegram
    there: tuple[str, ...] = ("visits", "one", "two")  # the files that the rules are made of
    book: RuleBook = field(default_factory=RuleBook)
    teller: Teller = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new process."""
        board = self.board or TelegramBoard(self.bot, self.database)
        audience = Audience(self.database, board, self.admins, lambda: self.ours, lambda: self.time)
        self.teller = Teller(audience, FOLDER, self.book, pause_seconds=0, retry_seconds=0)

    async def meets(self, *troubles: Trouble) -> list[tuple[int, str]]:
        """The book has these troubles now; what is said, to whom, without marks."""
        before = len(self.api.sent)
        files = frozenset(trouble(name).path for name in self.there)
        self.book.edition = Edition(RuleSet((), ()), self.time, files, troubles)
        for _ in range(3):
            await self.teller.look()
        return [
            (one.chat_id, one.text.replace("\u200e", "").replace("\u200f", ""))
            for one in self.api.sent[before:]
        ]


@pytest.fixture
async def office(database: Database, bot_api: BotApiServer, now: datetime) -> AsyncIterator[Office]:
    """Two admins, who have both talked to the bot; the other one in English."""
    for admin in (ADMIN, OTHER):
        bot_api.world.add_chat(admin)
    async with database.write() as session:
        await chats.meet(session, ADMIN, "private", now)
        await chats.meet(session, OTHER, "private", now, language="en")
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        yield Office(database, bot, bot_api, now)


async def test_each_admin_is_told_once_in_his_language(office: Office) -> None:
    """File, line, column, code; and not again while nothing changes."""
    (first, arabic), (second, english) = await office.meets(trouble())
    assert (first, second) == (ADMIN, OTHER)
    assert "الموضع: library/topic/visits.yaml:5:3 S001" in arabic
    assert "Where: library/topic/visits.yaml:5:3 S001" in english
    assert await office.meets(trouble()) == []


async def test_a_change_of_the_problems_is_told_with_what_was_mended(office: Office) -> None:
    """One of two files is well again: the one that is left, and the one that is not."""
    await office.meets(trouble("one"), trouble("two"))
    (_, arabic), _ = await office.meets(trouble("two"))
    assert "أُصلح الملف: library/topic/one.yaml" in arabic
    assert "library/topic/two.yaml:5:3" in arabic


async def test_the_end_of_all_problems_is_told_once(office: Office) -> None:
    """And nothing is said of rules that were never wrong."""
    assert await office.meets() == []
    await office.meets(trouble())
    (_, arabic), _ = await office.meets()
    assert arabic.startswith("القواعد كلها سليمة الآن")
    assert "library/topic/visits.yaml" in arabic
    assert await office.meets() == []


async def test_a_broken_file_that_is_deleted_was_not_mended(office: Office) -> None:
    """It is wrong no more, and said to be what it is: deleted."""
    await office.meets(trouble(), trouble("one"))
    office.there = ("one",)
    (_, arabic), (_, english) = await office.meets()
    assert "أُصلح الملف: library/topic/one.yaml" in arabic
    assert "حُذف الملف: library/topic/visits.yaml" in arabic
    assert "Deleted: library/topic/visits.yaml" in english


async def test_a_restart_repeats_nothing_within_a_day(office: Office) -> None:
    """The store remembers; after a day a restart reminds."""
    await office.meets(trouble())
    office.restart()
    assert await office.meets(trouble()) == []
    office.time += timedelta(days=1)
    assert await office.meets(trouble()) == []
    office.restart()
    assert len(await office.meets(trouble())) == 2


async def test_mending_while_nobody_ran_is_told_at_the_next_start(office: Office) -> None:
    """What was told broken is told mended, whenever that is noticed."""
    await office.meets(trouble())
    office.restart()
    assert len(await office.meets()) == 2


async def test_only_the_process_that_sends_tells(office: Office) -> None:
    """One that stands by is silent, and takes over what was not told yet."""
    office.ours = False
    assert await office.meets(trouble()) == []
    office.ours = True
    assert len(await office.meets(trouble())) == 2


async def test_an_admin_who_cannot_be_reached_now_is_tried_again(office: Office) -> None:
    """The others are not told twice meanwhile."""
    office.api.faults.append(too_many_requests(1, chat_id=ADMIN))
    assert [chat for chat, _ in await office.meets(trouble())] == [OTHER, ADMIN]


async def test_an_admin_who_blocked_the_bot_holds_nobody_up(office: Office) -> None:
    """Refused for good is done; the other one is told."""
    office.api.world.bot_becomes(ADMIN, "kicked")
    assert [chat for chat, _ in await office.meets(trouble())] == [OTHER]


async def test_without_a_token_the_terminal_says_the_same(office: Office, tmp_path: Path) -> None:
    """In the same words."""
    with (tmp_path / "screen").open("w+", encoding="utf-8") as screen:
        office.board, office.admins = TerminalBoard(Console(file=screen, width=200, soft_wrap=True)), (0,)
        office.restart()
        await office.meets(trouble())
        screen.seek(0)
        assert "library/topic/visits.yaml:5:3 S001" in screen.read()


async def test_without_admins_there_is_nothing_to_run(office: Office) -> None:
    """The log has it all."""
    office.admins = ()
    office.restart()
    await office.teller.run()
    assert office.api.sent == []


def test_what_is_news(now: datetime) -> None:
    """Pure: the problems now, what was told, and when."""
    told = RuleNews(topic="problems", digest="a", files=[], told_at=now)
    well = RuleNews(topic="problems", digest="", files=[], told_at=now)
    assert news("", None, now) == news("", well, now) == news("a", told, now) == News.NOTHING
    assert news("a", None, now) == news("b", told, now) == news("a", well, now) == News.BROKEN
    assert news("", told, now) == News.MENDED
    assert news("a", told, now + timedelta(days=1)) == News.BROKEN
    assert news("", well, now + timedelta(days=9)) == News.NOTHING
