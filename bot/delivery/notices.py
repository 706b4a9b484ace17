"""Notices to the bot's admins: short, rare, about Rasid itself. Alerts go through the outbox; these need none.

They keep Telegram's pace with the alerts, and what Telegram answers to one holds for the chat's alerts too.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from rich.console import Console
from rich.text import Text
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.delivery import spent
from bot.delivery.outcomes import Outcome, Verdict, classify
from bot.delivery.pace import CHAT_SECONDS
from bot.store.engine import Database
from bot.texts.markup import Message
from bot.times import utc_now


class Board(Protocol):
    """Where notices go."""

    async def pin(self, chat_id: int, message: Message) -> Outcome | None:
        """Bring one notice to one admin; None when it arrived, else what came instead. Never raises for the far end."""
        ...


@dataclass(slots=True)
class TelegramBoard:
    """Admins' private chats, through a bot that is initialised elsewhere. One a process: it knows what it sent."""

    bot: Bot
    database: Database
    now: Callable[[], datetime] = utc_now
    _free_at: dict[int, float] = field(default_factory=dict)  # by chat, which may have no mailbox; monotonic
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def pin(self, chat_id: int, message: Message) -> Outcome | None:
        """Send in turn. A chat that Telegram wants to be left alone is left alone: then WAIT comes back at once."""
        async with self._turn:
            wait = self._rest(chat_id)
            if wait <= spent.LONGEST_TURN:
                wait = max(wait, await spent.turn(self.database, chat_id, self.now()))
            if wait > spent.LONGEST_TURN:
                return Outcome(Verdict.WAIT, "telegram asked to leave the chat alone", seconds=wait)
            await asyncio.sleep(wait)
            outcome = await self._put(chat_id, message)
            hush = outcome.seconds if outcome is not None and outcome.verdict == Verdict.WAIT else 0.0
            self._free_at[chat_id] = time.monotonic() + max(CHAT_SECONDS, hush)
            if hush:
                await spent.note(self.database, chat_id, self.now(), wait=hush)
            return outcome

    def _rest(self, chat_id: int) -> float:
        return max(0.0, self._free_at.get(chat_id, 0.0) - time.monotonic())

    async def _put(self, chat_id: int, message: Message) -> Outcome | None:
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
