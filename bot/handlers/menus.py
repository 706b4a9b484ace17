"""The command menus that Telegram shows, by scope and language, made from the one list."""

from collections.abc import Collection

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest

from bot.handlers.commands import COMMANDS, Command, Scope, Who
from bot.logs import get_log
from bot.texts.language import DEFAULT, LANGUAGES, Language
from bot.texts.speech import words_of

log = get_log(__name__)


async def publish_menus(bot: Bot, admins: Collection[int] = ()) -> None:
    """Tell Telegram the menus: private chats, groups, their admins; Arabic, and English for English clients.

    The bot's own ``admins`` have a longer one in their private chats, once they have written to the bot.
    Raises telegram.error.TelegramError.
    """
    for scope, commands in menus():
        await _publish(bot, scope, commands)
    for admin in admins:
        await publish_menu_of(bot, admin)


async def publish_menu_of(bot: Bot, admin: int) -> None:
    """Tell Telegram the menu of one of the bot's own admins. Raises telegram.error.TelegramError."""
    try:
        await _publish(
            bot, BotCommandScopeChat(admin), [one for one in COMMANDS if Scope.BOT_ADMINS in one.scopes]
        )
    except BadRequest as error:
        log.info("an admin has no menu yet: say /start to the bot", admin=admin, reason=error.message)


async def _publish(bot: Bot, scope: BotCommandScope, commands: list[Command]) -> None:
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
