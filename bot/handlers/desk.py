"""What every answer is made from, and what it is made of; nothing here knows Telegram's library."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.store import chats
from bot.store.engine import Database
from bot.store.types import ChatState
from bot.texts.language import DEFAULT, Language, language_of
from bot.texts.markup import Message
from bot.texts.speech import words_of
from bot.texts.words import Words
from rules import RuleSet

PRIVATE, SUPERGROUP, CHANNEL = "private", "supergroup", "channel"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the handlers work with. ``rules()`` is the rule set in force; ``admins`` are the bot's own admins."""

    database: Database
    rules: Callable[[], RuleSet]
    admins: frozenset[int]
    now: Callable[[], datetime]


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
    """One thing asked of us: where, in which language, with what behind the command."""

    place: Place
    language: Language
    argument: str = ""

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


async def language_at(desk: Desk, place: Place) -> Language:
    """The language of a chat. A chat that speaks to us is awake, whatever we thought of it before."""
    async with desk.database.read() as session:
        chat = await chats.find(session, place.chat_id)
    if chat is None:
        return DEFAULT
    if chat.state != ChatState.ACTIVE:
        await remember(desk, place)
    return language_of(chat.language)


async def remember(desk: Desk, place: Place) -> None:
    """Keep the chat, so that it can follow rules and be written to."""
    async with desk.database.write() as session:
        await chats.meet(session, place.chat_id, place.kind, desk.now())


async def followed_at(desk: Desk, place: Place) -> list[str]:
    """The rules that a chat or topic follows, by id; ``*`` stands for all."""
    async with desk.database.read() as session:
        return await chats.followed(session, place.chat_id, place.thread_id)
