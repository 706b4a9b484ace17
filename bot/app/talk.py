"""The talking part: python-telegram-bot's application, kept alive through bad networks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError
from telegram.ext import Application

from bot.errors import TelegramRefused
from bot.handlers import ALLOWED_UPDATES, publish_menus
from bot.logs import get_log

log = get_log(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0  # seconds between tries to reach Telegram


@dataclass(slots=True)
class Talk:
    """Runs an application's handlers on long polling."""

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
        assert self.application.updater is not None
        await self.application.updater.start_polling(
            bootstrap_retries=-1,
            allowed_updates=ALLOWED_UPDATES,
            drop_pending_updates=False,
            error_callback=_poll_failed,
        )
        log.info("listening to Telegram", bot=self.application.bot.username)

    async def _publish_menus(self) -> None:
        """Menus are a convenience: a bot without them still answers."""
        try:
            await publish_menus(self.application.bot, self.admins)
        except TelegramError as error:
            log.warning("the command menus were not published", error=error.message)

    async def stop(self) -> None:
        """Answer what has been received, then let go of Telegram."""
        updater = self.application.updater
        if updater is not None and updater.running:
            await updater.stop()
        if self.application.running:
            await self.application.stop()
        if self._initialised:
            await self.application.shutdown()


def _poll_failed(error: TelegramError) -> None:
    """One line for each poll that fails; the library tries again by itself."""
    if isinstance(error, Conflict):
        log.error("another process listens with this token; stop one of the two")
    else:
        log.warning("Telegram did not answer; trying again", error=error.message)
