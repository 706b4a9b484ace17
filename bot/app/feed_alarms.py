"""Tells the admins of feeds that answer, and are nevertheless not well: once each, by the process that sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.app.admins import Informer
from bot.store import shown
from bot.store.engine import Session
from bot.store.shown import Alarmed
from bot.texts.feed_alarms import AlarmLine, alarms_page
from bot.texts.language import Language
from bot.texts.markup import Message

PAUSE_SECONDS = 300.0  # between two messages
MOST = 500  # alarms in one message; the others are in the next one


@dataclass(slots=True)
class FeedAlarms(Informer[Sequence[Alarmed]]):
    """Tells of the alarms that nobody was told of."""

    about: ClassVar[str] = "feeds that are not well"
    look_seconds: ClassVar[float] = 10.0  # feeds of one outlet go wrong together

    async def _untold(self, session: Session) -> Sequence[Alarmed]:
        return await shown.untold(session, limit=MOST)

    def _page(self, language: Language, batch: Sequence[Alarmed]) -> Message:
        lines = [AlarmLine(one.kind, one.entries, one.outlet, one.outlet_ar, one.url) for one in batch]
        return alarms_page(language, lines)

    async def _note_told(self, session: Session, batch: Sequence[Alarmed]) -> None:
        await shown.note_told(session, [one.id for one in batch], self.audience.now())

    def _pause_after(self) -> float:
        return PAUSE_SECONDS
