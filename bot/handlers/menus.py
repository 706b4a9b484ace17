"""The command menus that Telegram shows, by scope and language, made from the one list."""

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from bot.handlers.commands import COMMANDS, Command, Scope, Who
from bot.texts.language import DEFAULT, LANGUAGES, Language
from bot.texts.speech import words_of


async def publish_menus(bot: Bot) -> None:
    """Tell Telegram the menus: private chats, groups, their admins; Arabic, and English for English clients.

    Raises telegram.error.TelegramError.
    """
    for scope, commands in menus():
        for language in LANGUAGES:
            code = None if language == DEFAULT else language
            await bot.set_my_commands(menu(commands, language), scope=scope, language_code=code)


def menus() -> list[tuple[BotCommandScope, list[Command]]]:
    """Which commands stand in which menu."""
    private = [command for command in COMMANDS if Scope.PRIVATE in command.scopes]
    admins = [command for command in COMMANDS if Scope.GROUPS in command.scopes]
    everybody = [command for command in admins if command.who is not Who.ADMINS]
    return [
        (BotCommandScopeAllPrivateChats(), private),
        (BotCommandScopeAllGroupChats(), everybody),
        (BotCommandScopeAllChatAdministrators(), admins),
    ]


def menu(commands: list[Command], language: Language) -> list[BotCommand]:
    """The commands as Telegram takes them."""
    words = words_of(language)
    return [BotCommand(command.name, command.described(words)) for command in commands]
