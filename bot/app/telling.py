"""Tells the admins where rule files went wrong, why, and when they are well again: once a change, by one process.

What was told last stands in the store, so that neither a restart nor another process tells it again.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path

from bot.app.rulebook import RuleBook
from bot.delivery.notices import Board
from bot.delivery.outcomes import Verdict
from bot.logs import get_log
from bot.store import chats, rule_files
from bot.store.engine import Database, first_line, is_passing
from bot.store.tables import RuleNews
from bot.texts.language import DEFAULT, Language, language_of
from bot.texts.markup import Message
from bot.texts.rule_news import ProblemLine, TroubleView, mended_page, troubles_page
from bot.times import utc_now
from rules import Problem
from rules.settle import Trouble

log = get_log(__name__)

LOOK_SECONDS = 0.5
PAUSE_SECONDS = 10.0  # between two messages: who saves every few seconds gets one about what is wrong then
RETRY_SECONDS = 30.0  # after a message that did not arrive, or a database that did not answer
AGAIN_AFTER = timedelta(days=1)  # a restart reminds of problems that stand for so long
_PASSING = (Verdict.WAIT, Verdict.RETRY, Verdict.HALT)


class News(Enum):
    """What there is to tell."""

    NOTHING = auto()
    BROKEN = auto()
    MENDED = auto()


def news(digest: str, told: RuleNews | None, now: datetime) -> News:
    """What to tell about the problems with this ``digest`` ("": none), given what was told last; pure."""
    before = told.digest if told else ""
    if digest == before:
        stands_long = told is not None and now - told.told_at >= AGAIN_AFTER
        return News.BROKEN if digest and stands_long else News.NOTHING
    return News.BROKEN if digest else News.MENDED


@dataclass(slots=True)
class Teller:
    """Tells ``admins`` (user ids) through ``board``, as long as ``ours()`` says that telling is this process's."""

    folder: Path
    database: Database
    book: RuleBook
    board: Board
    admins: Sequence[int]
    ours: Callable[[], bool]
    now: Callable[[], datetime] = utc_now
    look_seconds: float = LOOK_SECONDS
    pause_seconds: float = PAUSE_SECONDS
    retry_seconds: float = RETRY_SECONDS
    _settled: str | None = None  # the digest that needs no more looking at
    _reached: set[int] = field(default_factory=set)  # admins who have the message that is being told
    _reaching: str = ""
    _not_before: float = 0.0

    async def run(self) -> None:
        """Look again and again, until cancelled; what fails is tried again later. The log has it all anyway."""
        if not self.admins:
            return
        while True:
            await asyncio.sleep(self.look_seconds)
            try:
                await self.look()
            except Exception as error:
                self._wait(self.retry_seconds)
                if not is_passing(error):
                    log.exception("the admins were not told of the rule files")
                    continue
                log.warning(
                    "the admins are told later: the database does not answer", error=first_line(error)
                )

    async def look(self) -> None:
        """Tell what there is to tell now."""
        if not self.ours():
            self._settled = None  # another process may tell meanwhile
            return
        troubles = self.book.edition.troubles
        digest = digest_of(troubles, self.folder)
        if digest == self._settled or time.monotonic() < self._not_before:
            return
        async with self.database.read() as session:
            told = await rule_files.told(session)
        if news(digest, told, self.now()) == News.NOTHING or await self._tell(troubles, digest, told):
            self._settled = digest

    async def _tell(self, troubles: Sequence[Trouble], digest: str, told: RuleNews | None) -> bool:
        """Tell every admin and write it down; False when somebody is to be told later."""
        names = [_name(trouble.path, self.folder) for trouble in troubles]
        mended = [file for file in (told.files if told else ()) if file not in names]
        if self._reaching != digest:
            self._reaching, self._reached = digest, set()
        for admin in self.admins:
            if admin not in self._reached and await self._reaches(admin, troubles, mended):
                self._reached.add(admin)
        if not self._reached.issuperset(self.admins):
            self._wait(self.retry_seconds)
            return False
        async with self.database.write() as session:
            await rule_files.note_told(session, digest, names, self.now())
        self._reaching, self._reached = "", set()
        self._wait(self.pause_seconds)
        return True

    async def _reaches(self, admin: int, troubles: Sequence[Trouble], mended: Sequence[str]) -> bool:
        """Send to one admin; True when there is nothing more to try."""
        outcome = await self.board.pin(admin, self._page(await self._language(admin), troubles, mended))
        if outcome is None:
            return True
        log.warning(
            "an admin was not told of the rule files",
            admin=admin,
            verdict=outcome.verdict,
            reason=outcome.reason,
        )
        return outcome.verdict not in _PASSING

    async def _language(self, admin: int) -> Language:
        async with self.database.read() as session:
            chat = await chats.find(session, admin)
        return language_of(chat.language) if chat else DEFAULT

    def _page(self, language: Language, troubles: Sequence[Trouble], mended: Sequence[str]) -> Message:
        if not troubles:
            return mended_page(language, mended)
        return troubles_page(language, [view_of(one, self.folder) for one in troubles], mended)

    def _wait(self, seconds: float) -> None:
        self._not_before = time.monotonic() + seconds


def view_of(trouble: Trouble, folder: Path) -> TroubleView:
    """A trouble as it is put into words; paths are within the rules ``folder``."""
    return TroubleView(
        path=_name(trouble.path, folder),
        problems=tuple(_line(problem, folder) for problem in trouble.problems),
        runs=trouble.runs.value,
        breaks_others=trouble.of_others,
        is_folder=not trouble.path.suffix,
    )


def _line(problem: Problem, folder: Path) -> ProblemLine:
    return ProblemLine(
        path=_name(problem.path, folder),
        line=problem.line,
        column=problem.column,
        code=problem.code,
        arabic=problem.message,
        english=problem.message_en,
        hint=problem.hint,
    )


def _name(path: Path, folder: Path) -> str:
    name = path.relative_to(folder) if path.is_relative_to(folder) else path
    return name.as_posix().encode("utf-8", "replace").decode("utf-8")


def digest_of(troubles: Sequence[Trouble], folder: Path) -> str:
    """What makes one set of problems another, wherever the ``folder`` stands; "" for none."""
    if not troubles:
        return ""
    told = repr([view_of(trouble, folder) for trouble in troubles])
    return hashlib.blake2b(told.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
