"""Whether a rule fires as often as its file expects: one judge for an archive, a trial and a running Rasid."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from rules.model import Expect

DAY = 86400  # seconds


class Measured(NamedTuple):
    """A rule against its ``expect``.

    ``silence``: the most days between two on which it fired, or from the first day or to the last one;
    ``quiet_for``: those from the last on which it fired (or from the first day) to the last day.
    """

    days: int
    above: tuple[str, ...]  # days on which it fired more often than ``per_day`` allows
    below: tuple[str, ...]  # and less often
    silence: int
    too_quiet: bool
    quiet_for: int
    is_quiet: bool

    @property
    def holds(self) -> bool:
        """Whether all is as expected."""
        return not (self.above or self.below or self.too_quiet)


def measured(expect: Expect, days: Mapping[str, int], *, whole: bool = False) -> Measured:
    """Counts by date (YYYY-MM-DD; at least one) against what is expected.

    Unless all days are ``whole``, the first and the last are not blamed for too little: they may be cut short.
    """
    dates = sorted(days)
    low, high = expect.per_day or (0, max(days.values()))
    fired = [date.fromisoformat(day) for day in dates if days[day]]
    first, last = date.fromisoformat(dates[0]), date.fromisoformat(dates[-1])
    silence = max((after - before).days for before, after in pairwise([first, *fired, last]))
    quiet_for = (last - (fired or [first])[-1]).days
    return Measured(
        days=len(days),
        above=tuple(day for day in dates if days[day] > high),
        below=tuple(day for day in (dates if whole else dates[1:-1]) if days[day] < low),
        silence=silence,
        too_quiet=_exceeds(silence, expect),
        quiet_for=quiet_for,
        is_quiet=_exceeds(quiet_for, expect),
    )


def _exceeds(silence: int, expect: Expect) -> bool:
    return expect.at_least_every is not None and silence * DAY > expect.at_least_every
