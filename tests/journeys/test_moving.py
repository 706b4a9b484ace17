"""From SQLite to PostgreSQL as an operator does it: stop, move, start. What waits is told there; nothing twice."""

from collections.abc import Callable
from pathlib import Path

from bot.times import utc_now
from tests.fakes.bot_api import BotApiServer, Fault
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer
from tests.journeys.processes import build_house
from tests.journeys.test_journey import MORE, NEWS, OLD, follow, read_once, told

LATE = "بوتين يعلن موعد الزيارة المقبلة"


async def test_moving_between_two_alerts(
    bot_api: BotApiServer, tmp_path: Path, new_postgres: Callable[[], str]
) -> None:
    """One is told before, one waits while Telegram is away, one comes after; a start on the old database is refused."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], api=bot_api)
        old, new = house.environment["DATABASE_URL"], new_postgres().replace("+psycopg", "")
        async with house.process("run", log="before"):
            await follow(bot_api)
            await read_once(outlet, 2)
            outlet.items.insert(0, Item("new", NEWS))
            await bot_api.wait_for(lambda one: NEWS in one.text, within=30)
            house.environment["DATABASE_URL"] = new
            code, said = await house.once("move", old)
            assert (code, "stop every process of Rasid first" in said) == (1, True)
            bot_api.faults.append(Fault("sendMessage", code=502, times=1000))
            outlet.items.insert(0, Item("late", LATE))
            await house.until_logged("before", '"verdict"')
        bot_api.faults.clear()
        code, said = await house.once("move", old)
        assert (code, "rows have moved" in said) == (0, True), said
        async with house.process("run", log="after"):
            await bot_api.wait_for(lambda one: LATE in one.text, within=60)
            outlet.items.insert(0, Item("more", MORE))
            await bot_api.wait_for(lambda one: MORE in one.text, within=60)
            await read_once(outlet, 3)
        house.environment["DATABASE_URL"] = old
        code, said = await house.once("run")
    assert (code, "this database was moved to postgresql" in said) == (1, True)
    assert [told(bot_api, words) for words in (OLD, NEWS, LATE, MORE)] == [0, 1, 1, 1]
    assert "Traceback" not in house.log("before") + house.log("after") + said
