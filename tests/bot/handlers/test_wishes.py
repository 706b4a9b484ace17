"""/stop, /copies, /privacy and /forget, as people meet them in every kind of chat."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.handlers import keys
from bot.handlers.desk import Call, Desk, Place, followed_at, standing_at
from bot.handlers.keys import Deed, Press
from bot.handlers.presses import pressed
from bot.store import chats, pace
from bot.store.tables import Chat
from tests.bot.handlers.talker import ADMIN, CHANNEL, FORUM, GROUP, MEMBER, READER, Talker, talking
from tests.fakes.bot_api import BotApiServer, refused, too_many_requests


@pytest.fixture
async def talk(bot_api: BotApiServer, desk: Desk) -> AsyncIterator[Talker]:
    """The bot, listening."""
    async with talking(bot_api, desk) as talker:
        yield talker


async def _chat(desk: Desk, chat_id: int) -> Chat | None:
    async with desk.database.read() as session:
        return await chats.find(session, chat_id)


async def _state(desk: Desk, chat_id: int) -> str:
    chat = await _chat(desk, chat_id)
    return chat.state if chat else ""


async def test_a_reader_stops_and_comes_back(talk: Talker, desk: Desk) -> None:
    """It says so, keeps everything, tells of itself in /list; /start, /follow and a follow button bring it back."""
    assert "فليس ثمة تنبيهات" in (await talk.ask(READER, "/stop")).text
    await talk.ask(READER, "/follow 1")
    stopped = (await talk.ask(READER, "/stop")).text
    assert stopped.startswith("توقفت التنبيهات.\nكل ما يُتابَع هنا محفوظ") and "/start" in stopped
    assert await _state(desk, READER) == "stopped"
    assert "متوقفة هنا من قبل" in (await talk.ask(READER, "/stop")).text
    assert (await talk.ask(READER, "/list")).text.startswith("التنبيهات متوقفة هنا بطلب سابق")
    assert await _state(desk, READER) == "stopped"
    assert (await talk.ask(READER, "/start")).text.startswith("عادت التنبيهات ✅")
    assert await followed_at(desk, Place(READER, 0, "private")) == ["dprk-arms"]
    await talk.ask(READER, "/stop")
    assert "عادت التنبيهات ✅" in (await talk.ask(READER, "/follow 2")).text
    await talk.ask(READER, "/stop")
    page = await talk.ask(READER, "/rules")
    assert "عادت التنبيهات ✅" in await talk.press(page, "f:putin-visits")
    assert await _state(desk, READER) == "active"
    assert "عادت" not in (await talk.ask(READER, "/start")).text


async def test_in_a_group_admins_stop_and_resume(talk: Talker, desk: Desk) -> None:
    """A member is refused; a member's /start only tells; an admin's brings the alerts back."""
    await talk.ask(GROUP, "/follow 1", user=ADMIN)
    assert "لمشرفي" in (await talk.ask(GROUP, "/stop", user=MEMBER)).text
    assert await _state(desk, GROUP) == "active"
    assert "في المجموعة كلها" in (await talk.ask(GROUP, "/stop", user=ADMIN)).text
    assert (await talk.ask(GROUP, "/start", user=MEMBER)).text.startswith("التنبيهات متوقفة هنا بطلب سابق")
    assert await _state(desk, GROUP) == "stopped"
    assert (await talk.ask(GROUP, "/start", user=ADMIN)).text.startswith("عادت التنبيهات إلى المجموعة كلها")
    assert await _state(desk, GROUP) == "active"


async def test_a_topic_stops_by_itself_and_general_stops_all(talk: Talker, desk: Desk) -> None:
    """In a topic /stop means the topic, and says so; in General it means the group, and any topic brings it back."""
    for thread in (5, 6):
        await talk.ask(FORUM, "/follow 1", user=ADMIN, thread=thread)
    stopped = (await talk.ask(FORUM, "/stop", user=ADMIN, thread=5)).text
    assert "في هذا الموضوع وحده" in stopped and "في الموضوع العام" in stopped
    assert [await _stopped(desk, thread) for thread in (0, 5, 6)] == [False, True, False]
    assert "إلى هذا الموضوع" in (await talk.ask(FORUM, "/start", user=ADMIN, thread=5)).text
    assert "في كل مواضيعها" in (await talk.ask(FORUM, "/stop", user=ADMIN)).text
    assert [await _stopped(desk, thread) for thread in (0, 5, 6)] == [True, True, True]
    assert "إلى المجموعة كلها" in (await talk.ask(FORUM, "/follow 2", user=ADMIN, thread=6)).text
    assert [await _stopped(desk, thread) for thread in (0, 5, 6)] == [False, False, False]


async def _stopped(desk: Desk, thread: int) -> bool:
    return (await standing_at(desk, Place(FORUM, thread, "supergroup"))).stopped


async def test_a_channel_stops_by_its_posts(talk: Talker, desk: Desk) -> None:
    """Its posts are its admins' words."""
    await talk.ask(CHANNEL, "/follow 1")
    assert "في هذه القناة" in (await talk.ask(CHANNEL, "/stop")).text
    assert await _state(desk, CHANNEL) == "stopped"
    assert "عادت التنبيهات ✅" in (await talk.ask(CHANNEL, "/start")).text


async def test_copies_are_chosen_by_button_and_by_word(talk: Talker, desk: Desk) -> None:
    """Two buttons, clear words, and what is chosen now; a member of a group only reads a refusal."""
    page = await talk.ask(READER, "/copies")
    assert "الاختيار الآن: نسخة ثانية" in page.text
    note = await talk.press(page, page.button("بلا نسخة")["callback_data"])
    assert note.startswith("من الآن لا تُرسَل نسخة ثانية")
    chat = await _chat(desk, READER)
    assert chat is not None and chat.guarantee == "at_most_once"
    assert "الاختيار الآن: بلا نسخة" in (await talk.ask(READER, "/copies")).text
    assert "من الآن تُرسَل نسخة" in (await talk.ask(READER, "/copies yes")).text
    assert "لا أعرف هذا الاختيار" in (await talk.ask(READER, "/copies ربما")).text
    assert "لمشرفي" in (await talk.ask(GROUP, "/copies no", user=MEMBER)).text
    assert await talk.press(page, "g:sometimes") == "هذا الزر قديم؛ أرسل الأمر من جديد."
    chat = await _chat(desk, READER)
    assert chat is not None and chat.guarantee == "at_least_once"


async def test_privacy_says_what_is_kept(talk: Talker) -> None:
    """For anybody, short, with the way out."""
    told = (await talk.ask(GROUP, "/privacy", user=MEMBER)).text
    assert "يحفظ راصد: رقمها" in told and "/forget" in told
    assert len(told) < 500


async def test_a_reader_is_forgotten_and_begins_anew(talk: Talker, desk: Desk) -> None:
    """Asked, confirmed, erased, told last; a button is gone with its question; /start begins with nothing."""
    assert "لا يحفظ راصد شيئًا" in (await talk.ask(READER, "/forget")).text
    await talk.ask(READER, "/follow all")
    await talk.ask(READER, "/lang en")
    question = await talk.ask(READER, "/forget")
    assert await talk.press(question, question.button("No, keep")["callback_data"]) == "Nothing was erased."
    assert await _state(desk, READER) == "active"
    question = await talk.ask(READER, "/forget")
    yes = question.button("Yes, erase")["callback_data"]
    await talk.press(question, yes)
    last = await talk.answer(READER)
    assert last.text.startswith("Erased: Rasid keeps nothing")
    assert "لا يحفظ راصد شيئًا" in await talk.press(question, yes), (
        "a second press brings no second last message"
    )
    assert "everything is being erased" in question.text and not question.buttons
    assert await _chat(desk, READER) is None
    assert (await talk.ask(READER, "/list")).text.startswith("لا قاعدة متابَعة هنا بعد")
    assert await _chat(desk, READER) is None
    await talk.ask(READER, "/start")
    assert await _state(desk, READER) == "active"


async def test_only_admins_forget_a_group(talk: Talker, desk: Desk) -> None:
    """A member can neither ask nor press, whoever asked; an anonymous admin can ask."""
    await talk.ask(GROUP, "/follow 1", user=ADMIN)
    assert "لمشرفي" in (await talk.ask(GROUP, "/forget", user=MEMBER)).text
    talk.server.world.say(GROUP, "/forget", anonymous=True)
    question = await talk.answer(GROUP)
    assert "بكل مواضيعها" in question.text
    yes = question.button("نعم")["callback_data"]
    assert "لمشرفي" in await talk.press(question, yes, user=MEMBER)
    assert await _state(desk, GROUP) == "active"
    await talk.press(question, yes, user=ADMIN)
    assert (await talk.answer(GROUP)).text.startswith("تم المحو")
    assert await _chat(desk, GROUP) is None


async def test_a_stale_or_forged_button_erases_nothing(desk: Desk, call: Call) -> None:
    """The question may be answered for ten minutes; made-up moments are refused."""
    async with desk.database.write() as session:
        await chats.meet(session, 42, "private", desk.now())
    for minutes, forgets in ((11, False), (-5, False), (9, True)):
        asked = str(int((desk.now() - timedelta(minutes=minutes)).timestamp()))
        assert (await pressed(desk, call, Press(Deed.FORGET, asked))).forgets is forgets
    for target in ("0", "yes", "9" * 30, "-1"):
        assert not (await pressed(desk, call, Press(Deed.FORGET, target))).forgets


async def test_while_a_chat_is_erased_nothing_else_is_done_for_it(talk: Talker, desk: Desk) -> None:
    """Commands and buttons of a chat that waits for its erasure change nothing, and say why."""
    page = await talk.ask(READER, "/rules")
    await talk.ask(READER, "/follow 1")
    async with desk.database.write() as session:
        await chats.begin_forgetting(session, READER, desk.now())
    assert "يجري الآن محو" in (await talk.ask(READER, "/follow all")).text
    assert "يجري الآن محو" in await talk.press(page, "f:dprk-arms")
    assert await followed_at(desk, Place(READER, 0, "private")) == []
    assert await _state(desk, READER) == "forgetting"


async def test_a_button_for_another_persons_chat_is_refused(bot_api: BotApiServer, desk: Desk) -> None:
    """Only the person of a private chat presses there, whatever a forged update says."""
    async with talking(bot_api, desk) as talk:
        page = await talk.ask(READER, "/rules")
        assert "لمشرفي" in await talk.press(page, "f:dprk-arms", user=MEMBER)
    assert await followed_at(desk, Place(READER, 0, "private")) == []


async def test_topics_that_close_open_and_vanish(talk: Talker, desk: Desk) -> None:
    """Closed: paused; reopened, or spoken in: awake again; an answer that is refused pauses it, and General goes on."""
    await talk.ask(FORUM, "/follow 1", user=ADMIN, thread=5)
    talk.server.world.topic(FORUM, 5, "closed")
    await talk.nothing_came()
    assert await _paused(desk, 5) == "the topic is closed"
    talk.server.world.topic(FORUM, 5, "reopened")
    await talk.nothing_came()
    assert await _paused(desk, 5) == ""
    talk.server.world.topic(FORUM, 5, "closed")
    talk.server.world.chats[FORUM].closed_topics.clear()  # to us it is open: we may manage topics
    await talk.ask(FORUM, "/list", user=ADMIN, thread=5)
    assert await _paused(desk, 5) == ""
    talk.server.world.topic(FORUM, 5, "deleted")
    talk.server.world.say(FORUM, "/list", user_id=ADMIN, thread_id=5)
    await talk.nothing_came()
    assert "thread not found" in await _paused(desk, 5)
    assert await _paused(desk, 0) == ""
    talk.server.world.topic(FORUM, None, "closed")
    await talk.nothing_came()
    assert (await _state(desk, FORUM)) == "active"


async def _paused(desk: Desk, thread: int) -> str:
    async with desk.database.read() as session:
        return await chats.topic_paused(session, FORUM, thread)


@pytest.mark.parametrize(
    ("chat_id", "status", "may_write", "state"),
    [
        (CHANNEL, "administrator", False, "paused"),
        (CHANNEL, "member", True, "paused"),
        (CHANNEL, "left", True, "paused"),
        (CHANNEL, "administrator", True, "active"),
        (GROUP, "restricted", False, "paused"),
        (GROUP, "restricted", True, "active"),
        (GROUP, "kicked", True, "paused"),
        (GROUP, "member", True, "active"),
    ],
)
async def test_rights_that_come_and_go(
    talk: Talker, desk: Desk, chat_id: int, status: str, may_write: bool, state: str
) -> None:
    """What we may no longer do pauses the chat; what we may again wakes it, and it keeps what it follows."""
    await talk.ask(chat_id, "/follow 1", user=ADMIN)
    talk.server.world.bot_becomes(chat_id, status, may_write=may_write)
    await talk.nothing_came()
    assert await _state(desk, chat_id) == state
    talk.server.world.bot_becomes(chat_id, "administrator")
    if status in ("left", "kicked") and chat_id == GROUP:
        await talk.answer(chat_id)  # it is greeted again
    await talk.nothing_came()
    assert await _state(desk, chat_id) == "active"
    assert await followed_at(desk, Place(chat_id, 0, "")) == ["dprk-arms"]


async def test_a_group_that_moved_while_it_spoke(talk: Talker, desk: Desk) -> None:
    """An answer that is refused because the group has a new id moves its settings there, without an apology."""
    await talk.ask(GROUP, "/follow 1", user=ADMIN)
    talk.server.world.chats[GROUP].migrated_to = -1700
    talk.server.world.add_chat(-1700, "supergroup")
    talk.server.world.say(GROUP, "/list", user_id=ADMIN)
    await talk.nothing_came()
    assert await _chat(desk, GROUP) is None
    assert await followed_at(desk, Place(-1700, 0, "")) == ["dprk-arms"]


@pytest.mark.parametrize(
    "fault",
    [
        too_many_requests(30, chat_id=READER),
        refused(400, "Bad Request: not enough rights to send text messages to the chat", chat_id=READER),
    ],
)
async def test_an_answer_that_is_refused_is_not_followed_by_an_apology(
    bot_api: BotApiServer, desk: Desk, fault: object
) -> None:
    """It would be refused as well."""
    async with talking(bot_api, desk) as talk:
        bot_api.faults.append(fault)  # type: ignore[arg-type] # a table of faults
        bot_api.world.say(READER, "/privacy")
        await bot_api.wait_until(lambda: any(call.status >= 400 for call in bot_api.calls))
        await talk.nothing_came()


def test_admins_buttons_are_told_apart() -> None:
    """What is for the bot's admins is never among what a group's admins may press."""
    assert {one for one in Deed if Press(one, "1").is_for_bot_admins} == {Deed.OUTBOX, Deed.RESEND}
    assert all(keys.read(f"{one}:1") == Press(one, "1") for one in Deed)


async def test_edited_commands_do_nothing(talk: Talker, desk: Desk) -> None:
    """An edit into /stop or /forget is not obeyed."""
    await talk.ask(READER, "/follow 1")
    for text in ("/stop", "/forget"):
        talk.server.world.say(READER, text, edited=True)
    await talk.nothing_came()
    assert await _state(desk, READER) == "active"


async def test_answers_count_against_the_pace(talk: Talker, desk: Desk) -> None:
    """After a message and after an edit the pace of all sends has moved on."""
    page = await talk.ask(READER, "/rules")
    await talk.press(page, "f:dprk-arms")
    async with asyncio.timeout(10):
        while await _ahead(desk) < 1.9 / pace.A_SECOND:
            await asyncio.sleep(0.05)


async def _ahead(desk: Desk) -> float:
    async with desk.database.read() as session:
        return await pace.next_slot(session, desk.now().timestamp()) - desk.now().timestamp()
