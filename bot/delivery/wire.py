"""Telegram as a transport."""

from dataclasses import dataclass

from telegram import Bot, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode

from bot.store.tables import Delivery
from bot.texts.alert import Message

READ_SECONDS = 45.0  # long: an answer that is given up too early leaves a delivery of unknown fate
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Wire:
    """Sends through a bot that is initialised elsewhere."""

    bot: Bot
    terminal: bool = False

    async def send(
        self, delivery: Delivery, message: Message, *, reply_to: int | None = None, plain: bool = False
    ) -> int | None:
        """Send one message; where the message that it follows is gone, it stands alone."""
        sent = await self.bot.send_message(
            chat_id=delivery.chat_id,
            text=message.plain if plain else message.html,
            parse_mode=None if plain else ParseMode.HTML,
            message_thread_id=delivery.thread_id or None,
            link_preview_options=_NO_PREVIEW,
            disable_notification=delivery.severity_rank == 0,
            reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True)
            if reply_to
            else None,
            read_timeout=READ_SECONDS,
        )
        return sent.message_id

    async def edit(
        self, delivery: Delivery, message_id: int, message: Message, *, plain: bool = False
    ) -> int | None:
        """Rewrite one message."""
        await self.bot.edit_message_text(
            message.plain if plain else message.html,
            chat_id=delivery.chat_id,
            message_id=message_id,
            parse_mode=None if plain else ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            read_timeout=READ_SECONDS,
        )
        return message_id
