"""Telegram as a transport."""

from dataclasses import dataclass

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode

from bot.delivery.pace import chat_pause
from bot.store.tables import Delivery
from bot.texts.alert import Message

READ_SECONDS = 45.0  # long: an answer that is given up too early leaves a delivery of unknown fate


@dataclass(frozen=True, slots=True)
class Wire:
    """Sends through a bot that is initialised elsewhere."""

    bot: Bot
    terminal: bool = False

    def rest(self, chat_id: int) -> float:
        """Telegram's pace for one chat."""
        return chat_pause(chat_id)

    async def send(self, delivery: Delivery, message: Message, *, plain: bool = False) -> int | None:
        """Send one alert; raises telegram.error.TelegramError. The message's id in its chat."""
        sent = await self.bot.send_message(
            chat_id=delivery.chat_id,
            text=message.plain if plain else message.html,
            parse_mode=None if plain else ParseMode.HTML,
            message_thread_id=delivery.thread_id or None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            disable_notification=delivery.severity_rank == 0,
            read_timeout=READ_SECONDS,
        )
        return sent.message_id
