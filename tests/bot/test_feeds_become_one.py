"""A feed moves for good onto the address of another one: that one is asked, and it is not, as long as that holds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, text
from telegram import Bot

from bot.app.admins import Audience
from bot.app.feed_news import FeedNews
from bot.delivery.notices import TelegramBoard
from bot.store import feeds, sources
from bot.store.engine import Database
from bot.store.types import FeedState, UTCDateTime
from bot.web.health import look
from feeds.cadence_words import explain
from tests.bot.newsroom import Desk, make_rules, open_desk
from tests.fakes.bot_api import TOKEN, BotApiServer
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer, Visit

NEWS = "بوتين يصل إلى بيونغ يانغ في زيارة رسمية"
ADMIN = 7
DAY = timedelta(days=1)


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk."""
    async with open_desk(database, make_rules(tmp_path / "rules")) as desk:
        yield desk


@asynccontextmanager
async def merging(desk: Desk) -> AsyncIterator[tuple[Outlet, RawServer, RawServer]]:
    """An outlet's server, another one that sends all its readers there; both addresses are in the catalogue."""
    outlet = Outlet([Item("1", NEWS)])

    async def moved(visit: Visit) -> None:
        await visit.answer("301 Moved", Location=target.url())

    async with RawServer(outlet) as target, RawServer(moved) as old:
        await desk.knows(old.url(), target.url())
        await desk.poll()
        yield outlet, target, old


async def states(desk: Desk) -> dict[str, str]:
    """The feeds' states by their addresses."""
    async with desk.database.read() as session:
        return {one.url: one.state for one in await feeds.every(session)}


async def test_a_feed_that_moved_onto_another_one_is_retired_after_days(desk: Desk) -> None:
    """Its entries stay; the other one brings what is new; no sync revives it."""
    await desk.follows(5, "visits")
    async with merging(desk) as (outlet, target, old):
        desk.time += 2 * DAY
        await desk.poll()
        assert await states(desk) == {old.url(): FeedState.OK, target.url(): FeedState.OK}
        desk.time += DAY
        await desk.poll()
        assert await states(desk) == {old.url(): FeedState.MOVED, target.url(): FeedState.OK}
        visits = len(old.visits)
        outlet.items.insert(0, Item("2", "بوتين يغادر بيونغ يانغ", hours_old=-74))
        for _ in range(3):
            desk.time += DAY
            await desk.poll()
            await desk.knows(old.url(), target.url())
        assert len(old.visits) == visits
        assert await states(desk) == {old.url(): FeedState.MOVED, target.url(): FeedState.OK}
        assert desk.rang == 2  # each news once
        async with desk.database.read() as session:
            counts = await session.execute(
                text("SELECT feed_id, count(*) FROM entry GROUP BY feed_id ORDER BY 1")
            )
            assert [tuple(row) for row in counts] == [(1, 1), (2, 2)]
            told = explain(await sources.find(session, old.url()), desk.time)  # type: ignore[arg-type]
        assert target.url() in told.english and target.url() in told.arabic
        assert told.at is None


@pytest.mark.parametrize("how", ["catalogue", "by hand"])
async def test_a_retired_feed_comes_back_when_the_other_one_is_dropped(desk: Desk, how: str) -> None:
    """It is followed through its redirect then, and is retired again as soon as the other one is back."""
    async with merging(desk) as (_, target, old):
        desk.time += 4 * DAY
        await desk.poll()
        assert (await states(desk))[old.url()] == FeedState.MOVED
        if how == "catalogue":
            await desk.knows(old.url())
        else:
            async with desk.database.write() as session:
                other = await sources.find(session, target.url())
                assert other is not None
                await sources.let_go(session, other, desk.time)
        for _ in range(2):
            await desk.poll()
            desk.time += DAY
        assert await states(desk) == {old.url(): FeedState.OK, target.url(): FeedState.DROPPED}
        await desk.knows(old.url(), target.url())
        await desk.poll()
        assert await states(desk) == {old.url(): FeedState.MOVED, target.url(): FeedState.OK}


async def test_a_retired_feed_that_leaves_the_catalogue_is_dropped(desk: Desk) -> None:
    """Its line was deleted, as the hint says."""
    async with merging(desk) as (_, target, old):
        desk.time += 4 * DAY
        await desk.poll()
        await desk.knows(target.url())
        assert await states(desk) == {old.url(): FeedState.DROPPED, target.url(): FeedState.OK}


async def test_no_feed_is_retired_for_one_that_was_never_read(desk: Desk) -> None:
    """What is new would be that one's backlog, and ring for nobody."""
    async with merging(desk) as (_, target, old):
        async with desk.database.write() as session:
            never = text(
                "UPDATE feed SET first_read_at = NULL, state = 'new', lease_until = :far WHERE url = :url"
            )
            far = bindparam("far", type_=UTCDateTime)
            await session.execute(never.bindparams(far), {"url": target.url(), "far": desk.time + 4 * DAY})
        desk.time += 4 * DAY - 2 * timedelta(minutes=1)
        await desk.poll()
        assert (await states(desk))[old.url()] == FeedState.OK


async def test_the_same_address_may_be_written_otherwise(desk: Desk) -> None:
    """A slash at its end makes no other feed; so the catalogue's own check sees it."""
    async with merging(desk) as (_, target, old):
        async with desk.database.write() as session:
            renamed = text("UPDATE feed SET url = :new WHERE url = :old")
            await session.execute(renamed, {"old": target.url(), "new": f"{target.url()}/"})
        desk.time += 4 * DAY
        await desk.poll()
        assert (await states(desk))[old.url()] == FeedState.MOVED


async def test_a_holder_that_froze_past_its_lease_retires_nothing(desk: Desk) -> None:
    """Its claim is another's by now."""
    async with merging(desk) as (_, target, old):
        desk.time += 4 * DAY
        (held,) = [one for one in await desk.claim() if one.url == old.url()]
        held.lease_epoch -= 1
        async with desk.database.write() as session:
            assert await feeds.move(session, held, target.url()) == feeds.Moved.NO
        assert (await states(desk))[old.url()] == FeedState.OK


async def test_the_admins_are_told_once_which_feed_and_where(desk: Desk, bot_api: BotApiServer) -> None:
    """Both addresses, and the command that names the line to delete."""
    bot_api.world.add_chat(ADMIN)
    async with merging(desk) as (_, target, old), Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        desk.time += 4 * DAY
        await desk.poll()
        for _ in range(2):
            board = TelegramBoard(bot, desk.database)
            await FeedNews(Audience(desk.database, board, (ADMIN,), lambda: True, lambda: desk.time)).look()
        (told,) = bot_api.sent
    assert all(said in told.text for said in (old.url(), target.url(), "rasid feeds show", "انتقلت"))
    assert (await look(desk.database, desk.time)).feeds == {"moved": 1, "ok": 1}
