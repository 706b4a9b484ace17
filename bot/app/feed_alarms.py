"""Tells the admins of feeds that answer, and are nevertheless not well: once each, by the process that sends.

Each alarm remembers that it was told, so that neither a restart nor another process tells it again.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.delivery.notices import Board
from bot.delivery.outcomes import Verdict
from bot.logs import get_log
from bot.store import chats, shown
from bot.store.engine import Database, first_line, is_passing
from bot.store.shown import Alarmed
from bot.store.types import AlarmKind
from bot.texts.feed_alarms import AlarmLine, alarms_page
from bot.texts.language import DEFAULT, Language, language_of
from bot.times import utc_now

log = get_log(__name__)

LOOK_SECONDS = 10.0  # feeds of one outlet go wrong together
PAUSE_SECONDS = 300.0  # between two messages
RETRY_SECONDS = 30.0
MOST = 500  # alarms in one message; the others are in the next one
_SAID: dict[AlarmKind, Literal["flood", "too_many", "unreadable"]] = {
    AlarmKind.FLOOD: "flood",
    AlarmKind.TOO_MANY: "too_many",
    AlarmKind.UNREADABLE: "unreadable",
}
_PASSING = (Verdict.WAIT, Verdict.RETRY, Verdict.HALT)


@dataclass(slots=True)
class FeedAlarms:
    """Tells ``admins`` (user ids) through ``board``, as long as ``ours()`` says that telling is this process's."""

    database: Database
    board: Board
    admins: Sequence[int]
    ours: Callable[[], bool]
    now: Callable[[], datetime] = utc_now
    pause_seconds: float = PAUSE_SECONDS
    retry_seconds: float = RETRY_SECONDS
    _batch: list[Alarmed] = field(default_factory=list)  # what some admins have and others do not, yet
    _reached: set[int] = field(default_factory=set)
    _not_before: float = 0.0

    async def run(self) -> None:
        """Look again and again, until cancelled; what fails is tried again later."""
        while self.admins:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception as error:
                self._wait(self.retry_seconds)
                if not is_passing(error):
                    log.exception("the admins were not told of feeds")
                    continue
                log.warning("the admins are told later: no database", error=first_line(error))

    async def look(self) -> None:
        """Tell what there is to tell now."""
        if not self.ours():
            self._batch, self._reached = [], set()  # another process may tell meanwhile
            return
        if time.monotonic() < self._not_before:
            return
        if not self._batch:
            async with self.database.read() as session:
                self._batch, self._reached = await shown.untold(session, limit=MOST), set()
        if not self._batch:
            return
        if not await self._tell():
            self._wait(self.retry_seconds)
            return
        async with self.database.write() as session:
            await shown.note_told(session, [one.id for one in self._batch], self.now())
        self._batch = []
        self._wait(self.pause_seconds)

    async def _tell(self) -> bool:
        """Tell every admin who has not heard; False when somebody is to be told later."""
        for admin in self.admins:
            if admin not in self._reached and await self._reaches(admin):
                self._reached.add(admin)
        return self._reached.issuperset(self.admins)

    async def _reaches(self, admin: int) -> bool:
        """Send to one admin; True when there is nothing more to try."""
        page = alarms_page(await self._language(admin), [line_of(one) for one in self._batch])
        outcome = await self.board.pin(admin, page)
        if outcome is None:
            return True
        log.warning(
            "an admin was not told of feeds", admin=admin, verdict=outcome.verdict, reason=outcome.reason
        )
        return outcome.verdict not in _PASSING

    async def _language(self, admin: int) -> Language:
        async with self.database.read() as session:
            chat = await chats.find(session, admin)
        return language_of(chat.language) if chat else DEFAULT

    def _wait(self, seconds: float) -> None:
        self._not_before = time.monotonic() + seconds


def line_of(one: Alarmed) -> AlarmLine:
    """An alarm as it is put into words."""
    return AlarmLine(_SAID[AlarmKind(one.kind)], one.entries, one.outlet, one.outlet_ar, one.url)
