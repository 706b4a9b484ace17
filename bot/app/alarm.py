"""Tells the admins when another process listens with the bot's token: at most once an hour, whoever restarts."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.app.admins import language_of_admin
from bot.delivery.notices import Board
from bot.logs import get_log
from bot.store import rule_files
from bot.store.engine import Database, first_line, is_passing
from bot.texts.replies import say
from bot.texts.speech import words_of
from bot.times import utc_now

log = get_log(__name__)

LOOK_SECONDS = 1.0
RETRY_SECONDS = 30.0  # after a database that did not answer
AGAIN_AFTER = timedelta(hours=1)
_TOPIC = "token"


@dataclass(slots=True)
class Alarm:
    """Tells ``admins`` (user ids) through ``board`` as long as ``has_rival()``."""

    database: Database
    board: Board
    admins: Sequence[int]
    has_rival: Callable[[], bool]
    now: Callable[[], datetime] = utc_now

    async def run(self) -> None:
        """Look again and again, until cancelled. The log and the health page have it anyway."""
        while self.admins:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("the admins are told later: no database", error=first_line(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def look(self) -> None:
        """Tell what there is to tell now. It is written down first: better untold once than told without end."""
        if not self.has_rival():
            return
        now = self.now()
        async with self.database.write() as session:
            told = await rule_files.told(session, _TOPIC)
            if told is not None and abs(now - told.told_at) < AGAIN_AFTER:
                return
            await rule_files.note_told(session, "rival", (), now, _TOPIC)
        for admin in self.admins:
            await self._tell(admin)

    async def _tell(self, admin: int) -> None:
        outcome = await self.board.pin(
            admin, say(words_of(await language_of_admin(self.database, admin)).talk.rival)
        )
        if outcome is not None:
            log.warning("an admin was not told of the other listener", admin=admin, reason=outcome.reason)
