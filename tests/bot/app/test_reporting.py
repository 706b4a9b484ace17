"""Admins hear of what was not sent: once, in few messages, whoever restarts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace

import pytest
from telegram import Bot

from bot.app import admins, reporting
from bot.app.admins import Audience
from bot.app.reporting import LONGEST_PAUSE, Reporter, is_news, next_pause
from bot.delivery.notices import TelegramBoard
from bot.store import chats
from bot.store.engine import Database
from bot.store.troubles import Parked
from bot.store.types import DeliveryState
from tests.bot.outbox import TITLE, alert, ends, follow
from tests.fakes.bot_api import TOKEN, BotApiServer, too_many_requests

ADMIN, OTHER = 7, 8
READER, GROUP = 7_123_456_789, -1_001_234_567_890


@dataclass
class Office:
    """A reporter over an outbox in which things go wrong."""

    database: Database
    bot: Bot
    api: BotApiServer
    time: datetime
    ours: bool = True
    admins: tuple[int, ...] = (ADMIN, OTHER)
    reporter: Reporter = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self, pause: float = 0) -> None:
        """A new process."""
        board = TelegramBoard(self.bot, self.database)
        audience = Audience(self.database, board, self.admins, lambda: self.ours, lambda: self.time)
        self.reporter = Reporter(audience, pause_seconds=pause, retry_seconds=0)

    async def fails(self, count: int, state: DeliveryState = DeliveryState.DEAD) -> list[int]:
        """So many new alerts end so."""
        await follow(self.database, self.time, READER)
        numbers = [(await alert(self.database, self.time))[0] for _ in range(count)]
        for number in numbers:
            await ends(self.database, self.time, number, state, "message is too strange")
        return numbers

    async def told(self) -> list[tuple[int, str]]:
        """What is said now, to whom, without marks."""
        before = len(self.api.sent)
        for _ in range(3):
            await self.reporter.look()
        return [
            (one.chat_id, one.text.replace("\u200e", "").replace("\u200f", ""))
            for one in self.api.sent[before:]
        ]


@pytest.fixture
async def office(database: Database, bot_api: BotApiServer, now: datetime) -> AsyncIterator[Office]:
    """Two admins, the other one in English."""
    for admin in (ADMIN, OTHER):
        bot_api.world.add_chat(admin)
    async with database.write() as session:
        await chats.meet(session, OTHER, "private", now, language="en")
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        yield Office(database, bot, bot_api, now)


async def test_each_failure_is_told_once(office: Office) -> None:
    """Counts and the first few with reasons, in each admin's language; a restart repeats nothing; new ones are new."""
    assert await office.told() == []
    await office.fails(7)
    await office.fails(1, DeliveryState.UNCERTAIN)
    (first, arabic), (second, english) = await office.told()
    assert (first, second) == (ADMIN, OTHER)
    assert "لم تصل: 7" in arabic and "لا يُعرف أوصلت أم لا: 1" in arabic and "وغير ما ذُكر: 3" in arabic
    assert arabic.count(TITLE) == 5 and "السبب: message is too strange" in arabic and "/outbox" in arabic
    assert "Did not arrive: 7" in english
    assert str(READER) not in arabic + english
    office.restart()
    assert await office.told() == []
    await office.fails(1)
    assert len(await office.told()) == 2


async def test_chats_and_topics_that_were_parked(office: Office) -> None:
    """No rights and a closed topic are news; a reader's own block is not; neither is what people stopped."""
    for chat_id, thread in ((READER, 0), (READER + 1, 0), (GROUP, 0), (GROUP, 5), (GROUP - 1, 5)):
        await follow(office.database, office.time, chat_id, thread=thread)
    async with office.database.write() as session:
        await chats.pause(session, READER, "Forbidden: bot was blocked by the user", office.time)
        await chats.stop(session, READER + 1, office.time)
        await chats.pause_topic(session, GROUP, 5, "Topic_closed", office.time)
        await chats.pause(session, GROUP - 1, "Not enough rights to send text messages", office.time)
    (_, arabic), _ = await office.told()
    assert "محادثات توقف الإرسال إليها: 1" in arabic and "مواضيع توقف الإرسال إليها: 1" in arabic
    assert "توقف الإرسال إلى موضوع في مجموعة رقمها ينتهي بـ7890" in arabic
    assert "السبب: Not enough rights" in arabic and "blocked" not in arabic
    office.restart()
    assert await office.told() == []
    async with office.database.write() as session:
        await chats.wake(session, GROUP - 1)
    async with office.database.write() as session:
        await chats.pause(session, GROUP - 1, "Not enough rights to send text messages", office.time)
    assert len(await office.told()) == 2


async def test_at_most_one_message_a_minute(office: Office) -> None:
    """What fails meanwhile is in the next one."""
    office.restart(pause=60)
    await office.fails(1)
    assert len(await office.told()) == 2
    await office.fails(1)
    assert await office.told() == []


def test_who_makes_trouble_all_day_is_told_of_less_and_less_often() -> None:
    """A day of a topic that is closed and opened every minute is some thirty messages; a calm hour forgets it."""
    pause, at, messages = 0.0, 0.0, 0
    while at < 86_400:
        pause = next_pause(pause, 60.0, 5.0)
        at, messages = at + pause + 5.0, messages + 1
    assert (messages, pause) == (29, LONGEST_PAUSE)
    assert next_pause(pause, 60.0, LONGEST_PAUSE) == 60.0


async def test_each_message_waits_longer_than_the_one_before(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute, two, four; each failure is told once all the same."""
    now = [1e6]
    clock = SimpleNamespace(monotonic=lambda: now[0])
    monkeypatch.setattr(reporting, "time", clock)
    monkeypatch.setattr(admins, "time", clock)
    office.restart(pause=60)
    for pause in (0.0, 60.0, 120.0, 240.0):
        await office.fails(1)
        now[0] += pause - 1
        assert pause == 0 or await office.told() == []
        now[0] += 1
        assert len(await office.told()) == 2, pause


async def test_only_the_process_that_sends_tells(office: Office) -> None:
    """One that stands by is silent, and takes over what was not told yet."""
    await office.fails(1)
    office.ours = False
    assert await office.told() == []
    office.ours = True
    assert len(await office.told()) == 2


async def test_who_cannot_be_reached_is_tried_again_or_left(office: Office) -> None:
    """Later where that may help, and the others are not told twice; who blocked the bot holds nobody up."""
    await office.fails(1)
    office.api.faults.append(too_many_requests(1, chat_id=ADMIN))
    assert [chat for chat, _ in await office.told()] == [OTHER, ADMIN]
    office.api.world.bot_becomes(ADMIN, "kicked")
    await office.fails(1)
    assert [chat for chat, _ in await office.told()] == [OTHER]
    assert await office.told() == []


async def test_without_admins_there_is_nothing_to_run(office: Office) -> None:
    """The log and `rasid outbox` have it all."""
    office.admins = ()
    office.restart()
    await office.reporter.run()
    assert office.api.sent == []


@pytest.mark.parametrize(
    ("kind", "reason", "news"),
    [
        ("private", "Forbidden: bot was blocked by the user", False),
        ("private", "blocked by the user", False),
        ("private", "Forbidden: user is deactivated", False),
        ("private", "Chat not found", True),
        ("supergroup", "removed from the chat", True),
        ("channel", "Need administrator rights in the channel chat", True),
        ("terminal", "alerts go to Telegram", False),
    ],
)
def test_what_is_news(kind: str, reason: str, news: bool) -> None:
    """What readers decide for themselves is not."""
    assert is_news(Parked(1, kind, None, reason)) is news
