"""What the sender needs of whatever carries messages."""

from typing import Protocol

from bot.store.tables import Delivery
from bot.texts.alert import Message


class Transport(Protocol):
    """Carries one message to one chat. Telegram's and the terminal's are the two that exist."""

    @property
    def terminal(self) -> bool:
        """Whom it serves: the operator's screen (True), or Telegram's chats."""
        ...

    def rest(self, chat_id: int) -> float:
        """Seconds that a chat rests after a message."""
        ...

    async def send(self, delivery: Delivery, message: Message, *, plain: bool = False) -> int | None:
        """Send; the message's id at the other end. ``plain``: without markup, for when that was refused."""
        ...
