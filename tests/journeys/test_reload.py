"""Rules edited under a running Rasid: taken, refused, remembered across a restart, and told."""

from pathlib import Path

from bot.times import utc_now
from tests.fakes.bot_api import BotApiServer
from tests.fakes.bot_api.world import Sent
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer
from tests.journeys.processes import House, build_house
from tests.journeys.test_journey import OLD, follow, read_once, told

ADMIN = 77
FIRST = "الكرملين يعلن موعد الزيارة المرتقبة"
SECOND = "الكرملين ينفي ما نشرته الصحف اليوم"
THIRD = "الكرملين يصدر بيانا جديدا عن المحادثات"


def edit(house: House, old: str, new: str) -> None:
    """Save the rule ``visits`` with a change."""
    file = house.folder / "rules" / "library" / "topic" / "visits.yaml"
    whole = file.read_text(encoding="utf-8")
    assert old in whole
    file.write_text(whole.replace(old, new), encoding="utf-8")


def plain(message: Sent) -> str:
    """A message without the marks that keep its lines readable."""
    return message.text.replace("\u200e", "").replace("\u200f", "")


async def rings(bot_api: BotApiServer, outlet: Outlet, title: str) -> None:
    """News comes, and the reader has it."""
    outlet.items.insert(0, Item(title, title))
    await bot_api.wait_for(lambda one: title in one.text, within=30)
    assert told(bot_api, title) == 1


async def admin_hears(bot_api: BotApiServer, *words: str) -> str:
    """Wait for the admin's message that holds all the words."""
    message = await bot_api.wait_for(
        lambda one: one.chat_id == ADMIN and all(word in plain(one) for word in words), within=30
    )
    return plain(message)


async def test_a_rule_is_edited_broken_kept_over_a_restart_and_mended(
    database_url: str, bot_api: BotApiServer, tmp_path: Path
) -> None:
    """The whole life of a typo, from a file to an admin's telephone."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    bot_api.world.add_chat(ADMIN)
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], database_url=database_url, api=bot_api)
        house.environment |= {"RASID_ADMINS": str(ADMIN), "RASID_LOG_LEVEL": "INFO"}
        async with house.process("run"):
            await follow(bot_api)
            await read_once(outlet, 2)
            edit(house, "- $putin", "- {any: [$putin, الكرملين]}")
            await house.until_logged("run", "rules read again")
            await rings(bot_api, outlet, FIRST)
            edit(house, "why: ", "why ")
            problem = await admin_hears(bot_api, "library/topic/visits.yaml:8:1 S001")
            assert "تعمل الآن نسخته السليمة السابقة" in problem
            await rings(bot_api, outlet, SECOND)
        async with house.process("run", log="again"):
            await rings(bot_api, outlet, THIRD)
            before = [plain(one) for one in bot_api.sent if one.chat_id == ADMIN]
            assert before == [problem], "a restart repeats nothing"
            edit(house, "why ", "why: ")
            mended = await admin_hears(bot_api, "القواعد كلها سليمة الآن")
    assert "library/topic/visits.yaml" in mended
    assert "Traceback" not in house.log("run") + house.log("again")


async def test_separate_processes_reload_each_and_one_tells(
    database_url: str, bot_api: BotApiServer, tmp_path: Path
) -> None:
    """The clock matches by the new rules, the bot knows them too, and the admin hears of an error once."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    bot_api.world.add_chat(ADMIN)
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], database_url=database_url, api=bot_api)
        house.environment |= {"RASID_ADMINS": str(ADMIN), "RASID_LOG_LEVEL": "INFO"}
        async with house.process("clock"), house.process("bot"):
            await follow(bot_api)
            await read_once(outlet, 2)
            edit(house, "- $putin", "- {any: [$putin, الكرملين]}")
            edit(house, "title: زيارات", "title: أخبار الكرملين")
            for process in ("clock", "bot"):
                await house.until_logged(process, "rules read again")
            await rings(bot_api, outlet, FIRST)
            edit(house, "rule: visits", "rule: visit")
            await admin_hears(bot_api, "library/topic/visits.yaml:2:7 S015")
            await house.until_logged("clock", '"runs": "last_good"')
            await rings(bot_api, outlet, SECOND)
            code, health = await house.once("health")
    alert = next(one for one in bot_api.sent if FIRST in one.text)
    assert "القاعدة: أخبار الكرملين" in plain(alert)
    assert sum(one.chat_id == ADMIN for one in bot_api.sent) == 1
    assert code == 0, health
    assert health.count('"files_on_last_good": 1') == 2


async def test_a_first_start_with_a_broken_file_works_and_tells(
    bot_api: BotApiServer, tmp_path: Path
) -> None:
    """The other rules run; nothing is said to run that never ran."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    bot_api.world.add_chat(ADMIN)
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()], api=bot_api)
        house.environment |= {"RASID_ADMINS": str(ADMIN)}
        (tmp_path / "rules" / "library" / "topic" / "kirby.yaml").write_bytes(b"")
        async with house.process("run"):
            problem = await admin_hears(bot_api, "library/topic/kirby.yaml:1:1 S003")
            await follow(bot_api)
    assert "لا يعمل منه شيء الآن" in problem


async def test_without_a_token_the_terminal_tells(tmp_path: Path) -> None:
    """On a laptop the same words stand on the screen; the recorded alerts go on."""
    outlet = Outlet([Item("old", OLD)], now=utc_now())
    async with RawServer(outlet) as feed:
        house = build_house(tmp_path, feeds=[feed.url()])
        async with house.process("run"):
            await read_once(outlet, 2)
            edit(house, "- $putin", "- $nobody")
            await house.until_logged("run", "تعمل الآن نسخته السليمة السابقة")
            shown = house.log("run").replace("\u200e", "").replace("\u200f", "")
    assert "library/topic/visits.yaml:11:7 R001" in shown
