"""Tells the admins what was not sent as it should be: once each, by the process that sends, at most once a minute.

Anybody may let a bot into a group and close its topics all day long: while there is always something to tell, the
messages come less and less often, and tell more.

Deliveries that became dead or uncertain, and chats or topics that nothing can be written to any more. Each row
remembers that it was told, so that neither a restart nor another process tells it again. That Telegram refuses the
token cannot be told through Telegram: the log and the health page say it.
"""

import time
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from bot.app.admins import Herald
from bot.handlers.outbox import line_of
from bot.store import chats, troubles
from bot.store.troubles import Parked, Trouble
from bot.texts.language import Language
from bot.texts.markup import Message
from bot.texts.outbox import Addressee, ParkedLine, news_page

PAUSE_SECONDS, LONGEST_PAUSE = 60.0, 3600.0  # between two messages; it doubles until an hour brings nothing
MOST = 5000  # rows of each sort in one message's counts; the others are in the next one
_OWN_DECISIONS = ("blocked by the user", "user is deactivated")  # of a person in a private chat: no news


@dataclass(slots=True)
class Batch:
    """What one message tells, and who has it already."""

    deliveries: list[Trouble]
    parked: list[Parked]

    @property
    def is_news(self) -> bool:
        """Whether there is anything to tell in it."""
        return bool(self.deliveries or any(is_news(one) for one in self.parked))


def is_news(parked: Parked) -> bool:
    """Whether admins want to know: a reader who blocks the bot has decided so, the operator's screen is no chat."""
    if parked.chat_type == chats.TERMINAL:
        return False
    own = any(words in parked.reason.lower() for words in _OWN_DECISIONS)
    return not (parked.chat_type == "private" and own)


@dataclass(slots=True)
class Reporter(Herald):
    """Tells of what nobody was told of."""

    about: ClassVar[str] = "deliveries"
    look_seconds: ClassVar[float] = 5.0  # what fails together is told together
    _: KW_ONLY
    pause_seconds: float = PAUSE_SECONDS
    _batch: Batch | None = None  # what some admins have and others do not, yet
    _pause: float = 0.0  # after the last message

    def forget(self) -> None:
        """Ask the store again."""
        self._batch = None

    async def tell(self) -> None:
        """Tell what there is to tell now."""
        batch = self._batch = self._batch or await self._collect()
        if batch is None or (batch.is_news and not await self._tell(batch)):
            return
        await self._note(batch)
        self._batch = None
        if batch.is_news:
            self._pause = next_pause(self._pause, self.pause_seconds, time.monotonic() - self._not_before)
            self.rest(self._pause)

    async def _collect(self) -> Batch | None:
        async with self.audience.database.read() as session:
            found = Batch(
                await troubles.untold(session, limit=MOST), await troubles.untold_parked(session, limit=MOST)
            )
        return found if found.deliveries or found.parked else None

    async def _note(self, batch: Batch) -> None:
        async with self.audience.database.write() as session:
            await troubles.note_told(session, [one.id for one in batch.deliveries], self.audience.now())
            await troubles.note_parked_told(session, batch.parked, self.audience.now())

    async def _tell(self, batch: Batch) -> bool:
        """Tell every admin who does not have it; False when somebody is to be told later."""

        def page(language: Language) -> Message:
            parked = [parked_line(one) for one in batch.parked if is_news(one)]
            return news_page(language, [line_of(one) for one in batch.deliveries], parked)

        return await self.reach(batch, page)


def next_pause(last: float, usual: float, idle: float) -> float:
    """The pause after a message, from the one before it; ``idle``: for how many seconds since there was nothing."""
    return usual if not last or idle >= LONGEST_PAUSE else min(2 * last, LONGEST_PAUSE)


def parked_line(parked: Parked) -> ParkedLine:
    """A chat or topic as it is put into words."""
    return ParkedLine(
        Addressee(parked.chat_id, parked.chat_type, parked.thread_id is not None), parked.reason
    )
