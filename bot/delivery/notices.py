"""Notices to the bot's admins: short, rare, about Rasid itself. Alerts go through the outbox; these need none."""

from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.text import Text
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.delivery.outcomes import Outcome, Verdict, classify
from bot.texts.markup import Message


class Board(Protocol):
    """Where notices go."""

    async def pin(self, chat_id: int, message: Message) -> Outcome | None:
        """Bring one notice to one admin; None when it arrived, else what came instead. Never raises for the far end."""
        ...


@dataclass(frozen=True, slots=True)
class TelegramBoard:
    """Admins' private chats, through a bot that is initialised elsewhere."""

    bot: Bot

    async def pin(self, chat_id: int, message: Message) -> Outcome | None:
        """Send; markup of ours that is refused goes again without."""
        refused = await self._send(chat_id, message.html, ParseMode.HTML)
        if refused is not None and refused.verdict == Verdict.BAD_MARKUP:
            return await self._send(chat_id, message.plain, None)
        return refused

    async def _send(self, chat_id: int, text: str, mode: str | None) -> Outcome | None:
        try:
            await self.bot.send_message(
                chat_id, text, parse_mode=mode, link_preview_options=LinkPreviewOptions(is_disabled=True)
            )
        except TelegramError as error:
            return classify(error)
        return None


@dataclass(frozen=True, slots=True)
class TerminalBoard:
    """The operator's screen, where there is no token."""

    console: Console

    async def pin(self, chat_id: int, message: Message) -> Outcome | None:
        """Print."""
        self.console.print(Text(message.plain))
        return None
