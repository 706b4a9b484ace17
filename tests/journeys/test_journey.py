"""From a feed's URL to a Telegram message: the whole of Rasid, as people run it."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.times import utc_now
from tests.fakes.bot_api import TOKEN, BotApiServer, Fault
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer
from tests.journeys.processes import House, build_house

READER = 42
OLD = "بوتين يستقبل وفدا في الكرملين قبل أيام"
NEWS = "بوتين يصل إلى بيونغ يانغ في زيارة رسمية"
MORE = "بوتين يغادر بيونغ يانغ بعد توقيع المعاهدة"


async def follow(bot_api: BotApiServer) -> None:
    """A reader starts the bot and follows a rule."""
    bot_api.world.add_chat(READER)
    bot_api.world.say(READER, "/start")
    await bot_api.wait_for(lambda one: "راصد" in one.text, within=30)
    bot_api.world.say(READER, "/follow visits")
    await bot_api.wait_for(lambda one: "زيارات" in one.text and "✅" in one.text)


def told(bot_api: BotApiServer, words: str) -> int:
    """How many alerts hold ``words``."""
    return sum(words in one.text for one in bot_api.sent)


async def read_once(outlet: Outlet, times: int = 1) -> None:
    """Wait until the feed has been asked so often more."""
    wanted = len(outlet.asked) + times
    async with asyncio.timeout(30):
        while len(outlet.asked) < wanted:
            await asyncio.sleep(0.02)


async def recorded(url: str) -> dict[str, Any]:
    """What the health page says once no delivery is under way: a message is seen before it is recorded."""
    async with asyncio.timeout(10), aiohttp.ClientSession() as client:
        while True:
            async with client.get(url) as answer:
                health: dict[str, Any] = await answer.json()
            if "sending" not in health["deliveries"]:
                return health
            await asyncio.sleep(0.05)


async def test_one_process_from_url_to_message_and_again_after_a_restart(
    bot_api: BotApiServer, tmp_path: Path
) -> None:
    """The backlog is silent, news arrives once with its source and link, and a restart repeats and loses nothing."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], api=bot_api)
        async with house.process("run"):
            await follow(bot_api)
            await read_once(outlet, 2)
            outlet.items.insert(0, Item("new", NEWS, summary="خبر عاجل من هناك"))
            alert = await bot_api.wait_for(lambda one: NEWS in one.text)
        outlet.items.insert(0, Item("more", MORE))
        async with house.process("run"):
            await bot_api.wait_for(lambda one: MORE in one.text, within=30)
            await read_once(outlet, 2)
    assert alert.chat_id == READER
    assert "منبر 0" in alert.text
    assert any(one.get("url", "").endswith("/new") for one in alert.entities)
    assert (told(bot_api, OLD), told(bot_api, NEWS), told(bot_api, MORE)) == (0, 1, 1)
    assert TOKEN not in house.log("run")


async def test_separate_processes_share_one_database(
    database_url: str, bot_api: BotApiServer, tmp_path: Path
) -> None:
    """release, then clock, bot and web, each its own process; the health page knows of all."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], database_url=database_url, api=bot_api)
        assert await house.once("release") == (0, "the database is ready\n")
        async with house.process("clock"), house.process("bot"), house.process("web"):
            await follow(bot_api)
            await read_once(outlet, 2)
            outlet.items.insert(0, Item("new", NEWS))
            await bot_api.wait_for(lambda one: NEWS in one.text)
            await house.until_logged("web", "health page")
            url = json.loads(house.log("web").splitlines()[0])["url"]
            health = await recorded(url)
    assert health["ok"], health
    assert health["deliveries"] == {"sent": 1}
    assert told(bot_api, NEWS) == 1


async def test_killed_between_the_send_and_its_record(bot_api: BotApiServer, tmp_path: Path) -> None:
    """The message was accepted and the process died before it knew: one more copy comes, labelled, and no third."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    bot_api.faults.append(
        Fault("sendMessage", "hang", chat_id=READER, skip=2)
    )  # after the two answers to commands
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], api=bot_api)
        async with house.process("run") as first:
            await follow(bot_api)
            await read_once(outlet, 2)
            outlet.items.insert(0, Item("new", NEWS))
            await bot_api.wait_for(lambda one: NEWS in one.text)
            first.send_signal(signal.SIGKILL)
            await first.wait()
        async with house.process("run"):
            async with asyncio.timeout(
                90
            ):  # the dead sender's lease, then the pause before a doubtful resend
                while told(bot_api, NEWS) < 2:
                    await asyncio.sleep(0.1)
            await read_once(outlet, 2)
    copies = [one.text for one in bot_api.sent if NEWS in one.text]
    assert ["ربما وصلك" in copy for copy in copies] == [False, True]


async def test_a_wrong_token_is_one_clear_line(bot_api: BotApiServer, tmp_path: Path) -> None:
    """Exit code 1, what is wrong and what to do, and no traceback."""
    async with RawServer(Outlet()) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], api=bot_api, token="1:wrongwrongwrongwrong")
        code, out = await house.once("bot")
    assert code == 1
    last = out.strip().splitlines()[-1]
    assert last.startswith("rasid: TELEGRAM_BOT_TOKEN: Telegram does not accept this token")
    assert "wrongwrong" not in out
    assert "Traceback" not in out


async def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    """Whatever the command."""
    house = build_house(tmp_path, feeds=["https://a.example/"])
    house.environment["PORT"] = "http"
    assert await house.once("run") == (
        1,
        "rasid: PORT: Input should be a valid integer, unable to parse string as an integer (it is 'http')\n",
    )


async def test_without_a_token_alerts_appear_in_the_terminal(tmp_path: Path) -> None:
    """The same pipeline, on the screen; Ctrl-C ends it in good order."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()])
        async with house.process("run") as running:
            await read_once(outlet, 2)
            outlet.items.insert(0, Item("new", NEWS))
            await house.until_logged("run", NEWS)
            running.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(running.wait(), 15) == 0
    shown = house.log("run")
    assert "https://outlet.example/new" in shown
    assert OLD not in shown
    assert "Traceback" not in shown


async def test_without_a_token_and_a_network_the_evening_is_played(tmp_path: Path) -> None:
    """After half a minute it says so, plays, and exits 0."""
    house = build_house(tmp_path, feeds=["http://127.0.0.1:1/nobody"])
    code, out = await house.once("run", within=120)
    assert code == 0, out
    assert "No feed could be reached within half a minute" in out
    assert "الخلاصة · Summary" in out


async def test_with_a_token_and_no_feeds_it_says_so_and_keeps_trying(
    bot_api: BotApiServer, tmp_path: Path
) -> None:
    """The bot still answers; it never plays the evening and never gives up."""
    house = build_house(tmp_path, feeds=["http://127.0.0.1:1/nobody"], api=bot_api)
    async with house.process("run") as running:
        await house.until_logged("run", "no feed can be reached", within=60)
        bot_api.world.add_chat(READER)
        bot_api.world.say(READER, "/start")
        await bot_api.wait_for(lambda one: "راصد" in one.text)
        assert running.returncode is None
    assert "evening" not in house.log("run")


async def test_telegram_comes_later(tmp_path: Path) -> None:
    """A bot that is started before its network waits for it, and then works."""
    async with BotApiServer() as bot_api, RawServer(Outlet()) as feed:
        port = int(bot_api.url.rsplit(":", 1)[1])
        house = build_house(tmp_path, feeds=[feed.url()], api=bot_api)
    async with RawServer(Outlet()) as feed, house.process("bot"):
        await house.until_logged("bot", "Telegram cannot be reached")
        async with BotApiServer(port=port) as back:
            back.world.add_chat(READER)
            back.world.say(READER, "/start")
            await back.wait_for(lambda one: "راصد" in one.text, within=30)


async def test_the_demo_shows_alerts_and_a_summary(tmp_path: Path) -> None:
    """No network and no token needed; the near-misses stay silent, the failing outlet is named."""
    house = build_house(tmp_path, feeds=["http://127.0.0.1:1/nobody"])
    house.environment["RASID_RULES"] = str(Path(__file__).parents[2] / "rules")
    code, out = await house.once("demo", "--seconds", "12", within=60)
    assert code == 0, out
    assert out.count("قراءة الخبر عند ناشره") >= 12
    assert "putin-visits" in out
    assert "not_found" in out


@pytest.mark.parametrize(
    "command", [["--help"], ["run", "--help"], ["feeds", "--help"], ["rules", "check", "--help"]]
)
async def test_help_is_there(command: list[str], tmp_path: Path) -> None:
    """Each command tells what it does."""
    house = House(tmp_path, build_house(tmp_path, feeds=["https://a.example/"]).environment)
    code, out = await house.once(*command)
    assert code == 0
    assert "Usage: rasid" in out


async def test_a_stop_comes_in_time_though_a_send_hangs(bot_api: BotApiServer, tmp_path: Path) -> None:
    """SIGTERM in the middle of a send: gone within the five seconds that process runners give."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    bot_api.faults.append(Fault("sendMessage", "hang", chat_id=READER, skip=2))
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], api=bot_api)
        async with house.process("run") as running:
            await follow(bot_api)
            await read_once(outlet, 2)
            outlet.items.insert(0, Item("new", NEWS))
            await bot_api.wait_for(lambda one: NEWS in one.text)
            running.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(running.wait(), 5) == 0
