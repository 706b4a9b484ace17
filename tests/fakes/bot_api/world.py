"""What Telegram knows: chats, members, messages, and the updates that wait for the bot."""

import asyncio
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

BOT = {"id": 4242, "is_bot": True, "first_name": "راصد", "username": "rasid_test_bot"}
ANONYMOUS_ADMIN = 1087968824  # GroupAnonymousBot's id


@dataclass
class Chat:
    """A chat and who is in it; ``migrated_to`` once a group became a supergroup."""

    id: int
    type: str
    forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = "member"
    bot_may_write: bool = True  # of a restricted member, and of a channel's administrator (can_post_messages)
    migrated_to: int | None = None
    closed_topics: set[int] = field(default_factory=set)
    deleted_topics: set[int] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        """As Telegram describes it."""
        named = {"first_name": "Reader"} if self.type == "private" else {"title": "Desk"}
        return {"id": self.id, "type": self.type, **named, **({"is_forum": True} if self.forum else {})}


@dataclass
class Sent:
    """One message as the bot sent it, or as it last rewrote it: the ledger's row."""

    message_id: int
    chat_id: int
    thread_id: int | None
    text: str
    html: str
    entities: list[dict[str, Any]]
    buttons: list[list[dict[str, Any]]]
    silent: bool
    at: float  # wall time, seconds
    edits: int = 0
    reply_to: int | None = None  # the message that it hangs on

    def button(self, text: str) -> dict[str, Any]:
        """The button whose label contains ``text``; LookupError if there is none."""
        for row in self.buttons:
            for one in row:
                if text in one["text"]:
                    return one
        raise LookupError(f"no button {text!r} among {self.buttons}")


class World:
    """All of it, behind the calls that tests make; every call that the bot must hear of queues an update."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.sent: list[Sent] = []
        self.updates: list[dict[str, Any]] = []
        self.messages: set[tuple[int, int]] = set()  # (chat, message) of all that is there, whoever wrote it
        self.fixed: set[tuple[int, int]] = set()  # of the bot's messages that are too old to be edited
        self.arrived = asyncio.Event()  # something was sent or an update was queued
        self._message_ids = count(1)
        self._update_ids = count(1)
        self._callback_ids = count(1)

    def add_chat(
        self, chat_id: int, type_: str = "private", *, forum: bool = False, bot_status: str = ""
    ) -> Chat:
        """Create a chat; in a private one its person is a member, in a channel the bot is an administrator."""
        usual = "administrator" if type_ == "channel" else "member"
        chat = Chat(chat_id, type_, forum, bot_status=bot_status or usual)
        if type_ == "private":
            chat.members[chat_id] = "member"
        self.chats[chat_id] = chat
        return chat

    def say(
        self,
        chat_id: int,
        text: str,
        *,
        user_id: int | None = None,
        thread_id: int | None = None,
        edited: bool = False,
        anonymous: bool = False,
    ) -> dict[str, Any]:
        """Somebody says ``text``; in a channel, the channel itself does."""
        chat = self.chats[chat_id]
        message = self._message(chat, thread_id)
        message |= {"text": text, "entities": _commands_in(text)}
        if chat.type == "channel":
            message |= {"sender_chat": chat.as_json()}
            return self.push({"channel_post": message})
        message["from"] = _person(ANONYMOUS_ADMIN if anonymous else user_id or chat_id)
        if anonymous:
            message["sender_chat"] = chat.as_json()
        if edited:
            return self.push({"edited_message": message | {"edit_date": int(time.time())}})
        return self.push({"message": message})

    def press(self, message: Sent, data: str, *, user_id: int | None = None) -> str:
        """Somebody presses a button; the callback's id."""
        callback_id = str(next(self._callback_ids))
        chat = self.chats[message.chat_id]
        shown = self._message(chat, message.thread_id) | {
            "message_id": message.message_id,
            "from": BOT,
            "text": message.text,
        }
        person = _person(user_id or message.chat_id)
        query = {"id": callback_id, "from": person, "message": shown, "chat_instance": "1", "data": data}
        self.push({"callback_query": query})
        return callback_id

    def bot_becomes(self, chat_id: int, status: str, *, user_id: int = 1, may_write: bool = True) -> None:
        """The bot is blocked or kicked (``kicked``), leaves (``left``), or is a ``member`` again.

        As ``restricted`` member or a channel's ``administrator`` it ``may_write`` or not.
        """
        chat = self.chats[chat_id]
        old = membership(BOT, chat.bot_status, may_write=chat.bot_may_write)
        chat.bot_status, chat.bot_may_write = status, may_write
        change = {
            "chat": chat.as_json(),
            "from": _person(user_id),
            "date": int(time.time()),
            "old_chat_member": old,
            "new_chat_member": membership(BOT, status, may_write=may_write),
        }
        self.push({"my_chat_member": change})

    def topic(self, chat_id: int, thread_id: int | None, change: str, *, user_id: int = 1) -> None:
        """A forum's topic is ``closed``, ``reopened`` or ``deleted``; of a deletion bots are told nothing.

        Without ``thread_id`` it is the General topic.
        """
        chat, number = self.chats[chat_id], thread_id or 0
        if change == "deleted":
            chat.deleted_topics.add(number)
            return
        (chat.closed_topics.add if change == "closed" else chat.closed_topics.discard)(number)
        message = self._message(chat, thread_id) | {"from": _person(user_id), f"forum_topic_{change}": {}}
        self.push({"message": message})

    def delete(self, chat_id: int, message_id: int) -> None:
        """A message is deleted; bots are told nothing."""
        self.messages.discard((chat_id, message_id))

    def migrate(self, chat_id: int, new_id: int) -> None:
        """A group becomes a supergroup: both chats are told, and the old id refuses messages from now on."""
        old = self.chats[chat_id]
        old.migrated_to = new_id
        new = self.chats.get(new_id) or self.add_chat(new_id, "supergroup")
        new.members |= old.members
        person = _person(1)
        self.push({"message": self._message(old) | {"from": person, "migrate_to_chat_id": new_id}})
        self.push({"message": self._message(new) | {"from": person, "migrate_from_chat_id": chat_id}})

    def push(self, update: dict[str, Any]) -> dict[str, Any]:
        """Queue an update for the bot."""
        update = {"update_id": next(self._update_ids), **update}
        self.updates.append(update)
        self.arrived.set()
        return update

    def next_message_id(self) -> int:
        """A message id that no message has."""
        return next(self._message_ids)

    def _message(self, chat: Chat, thread_id: int | None = None) -> dict[str, Any]:
        topic = {"message_thread_id": thread_id, "is_topic_message": True} if thread_id else {}
        message_id = self.next_message_id()
        self.messages.add((chat.id, message_id))
        return {
            "message_id": message_id,
            "date": int(time.time()),
            "chat": chat.as_json(),
            **topic,
        }


def membership(user: dict[str, Any], status: str, *, may_write: bool = True) -> dict[str, Any]:
    """A ChatMember of that status, with the fields that its class requires."""
    member: dict[str, Any] = {"user": user, "status": status}
    if status == "administrator":
        rights = (
            "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
            "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users",
            "can_post_stories", "can_edit_stories", "can_delete_stories",
        )  # fmt: skip
        member |= dict.fromkeys(rights, False) | {"can_post_messages": may_write}
    if status == "restricted":
        may = (
            "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics", "can_send_messages",
            "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos", "can_send_video_notes",
            "can_send_voice_notes", "can_send_polls", "can_send_other_messages", "can_add_web_page_previews",
            "can_edit_tag", "can_react_to_messages",
        )  # fmt: skip
        member |= dict.fromkeys(may, may_write) | {"is_member": True, "until_date": 0}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "kicked":
        member["until_date"] = 0
    return member


def _person(user_id: int) -> dict[str, Any]:
    is_bot = user_id == ANONYMOUS_ADMIN
    return {"id": user_id, "is_bot": is_bot, "first_name": "Reader", "language_code": "ar"}


def _commands_in(text: str) -> list[dict[str, Any]]:
    if not text.startswith("/"):
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
