"""Who may change the settings of a chat: in a private chat its owner, elsewhere the admins."""

from telegram import Bot, ChatMember, Message, User
from telegram.error import BadRequest

from bot.handlers.desk import CHANNEL, PRIVATE

ANONYMOUS_ADMIN = 1087968824  # GroupAnonymousBot: Telegram's own account behind which admins hide
_ADMINS = frozenset({ChatMember.ADMINISTRATOR, ChatMember.OWNER})


def speaks_as_the_chat(*, kind: str, chat_id: int, sender_chat_id: int | None, user_id: int | None) -> bool:
    """Whether a message proves by itself that an admin wrote it (or the one person of a private chat).

    Only admins post in channels. An anonymous admin of a group speaks as the group itself. Other senders
    that are chats, a linked channel say, prove nothing.
    """
    if kind in (PRIVATE, CHANNEL):
        return True
    return sender_chat_id == chat_id or (user_id == ANONYMOUS_ADMIN and sender_chat_id is None)


def is_admin(status: str) -> bool:
    """Whether a member of this status may change settings."""
    return status in _ADMINS


async def writer_may(message: Message) -> bool:
    """Whether the writer of ``message`` may change the settings of its chat."""
    sender = message.sender_chat
    user = message.from_user
    if speaks_as_the_chat(
        kind=message.chat.type,
        chat_id=message.chat.id,
        sender_chat_id=sender.id if sender else None,
        user_id=user.id if user else None,
    ):
        return True
    if user is None or sender is not None:
        return False
    return await member_may(message.get_bot(), message.chat.id, user)


async def presser_may(bot: Bot, kind: str, chat_id: int, user: User) -> bool:
    """Whether ``user``, who pressed a button in a chat, may change its settings; a channel's readers may not."""
    return user.id == chat_id if kind == PRIVATE else await member_may(bot, chat_id, user)


async def member_may(bot: Bot, chat_id: int, user: User) -> bool:
    """Whether Telegram says that ``user`` is an admin of the chat; one that it does not know there is none."""
    try:
        member = await bot.get_chat_member(chat_id, user.id)
    except BadRequest:
        return False
    return is_admin(member.status)
