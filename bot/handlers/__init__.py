"""Talking with chats: commands, buttons, and what Telegram tells about the chats themselves."""

from bot.handlers.application import ALLOWED_UPDATES, build_application
from bot.handlers.commands import COMMANDS, Command
from bot.handlers.menus import publish_menus

__all__ = ["ALLOWED_UPDATES", "COMMANDS", "Command", "build_application", "publish_menus"]
