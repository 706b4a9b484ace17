"""The life of a chat: we are blocked, removed, let in again; a topic is closed; a group becomes a supergroup."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberRestricted, Update
from telegram.ext import ContextTypes

from bot.handlers.desk import CHANNEL, PRIVATE, Call, Desk, Place, language_at
from bot.handlers.opening import greet
from bot.handlers.shell import place_of, send
from bot.logs import get_log
from bot.store import chats

log = get_log(__name__)
TOPIC_CLOSED = "the topic is closed"
Shell = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]


class Turn(StrEnum):
    """What a change of our membership means."""

    GONE = "gone"  # we can no longer write there
    BACK = "back"  # we can again
    JOINED = "joined"  # we were let into a group
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Standing:
    """Our standing in a chat: Telegram's word for it, and whether it lets us write."""

    status: str
    may_write: bool

    @property
    def is_in(self) -> bool:
        """Whether we are in the chat at all."""
        return self.status not in (ChatMember.LEFT, ChatMember.BANNED)


def turn(kind: str, before: Standing, after: Standing) -> tuple[Turn, str]:
    """What a change means, and the reason for the record where we are gone."""
    if not after.is_in:
        return Turn.GONE, "blocked by the user" if kind == PRIVATE else "removed from the chat"
    if not after.may_write:
        return Turn.GONE, "not allowed to write in the chat"
    if not before.is_in:
        return (Turn.BACK if kind in (PRIVATE, CHANNEL) else Turn.JOINED), ""
    return (Turn.NOTHING if before.may_write else Turn.BACK), ""


def standing(kind: str, member: ChatMember) -> Standing:
    """Our standing in a chat of this kind, as Telegram describes it. In a channel admins write, if they may post."""
    if kind == CHANNEL:
        posts = isinstance(member, ChatMemberAdministrator) and bool(member.can_post_messages)
        return Standing(member.status, posts)
    silenced = isinstance(member, ChatMemberRestricted) and not (
        member.is_member and member.can_send_messages
    )
    return Standing(member.status, not silenced and member.status not in (ChatMember.LEFT, ChatMember.BANNED))


def on_membership(desk: Desk) -> Shell:
    """Pause a chat that has put us out, wake one that has let us in, greet a group that is new."""

    async def run(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        change = update.my_chat_member
        assert change is not None  # the handler takes nothing else
        place = Place(change.chat.id, 0, str(change.chat.type))
        before, after = (
            standing(place.kind, one) for one in (change.old_chat_member, change.new_chat_member)
        )
        what, reason = turn(place.kind, before, after)
        await _record(desk, place, what, reason)
        if what is Turn.JOINED:
            await send(desk, context.bot, place, greet(Call(place, await language_at(desk, place))))

    return run


async def _record(desk: Desk, place: Place, what: Turn, reason: str) -> None:
    if what is Turn.NOTHING:
        return
    log.info("our standing in a chat changed", chat=place.chat_id, turn=what.value, reason=reason)
    async with desk.database.write() as session:
        if what is Turn.GONE:
            await chats.pause(session, place.chat_id, reason, desk.now())
        elif what is Turn.JOINED:
            await chats.meet(session, place.chat_id, place.kind, desk.now())
        else:  # whoever was forgotten, and lets us in again, has asked for nothing yet
            await chats.wake(session, place.chat_id)


def on_topic(desk: Desk) -> Shell:
    """A topic was closed or opened again. Of one that is deleted we learn when a message to it is refused."""

    async def run(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        assert message is not None  # the handler takes nothing else
        place = place_of(message)
        async with desk.database.write() as session:
            if message.forum_topic_closed is not None:
                await chats.pause_topic(session, place.chat_id, place.thread_id, TOPIC_CLOSED, desk.now())
            else:
                await chats.wake_topic(session, place.chat_id, place.thread_id)
        closed = message.forum_topic_closed is not None
        log.info("a topic was closed or reopened", chat=place.chat_id, topic=place.thread_id, closed=closed)

    return run


def on_migration(desk: Desk) -> Shell:
    """A group became a supergroup with a new id; told by the old chat, by the new one, or by both."""

    async def run(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        assert message is not None  # the handler takes nothing else
        here = message.chat.id
        old, new = message.migrate_from_chat_id or here, message.migrate_to_chat_id or here
        async with desk.database.write() as session:
            await chats.migrate(session, old, new, desk.now())
        log.info("a group became a supergroup", chat=old, now=new)

    return run
