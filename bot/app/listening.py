"""Listens to Telegram: what people write goes into the application's queue. One process a database does.

python-telegram-bot's own polling ends for good when the token is refused once, and does not tell when another process
has stopped listening with the same token; so the loop stands here.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telegram import Update
from telegram.error import Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application

from bot.handlers import ALLOWED_UPDATES
from bot.logs import get_log
from bot.store.holders import awake_seconds

log = get_log(__name__)

POLL_SECONDS = 10  # that Telegram may hold a question open
LOOK_SECONDS = 0.5  # how often who stands by looks whether it is to listen
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # between tries while Telegram cannot be reached
RIVAL_PAUSE = 3.0  # between tries while another process listens
RIVAL_STANDS = 30.0  # seconds without a sign of another listener until it counts as gone
REFUSED_PAUSE = 60.0  # between tries while the token is refused
REPORT_SECONDS = 60.0  # how often a rival is logged
RIVAL = "another process listens with this token: people's commands may go astray; stop one of the two"
REFUSED = "Telegram refuses TELEGRAM_BOT_TOKEN; nobody is listening"
AWAY = "Telegram cannot be reached for {:.0f} s; nothing is sent or heard, the queue is kept"
AWAY_AFTER = 60.0  # seconds without an answer of Telegram's until that is a trouble


@dataclass(slots=True)
class Listener:
    """Asks Telegram for updates as long as ``ours()`` says that this is the process that listens."""

    application: Application  # type: ignore[type-arg] # six parameters that nobody here reads
    ours: Callable[[], bool]
    awake: Callable[[], float] = awake_seconds
    _offset: int = 0
    _open: bool = False
    _pause: float = FIRST_PAUSE
    _refused: bool = False
    _away_since: float | None = None
    _rival_seen: float = float("-inf")
    _reported: float = float("-inf")

    @property
    def has_rival(self) -> bool:
        """Whether another process listens with this token."""
        return self.awake() - self._rival_seen < RIVAL_STANDS

    @property
    def trouble(self) -> str:
        """What the health page should show of the listener; "" when all is well."""
        away = 0.0 if self._away_since is None else self.awake() - self._away_since
        if away > AWAY_AFTER:
            return AWAY.format(away)
        return REFUSED if self._refused else RIVAL if self.has_rival else ""

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            if not self.ours():
                self._open = False
                await asyncio.sleep(LOOK_SECONDS)
                continue
            try:
                await self._listen()
            except TelegramError as error:
                await asyncio.sleep(self._after(error))
            except Exception:
                log.exception("listening to Telegram failed; trying again")
                await asyncio.sleep(LONGEST_PAUSE)

    async def confirm(self) -> None:
        """Let Telegram forget what has been heard, so that the next process does not hear it again."""
        if self._offset and self.ours():
            with contextlib.suppress(TelegramError):
                await self.application.bot.get_updates(
                    offset=self._offset, timeout=0, read_timeout=1, connect_timeout=1
                )

    async def _listen(self) -> None:
        """Ask once, and wait for the answer."""
        if not self._open:
            await self.application.bot.delete_webhook()
            log.info("listening to Telegram", bot=self.application.bot.username)
            self._open = True
        updates = await self.application.bot.get_updates(
            offset=self._offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED_UPDATES
        )
        self._answered()
        await self._hand_over(updates)

    def _answered(self) -> None:
        if self._away_since is not None:
            log.info("Telegram answers again", away=round(self.awake() - self._away_since))
        self._pause, self._refused, self._away_since = FIRST_PAUSE, False, None

    async def _hand_over(self, updates: Sequence[Update]) -> None:
        for update in updates:
            await self.application.update_queue.put(update)
            self._offset = update.update_id + 1

    def _after(self, error: TelegramError) -> float:
        """Say what is wrong; how many seconds to wait before the next try."""
        if isinstance(error, Conflict):
            return self._meet_rival()
        if isinstance(error, InvalidToken | Forbidden):
            self._refused = True
            log.error(REFUSED, error=error.message)
            return REFUSED_PAUSE
        if self._away_since is None:
            self._away_since = self.awake()
        pause, self._pause = self._pause, min(self._pause * 1.5, LONGEST_PAUSE)
        if isinstance(error, RetryAfter):
            pause = max(pause, _seconds(error))
        log.warning("Telegram did not answer; trying again", error=error.message, pause=pause)
        return pause

    def _meet_rival(self) -> float:
        self._rival_seen = self.awake()
        if self._rival_seen - self._reported >= REPORT_SECONDS:
            self._reported = self._rival_seen
            log.error(RIVAL)
        return RIVAL_PAUSE


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after) if isinstance(after, int | float) else after.total_seconds()
