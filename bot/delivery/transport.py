"""What the sender needs of whatever carries messages."""

from typing import Protocol

from bot.store.tables import Delivery
from bot.texts.alert import Message


class Transport(Protocol):
    """Carries messages to chats. Telegram's and the terminal's are the two that exist.

    Both calls raise telegram.error.TelegramError. ``plain``: without markup, for when that was refused.
    """

    @property
    def terminal(self) -> bool:
        """Whom it serves: the operator's screen (True), or Telegram's chats."""
        ...

    async def send(
        self, delivery: Delivery, message: Message, *, reply_to: int | None = None, plain: bool = False
    ) -> int | None:
        """Send, in the thread of the message ``reply_to`` if that is still there; the id at the other end."""
        ...

    async def edit(
        self, delivery: Delivery, message_id: int, message: Message, *, plain: bool = False
    ) -> int | None:
        """Rewrite a message that was sent; its id."""
        ...
