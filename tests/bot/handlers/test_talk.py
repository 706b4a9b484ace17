"""The bot as people meet it: a real application on a real local Bot API server, in every kind of chat."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.handlers.desk import Desk, Place, followed_at, language_at
from bot.handlers.menus import publish_menus
from bot.logs import set_up_logs
from bot.store import chats
from bot.store.tables import Chat
from rules import RuleSet
from tests.bot.handlers.talker import ADMIN, CHANNEL, FORUM, GROUP, MEMBER, READER, Talker, talking
from tests.fakes.bot_api import TOKEN, BotApiServer, Fault, refused, too_many_requests


@pytest.fixture
async def talk(bot_api: BotApiServer, desk: Desk) -> AsyncIterator[Talker]:
    """The bot, listening."""
    async with talking(bot_api, desk) as talker:
        yield talker


async def _followed(desk: Desk, chat_id: int, thread_id: int = 0) -> list[str]:
    return await followed_at(desk, Place(chat_id, thread_id, ""))


async def _chat(desk: Desk, chat_id: int) -> Chat | None:
    async with desk.database.read() as session:
        return await chats.find(session, chat_id)


async def test_a_reader_follows_looks_and_leaves(talk: Talker, desk: Desk) -> None:
    """The walk of a subscriber in a private chat, by words and by buttons."""
    hello = await talk.ask(READER, "/start")
    assert hello.text.startswith("أهلًا بك في راصد")
    await talk.press(hello, hello.button("القواعد")["callback_data"])
    await talk.server.wait_until(lambda: "القواعد المتاحة: 3 قواعد" in hello.text)
    note = await talk.press(hello, hello.button("متابعة: زيارات بوتين")["callback_data"])
    assert note == "بدأت متابعة القاعدة: زيارات بوتين ✅"
    await talk.server.wait_until(lambda: "إيقاف: زيارات بوتين" in str(hello.buttons))
    assert "بدأت متابعة القاعدة: تصريحات كيربي" in (await talk.ask(READER, "/follow كيربي")).text
    assert "قاعدتان متابَعتان هنا" in (await talk.ask(READER, "/list")).text
    assert "توقفت متابعة كل القواعد" in (await talk.ask(READER, "/unfollow الكل")).text
    assert await _followed(desk, READER) == []


async def test_a_link_follows_at_once(talk: Talker, desk: Desk) -> None:
    """t.me/BOT?start=r_dprk-arms needs one tap."""
    assert "بدأت متابعة القاعدة: أسلحة كورية شمالية" in (await talk.ask(READER, "/start r_dprk-arms")).text
    assert await _followed(desk, READER) == ["dprk-arms"]


async def test_english_on_request(talk: Talker, desk: Desk) -> None:
    """A chat that asks for English gets it from then on, titles included."""
    offer = await talk.ask(READER, "/lang")
    assert (
        await talk.press(offer, offer.button("English")["callback_data"])
        == "Messages here are now in English."
    )
    assert "Rule 3: Putin's visits" in (await talk.ask(READER, "/rules")).text


async def test_strays_in_private_are_helped_on(talk: Talker) -> None:
    """Plain words and unknown commands get a line that leads to /help."""
    assert "أفهم الأوامر وحدها" in (await talk.ask(READER, "ما الأخبار؟")).text
    assert "لا أعرف هذا الأمر" in (await talk.ask(READER, "/bogus")).text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("/folow 1", "/follow"), ("/Lates", "/latest"), ("/outbo", ""), ("/search x", ""), ("/xyz", "")],
)
async def test_a_mistyped_command_is_guessed(talk: Talker, typed: str, meant: str) -> None:
    """Where one comes near; what is for the bot's admins is guessed for nobody else."""
    answer = (await talk.ask(READER, typed)).text
    assert ("لعلك تقصد" in answer, meant in answer, "/help" in answer) == (bool(meant), True, True)


async def test_edited_messages_do_nothing(talk: Talker, desk: Desk) -> None:
    """A command that is edited into a message is not obeyed."""
    talk.server.world.say(READER, "/follow all", edited=True)
    await talk.nothing_came()
    assert await _followed(desk, READER) == []


async def test_in_a_group_only_admins_change_settings(talk: Talker, desk: Desk) -> None:
    """Members may look; what they may not do is refused politely and not done."""
    assert "القواعد المتاحة" in (await talk.ask(GROUP, "/rules", user=MEMBER)).text
    for command in ("/follow 1", "/unfollow all", "/lang en", "/start all", "/follow"):
        assert "لمشرفي المجموعة" in (await talk.ask(GROUP, command, user=MEMBER)).text
    assert await _followed(desk, GROUP) == []
    assert "بدأت متابعة" in (await talk.ask(GROUP, "/follow@rasid_test_bot 1", user=ADMIN)).text
    assert await _followed(desk, GROUP) == ["dprk-arms"]


async def test_an_anonymous_admin_may(talk: Talker, desk: Desk) -> None:
    """Who speaks as the group itself is an admin of it."""
    talk.server.world.say(GROUP, "/follow 2", anonymous=True)
    await talk.answer(GROUP)
    assert await _followed(desk, GROUP) == ["kirby-statements"]


async def test_groups_talk_without_us(talk: Talker, desk: Desk) -> None:
    """Plain words, unknown commands and other bots' commands in a group are none of our business."""
    for text in ("مرحبا", "/bogus", "/follow@other_bot all"):
        talk.server.world.say(GROUP, text, user_id=ADMIN)
    await talk.nothing_came()
    assert await _followed(desk, GROUP) == []


async def test_buttons_in_a_group_are_for_admins(talk: Talker, desk: Desk) -> None:
    """A member who presses gets a note; nothing changes, whoever's message it is."""
    page = await talk.ask(GROUP, "/rules", user=ADMIN)
    assert "لمشرفي" in await talk.press(page, "f:dprk-arms", user=MEMBER)
    assert "لمشرفي" in await talk.press(page, "l:en", user=MEMBER)
    assert await _followed(desk, GROUP) == []
    assert "بدأت متابعة" in await talk.press(page, "f:dprk-arms", user=ADMIN)


@pytest.mark.parametrize(
    "data", ["f:on-trial", "f:old-rule", "f:'; drop table chat", "x", "l:xx", "f:" + "a" * 60]
)
async def test_forged_buttons_change_nothing(talk: Talker, desk: Desk, data: str) -> None:
    """Whatever data somebody makes up is answered, and does nothing."""
    page = await talk.ask(READER, "/rules")
    assert await talk.press(page, data)
    assert await _followed(desk, READER) == []
    assert await language_at(desk, Place(READER, 0, "private")) == "ar"


async def test_topics_are_places_of_their_own(talk: Talker, desk: Desk) -> None:
    """What is followed in a topic is answered and kept there, apart from the General topic and the others."""
    assert (await talk.ask(FORUM, "/follow 1", user=ADMIN, thread=5)).thread_id == 5
    page = await talk.ask(FORUM, "/rules", user=ADMIN, thread=6)
    await talk.press(page, "f:putin-visits", user=ADMIN)
    assert (await talk.ask(FORUM, "/follow 2", user=ADMIN)).thread_id is None
    assert await _followed(desk, FORUM, 5) == ["dprk-arms"]
    assert await _followed(desk, FORUM, 6) == ["putin-visits"]
    assert await _followed(desk, FORUM) == ["kirby-statements"]


async def test_a_channel_follows_by_its_posts(talk: Talker, desk: Desk) -> None:
    """Only admins post in a channel, so its posts are obeyed; its readers' presses are not."""
    assert "بدأت متابعة" in (await talk.ask(CHANNEL, "/follow@rasid_test_bot 1")).text
    page = await talk.ask(CHANNEL, "/rules")
    assert "لمشرفي" in await talk.press(page, "u:*", user=MEMBER)
    assert await _followed(desk, CHANNEL) == ["dprk-arms"]


async def test_blocked_and_back(talk: Talker, desk: Desk) -> None:
    """A reader who blocks the bot is paused with the reason, keeps their rules, and is active again when back."""
    await talk.ask(READER, "/follow all")
    talk.server.world.bot_becomes(READER, "kicked")
    talk.server.world.bot_becomes(READER, "member")
    await talk.nothing_came()
    blocked = await _chat(desk, READER)
    assert blocked is not None and (blocked.state, blocked.state_reason) == ("active", "")
    talk.server.world.bot_becomes(GROUP, "kicked")
    talk.server.world.bot_becomes(READER, "kicked")
    talk.server.world.add_chat(43)
    assert (await talk.ask(43, "/help")).text
    blocked = await _chat(desk, READER)
    assert blocked is not None and (blocked.state, blocked.state_reason) == ("paused", "blocked by the user")
    assert await _chat(desk, GROUP) is None
    assert await _followed(desk, READER) == ["*"]


async def test_a_new_group_is_greeted(talk: Talker, desk: Desk) -> None:
    """Who lets the bot into a group is told how to go on."""
    talk.server.world.add_chat(-500, "group", bot_status="left")
    talk.server.world.bot_becomes(-500, "member")
    assert "يختار المشرفون هنا" in (await talk.answer(-500)).text
    assert await _chat(desk, -500) is not None


async def test_a_group_that_becomes_a_supergroup_keeps_its_rules(talk: Talker, desk: Desk) -> None:
    """The new id has everything of the old one, once, though both chats tell of the change."""
    talk.server.world.add_chat(-600, "group").members[ADMIN] = "creator"
    await talk.ask(-600, "/follow 1", user=ADMIN)
    talk.server.world.migrate(-600, -1600)
    assert "أسلحة كورية شمالية" in (await talk.ask(-1600, "/list", user=ADMIN)).text
    assert await _chat(desk, -600) is None


async def test_menus_are_published(talk: Talker, desk: Desk) -> None:
    """Every scope has its menu, in Arabic, and in English for English clients."""
    from telegram import Bot

    async with Bot(TOKEN, base_url=f"{talk.server.url}/bot") as bot:
        await publish_menus(bot)
    menus = talk.server.methods.menus
    assert len(menus) == 6
    assert menus["all_private_chats::"][0] == {"command": "start", "description": "البداية والتعريف براصد"}
    assert menus["all_group_chats::en"][0]["description"].startswith("The rules")


async def test_refused_markup_is_sent_plain(talk: Talker) -> None:
    """If Telegram does not take our markup, the words arrive all the same."""
    talk.server.faults.append(refused(400, "Bad Request: can't parse entities: test"))
    assert (await talk.ask(READER, "/help")).entities == []


async def test_an_answer_comes_after_the_alert_that_took_its_second(talk: Talker) -> None:
    """A 429 of a moment delays the answer; nobody else waits for it, and a long one is not waited for."""
    talk.server.faults.append(too_many_requests(1, chat_id=READER))
    talk.server.world.say(READER, "/help")
    talk.server.world.say(GROUP, "/list", user_id=ADMIN)
    assert (await talk.answer(GROUP)).text
    assert "أوامر راصد" in (await talk.answer(READER)).text
    talk.server.faults.append(too_many_requests(60, chat_id=READER))
    talk.server.world.say(READER, "/list")
    assert "أوامر راصد" in (await talk.ask(READER, "/help")).text


async def test_an_answer_that_is_forbidden_pauses_the_chat(talk: Talker, desk: Desk) -> None:
    """A block that we learn of by answering counts like one that we are told of."""
    await talk.ask(READER, "/follow 1")
    talk.server.faults.append(refused(403, "Forbidden: bot was blocked by the user"))
    talk.server.world.say(READER, "/list")
    await talk.server.wait_until(lambda: not talk.server.faults[0].times)
    talk.server.world.add_chat(43)
    await talk.ask(43, "/help")
    chat = await _chat(desk, READER)
    assert chat is not None and chat.state == "paused"


async def test_late_presses_do_their_deed(talk: Talker, desk: Desk) -> None:
    """A press from before a long pause can no longer be answered; what it asked for is done all the same."""
    page = await talk.ask(READER, "/rules")
    talk.server.faults.append(
        Fault("answerCallbackQuery", code=400, description="Bad Request: query is too old")
    )
    talk.server.world.press(page, "f:dprk-arms")
    await talk.server.wait_until(lambda: page.edits)
    assert await _followed(desk, READER) == ["dprk-arms"]


@pytest.mark.parametrize("style", ["json", "console"])
async def test_a_failure_is_told_and_logged_without_what_was_said(
    bot_api: BotApiServer, desk: Desk, style: str
) -> None:
    """One apologetic line for the reader, on commands and buttons alike; the log has no words of theirs."""

    def broken() -> RuleSet:
        raise RuntimeError("the rule book fell apart")

    log = io.StringIO()
    set_up_logs("INFO", style, stream=log)
    async with talking(bot_api, replace(desk, rules=broken)) as talk:
        sorry = await talk.ask(READER, "/follow my-secret-interest")
        note = await talk.press(sorry, "f:dprk-arms")
    assert sorry.text == note == "عذرًا، وقع خطأ عندنا ولم يُنفَّذ الطلب. سُجّل الخطأ، فحاول بعد قليل."
    assert log.getvalue().count("RuntimeError: the rule book fell apart") == 2
    assert str(READER) in log.getvalue()
    assert "my-secret-interest" not in log.getvalue()
    assert "Reader" not in log.getvalue()  # the name of whoever spoke


async def test_every_call_is_one_that_telegram_knows(talk: Talker) -> None:
    """Nothing in a long talk was refused by the server."""
    for text in (
        "/start",
        "/help",
        "/rules",
        "/follow 1",
        "/list",
        "/latest",
        "/latest x",
        "/lang",
        "/unfollow 1",
    ):
        await talk.ask(READER, text)
    wrong: list[Any] = [call for call in talk.server.calls if call.status != 200]
    assert wrong == []
