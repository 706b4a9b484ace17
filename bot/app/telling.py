"""Tells the admins where rule files went wrong, why, and when they are well again: once a change, by one process.

What was told last stands in the store, so that neither a restart nor another process tells it again.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path

from bot.app.admins import Round, look_again
from bot.app.rulebook import RuleBook
from bot.delivery.notices import Board
from bot.store import rule_files
from bot.store.engine import Database
from bot.store.tables import RuleNews
from bot.texts.language import Language
from bot.texts.markup import Message
from bot.texts.rule_news import ProblemLine, TroubleView, mended_page, troubles_page
from bot.times import utc_now
from rules import Problem
from rules.settle import Trouble

LOOK_SECONDS = 0.5
PAUSE_SECONDS = 10.0  # between two messages: who saves every few seconds gets one about what is wrong then
RETRY_SECONDS = 30.0  # after a message that did not arrive, or a database that did not answer
AGAIN_AFTER = timedelta(days=1)  # a restart reminds of problems that stand for so long


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
    _reaching: str = ""  # the digest that is being told
    _round: Round = field(default_factory=Round)
    _not_before: float = 0.0

    async def run(self) -> None:
        """Look again and again, until cancelled; what fails is tried again later. The log has it all anyway."""
        if not self.admins:
            return
        await look_again(self.look, self.look_seconds, lambda: self._wait(self.retry_seconds), "rule files")

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
        well = [file for file in (told.files if told else ()) if file not in names]
        if self._reaching != digest:
            self._reaching, self._round = digest, Round()
        if not await self._round.go(
            self.database,
            self.board,
            self.admins,
            lambda language: self._page(language, troubles, well),
            "rule files",
        ):
            self._wait(self.retry_seconds)
            return False
        async with self.database.write() as session:
            await rule_files.note_told(session, digest, names, self.now())
        self._reaching, self._round = "", Round()
        self._wait(self.pause_seconds)
        return True

    def _page(self, language: Language, troubles: Sequence[Trouble], well: Sequence[str]) -> Message:
        """``well``: what is wrong no more; some of it was mended, and some deleted."""
        there = {_name(path, self.folder) for path in self.book.edition.files}
        deleted = [file for file in well if Path(file).suffix and file not in there]
        mended = [file for file in well if file not in deleted]
        if not troubles:
            return mended_page(language, mended, deleted)
        return troubles_page(language, [view_of(one, self.folder) for one in troubles], mended, deleted)

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
