"""What a change of our membership means."""

import pytest

from bot.handlers.membership import Standing, Turn, turn

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
