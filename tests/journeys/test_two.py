"""Two by mistake, and one that was away: several processes over one database, or with one token."""

import asyncio
import json
import signal
import sqlite3
import time
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from bot.times import utc_now
from tests.fakes.bot_api import BotApiServer
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer
from tests.journeys.processes import House, build_house
from tests.journeys.test_journey import MORE, NEWS, OLD, follow, read_once, told

ADMIN = 77
STANDS_BY = "another process holds this role for the database; this one stands by"
RIVAL = "another process listens with this token"
LEASE = 15.0  # seconds, of the sender's and the clock's roles


def lines(house: House, log: str, words: str) -> list[dict[str, object]]:
    """The log's lines that hold ``words``."""
    return [json.loads(line) for line in house.log(log).splitlines() if words in line]


async def test_a_second_one_stands_by_and_takes_over_at_once_when_the_first_is_killed(
    database_url: str, bot_api: BotApiServer, tmp_path: Path
) -> None:
    """It says so in one line a role. What a dead process held on the same machine is free at once."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], database_url=database_url, api=bot_api)
        async with house.process("run", log="first") as first:
            await follow(bot_api)
            await read_once(outlet, 2)
            async with house.process("run", log="second") as second:
                await house.until_logged("second", '"role": "sender"')
                await house.until_logged("second", '"role": "clock"')
                outlet.items.insert(0, Item("new", NEWS))
                await bot_api.wait_for(lambda one: NEWS in one.text, within=30)
                await read_once(outlet, 2)
                assert [one["role"] for one in lines(house, "second", STANDS_BY)] in (
                    ["sender", "clock"],
                    ["clock", "sender"],
                )
                first.send_signal(signal.SIGKILL)
                await first.wait()
                killed = time.monotonic()
                await house.until_logged("second", "this process sends")
                await house.until_logged("second", "this process is the clock")
                assert time.monotonic() - killed < LEASE * 0.8
                outlet.items.insert(0, Item("more", MORE))
                # a feed that the dead process was reading is asked again when the feed's own lease has ended
                await bot_api.wait_for(lambda one: MORE in one.text, within=90)
                await read_once(outlet, 2)
                assert second.returncode is None
    assert (told(bot_api, NEWS), told(bot_api, MORE)) == (1, 1)
    assert "Traceback" not in house.log("second")


async def test_the_token_in_use_elsewhere_is_told_to_operator_and_admins(
    bot_api: BotApiServer, tmp_path: Path
) -> None:
    """Another machine, another database, the same token: log, health page and the admins' chat have it; once."""
    bot_api.world.add_chat(ADMIN)
    async with RawServer(Outlet([Item("old", OLD)], now=utc_now())) as feed, AsyncExitStack() as stack:
        houses = []
        for name in ("here", "elsewhere"):
            (tmp_path / name).mkdir()
            house = build_house(tmp_path / name, feeds=[feed.url()], api=bot_api)
            house.environment["RASID_ADMINS"] = str(ADMIN)
            await stack.enter_async_context(house.process("run"))
            await house.until_logged("run", "this process sends")
            houses.append(house)
        await bot_api.wait_for(lambda one: one.chat_id == ADMIN, within=60)
        async with asyncio.timeout(30):
            while not (hit := [one for one in houses if RIVAL in one.log("run")]):
                await asyncio.sleep(0.1)
        async with asyncio.timeout(60):
            while f"sender: {RIVAL}" not in (await hit[0].once("health"))[1]:  # told with the next renewal
                await asyncio.sleep(1)
        for house in hit:
            assert len(lines(house, "run", RIVAL)) == 1
            assert "Traceback" not in house.log("run")
    assert sum(one.chat_id == ADMIN for one in bot_api.sent) <= len(hit)


async def test_four_workers_a_frozen_one_and_a_killed_one(
    database_url: str, bot_api: BotApiServer, tmp_path: Path
) -> None:
    """Frozen past a feed's lease: another worker reads it; woken, what the first one held is not its any more."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with RawServer(outlet) as feed, AsyncExitStack() as stack:
        house = build_house(tmp_path, feeds=[feed.url()], database_url=database_url, api=bot_api)
        house.change({"bot.app.parts:FETCH_SECONDS": 3.0})
        assert (await house.once("release"))[0] == 0
        await stack.enter_async_context(house.process("clock"))
        await stack.enter_async_context(house.process("bot"))
        workers = [
            await stack.enter_async_context(house.process("worker", log=f"worker{number}"))
            for number in range(4)
        ]
        await house.until_logged("bot", "listening to Telegram", within=90)  # six processes start at once
        await follow(bot_api)
        await read_once(outlet, 3)
        for worker in workers[1:3]:
            worker.send_signal(signal.SIGSTOP)
        workers[3].send_signal(signal.SIGKILL)
        await workers[3].wait()
        outlet.items.insert(0, Item("new", NEWS))
        await bot_api.wait_for(lambda one: NEWS in one.text, within=60)
        await asyncio.sleep(6)  # longer than a feed's lease
        outlet.items.insert(0, Item("more", MORE))
        for worker in workers[1:3]:
            worker.send_signal(signal.SIGCONT)
        await bot_api.wait_for(lambda one: MORE in one.text, within=60)
        await read_once(outlet, 4)
        assert [one.returncode for one in workers[:3]] == [None] * 3
        health = json.loads((await house.once("health"))[1])
        assert health["silent_seconds"]["worker"] < 30
    assert all("this process polls beside the clock" in house.log(f"worker{n}") for n in range(4))
    assert (told(bot_api, OLD), told(bot_api, NEWS), told(bot_api, MORE)) == (0, 1, 1)
    assert all("Traceback" not in house.log(f"worker{number}") for number in range(4))


async def test_a_sender_that_was_frozen_past_its_lease_is_fenced(
    database_url: str, bot_api: BotApiServer, tmp_path: Path
) -> None:
    """Who only sleeps is not dead: the lease has to end; woken, it finds another at work and stands by."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], database_url=database_url, api=bot_api)
        house.change({"bot.store.role:LEASE_SECONDS": 6.0, "bot.store.role:FRESH_SECONDS": 4.0})
        async with AsyncExitStack() as stack:
            frozen = await stack.enter_async_context(house.process("run", log="first"))
            await house.until_logged("first", "this process sends")
            await stack.enter_async_context(house.process("run", log="second"))
            await house.until_logged("second", STANDS_BY)
            await follow(bot_api)
            await read_once(outlet, 2)
            frozen.send_signal(signal.SIGSTOP)
            outlet.items.insert(0, Item("new", NEWS))
            await house.until_logged("second", "this process sends", within=60)
            await bot_api.wait_for(lambda one: NEWS in one.text, within=60)
            frozen.send_signal(signal.SIGCONT)
            await house.until_logged("first", STANDS_BY, within=60)
            outlet.items.insert(0, Item("more", MORE))
            await bot_api.wait_for(lambda one: MORE in one.text, within=60)
            await read_once(outlet, 2)
    assert (told(bot_api, NEWS), told(bot_api, MORE)) == (1, 1)


@pytest.mark.parametrize("waits", [0.0, 2.5])
async def test_a_stop_without_a_database_is_short_and_says_what_it_leaves(
    bot_api: BotApiServer, tmp_path: Path, waits: float
) -> None:
    """Somebody holds SQLite's lock, and Rasid waits for it: it ends with 0 before runners kill, without a traceback."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], api=bot_api)
        async with house.process("run") as running:
            await follow(bot_api)
            with closing(sqlite3.connect(tmp_path / "rasid.db", isolation_level=None)) as other:
                other.execute("PRAGMA busy_timeout=10000")
                other.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(waits)
                began = time.monotonic()
                running.send_signal(signal.SIGTERM)
                assert await asyncio.wait_for(running.wait(), 30) == 0
                assert time.monotonic() - began < 5
    assert len(lines(house, "run", "the next sender takes back what this one held")) == 1
    assert "Traceback" not in house.log("run")
