"""Pressed buttons."""

import pytest

from bot.handlers.desk import Call, Desk, followed_at, language_at
from bot.handlers.keys import Deed, Press
from bot.handlers.presses import pressed


async def test_follow_and_leave_by_button(desk: Desk, call: Call) -> None:
    """A press follows, the page then shows it and offers to stop; the next press stops."""
    done = await pressed(desk, call, Press(Deed.FOLLOW, "putin-visits"))
    assert done.note == "بدأت متابعة القاعدة: زيارات بوتين ✅"
    assert done.reply is not None and done.reply.message.plain.count("متابَعة") == 1
    assert done.reply.buttons[2][0].data == "u:putin-visits"
    await pressed(desk, call, Press(Deed.UNFOLLOW, "putin-visits"))
    assert await followed_at(desk, call.place) == []


async def test_all_by_button(desk: Desk, call: Call) -> None:
    """One button follows everything; then every rule shows as followed."""
    done = await pressed(desk, call, Press(Deed.FOLLOW, "*"))
    assert await followed_at(desk, call.place) == ["*"]
    assert done.reply is not None
    assert [row[0].data for row in done.reply.buttons] == [
        "u:dprk-arms",
        "u:kirby-statements",
        "u:putin-visits",
        "u:*",
    ]


@pytest.mark.parametrize("target", ["on-trial", "old-rule", "nobody", "~" + "0" * 24, "1"])
async def test_only_live_rules_by_button(desk: Desk, call: Call, target: str) -> None:
    """A forged or old button follows nothing, and says so."""
    done = await pressed(desk, call, Press(Deed.FOLLOW, target))
    assert done.note == "هذه القاعدة لم تعد متاحة."
    assert await followed_at(desk, call.place) == []


@pytest.mark.parametrize("page", ["0", "7", "99999999", "x", "-1"])
async def test_turning_to_any_page(desk: Desk, call: Call, page: str) -> None:
    """A page that is not there is answered with one that is."""
    done = await pressed(desk, call, Press(Deed.PAGE, page))
    assert done.reply is not None and "زيارات بوتين" in done.reply.message.plain


async def test_language_by_button(desk: Desk, call: Call) -> None:
    """A press sets the language; a forged one sets nothing."""
    await pressed(desk, call, Press(Deed.LANGUAGE, "en"))
    assert await language_at(desk, call.place) == "en"
    assert (await pressed(desk, call, Press(Deed.LANGUAGE, "xx"))).reply is None
    assert await language_at(desk, call.place) == "en"
