"""The one list of commands: routing, /help, the menus and the documentation are all made from it."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.handlers import copies, following, listing, looking_back, opening, outbox, pausing, privacy, tongue
from bot.handlers.desk import Answer, Call, Desk, Reply
from bot.texts.replies import help_page
from bot.texts.words import CommandWords, Words

NEAR = 0.7  # how alike a mistyped command must be, from 0 to 1: /folow is, /search is none of ours


class Who(StrEnum):
    """Who may use a command in a group; in a private chat everybody is master of their own settings."""

    ANYONE = "anyone"
    ADMINS = "admins"
    ADMINS_WITH_ARGUMENT = "admins_with_argument"  # alone it only tells; with an argument it changes settings


class Scope(StrEnum):
    """Where a command is offered in the menu."""

    PRIVATE = "private"
    GROUPS = "groups"
    BOT_ADMINS = "bot_admins"  # the private chats of the bot's own admins


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, what answers it, what it is for in words, where it is offered, and to whom.

    ``resumes``: in a place that said /stop it brings the alerts back. A command that is offered to nobody but the bot's
    own admins is unknown to everybody else.
    """

    name: str
    answer: Answer
    text: Callable[[CommandWords], str]
    who: Who = Who.ANYONE
    scopes: frozenset[Scope] = frozenset({Scope.PRIVATE, Scope.GROUPS, Scope.BOT_ADMINS})
    resumes: bool = False

    @property
    def is_for_bot_admins(self) -> bool:
        """Whether nobody but the bot's own admins may know of it."""
        return self.scopes == {Scope.BOT_ADMINS}

    def needs_rights(self, argument: str) -> bool:
        """Whether only admins of a group may give this command with this argument."""
        return self.who is Who.ADMINS or (self.who is Who.ADMINS_WITH_ARGUMENT and bool(argument))

    def described(self, words: Words) -> str:
        """What it is for, in one line."""
        return self.text(words.commands)


def nearest_command(typed: str, *, by_admin: bool = False) -> str:
    """The command that somebody may have meant who typed another word, or ""."""
    names = [one.name for one in COMMANDS if by_admin or not one.is_for_bot_admins]
    word = typed.strip().partition(" ")[0].removeprefix("/").partition("@")[0].casefold()
    return next(iter(difflib.get_close_matches(word, names, 1, NEAR)), "")


async def help_(desk: Desk, call: Call) -> Reply:
    """/help: every command, with examples."""
    shown = [command for command in COMMANDS if call.by_admin or not command.is_for_bot_admins]
    return Reply(help_page(call.language, [(one.name, one.described(call.words)) for one in shown]))


COMMANDS: tuple[Command, ...] = (
    Command(
        "start",
        opening.start,
        lambda words: words.start,
        Who.ADMINS_WITH_ARGUMENT,
        frozenset({Scope.PRIVATE, Scope.BOT_ADMINS}),
        resumes=True,
    ),
    Command("rules", listing.rules, lambda words: words.rules),
    Command("follow", following.follow, lambda words: words.follow, Who.ADMINS, resumes=True),
    Command("unfollow", following.unfollow, lambda words: words.unfollow, Who.ADMINS),
    Command("list", listing.followed_list, lambda words: words.list),
    Command("latest", looking_back.latest, lambda words: words.latest),
    Command("copies", copies.copies, lambda words: words.copies, Who.ADMINS),
    Command("stop", pausing.stop, lambda words: words.stop, Who.ADMINS),
    Command("lang", tongue.lang, lambda words: words.lang, Who.ADMINS),
    Command("privacy", privacy.privacy, lambda words: words.privacy),
    Command("forget", privacy.forget, lambda words: words.forget, Who.ADMINS),
    Command("help", help_, lambda words: words.help),
    Command("outbox", outbox.outbox, lambda words: words.outbox, scopes=frozenset({Scope.BOT_ADMINS})),
)
