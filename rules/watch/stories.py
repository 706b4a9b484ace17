"""From matches to stories: copies of a story are no news, whoever prints them."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rules.watch.model import History, Seen


@dataclass(frozen=True, slots=True)
class Stories:
    """The stories of the watched rules, each at the moment of its first report, in order; and the earlier firings."""

    first: tuple[Seen, ...]
    reports: tuple[Seen, ...]  # every match, copies too
    fired: tuple[Seen, ...]
    _times: tuple[datetime, ...] = field(repr=False)

    @classmethod
    def of(cls, history: History, rules: Collection[str], watch: str) -> "Stories":
        """Sort out a history."""
        reports = tuple(sorted((one for one in history.seen if one.rule in rules), key=lambda one: one.at))
        first: dict[str, Seen] = {}
        for one in reports:
            first.setdefault(one.story, one)
        fired = tuple(sorted((one for one in history.seen if one.rule == watch), key=lambda one: one.at))
        return cls(tuple(first.values()), reports, fired, tuple(one.at for one in first.values()))

    def within(self, after: datetime, until: datetime) -> tuple[Seen, ...]:
        """The stories first reported later than ``after`` and not later than ``until``."""
        return self.first[bisect_right(self._times, after) : bisect_right(self._times, until)]

    def count(self, after: datetime, until: datetime) -> int:
        """How many those are."""
        return bisect_right(self._times, until) - bisect_right(self._times, after)

    def just_before(self, moment: datetime, window: timedelta) -> int:
        """How many stories the window held that ends before a moment, its first instant included."""
        return bisect_left(self._times, moment) - bisect_left(self._times, moment - window)

    def sources(self, stories: Collection[Seen], until: datetime) -> int:
        """How many sources have reported any of some stories by ``until``: here copies count."""
        wanted = {one.story for one in stories}
        return len({one.source for one in self.reports if one.story in wanted and one.at <= until})

    @property
    def last_fired(self) -> datetime | None:
        """When the watch fired last."""
        return self.fired[-1].at if self.fired else None
