"""Tells the admins once a day which rules fire otherwise than their ``expect`` says, from the stored matches.

Judged are whole days in UTC, by the judge of ``rasid rules try`` and ``check``, and only since a rule's file is as it
is. For too little no rule is blamed on a day on which nobody read the feeds. That a rule is silent for too long is
told once; that it fired too often or too seldom on a day, for each such day.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import NamedTuple

from bot.app.admins import Round, look_again
from bot.app.rulebook import RuleBook
from bot.delivery.notices import Board
from bot.store import archive, rule_files, watches
from bot.store.engine import Database
from bot.texts.rule_news import OutsideLine, outside_page
from bot.times import utc_now
from rules import RuleInfo, Status
from rules.expecting import DAY, measured

LOOK_SECONDS = 60.0
RETRY_SECONDS = 300.0
AFTER = timedelta(minutes=15)  # past midnight, when the day's last matches are surely stored
SLOT = timedelta(hours=6)  # in each of which somebody must have read something, for silence to mean anything
_TOPIC = "expect"
_ABOUT = "rules outside their expect"


class Outside(NamedTuple):
    """A rule outside its ``expect``, and whether that may be told only once, since it lasts."""

    line: OutsideLine
    lasts: bool


def outside(
    info: RuleInfo, counts: Mapping[str, int], since: date, day: date, *, read: bool
) -> Outside | None:
    """How a rule stands to its ``expect`` on ``day``; None if as expected, or if nobody can tell. Pure.

    ``counts``: matches by date, days without any are missing; ``since``: the first whole day on which the rule was as
    it is; ``read``: whether the feeds were read all that day.
    """
    if info.expect is None or since > day:
        return None
    days = [(since + timedelta(days=n)).isoformat() for n in range((day - since).days + 1)]
    found = measured(info.expect, {one: counts.get(one, 0) for one in days}, whole=True)
    today, low, high = day.isoformat(), *(info.expect.per_day or (0, 0))
    line = OutsideLine(info.id, info.owner, counts.get(today, 0), low, high)
    if today in found.above or (read and today in found.below):
        return Outside(line, lasts=False)
    if read and found.is_quiet:
        most = round((info.expect.at_least_every or 0) / DAY)
        return Outside(line._replace(quiet_for=found.quiet_for, at_least_every=most), lasts=True)
    return None


class Day(NamedTuple):
    """What one day's message tells, and the rules whose lasting silence is known when it is told."""

    day: date
    lines: tuple[OutsideLine, ...]
    silent: frozenset[str]


def judged(day: date, found: Collection[Outside], known: Collection[str]) -> Day:
    """What there is to tell of ``day``, given the rules whose silence is ``known``; pure."""
    lines = tuple(one.line for one in found if not one.lasts or one.line.rule not in known)
    return Day(day, lines, frozenset(one.line.rule for one in found if one.lasts))


@dataclass(slots=True)
class Budget:
    """Tells ``admins`` (user ids) through ``board``, as long as ``ours()`` says that telling is this process's."""

    folder: Path
    database: Database
    book: RuleBook
    board: Board
    admins: Sequence[int]
    ours: Callable[[], bool]
    now: Callable[[], datetime] = utc_now
    look_seconds: float = LOOK_SECONDS
    retry_seconds: float = RETRY_SECONDS
    _done: date | None = None  # the day that needs no more looking at
    _telling: Day | None = None
    _round: Round = field(default_factory=Round)
    _not_before: float = 0.0

    async def run(self) -> None:
        """Look again and again, until cancelled; what fails is tried again later."""
        if self.admins:
            await look_again(self.look, self.look_seconds, self._wait, _ABOUT)

    async def look(self) -> None:
        """Tell of the last whole day, if that has not been done."""
        if not self.ours():
            self._done = self._telling = None  # another process may tell meanwhile
            return
        day = (self.now() - AFTER).astimezone(UTC).date() - timedelta(days=1)
        if self._done == day or time.monotonic() < self._not_before:
            return
        if self._telling is None or self._telling.day != day:
            self._telling, self._round = await self._judge(day), Round()
        if self._telling is not None and not await self._tell(self._telling):
            self._wait()
            return
        self._done, self._telling = day, None

    async def _judge(self, day: date) -> Day | None:
        """What there is to tell; None if this day was told of, or a later one before the clock was set back."""
        rules = [
            one for one in self.book().rules if one.expect and one.status in (Status.LIVE, Status.SHADOW)
        ]
        start, end = _begin(day), _begin(day + timedelta(days=1))
        longest = max((one.expect.at_least_every or 0 for one in rules if one.expect), default=0)
        since = start - timedelta(seconds=2 * longest) - timedelta(days=1)  # to say how long a silence is
        async with self.database.read() as session:
            told = await rule_files.told(session, _TOPIC)
            if told is not None and told.digest >= day.isoformat():
                return None
            counts = await archive.matches_a_day(session, since, end)
            files = await rule_files.since(session)
            read = await watches.read_throughout(session, start, end, SLOT)
        found = []
        for rule in rules:
            as_it_is = files.get(rule.path.relative_to(self.folder).as_posix())
            first = max(_begin_after(as_it_is), since.date()) if as_it_is else day + timedelta(days=1)
            one = outside(rule, counts.get(rule.id, {}), first, day, read=read)
            found += [one] if one else []
        return judged(day, found, told.files if told else ())

    async def _tell(self, told: Day) -> bool:
        """Tell every admin and write it down; False when somebody is to be told later."""
        if told.lines and not await self._round.go(
            self.database,
            self.board,
            self.admins,
            lambda language: outside_page(language, told.day, told.lines),
            _ABOUT,
        ):
            return False
        async with self.database.write() as session:
            await rule_files.note_told(session, told.day.isoformat(), told.silent, self.now(), _TOPIC)
        return True

    def _wait(self) -> None:
        self._not_before = time.monotonic() + self.retry_seconds


def _begin(day: date) -> datetime:
    return datetime.combine(day, clock(), UTC)


def _begin_after(moment: datetime) -> date:
    """The first whole day after a moment."""
    return moment.astimezone(UTC).date() + timedelta(days=1)
