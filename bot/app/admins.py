"""What all that tells the admins shares: when to look, whose business it is, and reaching each in his language."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from bot.delivery.notices import Board
from bot.delivery.outcomes import Verdict
from bot.logs import get_log
from bot.store import chats
from bot.store.engine import Database, Session, first_line, is_passing
from bot.texts.language import DEFAULT, Language, language_of
from bot.texts.markup import Message
from bot.times import utc_now

log = get_log(__name__)

Batch = TypeVar("Batch")

_PASSING = (Verdict.WAIT, Verdict.RETRY, Verdict.HALT)


@dataclass(frozen=True, slots=True)
class Audience:
    """``admins`` (user ids) are told through ``board``, as long as ``ours()``: as it is this process's business."""

    database: Database
    board: Board
    admins: Sequence[int]
    ours: Callable[[], bool]
    now: Callable[[], datetime] = utc_now

    async def language(self, admin: int) -> Language:
        """The language that an admin's chat has chosen."""
        async with self.database.read() as session:
            chat = await chats.find(session, admin)
        return language_of(chat.language) if chat else DEFAULT


@dataclass(slots=True)
class Herald(ABC):
    """Tells its audience of one subject, ``about``, looking every ``look_seconds``."""

    about: ClassVar[str]
    look_seconds: ClassVar[float]
    audience: Audience
    _: KW_ONLY
    retry_seconds: float = 30.0  # after a message that did not arrive, or a database that did not answer
    _telling: object = None  # the message that is under way,
    _reached: set[int] = field(default_factory=set)  # and who has it, or never can
    _not_before: float = 0.0

    @abstractmethod
    async def tell(self) -> None:
        """Tell what there is to tell now, and write down that it was told."""

    @abstractmethod
    def forget(self) -> None:
        """Keep nothing in mind of what there is to tell: another process may tell it meanwhile."""

    async def run(self) -> None:
        """Look again and again, until cancelled; what fails is tried again later. The log has it all anyway."""
        while self.audience.admins:
            await asyncio.sleep(self.look_seconds)
            try:
                await self.look()
            except Exception as error:
                self.rest(self.retry_seconds)
                if not is_passing(error):
                    log.exception("the admins were not told", about=self.about)
                    continue
                log.warning(
                    "the admins are told later: the database does not answer",
                    about=self.about,
                    error=first_line(error),
                )

    async def look(self) -> None:
        """Tell, if that is this process's business and no rest is kept."""
        if not self.audience.ours():
            self._telling = None
            self.forget()
        elif time.monotonic() >= self._not_before:
            await self.tell()

    def rest(self, seconds: float) -> None:
        """Tell nothing for so long."""
        self._not_before = time.monotonic() + seconds

    async def reach(self, what: object, page: Callable[[Language], Message]) -> bool:
        """Send ``page`` to every admin who has not got it; False, and a rest, when somebody is to be told later.

        ``what`` it tells makes one message another: a new one goes to everybody.
        """
        if what != self._telling:
            self._telling, self._reached = what, set()
        for admin in self.audience.admins:
            if admin not in self._reached and await self._reaches(admin, page):
                self._reached.add(admin)
        if self._reached.issuperset(self.audience.admins):
            self._telling = None
            return True
        self.rest(self.retry_seconds)
        return False

    async def _reaches(self, admin: int, page: Callable[[Language], Message]) -> bool:
        """Send to one admin; True when there is nothing more to try."""
        outcome = await self.audience.board.pin(admin, page(await self.audience.language(admin)))
        if outcome is None:
            return True
        log.warning(
            "an admin was not told",
            about=self.about,
            admin=admin,
            verdict=outcome.verdict,
            reason=outcome.reason,
        )
        return outcome.verdict not in _PASSING


@dataclass(slots=True)
class Informer(Herald, Generic[Batch]):
    """Tells of what stands in the store and nobody was told of, a batch in one message.

    Each row remembers that it was told, so that neither a restart nor another process tells it again.
    """

    _batch: Batch | None = None  # what some admins have and others do not, yet

    @abstractmethod
    async def _untold(self, session: Session) -> Batch:
        """What there is to tell; something false when there is nothing."""

    @abstractmethod
    def _page(self, language: Language, batch: Batch) -> Message:
        """A batch in words."""

    @abstractmethod
    async def _note_told(self, session: Session, batch: Batch) -> None:
        """Write down that it was told."""

    def _is_news(self, batch: Batch) -> bool:
        """Whether anybody wants to hear of it; what nobody does counts as told."""
        return True

    def _pause_after(self) -> float:
        """Seconds between the message that has just gone and the next one."""
        return 0.0

    def forget(self) -> None:
        """Ask the store again."""
        self._batch = None

    async def tell(self) -> None:
        """Tell what there is to tell now, and write it down."""
        if not self._batch:
            async with self.audience.database.read() as session:
                self._batch = await self._untold(session)
        if not (batch := self._batch):
            return
        news = self._is_news(batch)
        if news and not await self.reach(batch, lambda to: self._page(to, batch)):
            return
        async with self.audience.database.write() as session:
            await self._note_told(session, batch)
        self._batch = None
        if news:
            self.rest(self._pause_after())
