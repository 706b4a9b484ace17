"""Tells the admins of feeds that are gone for good, or silent against their own habit: once each, whoever restarts."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.delivery.notices import Board
from bot.delivery.outcomes import Verdict
from bot.logs import get_log
from bot.store import chats, feed_troubles
from bot.store.engine import Database, first_line, is_passing
from bot.texts.feed_news import FeedLine, feeds_page
from bot.texts.language import DEFAULT, Language, language_of
from bot.times import utc_now

log = get_log(__name__)

LOOK_SECONDS = 60.0  # what fails together is told together
MOST = 500  # feeds in one message's counts; the others are in the next one
_PASSING = (Verdict.WAIT, Verdict.RETRY, Verdict.HALT)


@dataclass(frozen=True, slots=True)
class FeedNews:
    """Tells ``admins`` (user ids) through ``board``, as long as ``ours()`` says that telling is this process's."""

    database: Database
    board: Board
    admins: Sequence[int]
    ours: Callable[[], bool]
    now: Callable[[], datetime] = utc_now
    look_seconds: float = LOOK_SECONDS

    async def run(self) -> None:
        """Look again and again, until cancelled; what fails is tried again at the next look."""
        while self.admins:
            await asyncio.sleep(self.look_seconds)
            try:
                await self.look()
            except Exception as error:
                if not is_passing(error):
                    log.exception("the admins were not told of feeds")
                    continue
                log.warning(
                    "the admins are told later: the database does not answer", error=first_line(error)
                )

    async def look(self) -> None:
        """Tell what there is to tell now, and write it down; who cannot be reached for good is passed over."""
        if not self.ours():
            return
        async with self.database.read() as session:
            found = await feed_troubles.untold(session, self.now(), limit=MOST)
        if not found:
            return
        for trouble in found:
            log.warning("feed in trouble", feed=trouble.url, trouble=trouble.trouble)
        lines = [FeedLine(one.url, one.outlet, one.outlet_ar, one.trouble, one.since) for one in found]
        if all([await self._reaches(admin, lines) for admin in self.admins]):
            async with self.database.write() as session:
                await feed_troubles.note_told(session, found)

    async def _reaches(self, admin: int, lines: Sequence[FeedLine]) -> bool:
        async with self.database.read() as session:
            chat = await chats.find(session, admin)
        language: Language = language_of(chat.language) if chat else DEFAULT
        outcome = await self.board.pin(admin, feeds_page(language, lines))
        if outcome is None:
            return True
        log.warning(
            "an admin was not told of feeds", admin=admin, verdict=outcome.verdict, reason=outcome.reason
        )
        return outcome.verdict not in _PASSING
