"""Watches over a real store: what completes them, who is told, and that an event is told once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.delivery.letters import view_of
from bot.pipeline.save import Saved
from bot.pipeline.watching import Rang, on_time, running
from bot.schedule.clock import Clock
from bot.schedule.rounds import Rounds
from bot.store import outgoing, parcels
from bot.store.engine import Database
from bot.store.tables import Delivery
from bot.store.types import Fate
from tests.bot.newsroom import Desk, make_rules, open_desk, watch_of
from tests.fakes.feed_server import NOW, Item, Outlet
from tests.fakes.web import RawServer

BACK = watch_of("kirby-back", "kirby", "first_after_quiet: 7d", severity="critical")
SILENT = watch_of("kirby-silent", "kirby", "quiet_for: 7d")
SPIKE = watch_of("visits-spike", "visits", "spike: {window: 1d, usual: 4d, times: 3, stories: 3, sources: 2}")


@dataclass
class Press:
    """Two outlets and a desk that reads them."""

    desk: Desk
    outlets: tuple[Outlet, Outlet]
    urls: tuple[str, str]
    printed: int = 0

    async def day(self, number: int, *titles: str, by: int = 0, hour: int = 0) -> Saved:
        """On a day (0: the first) an outlet prints titles; then everything is read."""
        self.desk.time = NOW + timedelta(days=number, hours=hour)
        for title in titles:
            self.printed += 1
            item = Item(str(self.printed), title, hours_old=-24 * number - hour)
            self.outlets[by].items.insert(0, item)
        return await self.desk.poll()

    async def ordinary(self, *days: int) -> None:
        """Days on which nothing comes that a rule looks for."""
        for number in days:
            await self.day(number, f"خبر عن الطقس في القاهرة رقم {number}")

    async def on_time(self) -> Rang:
        """Let the watches look at the clock."""
        return await on_time(self.desk.database, running(self.desk.rules), self.desk.time)


def kirby(number: int) -> str:
    """A headline of the rule ``kirby``, another with each number."""
    return f"كيربي يتحدث إلى الصحفيين للمرة رقم {number}"


def visit(number: int) -> str:
    """A headline of the rule ``visits``, another with each number."""
    return f"بوتين يصل إلى المدينة التي رقمها {number}"


@pytest.fixture
async def press(database: Database, tmp_path: Path) -> AsyncIterator[Press]:
    """Two outlets that the desk knows, and three watches."""
    outlets = (Outlet(), Outlet())
    async with (
        open_desk(database, make_rules(tmp_path / "rules", BACK, SILENT, SPIKE)) as desk,
        RawServer(outlets[0]) as one,
        RawServer(outlets[1]) as two,
    ):
        urls = (one.url(), two.url())
        await desk.knows(*urls)
        yield Press(desk, outlets, urls)


async def told(database: Database) -> list[tuple[str, str, int | None]]:
    """Rule, fate and alert of every match, in order."""
    async with database.read() as session:
        rows = await session.execute(text('SELECT rule, fate, alert_id FROM "match" ORDER BY id'))
        return [(row.rule, row.fate, row.alert_id) for row in rows]


async def queued(database: Database) -> list[tuple[int, int, int]]:
    """Alert, chat and severity rank of every delivery, in order."""
    async with database.read() as session:
        query = "SELECT alert_id, chat_id, severity_rank FROM delivery ORDER BY alert_id, chat_id"
        return [(row.alert_id, row.chat_id, row.severity_rank) for row in await session.execute(text(query))]


async def test_the_first_after_quiet_is_told_in_the_alert_of_its_entry(press: Press) -> None:
    """A chat that follows both is told once, one that follows the watch alone too; the graver severity counts."""
    await press.day(0, kirby(0))
    await press.ordinary(*range(1, 9))
    await press.desk.follows(5, "kirby", "kirby-back")
    await press.desk.follows(6, "kirby-back")
    assert await press.day(9, kirby(1)) == Saved(entries=1, alerts=1, deliveries=2)
    assert await told(press.desk.database) == [
        ("kirby", Fate.ALERTED, 1),
        ("kirby", Fate.ALERTED, 2),
        ("kirby-back", Fate.ALERTED, 2),
    ]
    assert await queued(press.desk.database) == [(2, 5, 3), (2, 6, 3)]
    assert await press.day(10, kirby(2)) == Saved(entries=1, alerts=1, deliveries=1)


async def test_our_own_absence_is_no_quiet(press: Press) -> None:
    """Days without any entry are days on which nobody read: neither a first after quiet nor a silence."""
    await press.day(0, kirby(0))
    await press.ordinary(1, 2, 8)
    press.desk.time += timedelta(hours=12)
    assert await press.on_time() == Rang()
    await press.day(9, kirby(1))
    assert [rule for rule, *_ in await told(press.desk.database)] == ["kirby", "kirby"]


async def test_a_spike_is_told_with_the_story_that_completes_it(press: Press) -> None:
    """Three stories of two sources in a day, where one is usual; a fourth does not ring for the watch again."""
    for number in range(6):
        await press.day(number, visit(number))
    await press.desk.follows(6, "visits-spike")
    assert (await press.day(7, visit(11), visit(12))).deliveries == 0
    assert (await press.day(7, visit(13), by=1, hour=3)).deliveries == 1
    assert (await press.day(7, visit(14), by=1, hour=6)).deliveries == 0
    assert [row for row in await told(press.desk.database) if row[0] == "visits-spike"] == [
        ("visits-spike", Fate.ALERTED, 9)
    ]


async def test_a_copy_may_bring_the_source_that_was_missing_and_counts_as_no_story(press: Press) -> None:
    """Its own alert stands already, so the spike opens one; copies of one story alone are none."""
    for number in range(6):
        await press.day(number, visit(number))
    await press.desk.follows(6, "visits-spike")
    await press.day(7, visit(11), visit(12))
    assert (await press.day(7, visit(11), by=1, hour=2)).deliveries == 0
    assert (await press.day(7, visit(13), hour=4)).deliveries == 1


async def test_a_copy_that_completes_a_spike_rings_in_an_alert_of_its_own(press: Press) -> None:
    """The alert that the copy joined has long been told."""
    for number in range(6):
        await press.day(number, visit(number))
    await press.desk.follows(6, "visits", "visits-spike")
    assert (await press.day(7, visit(11), visit(12), visit(13))).alerts == 3
    assert await press.day(7, visit(12), by=1, hour=3) == Saved(entries=1, alerts=1, deliveries=1)
    assert (await told(press.desk.database))[-2:] == [
        ("visits", Fate.JOINED, 8),
        ("visits-spike", Fate.ALERTED, 10),
    ]


async def test_a_young_history_and_a_backlog_ring_no_watch(press: Press) -> None:
    """What is usual is not known in the first days, and the first read of a feed is no spike."""
    await press.desk.follows(6, "visits-spike", "kirby-back")
    await press.day(0, visit(1), visit(2))
    await press.day(0, visit(3), visit(4), by=1, hour=2)
    await press.day(1, kirby(1))
    assert await queued(press.desk.database) == []


async def test_the_backlog_of_an_added_feed_is_no_spike_and_breaks_a_quiet(press: Press) -> None:
    """It happened when its outlet says, and did not come as news."""
    await press.desk.follows(6, "visits-spike", "kirby-silent")
    await press.day(0, kirby(0), visit(0))
    for number in range(1, 6):
        await press.day(number, visit(number))
    old = [Item(f"v{n}", visit(20 + n), hours_old=-24 * 6 + 9) for n in range(4)]
    later = Outlet([*old, Item("k", kirby(20), hours_old=-24 * 2)])
    async with RawServer(later) as server:
        await press.desk.knows(*press.urls, server.url())
        await press.ordinary(6)
        await press.day(6, visit(6), hour=3)
        await press.ordinary(7)
        assert await press.on_time() == Rang()
        await press.ordinary(8, 9)
        assert await press.on_time() == Rang(alerts=1, deliveries=1)
    assert [chat for _, chat, _ in await queued(press.desk.database)] == [6]


async def test_a_feed_added_in_a_silence_does_not_end_it_early(press: Press) -> None:
    """The newest row may be about the oldest news; the last story is still the last."""
    await press.day(0, kirby(0))
    await press.ordinary(1, 2, 3)
    await press.day(4, kirby(1))
    later = Outlet([Item("k", kirby(20), hours_old=-24)])
    async with RawServer(later) as server:
        await press.desk.knows(*press.urls, server.url())
        await press.ordinary(5, 6, 7, 8, 9)
        assert await press.on_time() == Rang()
        await press.ordinary(10, 11)
        assert (await press.on_time()).alerts == 1


async def test_a_silence_is_told_once_and_again_after_the_next(press: Press) -> None:
    """By the clock, about the last entry before it; a new story ends it."""
    await press.day(0, kirby(0))
    await press.desk.follows(6, "kirby-silent")
    await press.ordinary(*range(1, 7))
    assert await press.on_time() == Rang()
    await press.ordinary(7)
    assert await press.on_time() == Rang(alerts=1, deliveries=1)
    assert await press.on_time() == Rang()
    await press.day(8, kirby(1))
    await press.ordinary(*range(9, 16))
    assert await press.on_time() == Rang(alerts=1, deliveries=1)
    async with press.desk.database.read() as session:
        query = "SELECT e.title FROM alert a JOIN entry e ON e.id = a.entry_id ORDER BY a.id"
        titles = [row.title for row in await session.execute(text(query))]
    assert titles == [kirby(0), kirby(0), kirby(1), kirby(1)]


async def test_many_workers_tell_a_silence_once(press: Press) -> None:
    """Whoever comes second finds it told."""
    await press.day(0, kirby(0))
    await press.desk.follows(6, "kirby-silent")
    await press.ordinary(*range(1, 8))
    found = await asyncio.gather(*(press.on_time() for _ in range(4)))
    assert sorted(one.alerts for one in found) == [0, 0, 0, 1]
    assert len(await queued(press.desk.database)) == 1


async def test_a_crash_while_it_is_told_leaves_nothing_and_loses_nothing(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Match, alert and deliveries stand together or not at all."""
    await press.day(0, kirby(0))
    await press.desk.follows(6, "kirby-silent")
    await press.ordinary(*range(1, 8))

    async def crash(*_args: object) -> int:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(outgoing, "plan", crash)
        with pytest.raises(RuntimeError, match="killed"):
            await press.on_time()
    assert [rule for rule, *_ in await told(press.desk.database)] == ["kirby"]
    assert await press.on_time() == Rang(alerts=1, deliveries=1)


async def test_news_like_the_last_before_a_silence_rings_as_news(press: Press) -> None:
    """The alert of a silence shows an old entry, and is none that a copy of it could join."""
    await press.day(0, kirby(0))
    await press.ordinary(*range(1, 8))
    assert (await press.on_time()).alerts == 1
    await press.desk.follows(5, "kirby")
    assert await press.day(8, kirby(0), by=1) == Saved(entries=1, alerts=1, deliveries=1)
    assert [row for row in await told(press.desk.database) if row[0] == "kirby"] == [
        ("kirby", Fate.ALERTED, 1),
        ("kirby", Fate.ALERTED, 3),
    ]


async def test_a_watch_on_trial_is_stored_and_rings_for_nobody(press: Press, tmp_path: Path) -> None:
    """Shadow: its match is there to be looked at, without an alert, and it counts as told."""
    trial = watch_of("kirby-silent", "kirby", "quiet_for: 7d", status="shadow")
    press.desk.rules = make_rules(tmp_path / "trial", trial, shadow=True)
    await press.day(0, kirby(0))
    await press.desk.follows(6, "kirby-silent")
    await press.ordinary(*range(1, 8))
    assert await press.on_time() == await press.on_time() == Rang()
    assert await told(press.desk.database) == [
        ("kirby", Fate.SHADOW, None),
        ("kirby-silent", Fate.SHADOW, None),
    ]


async def test_the_clock_lets_the_watches_look_and_wakes_the_sender(press: Press) -> None:
    """A silence comes with no entry: only the clock can tell it."""
    await press.day(0, kirby(0))
    await press.desk.follows(6, "kirby-silent")
    await press.ordinary(*range(1, 8))
    clock = Clock(Rounds(press.desk.poller, concurrency=1, lease_seconds=60))
    await clock.watch()
    assert press.desk.rang == 1
    await clock.watch()
    assert press.desk.rang == 1


@pytest.mark.parametrize(
    ("language", "noticed"),
    [("ar", "لا جديد منذ 7 أيام، وهذا آخر ما ورد"), ("en", "nothing new for 7 days; this came last")],
)
async def test_its_alert_says_what_it_noticed(press: Press, language: str, noticed: str) -> None:
    """In the language of the chat; with the words that the last entry matched."""
    await press.day(0, kirby(0))
    await press.desk.follows(6, "kirby-silent")
    await press.ordinary(*range(1, 8))
    await press.on_time()
    async with press.desk.database.write() as session:
        await session.execute(text("UPDATE chat SET language = :language"), {"language": language})
    async with press.desk.database.read() as session:
        (found,) = (await session.execute(text("SELECT id FROM delivery"))).all()
        parcel = (await parcels.load(session, [await session.get_one(Delivery, found.id)]))[found.id]
    view = view_of(parcel, press.desk.rules)
    assert view.noticed == (noticed,)
    assert view.reasons == ("كيربي",)
    assert [line.title for line in view.rules] == [
        "مراقبة kirby-silent" if language == "ar" else "Watch kirby-silent"
    ]
