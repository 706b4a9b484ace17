"""Following and leaving rules."""

from dataclasses import replace

import pytest

from bot.handlers.desk import Call, Desk, Place, followed_at, language_at, remember
from bot.handlers.following import follow, unfollow
from bot.handlers.listing import followed_list, rules
from bot.handlers.opening import start
from bot.handlers.tongue import lang
from bot.store import chats
from tests.bot.handlers.book import listed, rule


async def _follows(desk: Desk, call: Call, *rules: str) -> None:
    async with desk.database.write() as session:
        await chats.meet(session, call.place.chat_id, call.place.kind, desk.now())
        await chats.follow(session, call.place.chat_id, call.place.thread_id, rules, desk.now())


@pytest.mark.parametrize(
    ("argument", "followed", "says"),
    [
        ("putin-visits", ["putin-visits"], "بدأت متابعة القاعدة: زيارات بوتين ✅"),
        ("1 3", ["dprk-arms", "putin-visits"], "بدأت متابعة القاعدتين: أسلحة كورية شمالية، زيارات بوتين ✅"),
        ("الكل", ["*"], "بدأت متابعة كل القواعد"),
        ("", [], "القواعد المتاحة: 3 قواعد"),
        ("ات", [], "أيّها تقصد؟"),
        ("كيربن", [], "لعلك تقصد: تصريحات كيربي"),
        ("<رياضة>", [], "لا قاعدة بهذا الاسم: «<رياضة>»"),
    ],
)
async def test_follow(desk: Desk, call: Call, argument: str, followed: list[str], says: str) -> None:
    """What is clear is followed; what is not is asked back, and changes nothing."""
    reply = await follow(desk, replace(call, argument=argument))
    assert says in reply.message.plain
    assert await followed_at(desk, call.place) == followed


async def test_following_twice_is_said(desk: Desk, call: Call) -> None:
    """The second time, and under all, nothing changes, and the answer says so."""
    await follow(desk, replace(call, argument="1"))
    again = await follow(desk, replace(call, argument="1 2"))
    assert "بدأت متابعة القاعدة: تصريحات كيربي" in again.message.plain
    assert "هذه القاعدة متابَعة من قبل: أسلحة كورية شمالية" in again.message.plain
    await follow(desk, replace(call, argument="all"))
    assert "من قبل: زيارات بوتين" in (await follow(desk, replace(call, argument="3"))).message.plain


async def test_unfollow(desk: Desk, call: Call) -> None:
    """A rule that is left is gone; the others stay."""
    await _follows(desk, call, "dprk-arms", "putin-visits")
    reply = await unfollow(desk, replace(call, argument="بوتين"))
    assert reply.message.plain == "توقفت متابعة القاعدة: زيارات بوتين"
    assert await followed_at(desk, call.place) == ["dprk-arms"]
    assert "غير متابَعة أصلًا" in (await unfollow(desk, replace(call, argument="بوتين"))).message.plain


async def test_leaving_one_of_all_keeps_the_others(desk: Desk, call: Call) -> None:
    """Whoever follows all and leaves one rule keeps the rest by name, and is told what that means."""
    await _follows(desk, call, "*")
    reply = await unfollow(desk, replace(call, argument="2"))
    assert "بقيت قاعدتان متابَعتان هنا" in reply.message.plain
    assert await followed_at(desk, call.place) == ["dprk-arms", "putin-visits"]


async def test_unfollow_all(desk: Desk, call: Call) -> None:
    """Everything is left, rules that are no longer in force included; asked again, there is nothing to leave."""
    await _follows(desk, call, "*", "old-rule", "dprk-arms")
    assert "توقفت متابعة كل القواعد" in (await unfollow(desk, replace(call, argument="الكل"))).message.plain
    assert await followed_at(desk, call.place) == []
    assert "لا قاعدة متابَعة هنا بعد" in (await unfollow(desk, replace(call, argument="الكل"))).message.plain


async def test_a_retired_rule_can_be_seen_and_left(desk: Desk, call: Call) -> None:
    """What is followed but not in force is listed as such, and can be left by its id."""
    await _follows(desk, call, "old-rule", "vanished", "dprk-arms")
    shown = (await followed_list(desk, call)).message.plain
    assert "القاعدة 1: أسلحة كورية شمالية" in shown
    assert "متوقفتان الآن: قاعدة قديمة" in shown and "vanished" in shown
    assert "قاعدة قديمة" in (await unfollow(desk, replace(call, argument="old-rule"))).message.plain
    await unfollow(desk, replace(call, argument="vanished"))
    assert await followed_at(desk, call.place) == ["dprk-arms"]


async def test_topics_follow_for_themselves(desk: Desk) -> None:
    """Two topics of one group, and the group itself, are three places."""
    group, first, second = (Call(Place(-100, thread, "supergroup"), "ar", "1") for thread in (0, 7, 8))
    await follow(desk, first)
    await follow(desk, replace(second, argument="2"))
    assert await followed_at(desk, first.place) == ["dprk-arms"]
    assert await followed_at(desk, second.place) == ["kirby-statements"]
    assert await followed_at(desk, group.place) == []


@pytest.mark.parametrize(
    ("payload", "followed", "says"),
    [
        ("", [], "أهلًا بك في راصد"),
        ("r_dprk-arms", ["dprk-arms"], "بدأت متابعة القاعدة: أسلحة كورية شمالية"),
        ("all", ["*"], "بدأت متابعة كل القواعد"),
        ("r_on-trial", [], "القاعدة التي في الرابط لم تعد متاحة."),
    ],
)
async def test_start(desk: Desk, call: Call, payload: str, followed: list[str], says: str) -> None:
    """/start greets always, and follows what a link asks for."""
    shown = (await start(desk, replace(call, argument=payload))).message.plain
    assert says in shown and "أهلًا بك في راصد" in shown
    assert await followed_at(desk, call.place) == followed


@pytest.mark.parametrize("argument", ["en", "English", "إنجليزي"])
async def test_language(desk: Desk, call: Call, argument: str) -> None:
    """The language is set by its code or its name, and the answer is already in it."""
    reply = await lang(desk, replace(call, argument=argument))
    assert reply.message.plain == "Messages here are now in English."
    assert await language_at(desk, call.place) == "en"


async def test_an_unknown_language_changes_nothing(desk: Desk, call: Call) -> None:
    """What is no language of ours is said so, and the two are offered."""
    reply = await lang(desk, replace(call, argument="fr"))
    assert "لا أعرف هذه اللغة: «" in reply.message.plain
    assert [button.label for button in reply.buttons[0]] == ["العربية", "English"]
    assert await language_at(desk, call.place) == "ar"


async def test_a_paused_chat_that_speaks_is_awake_again(desk: Desk, call: Call) -> None:
    """Whoever writes to us can be written to."""
    await remember(desk, call.place)
    async with desk.database.write() as session:
        await chats.pause(session, call.place.chat_id, "blocked", desk.now())
    await language_at(desk, call.place)
    async with desk.database.read() as session:
        chat = await chats.find(session, call.place.chat_id)
    assert chat is not None and chat.state == "active"


async def test_many_rules_come_in_pages(desk: Desk, call: Call) -> None:
    """Two hundred rules are leafed through, each page one message with its own buttons."""
    many = replace(desk, rules=lambda: listed(*(rule(f"rule-{n:03}", f"قاعدة رقم {n}") for n in range(200))))
    reply = await rules(many, call)
    assert "الصفحة 1 من 25" in reply.message.plain
    assert [len(row) for row in reply.buttons] == [1] * 8 + [1, 1]
    assert reply.buttons[8][0].data == "p:1"
