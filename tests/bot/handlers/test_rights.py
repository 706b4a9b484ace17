"""Who may change settings."""

import pytest

from bot.handlers.rights import ANONYMOUS_ADMIN, is_admin, speaks_as_the_chat


@pytest.mark.parametrize(
    ("kind", "sender_chat", "user", "proves"),
    [
        ("private", None, 42, True),
        ("channel", -100, None, True),
        ("group", None, 42, False),
        ("supergroup", -100, ANONYMOUS_ADMIN, True),
        ("supergroup", -200, ANONYMOUS_ADMIN, False),  # another chat speaks
        ("supergroup", -200, 777000, False),  # a linked channel's post
        ("supergroup", None, None, False),
    ],
)
def test_what_a_message_proves(kind: str, sender_chat: int | None, user: int | None, proves: bool) -> None:
    """The owner of a private chat, a channel's posts and anonymous admins need no further question."""
    assert speaks_as_the_chat(kind=kind, chat_id=-100, sender_chat_id=sender_chat, user_id=user) is proves


@pytest.mark.parametrize(
    ("status", "may"),
    [("creator", True), ("administrator", True), ("member", False), ("restricted", False), ("left", False)],
)
def test_members_who_may(status: str, may: bool) -> None:
    """Admins may; members may not."""
    assert is_admin(status) is may
