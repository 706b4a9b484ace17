"""What a change of our membership means."""

from typing import Any

import pytest
from telegram import ChatMember

from bot.handlers.membership import Standing, Turn, standing, turn
from tests.fakes.bot_api import BOT
from tests.fakes.bot_api.world import membership

OUT, IN, MUTE = Standing("left", False), Standing("member", True), Standing("restricted", False)


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        ("private", IN, Standing("kicked", False), Turn.GONE),
        ("private", Standing("kicked", False), IN, Turn.BACK),
        ("group", OUT, IN, Turn.JOINED),
        ("supergroup", OUT, MUTE, Turn.GONE),
        ("supergroup", IN, OUT, Turn.GONE),
        ("supergroup", IN, MUTE, Turn.GONE),
        ("supergroup", MUTE, IN, Turn.BACK),
        ("supergroup", IN, Standing("administrator", True), Turn.NOTHING),
        ("channel", OUT, Standing("administrator", True), Turn.BACK),
        ("channel", OUT, Standing("administrator", False), Turn.GONE),
        ("channel", Standing("administrator", False), Standing("administrator", True), Turn.BACK),
    ],
)
def test_turns(kind: str, before: Standing, after: Standing, expected: Turn) -> None:
    """Blocked, removed or silenced is gone; let in or given the word again is back; a new group is greeted."""
    assert turn(kind, before, after)[0] is expected


def test_being_gone_has_a_reason() -> None:
    """The record says why nothing is sent."""
    assert turn("private", IN, OUT) == (Turn.GONE, "blocked by the user")
    assert turn("group", IN, OUT) == (Turn.GONE, "removed from the chat")
    assert turn("group", IN, MUTE) == (Turn.GONE, "not allowed to write in the chat")


@pytest.mark.parametrize(
    ("kind", "status", "given", "may"),
    [
        ("private", "member", True, True),
        ("private", "kicked", True, False),
        ("group", "member", True, True),
        ("supergroup", "administrator", True, True),
        ("supergroup", "restricted", True, True),
        ("supergroup", "restricted", False, False),
        ("supergroup", "left", True, False),
        ("channel", "administrator", True, True),
        ("channel", "administrator", False, False),
        ("channel", "member", True, False),
        ("channel", "kicked", True, False),
    ],
)
def test_who_may_write(kind: str, status: str, given: bool, may: bool) -> None:
    """Members of groups unless they are silenced; in channels only admins who may post."""
    member: Any = ChatMember.de_json(membership(BOT, status, may_write=given))
    assert standing(kind, member).may_write is may
