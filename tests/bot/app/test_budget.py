"""Admins hear once a day of rules outside their ``expect``."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from telegram import Bot

from bot.app.admins import Audience
from bot.app.budget import Budget, outside
from bot.app.rulebook import RuleBook
from bot.delivery.notices import TelegramBoard
from bot.store import archive, chats, rule_files
from bot.store.engine import Database
from bot.store.tables import Entry
from bot.store.types import Fate
from rules import RuleInfo, load_rules
from rules.settle import settle
from tests.bot.newsroom import make_rules
from tests.bot.test_archive import store_match
from tests.bot.test_store import given_feed
from tests.fakes.bot_api import TOKEN, BotApiServer, too_many_requests

ADMIN, OTHER = 7, 8
DAY = date(2026, 6, 10)
EXPECT = "expect: {per_day: 1..2, at_least_one_every: 3d}\nmatch:"


def at(day: int, hour: float = 12) -> datetime:
    """A moment of June 2026."""
    return datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour)


@dataclass
class Desk:
    """A folder whose rule ``visits`` expects one or two matches a day, and who tells of it."""

    folder: Path
    database: Database
    bot: Bot
    api: BotApiServer
    feed: int
    time: datetime = field(default_factory=lambda: at(11, 1))
    ours: bool = True
    budget: Budget = field(init=False)

    def restart(self) -> None:
        """A new process."""
        book = RuleBook()
        contents = {path: path.read_bytes() for path in self.folder.rglob("*.yaml")}
        assert book.take(settle(self.folder, contents, {}), self.time)
        board = TelegramBoard(self.bot, self.database)
        audience = Audience(self.database, board, (ADMIN, OTHER), lambda: self.ours, lambda: self.time)
        self.budget = Budget(audience, self.folder, book, retry_seconds=0)

    async def fires(self, day: int, count: int, fate: Fate = Fate.ALERTED) -> None:
        """So many matches of ``visits`` on a day of June; and all day news that it does not want."""
        found = [
            Entry(
                feed_id=self.feed, identity=f"{day} {n} {fate}", title="خبر", link="", seen_at=at(day, hour)
            )
            for n, hour in enumerate([*(3, 9, 15, 21), *[12] * count])
        ]
        async with self.database.write() as session:
            session.add_all(found)
            await session.flush()
            numbers = [one.id for one in found[4:] if one.id is not None]
        for number in numbers:
            await store_match(self.database, number, fate, at(day), "visits")

    async def told(self) -> list[tuple[int, str]]:
        """What is said now, to whom, without marks."""
        before = len(self.api.sent)
        for _ in range(3):
            await self.budget.look()
        return [
            (one.chat_id, one.text.replace("\u200e", "").replace("\u200f", ""))
            for one in self.api.sent[before:]
        ]


@pytest.fixture
async def desk(
    tmp_path: Path, database: Database, bot_api: BotApiServer, now: datetime
) -> AsyncIterator[Desk]:
    """Rules that are as they are since the first of June, and two admins, the other one in English."""
    folder = tmp_path / "rules"
    make_rules(folder)
    visits = folder / "library" / "topic" / "visits.yaml"
    visits.write_text(visits.read_text(encoding="utf-8").replace("match:", EXPECT, 1), encoding="utf-8")
    for admin in (ADMIN, OTHER):
        bot_api.world.add_chat(admin)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.yaml")}
    async with database.write() as session:
        await chats.meet(session, OTHER, "private", now, language="en")
        await rule_files.keep(session, files, (), at(1))
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        feed = await given_feed(database, now)
        assert feed.id is not None
        desk = Desk(folder, database, bot, bot_api, feed.id)
        desk.restart()
        yield desk


async def test_a_day_of_too_many_matches_is_told_once(desk: Desk) -> None:
    """The rule, the count, what was expected, whose it is, what to do; after a restart nothing; the next day anew."""
    await desk.fires(10, 3)
    (first, arabic), (second, english) = await desk.told()
    assert (first, second) == (ADMIN, OTHER)
    assert arabic.split("\n") == [
        "قاعدة خرجت عمّا في expect (2026-06-10)",
        "",
        "visits",
        "طابقت 3 مرات في ذلك اليوم، والمنتظر في اليوم 1..2",
        "صاحبها: desk",
        "لرؤية ما طابقت: rasid rules try visits --days 7",
    ]
    assert "it fired 3 times on that day; expected a day: 1..2" in english
    desk.restart()
    assert await desk.told() == []
    desk.time = at(12, 1)
    await desk.fires(11, 4)
    assert len(await desk.told()) == 2


@pytest.mark.parametrize("fates", [[], [Fate.BACKLOG, Fate.STALE]])
async def test_as_expected_is_no_news(desk: Desk, fates: list[Fate]) -> None:
    """And what stood in a feed that was read for the first time is of no day."""
    await desk.fires(10, 2)
    for fate in fates:
        await desk.fires(10, 2, fate)
    assert await desk.told() == []


async def test_too_few_on_a_day_on_which_the_feeds_were_read(desk: Desk) -> None:
    """A day on which nobody read them says nothing of a rule."""
    assert await desk.told() == []
    desk.time = at(12, 1)
    await desk.fires(11, 0)
    (_, arabic), _ = await desk.told()
    assert "لم تطابق في ذلك اليوم، والمنتظر في اليوم 1..2" in arabic


async def test_a_long_silence_is_told_once(desk: Desk) -> None:
    """While it lasts it is known; when it ended and came back it is news."""
    rule = desk.folder / "library" / "topic" / "visits.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("per_day: 1..2, ", ""), encoding="utf-8")
    desk.restart()
    await desk.fires(5, 1)
    await desk.fires(10, 0)
    (_, arabic), _ = await desk.told()
    assert "لم تطابق منذ 5 أيام، وأطول صمت مقبول بالأيام 3" in arabic
    for day, count in ((11, 0), (12, 1), (16, 0)):
        desk.time = at(day + 1, 1)
        await desk.fires(day, count)
        assert len(await desk.told()) == (2 if day == 16 else 0), day


async def test_a_rule_is_judged_from_the_first_whole_day_on_which_it_was_as_it_is(desk: Desk) -> None:
    """It was changed in the course of that day: no judgement."""
    async with desk.database.write() as session:
        await rule_files.keep(session, {"library/topic/visits.yaml": b"changed"}, (), at(10, 9))
    await desk.fires(10, 9)
    assert await desk.told() == []


async def test_who_cannot_be_reached_now_is_told_later_and_who_stands_by_is_silent(desk: Desk) -> None:
    """Nobody is told twice, and nothing is lost."""
    await desk.fires(10, 3)
    desk.ours = False
    assert await desk.told() == []
    desk.ours = True
    desk.api.faults.append(too_many_requests(1, chat_id=ADMIN))
    assert [chat for chat, _ in await desk.told()] == [OTHER, ADMIN]


async def test_matches_are_counted_by_the_date_in_utc(desk: Desk) -> None:
    """Whatever the database's zone."""
    await desk.fires(9, 0)
    await desk.fires(10, 2)
    async with desk.database.read() as session:
        assert await archive.matches_a_day(session, at(1), at(20)) == {"visits": {"2026-06-10": 2}}
        assert await archive.matches_a_day(session, at(10, 13), at(20)) == {}


@pytest.fixture
def visits(tmp_path: Path) -> RuleInfo:
    """The rule alone."""
    make_rules(tmp_path)
    path = tmp_path / "library" / "topic" / "visits.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("match:", EXPECT, 1), encoding="utf-8")
    (found,) = (one for one in load_rules(tmp_path).rule_set.rules if one.id == "visits")
    return found


def test_who_is_outside(visits: RuleInfo) -> None:
    """Pure: the counts, since when the rule is as it is, the day, and whether the feeds were read."""
    busy, since = {"2026-06-10": 3}, date(2026, 6, 2)
    found = outside(visits, busy, since, DAY, read=False)
    assert found is not None
    assert (found.line.fired, found.line.least, found.line.most, found.lasts) == (3, 1, 2, False)
    assert outside(visits, busy, DAY + timedelta(days=1), DAY, read=True) is None
    assert outside(visits, {"2026-06-09": 9, "2026-06-10": 1}, since, DAY, read=True) is None
    assert outside(visits, {}, since, DAY, read=False) is None
