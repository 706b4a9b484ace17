"""Tells the admins what was not sent as it should be: once each, by the process that sends, at most once a minute.

Anybody may let a bot into a group and close its topics all day long: while there is always something to tell, the
messages come less and less often, and tell more.

Deliveries that became dead or uncertain, and chats or topics that nothing can be written to any more. That Telegram
refuses the token cannot be told through Telegram: the log and the health page say it.
"""

import time
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, NamedTuple

from bot.app.admins import Informer
from bot.handlers.outbox import line_of
from bot.store import chats, troubles
from bot.store.engine import Session
from bot.store.troubles import Parked, Trouble
from bot.texts.language import Language
from bot.texts.markup import Message
from bot.texts.outbox import Addressee, ParkedLine, news_page

PAUSE_SECONDS, LONGEST_PAUSE = 60.0, 3600.0  # between two messages; it doubles until an hour brings nothing
MOST = 5000  # rows of each sort in one message's counts; the others are in the next one
_OWN_DECISIONS = ("blocked by the user", "user is deactivated")  # of a person in a private chat: no news


class Untold(NamedTuple):
    """What one message tells."""

    deliveries: list[Trouble]
    parked: list[Parked]

    def __bool__(self) -> bool:
        return bool(self.deliveries or self.parked)


def is_news(parked: Parked) -> bool:
    """Whether admins want to know: a reader who blocks the bot has decided so, the operator's screen is no chat."""
    if parked.chat_type == chats.TERMINAL:
        return False
    own = any(words in parked.reason.lower() for words in _OWN_DECISIONS)
    return not (parked.chat_type == "private" and own)


@dataclass(slots=True)
class Reporter(Informer[Untold]):
    """Tells of what nobody was told of."""

    about: ClassVar[str] = "deliveries"
    look_seconds: ClassVar[float] = 5.0  # what fails together is told together
    _: KW_ONLY
    pause_seconds: float = PAUSE_SECONDS
    _pause: float = 0.0  # after the last message

    async def _untold(self, session: Session) -> Untold:
        return Untold(
            await troubles.untold(session, limit=MOST), await troubles.untold_parked(session, limit=MOST)
        )

    def _is_news(self, batch: Untold) -> bool:
        return bool(batch.deliveries or any(is_news(one) for one in batch.parked))

    def _page(self, language: Language, batch: Untold) -> Message:
        parked = [parked_line(one) for one in batch.parked if is_news(one)]
        return news_page(language, [line_of(one) for one in batch.deliveries], parked)

    async def _note_told(self, session: Session, batch: Untold) -> None:
        await troubles.note_told(session, [one.id for one in batch.deliveries], self.audience.now())
        await troubles.note_parked_told(session, batch.parked, self.audience.now())

    def _pause_after(self) -> float:
        self._pause = next_pause(self._pause, self.pause_seconds, time.monotonic() - self._not_before)
        return self._pause


def next_pause(last: float, usual: float, idle: float) -> float:
    """The pause after a message, from the one before it; ``idle``: for how many seconds since there was nothing."""
    return usual if not last or idle >= LONGEST_PAUSE else min(2 * last, LONGEST_PAUSE)


def parked_line(parked: Parked) -> ParkedLine:
    """A chat or topic as it is put into words."""
    return ParkedLine(
        Addressee(parked.chat_id, parked.chat_type, parked.thread_id is not None), parked.reason
    )
