"""Tells the admins once a day which rules fire otherwise than their ``expect`` says, from the stored matches.

Judged are whole days in UTC, by the judge of ``rasid rules try`` and ``check``, and only since a rule's file is as it
is. For too little no rule is blamed on a day on which nobody read the feeds. That a rule is silent for too long is
told once; that it fired too often or too seldom on a day, for each such day.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import ClassVar, NamedTuple

from bot.app.admins import Herald
from bot.app.rulebook import RuleBook
from bot.store import archive, rule_files, watches
from bot.texts.rule_news import OutsideLine, outside_page
from rules import RuleInfo, Status
from rules.expecting import DAY, measured

AFTER = timedelta(minutes=15)  # past midnight, when the day's last matches are surely stored
SLOT = timedelta(hours=6)  # in each of which somebody must have read something, for silence to mean anything
_TOPIC = "expect"


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
class Budget(Herald):
    """Tells of the last whole day."""

    about: ClassVar[str] = "rules outside their expect"
    look_seconds: ClassVar[float] = 60.0
    folder: Path
    book: RuleBook
    _done: date | None = None  # the day that needs no more looking at
    _judged: Day | None = None  # what is being told

    def forget(self) -> None:
        """Judge again."""
        self._done = self._judged = None

    async def tell(self) -> None:
        """Tell of the day, if that has not been done."""
        day = (self.audience.now() - AFTER).astimezone(UTC).date() - timedelta(days=1)
        if self._done == day:
            return
        if self._judged is None or self._judged.day != day:
            self._judged = await self._judge(day)
        if self._judged is not None and not await self._tell(self._judged):
            return
        self._done, self._judged = day, None

    async def _judge(self, day: date) -> Day | None:
        """What there is to tell; None if this day was told of, or a later one before the clock was set back."""
        rules = [
            one for one in self.book().rules if one.expect and one.status in (Status.LIVE, Status.SHADOW)
        ]
        start, end = _begin(day), _begin(day + timedelta(days=1))
        longest = max((one.expect.at_least_every or 0 for one in rules if one.expect), default=0)
        since = start - timedelta(seconds=2 * longest) - timedelta(days=1)  # to say how long a silence is
        async with self.audience.database.read() as session:
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
        if told.lines and not await self.reach(told, lambda to: outside_page(to, told.day, told.lines)):
            return False
        now = self.audience.now()
        async with self.audience.database.write() as session:
            await rule_files.note_told(session, told.day.isoformat(), told.silent, now, _TOPIC)
        return True


def _begin(day: date) -> datetime:
    return datetime.combine(day, clock(), UTC)


def _begin_after(moment: datetime) -> date:
    """The first whole day after a moment."""
    return moment.astimezone(UTC).date() + timedelta(days=1)
