"""Tells the admins when a rule that rang rings no more: its file is gone, or its status is another one.

Which rules rang last stands in the store, so that a deletion while nobody ran is told as well, and told once. A rule
that stopped because its file is wrong is the business of ``bot.app.telling``.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from bot.app.admins import Round, look_again
from bot.app.rulebook import Edition, RuleBook
from bot.delivery.notices import Board
from bot.store import rule_files
from bot.store.engine import Database
from bot.texts.rule_news import SilentLine, silent_page
from bot.times import utc_now
from rules import RuleInfo, Status

LOOK_SECONDS = 1.0
RETRY_SECONDS = 30.0
_TOPIC = "live"
_ABOUT = "rules that rang"


class Roll(NamedTuple):
    """``rang``: what is to be remembered as ringing; ``silent``: what is to be told."""

    rang: frozenset[str]
    silent: tuple[SilentLine, ...]


def call(rang: Collection[str], rules: Sequence[RuleInfo], wrong: Collection[str]) -> Roll:
    """Which of the rules that ``rang`` do not any more; pure. ``wrong``: ids of rules whose files are wrong."""
    known: Mapping[str, RuleInfo] = {rule.id: rule for rule in rules}
    live = {rule.id for rule in rules if rule.status is Status.LIVE}
    kept = {one for one in rang if one not in known and one in wrong}
    silent = sorted(set(rang) - live - kept)
    lines = [SilentLine(one, known[one].status.value if one in known else "") for one in silent]
    return Roll(frozenset(live | kept), tuple(lines))


def of(rang: Collection[str], edition: Edition) -> Roll:
    """``call`` on an edition of the rule book."""
    wrong = {trouble.path.stem for trouble in edition.troubles}
    return call(rang, edition.rule_set.rules, wrong)


@dataclass(slots=True)
class Caller:
    """Tells ``admins`` (user ids) through ``board``, as long as ``ours()`` says that telling is this process's."""

    database: Database
    book: RuleBook
    board: Board
    admins: Sequence[int]
    ours: Callable[[], bool]
    now: Callable[[], datetime] = utc_now
    look_seconds: float = LOOK_SECONDS
    retry_seconds: float = RETRY_SECONDS
    _seen: Edition | None = None  # the edition that needs no more looking at
    _telling: tuple[SilentLine, ...] = ()
    _round: Round = field(default_factory=Round)
    _not_before: float = 0.0

    async def run(self) -> None:
        """Look again and again, until cancelled; what fails is tried again later."""
        if self.admins:
            await look_again(self.look, self.look_seconds, self._wait, _ABOUT)

    async def look(self) -> None:
        """Tell what there is to tell now."""
        if not self.ours():
            self._seen = None  # another process may tell meanwhile
            return
        edition = self.book.edition
        if edition is self._seen or not edition.files or time.monotonic() < self._not_before:
            return
        async with self.database.read() as session:
            told = await rule_files.told(session, _TOPIC)
        roll = of(told.files if told else (), edition)
        if roll.silent and not await self._tell(roll.silent):
            self._wait()
            return
        if told is None or set(told.files) != roll.rang:
            async with self.database.write() as session:
                await rule_files.note_told(session, "", roll.rang, self.now(), _TOPIC)
        self._seen = edition

    async def _tell(self, silent: tuple[SilentLine, ...]) -> bool:
        if silent != self._telling:
            self._telling, self._round = silent, Round()
        return await self._round.go(
            self.database, self.board, self.admins, lambda language: silent_page(language, silent), _ABOUT
        )

    def _wait(self) -> None:
        self._not_before = time.monotonic() + self.retry_seconds
