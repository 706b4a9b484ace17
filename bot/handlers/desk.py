"""What every answer is made from, and what it is made of; nothing here knows Telegram's library."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store import chats
from bot.store.engine import Database
from bot.store.types import ChatState
from bot.texts.language import DEFAULT, Language, language_of
from bot.texts.markup import Message
from bot.texts.speech import words_of
from bot.texts.words import Words
from rules import RuleSet

PRIVATE, SUPERGROUP, CHANNEL = "private", "supergroup", "channel"
Work = Coroutine[Any, Any, None]


def leave_undone(work: Work) -> None:
    """Do nothing beside: of a desk that no application stands behind."""
    work.close()


@dataclass(frozen=True, slots=True)
class Desk:
    """What the handlers work with. ``rules()`` is the rule set in force; ``admins`` are the bot's own admins.

    ``beside(work)`` does something while other updates are answered; a stop waits for it, so it must end soon once
    ``closing()``.
    """

    database: Database
    rules: Callable[[], RuleSet]
    admins: frozenset[int]
    now: Callable[[], datetime]
    beside: Callable[[Work], None] = leave_undone
    closing: Callable[[], bool] = lambda: False

    def is_admins(self, place: "Place", user_id: int | None) -> bool:
        """Whether ``user_id`` is one of the bot's admins, in the private chat with the bot (which has the same id)."""
        return place.is_private and user_id in self.admins and user_id == place.chat_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody speaks and where the answer goes: a chat, or one topic of it (``thread_id`` 0: none)."""

    chat_id: int
    thread_id: int
    kind: str  # private, group, supergroup or channel

    @property
    def is_private(self) -> bool:
        """Whether this is a talk with one person."""
        return self.kind == PRIVATE


@dataclass(frozen=True, slots=True)
class Call:
    """One thing asked of us: where, in which language, with what behind the command.

    ``stopped``: alerts are stopped here by wish; ``by_admin``: one of the bot's own admins asks, in private.
    """

    place: Place
    language: Language
    argument: str = ""
    stopped: bool = False
    by_admin: bool = False

    @property
    def words(self) -> Words:
        """The sentences to answer with."""
        return words_of(self.language)


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; ``data`` comes back when it is pressed."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a message and the rows of buttons under it."""

    message: Message
    buttons: tuple[tuple[Button, ...], ...] = ()


Answer = Callable[[Desk, Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand between us and a place."""

    language: Language = DEFAULT
    stopped: bool = False  # no alerts, by wish of the chat or of the topic
    forgetting: bool = False  # the chat is being erased
    known: bool = False


async def standing_at(desk: Desk, place: Place) -> Standing:
    """How things stand. A chat or topic that speaks to us is awake, whatever Telegram said of it before."""
    async with desk.database.read() as session:
        chat = await chats.find(session, place.chat_id)
        topic = await chats.topic_paused(session, place.chat_id, place.thread_id) if chat else ""
    if chat is None:
        return Standing()
    if chat.state == ChatState.PAUSED or topic not in ("", chats.OWN_WISH):
        await _wake(desk, place)
    return Standing(
        language_of(chat.language),
        stopped=chat.state == ChatState.STOPPED or topic == chats.OWN_WISH,
        forgetting=chat.state == ChatState.FORGETTING,
        known=True,
    )


async def language_at(desk: Desk, place: Place) -> Language:
    """The language of a chat."""
    return (await standing_at(desk, place)).language


async def _wake(desk: Desk, place: Place) -> None:
    async with desk.database.write() as session:
        await chats.wake(session, place.chat_id)
        await chats.wake_topic(session, place.chat_id, place.thread_id)


async def is_known(desk: Desk, place: Place) -> bool:
    """Whether anything is kept of a chat."""
    async with desk.database.read() as session:
        return await chats.find(session, place.chat_id) is not None


async def remember(desk: Desk, place: Place) -> None:
    """Keep the chat, so that it can follow rules and be written to."""
    async with desk.database.write() as session:
        await chats.meet(session, place.chat_id, place.kind, desk.now())


async def followed_at(desk: Desk, place: Place) -> list[str]:
    """The rules that a chat or topic follows, by id; ``*`` stands for all."""
    async with desk.database.read() as session:
        return await chats.followed(session, place.chat_id, place.thread_id)
