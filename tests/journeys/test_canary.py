"""The token, over whole processes at DEBUG, among errors of every sort: nowhere but on the way to Telegram."""

import asyncio
import json
from pathlib import Path

import aiohttp
from sqlalchemy import inspect, text

from bot.store.engine import Database
from bot.times import utc_now
from tests.fakes.bot_api import BotApiServer, Fault
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer
from tests.journeys.processes import House, build_house
from tests.journeys.test_journey import MORE, NEWS, OLD, READER, follow, read_once

HALF = "AAcanary-yellow_bird-in-the-coal-mine"
CANARY = f"8675309:{HALF}"
FAULTS = ("reset", "cut", "garbage", "portal", "failing", "status")


async def rows(database_url: str) -> str:
    """Every row of every table."""
    database = Database(database_url)
    try:
        async with database.engine.connect() as connection:
            names = await connection.run_sync(lambda one: inspect(one).get_table_names())
            found = [
                str((await connection.execute(text(f'SELECT * FROM "{name}"'))).all())  # noqa: S608 # our tables
                for name in names
            ]
    finally:
        await database.dispose()
    assert len(names) > 10
    return "\n".join(found)


async def pages(house: House) -> dict[str, str]:
    """What the health page and the metrics say, from a process of their own."""
    async with house.process("web"), aiohttp.ClientSession() as client:
        await house.until_logged("web", '"url"')
        line = next(one for one in house.log("web").splitlines() if '"url"' in one)
        base = json.loads(line)["url"].removesuffix("/health")
        said = {}
        for page in ("health", "metrics"):
            async with client.get(f"{base}/{page}") as answer:
                said[page] = await answer.text()
    return said


async def test_the_token_is_nowhere(database_url: str, tmp_path: Path) -> None:
    """Resets, broken answers, 5xx, a database that fails, in the end a refused token: logs, pages, rows, messages."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with BotApiServer(token=CANARY) as bot_api, RawServer(outlet) as feed:
        house = build_house(
            tmp_path, feeds=[feed.url()], database_url=database_url, api=bot_api, token=CANARY
        )
        house.environment |= {"RASID_LOG_LEVEL": "DEBUG", "RASID_ADMINS": str(READER)}
        async with house.process("run"):
            await follow(bot_api)
            await read_once(outlet, 2)
            for number, kind in enumerate(FAULTS):
                bot_api.faults.append(Fault("sendMessage", kind))  # type: ignore[arg-type] # its kinds
                bot_api.world.say(READER, "/help")
                outlet.items.insert(0, Item(f"n{number}", f"{NEWS} {number}"))
                await bot_api.wait_until(lambda: not any(one.times for one in bot_api.faults), within=30)
        house.module = "tests.journeys.launcher"
        house.environment["TEST_HOOK"] = "tests.journeys.spoiler:spoil"
        async with house.process("run", log="spoiled"):
            await house.until_logged("spoiled", "locked while [secret]", within=60)
            await asyncio.sleep(3)
        house.module = "bot"
        async with house.process("run", log="refused"):
            await house.until_logged("refused", "listening to Telegram")
            bot_api.token = "1:another"
            outlet.items.insert(0, Item("more", MORE))
            await house.until_logged("refused", "Telegram refuses TELEGRAM_BOT_TOKEN", within=60)
            said = await pages(house)
        code, out = await house.once("bot")
        assert code == 1
        said |= {
            "log": house.log("run"),
            "log, database spoiled": house.log("spoiled"),
            "log, token refused": house.log("refused"),
            "start refused": out,
            "outbox": (await house.once("outbox"))[1],
            "health command": (await house.once("health"))[1],
            "rows": await rows(database_url),
            "messages": str([vars(one) for one in bot_api.sent]),
        }
    assert "sender" in said["health"] and "rasid_healthy" in said["metrics"]
    assert '"level": "debug"' in said["log"]
    assert len(bot_api.sent) > 2
    assert [name for name, text in said.items() if CANARY in text or HALF in text] == []
