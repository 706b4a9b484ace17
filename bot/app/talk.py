"""The talking part: python-telegram-bot's application, begun in spite of bad networks. What it hears: ``listening``."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application

from bot.errors import TelegramRefused
from bot.handlers import publish_menus
from bot.logs import get_log

log = get_log(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0  # seconds between tries to reach Telegram


@dataclass(slots=True)
class Talk:
    """Runs an application's handlers on whatever comes into its queue."""

    application: Application  # type: ignore[type-arg] # six parameters that nobody here reads
    admins: Sequence[int] = ()  # user ids of the bot's own admins, for their menus
    _initialised: bool = field(default=False)

    async def connect(self) -> None:
        """Reach Telegram, however long it takes. Raises TelegramRefused when it does not accept the token."""
        pause = FIRST_PAUSE
        while not self._initialised:
            try:
                await self.application.initialize()
                self._initialised = True
            except InvalidToken as error:
                raise TelegramRefused(
                    "TELEGRAM_BOT_TOKEN: Telegram does not accept this token; take a new one from @BotFather, "
                    "or leave it empty to see alerts in the terminal"
                ) from error
            except NetworkError as error:
                log.warning("Telegram cannot be reached; trying again", error=error.message, pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def start(self) -> None:
        """Begin to answer; to be called once connected."""
        await self.application.start()
        await self._publish_menus()

    async def _publish_menus(self) -> None:
        """Menus are a convenience: a bot without them still answers."""
        try:
            await publish_menus(self.application.bot, self.admins)
        except TelegramError as error:
            log.warning("the command menus were not published", error=error.message)

    async def stop(self) -> None:
        """Answer what has been received, then let go of Telegram."""
        if self.application.running:
            await self.application.stop()
        if self._initialised:
            await self.application.shutdown()
