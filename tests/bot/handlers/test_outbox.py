"""/outbox: for the bot's admins alone, in their private chats."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.handlers.desk import Desk
from bot.handlers.menus import publish_menus
from bot.store.types import DeliveryState
from tests.bot.handlers.talker import ADMIN, GROUP, READER, talking
from tests.bot.outbox import TITLE, alert, ends, follow, row
from tests.fakes.bot_api import TOKEN, BotApiServer

NOW = datetime(2024, 6, 18, 18, 30, tzinfo=UTC)
OPERATOR = 77
OTHER = 7_123_456_789


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """One admin, who is no admin of any group."""
    return replace(desk, admins=frozenset({OPERATOR}))


async def _troubled(desk: Desk, many: int) -> list[int]:
    await follow(desk.database, NOW, OTHER)
    numbers = [(await alert(desk.database, NOW, title=f"{TITLE} {n} <b>&"))[0] for n in range(many)]
    for number in numbers[:-1]:
        await ends(desk.database, NOW, number, DeliveryState.DEAD, "message is too strange")
    await ends(
        desk.database, NOW, numbers[-1], DeliveryState.UNCERTAIN, "telegram did not answer", twice=True
    )
    return numbers


async def test_an_admin_sees_what_failed_and_sends_it_again(bot_api: BotApiServer, desk: Desk) -> None:
    """Newest first, by pages; reason, title, when, and no whole chat id; a press puts it back into the outbox."""
    numbers = await _troubled(desk, 7)
    bot_api.world.add_chat(OPERATOR)
    async with talking(bot_api, desk) as talk:
        page = await talk.ask(OPERATOR, "/outbox")
        assert "لا يُعرف أوصلت أم لا: 1" in page.text and "لم تصل: 6" in page.text
        assert f"رقم {numbers[-1]}: لا يُعرف أوصل" in page.text and "telegram did not answer" in page.text
        assert TITLE in page.text and "6789" in page.text and str(OTHER) not in page.text
        again = page.button(f"إعادة إرسال رقم {numbers[-1]}")["callback_data"]
        assert "ربما وصل من قبل" in await talk.press(page, again)
        assert (await row(desk.database, numbers[-1])).state == DeliveryState.PENDING
        assert "لم يعد متعذّرًا" in await talk.press(page, again)
        await talk.press(page, page.button("الأقدم")["callback_data"])
        await bot_api.wait_until(lambda: f"رقم {numbers[0]}:" in page.text)
        await talk.press(page, page.button("الأحدث")["callback_data"])
        await bot_api.wait_until(lambda: f"رقم {numbers[-2]}:" in page.text)
        for forged in ("s:999999", "s:x", "s:1/x", "o:x", "o:-1", "s:" + "9" * 30):
            assert await talk.press(page, forged) is not None
        assert [call for call in bot_api.calls if call.status not in (200, 400)] == []
        helped = await talk.ask(OPERATOR, "/help")
        assert "/outbox" in helped.text


async def test_to_everybody_else_it_is_unknown(bot_api: BotApiServer, desk: Desk) -> None:
    """A reader is told what any unknown command gets; in a group nobody is told anything; no press works."""
    numbers = await _troubled(desk, 2)
    bot_api.world.add_chat(OPERATOR)
    async with talking(bot_api, desk) as talk:
        bot_api.world.chats[GROUP].members[OPERATOR] = "creator"
        assert "لا أعرف هذا الأمر" in (await talk.ask(READER, "/outbox")).text
        assert "outbox" not in (await talk.ask(READER, "/help")).text
        for user in (ADMIN, OPERATOR):
            bot_api.world.say(GROUP, "/outbox", user_id=user)
        bot_api.world.say(GROUP, "/outbox", anonymous=True)
        await talk.nothing_came()
        mine = await talk.ask(READER, "/rules")
        theirs = await talk.ask(GROUP, "/rules", user=ADMIN)
        old = "هذا الزر قديم؛ أرسل الأمر من جديد."
        for data in (f"s:{numbers[0]}/0", "o:0"):
            assert await talk.press(mine, data) == old
            assert await talk.press(mine, data, user=OPERATOR) == old
            assert await talk.press(theirs, data, user=ADMIN) == old
            assert await talk.press(theirs, data, user=OPERATOR) == old
    assert (await row(desk.database, numbers[0])).state == DeliveryState.DEAD


async def test_admins_have_a_menu_of_their_own(bot_api: BotApiServer) -> None:
    """Once they have written to the bot; who has not, holds nobody up."""
    from telegram import Bot

    bot_api.world.add_chat(OPERATOR)
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        await publish_menus(bot, [404, OPERATOR])
    menus = bot_api.methods.menus
    assert [one["command"] for one in menus[f"chat:{OPERATOR}:"]][-1] == "outbox"
    assert "chat:404:" not in menus
    assert all("outbox" not in str(menu) for scope, menu in menus.items() if not scope.startswith("chat:"))


async def test_an_admin_who_comes_later_has_the_menu_from_then_on(bot_api: BotApiServer, desk: Desk) -> None:
    """Who had not written to the bot when it started says /start; nobody else gets that menu."""
    bot_api.world.add_chat(OPERATOR)
    async with talking(bot_api, desk) as talk:
        await talk.ask(READER, "/start")
        await talk.ask(OPERATOR, "/start")
        menus = bot_api.methods.menus
        await bot_api.wait_until(lambda: f"chat:{OPERATOR}:" in menus)
    assert menus[f"chat:{OPERATOR}:"][-1]["command"] == "outbox"
    assert f"chat:{READER}:" not in menus
