"""The local Bot API server, through the real python-telegram-bot."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.settings import ROOT
from tests.fakes.bot_api import TOKEN, BotApiServer, Fault, refused, too_many_requests
from tests.fakes.bot_api.markup import BadMarkupError, parse_html


@pytest.fixture
async def bot(bot_api: BotApiServer) -> AsyncIterator[Bot]:
    """A real Bot on the local server, with one private chat."""
    bot_api.world.add_chat(7)
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as made:
        yield made


@pytest.mark.parametrize(
    ("html", "text", "kinds"),
    [
        ("a &lt;b&gt; &amp; &quot;c&quot; &#1576;&#x628;", 'a <b> & "c" بب', []),
        ("<b>ع<i>م</i></b>", "عم", ["bold", "italic"]),
        ('<a href="https://x.example/?a=1&amp;b=2">ن</a>', "ن", ["text_link"]),
        ("<blockquote expandable>س</blockquote>", "س", ["expandable_blockquote"]),
        ('<tg-time unix="1" format="dt">الآن</tg-time>', "الآن", ["date_time"]),
        ("a & b", "a & b", []),
    ],
)
def test_telegrams_html(html: str, text: str, kinds: list[str]) -> None:
    """What Telegram understands."""
    got, entities = parse_html(html)
    assert (got, [one["type"] for one in entities]) == (text, kinds)


@pytest.mark.parametrize(
    "html",
    [
        "<p>x</p>",
        "<b>x",
        "<b>x</i>",
        "x</b>",
        "a &nbsp; b",
        "a < b",
        "<b onclick='x'>y</b>",
        "<span>x</span>",
        "<br>",
    ],
)
def test_telegrams_html_is_strict(html: str) -> None:
    """What Telegram refuses, this server refuses."""
    with pytest.raises(BadMarkupError):
        parse_html(html)


def test_entities_count_in_utf16() -> None:
    """An emoji is two units."""
    _, entities = parse_html("🔴 <b>خبر</b>")
    assert entities == [{"type": "bold", "offset": 3, "length": 3}]


async def test_messages_are_kept_in_the_ledger(bot: Bot, bot_api: BotApiServer) -> None:
    """Text, entities and buttons, as sent."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("متابعة", callback_data="f:1")]])
    message = await bot.send_message(7, "<b>خبر</b>", parse_mode="HTML", reply_markup=keyboard)
    sent = await bot_api.wait_for(lambda one: one.text == "خبر")
    assert (sent.message_id, sent.button("متابعة")["callback_data"]) == (message.message_id, "f:1")


async def test_limits_of_length_are_telegrams(bot: Bot) -> None:
    """4,096 UTF-16 units after the entities are parsed; empty is refused."""
    await bot.send_message(7, "<b>" + "ا" * 4096 + "</b>", parse_mode="HTML")
    for text, says in (("😀" * 2049, "too long"), (" ", "empty")):
        with pytest.raises(BadRequest, match=says):
            await bot.send_message(7, text)
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x" * 65)]])
        await bot.send_message(7, "x", reply_markup=keyboard)


async def test_edits(bot: Bot, bot_api: BotApiServer) -> None:
    """An edit shows; the same again is refused; a message that is not there cannot be edited."""
    message = await bot.send_message(7, "one")
    await bot.edit_message_text("two", 7, message.message_id)
    assert bot_api.sent[0].text == "two"
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("two", 7, message.message_id)
    with pytest.raises(BadRequest, match="not found"):
        await bot.edit_message_text("two", 7, 999)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (too_many_requests(3), RetryAfter),
        (too_many_requests(None), NetworkError),
        (refused(403, "Forbidden: bot was blocked by the user"), Forbidden),
        (refused(400, "Bad Request: chat not found"), BadRequest),
        (refused(500, "Internal Server Error"), NetworkError),
        (Fault("sendMessage", "reset"), NetworkError),
        (Fault("sendMessage", "cut"), NetworkError),
        (Fault("sendMessage", "garbage"), TelegramError),
        (Fault("sendMessage", "portal"), TelegramError),
        (Fault("sendMessage", "hang"), TimedOut),
    ],
    ids=lambda value: getattr(value, "kind", getattr(value, "__name__", "")),
)
async def test_faults(bot: Bot, bot_api: BotApiServer, fault: Fault, error: type[TelegramError]) -> None:
    """Each fault strikes once, as the real thing would; what was accepted first is in the ledger."""
    bot_api.faults.append(fault)
    with pytest.raises(error):
        await bot.send_message(7, "x", read_timeout=0.3)
    assert len(bot_api.sent) == (fault.kind != "status")
    await bot.send_message(7, "y")


async def test_chats_that_refuse(bot: Bot, bot_api: BotApiServer) -> None:
    """Blocked, unknown, migrated, a closed topic, a wrong token."""
    bot_api.world.bot_becomes(7, "kicked")
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(7, "x")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(404, "x")
    bot_api.world.add_chat(-5, "group")
    bot_api.world.migrate(-5, -1005)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(-5, "x")
    assert moved.value.new_chat_id == -1005
    bot_api.world.add_chat(-6, "supergroup", forum=True).closed_topics.add(3)
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(-6, "x", message_thread_id=3)
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{bot_api.url}/bot"):
            pass


async def test_topics_that_are_gone_or_closed(bot: Bot, bot_api: BotApiServer) -> None:
    """A closed topic, General among them, refuses until it is reopened; a deleted one is not found."""
    bot_api.world.add_chat(-6, "supergroup", forum=True)
    for thread in (3, None):
        bot_api.world.topic(-6, thread, "closed")
        with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
            await bot.send_message(-6, "x", message_thread_id=thread)
        bot_api.world.topic(-6, thread, "reopened")
        await bot.send_message(-6, "x", message_thread_id=thread)
    bot_api.world.topic(-6, 3, "deleted")
    with pytest.raises(BadRequest, match="thread not found"):
        await bot.send_message(-6, "x", message_thread_id=3)
    told = [next(key for key in one["message"] if "forum" in key) for one in bot_api.world.updates]
    assert told == ["forum_topic_closed", "forum_topic_reopened"] * 2


@pytest.mark.parametrize(
    ("kind", "status", "may_write", "says"),
    [
        ("channel", "administrator", False, "not enough rights"),
        ("channel", "member", True, "need administrator rights"),
        ("supergroup", "restricted", False, "not enough rights"),
        ("channel", "administrator", True, ""),
        ("supergroup", "restricted", True, ""),
    ],
)
async def test_rights_to_write(
    bot: Bot, bot_api: BotApiServer, kind: str, status: str, may_write: bool, says: str
) -> None:
    """Whoever lacks them is refused, and told of the change."""
    bot_api.world.add_chat(-7, kind)
    bot_api.world.bot_becomes(-7, status, may_write=may_write)
    (update,) = await bot.get_updates(timeout=0)
    assert update.my_chat_member is not None and update.my_chat_member.new_chat_member.status == status
    if says:
        with pytest.raises(BadRequest, match=f"(?i){says}"):
            await bot.send_message(-7, "x")
    else:
        await bot.send_message(-7, "x")


async def test_replies_and_edits_of_what_is_not_there(bot: Bot, bot_api: BotApiServer) -> None:
    """A reply to a missing message needs leave to stand alone; what is old, another's or elsewhere is not edited."""
    bot_api.world.add_chat(8)
    mine = await bot.send_message(7, "one")
    reply = await bot.send_message(7, "two", reply_parameters=ReplyParameters(mine.message_id))
    bot_api.world.delete(7, mine.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await bot.send_message(7, "x", reply_parameters=ReplyParameters(mine.message_id))
    alone = ReplyParameters(mine.message_id, allow_sending_without_reply=True)
    await bot.send_message(7, "three", reply_parameters=alone)
    assert [one.reply_to for one in bot_api.sent] == [None, mine.message_id, None]
    theirs = bot_api.world.say(7, "مرحبا")["message"]["message_id"]
    bot_api.world.fixed.add((7, reply.message_id))
    for chat_id, message_id, says in (
        (7, mine.message_id, "not found"),
        (8, reply.message_id, "not found"),
        (7, theirs, "can't be edited"),
        (7, reply.message_id, "can't be edited"),
    ):
        with pytest.raises(BadRequest, match=says):
            await bot.edit_message_text("new", chat_id, message_id)


async def test_limits_of_pace_when_asked(bot: Bot, bot_api: BotApiServer) -> None:
    """One a second a chat."""
    bot_api.limits = True
    await bot.send_message(7, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(7, "y")


async def test_updates_wait_until_they_are_confirmed(bot: Bot, bot_api: BotApiServer) -> None:
    """Long polling answers when something comes; an offset confirms; a second poller is refused."""
    polling = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as second:
        with pytest.raises(Conflict):
            await second.get_updates(timeout=0)
    bot_api.world.say(7, "/start now")
    (update,) = await polling
    assert update.message is not None
    assert [(one.type, one.length) for one in update.message.entities] == [("bot_command", 6)]
    assert len(await bot.get_updates(timeout=0)) == 1
    assert await bot.get_updates(offset=update.update_id + 1, timeout=0) == ()


async def test_the_transcript_outlives_the_server(tmp_path: Path) -> None:
    """Each accepted message is a line of the file before it is answered, even when the answer is lost."""
    ledger = tmp_path / "ledger.jsonl"
    async with BotApiServer(transcript=ledger) as server:
        server.world.add_chat(7)
        server.faults.append(Fault("sendMessage", "reset"))
        async with Bot(TOKEN, base_url=f"{server.url}/bot") as bot:
            with pytest.raises(NetworkError):
                await bot.send_message(7, "خبر")
    assert [json.loads(line)["text"] for line in ledger.read_text(encoding="utf-8").splitlines()] == ["خبر"]


async def test_the_server_as_a_process_and_a_person_at_the_terminal() -> None:
    """Whoever drives the bot by hand says something and reads the answer."""
    serving = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fakes.bot_api", "--chat", "7"),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert serving.stdout is not None
    url, token = [(await serving.stdout.readline()).decode().strip() for _ in range(2)]
    try:
        async with Bot(token, base_url=f"{url}/bot") as bot:
            saying = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.fakes.bot_api.say", "--url", url, "--chat", "7", "مرحبا"),
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
            )
            (update,) = await bot.get_updates(timeout=5)
            assert update.message is not None
            await bot.send_message(7, f"قلتَ: {update.message.text}")
            out, _ = await saying.communicate()
    finally:
        serving.terminate()
        await serving.wait()
    assert "قلتَ: مرحبا" in out.decode()
