"""The one list of commands."""

import dataclasses
from dataclasses import replace

import pytest

from bot.handlers.commands import COMMANDS, Command, Who, help_
from bot.handlers.desk import Call, Desk, Place
from bot.handlers.menus import menu, menus
from bot.texts.arabic import ARABIC
from bot.texts.english import ENGLISH
from bot.texts.words import CommandWords


def test_every_command_is_in_words_and_the_other_way() -> None:
    """No command lacks its sentence, no sentence its command, and each has its own."""
    assert sorted(one.name for one in COMMANDS) == sorted(CommandWords.__dataclass_fields__)
    for command in COMMANDS:
        assert command.described(ARABIC) == getattr(ARABIC.commands, command.name)
        assert command.described(ENGLISH) == getattr(ENGLISH.commands, command.name)


async def test_help_names_every_command(desk: Desk, call: Call) -> None:
    """/help is made from the list; what is for the bot's admins only they are told of."""
    shown = (await help_(desk, call)).message.plain
    told = {command.name for command in COMMANDS if f"/{command.name}" in shown}
    assert told == {command.name for command in COMMANDS} - {"outbox"}
    assert "/outbox" in (await help_(desk, replace(call, by_admin=True))).message.plain


def test_menus() -> None:
    """A group's members are offered what they may use; its admins all of it; both fit Telegram."""
    everything = (
        ["rules", "follow", "unfollow", "list", "latest", "copies", "stop", "lang", "privacy", "forget", "help"]
    )  # fmt: skip
    by_scope = {scope.type: [command.name for command in commands] for scope, commands in menus()}
    assert by_scope == {
        "all_private_chats": ["start", *everything],
        "all_group_chats": ["rules", "list", "latest", "privacy", "help"],
        "all_chat_administrators": everything,
    }
    for _, commands in menus():
        assert all(one.description and one.command == one.command.lower() for one in menu(commands, "ar"))


@pytest.mark.parametrize("command", COMMANDS, ids=[one.name for one in COMMANDS])
def test_who_may(command: Command) -> None:
    """What changes settings is for admins; a bare /start is for anyone."""
    changes = {"follow", "unfollow", "lang", "copies", "stop", "forget"}
    assert command.needs_rights("") is (command.name in changes)
    assert command.needs_rights("x") is (command.name in changes | {"start"})


@pytest.mark.parametrize("command", COMMANDS, ids=[one.name for one in COMMANDS])
@pytest.mark.parametrize("argument", ["", "x", "1", "<b>&", "\u202e" * 200, "ب" * 3000])
@pytest.mark.parametrize("language", ["ar", "en"])
async def test_every_command_answers_everything(
    desk: Desk, command: Command, argument: str, language: str
) -> None:
    """Whatever is typed behind a command, there is an answer that Telegram takes."""
    place = Place(-5, 3, "supergroup")
    reply = await command.answer(desk, Call(place, "en" if language == "en" else "ar", argument))
    assert reply.message.plain.strip()
    assert len(reply.message.plain) <= 4096
    assert all(len(button.data.encode()) <= 64 and button.label for row in reply.buttons for button in row)


def test_the_list_is_closed() -> None:
    """Commands cannot be changed by whoever holds them."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        COMMANDS[0].who = Who.ANYONE  # type: ignore[misc] # that is the point
