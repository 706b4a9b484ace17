"""Tells the admins where rule files went wrong, why, and when they are well again: once a change, by one process.

What was told last stands in the store, so that neither a restart nor another process tells it again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import ClassVar

from bot.app.admins import Herald
from bot.app.rulebook import RuleBook
from bot.store import rule_files
from bot.store.tables import RuleNews
from bot.texts.language import Language
from bot.texts.markup import Message
from bot.texts.rule_news import ProblemLine, TroubleView, mended_page, troubles_page
from rules import Problem
from rules.settle import Trouble

PAUSE_SECONDS = 10.0  # between two messages: who saves every few seconds gets one about what is wrong then
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
class Teller(Herald):
    """Tells of what is wrong in the rules ``folder``."""

    about: ClassVar[str] = "rule files"
    look_seconds: ClassVar[float] = 0.5
    folder: Path
    book: RuleBook
    _: KW_ONLY
    pause_seconds: float = PAUSE_SECONDS
    _settled: str | None = None  # the digest that needs no more looking at

    def forget(self) -> None:
        """Look at the files again."""
        self._settled = None

    async def tell(self) -> None:
        """Tell what there is to tell now."""
        troubles = self.book.edition.troubles
        digest = digest_of(troubles, self.folder)
        if digest == self._settled:
            return
        async with self.audience.database.read() as session:
            told = await rule_files.told(session)
        due = news(digest, told, self.audience.now())
        if due == News.NOTHING or await self._tell(troubles, digest, told):
            self._settled = digest

    async def _tell(self, troubles: Sequence[Trouble], digest: str, told: RuleNews | None) -> bool:
        """Tell every admin and write it down; False when somebody is to be told later."""
        names = [_name(trouble.path, self.folder) for trouble in troubles]
        well = [file for file in (told.files if told else ()) if file not in names]
        if not await self.reach(digest, lambda to: self._page(to, troubles, well)):
            return False
        async with self.audience.database.write() as session:
            await rule_files.note_told(session, digest, names, self.audience.now())
        self.rest(self.pause_seconds)
        return True

    def _page(self, language: Language, troubles: Sequence[Trouble], well: Sequence[str]) -> Message:
        """``well``: what is wrong no more; some of it was mended, and some deleted."""
        there = {_name(path, self.folder) for path in self.book.edition.files}
        deleted = [file for file in well if Path(file).suffix and file not in there]
        mended = [file for file in well if file not in deleted]
        if not troubles:
            return mended_page(language, mended, deleted)
        return troubles_page(language, [view_of(one, self.folder) for one in troubles], mended, deleted)


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
