"""Ticks that no wall clock can stop, and the guard that notices when somebody sets it.

APScheduler reckons with the wall clock. Its interval trigger works out every run that was missed, one by one (after
ten years ahead, three hundred million), and after an hour back it waits for that hour. Here the next run is always
one interval from now, and when the clock has been set, every job is due at once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.logs import get_log
from bot.store.holders import awake_seconds

log = get_log(__name__)

JUMP_SECONDS = 3.0  # a wall clock that leaves the other one by more has been set, not corrected
GUARD_SECONDS = 1.0


class Every(BaseTrigger):  # type: ignore[misc] # the package has no types
    """A run each ``seconds``, counted from the last one: what was missed is missed."""

    def __init__(self, seconds: float) -> None:
        self.interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """At once the first time, then an interval from ``now``."""
        return now if previous_fire_time is None else now + self.interval


@dataclass(slots=True)
class Guard:
    """Holds the wall clock ``now`` against one that nobody sets, and makes the scheduler's jobs due when it jumps."""

    scheduler: BaseScheduler
    now: Callable[[], datetime]
    awake: Callable[[], float] = awake_seconds
    _offset: float | None = None

    def look(self) -> float:
        """By how many seconds the wall clock has been set since the last look; 0 for a mere correction."""
        offset = self.now().timestamp() - self.awake()
        jumped = 0.0 if self._offset is None else offset - self._offset
        self._offset = offset
        return jumped if abs(jumped) > JUMP_SECONDS else 0.0

    async def run(self) -> None:
        """Look each second, until cancelled."""
        while True:
            if jumped := self.look():
                log.warning(
                    "the wall clock has been set; everything is looked at anew", seconds=round(jumped)
                )
                for job in self.scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(self.scheduler.timezone))
            await asyncio.sleep(GUARD_SECONDS)
