"""Tells the admins of feeds that answer, and are nevertheless not well: once each, by the process that sends.

Each alarm remembers that it was told, so that neither a restart nor another process tells it again.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from bot.app.admins import Herald
from bot.store import shown
from bot.store.shown import Alarmed
from bot.store.types import AlarmKind
from bot.texts.feed_alarms import AlarmLine, alarms_page

PAUSE_SECONDS = 300.0  # between two messages
MOST = 500  # alarms in one message; the others are in the next one
_SAID: dict[AlarmKind, Literal["flood", "too_many", "unreadable"]] = {
    AlarmKind.FLOOD: "flood",
    AlarmKind.TOO_MANY: "too_many",
    AlarmKind.UNREADABLE: "unreadable",
}


@dataclass(slots=True)
class FeedAlarms(Herald):
    """Tells of the alarms that nobody was told of."""

    about: ClassVar[str] = "feeds that are not well"
    look_seconds: ClassVar[float] = 10.0  # feeds of one outlet go wrong together
    _batch: list[Alarmed] = field(default_factory=list)  # what some admins have and others do not, yet

    def forget(self) -> None:
        """Ask the store again."""
        self._batch = []

    async def tell(self) -> None:
        """Tell what there is to tell now."""
        database = self.audience.database
        if not self._batch:
            async with database.read() as session:
                self._batch = await shown.untold(session, limit=MOST)
        lines = [line_of(one) for one in self._batch]
        if not lines or not await self.reach(self._batch, lambda to: alarms_page(to, lines)):
            return
        async with database.write() as session:
            await shown.note_told(session, [one.id for one in self._batch], self.audience.now())
        self._batch = []
        self.rest(PAUSE_SECONDS)


def line_of(one: Alarmed) -> AlarmLine:
    """An alarm as it is put into words."""
    return AlarmLine(_SAID[AlarmKind(one.kind)], one.entries, one.outlet, one.outlet_ar, one.url)
