"""Runs a few jobs again and again, whatever is done to the wall clock.

APScheduler reckons by the wall clock. Its own interval trigger counts every run that was missed, one by one: after a
jump of ten years that takes minutes and gigabytes; and after a jump back it waits until the old time comes again. So
here a job's next run lies an interval from now, never in the past, and a guard by a clock that nobody sets notices
when the wall clock is set.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.logs import get_log
from bot.store.holders import awake_seconds

log = get_log(__name__)

GUARD_SECONDS = 1.0  # how often the two clocks are compared
STOP_GRACE_SECONDS = 0.5  # for a job that is at work; with what else a stop waits for, less than runners' 5 s
JUMP_SECONDS = 3.0  # by which they must have parted since; less is made good by itself

Job = Callable[[], Coroutine[Any, Any, None]]


class FromNow(BaseTrigger):  # type: ignore[misc] # APScheduler has no types
    """The next run is ``seconds`` from now, however long ago the last one was. Reckons in UTC: no summer time."""

    def __init__(self, seconds: float) -> None:
        self.pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """APScheduler asks."""
        return now.astimezone(UTC) + self.pause


@dataclass(slots=True)
class Ticker:
    """A scheduler over the running event loop; a job that still runs when its time comes is not begun again."""

    _scheduler: AsyncIOScheduler = field(default_factory=lambda: AsyncIOScheduler(timezone=UTC))
    _guard: asyncio.Task[None] | None = None
    _at_work: set[asyncio.Task[None]] = field(default_factory=set)

    def every(self, seconds: float, job: Job) -> None:
        """Run ``job`` at once and then ``seconds`` after each beginning."""
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler.add_job(
            self._shielded(job), FromNow(seconds), next_run_time=datetime.now(UTC), **options
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()
        self._guard = asyncio.create_task(self._watch_the_clock(), name="clock guard")

    async def stop(self) -> None:
        """Begin nothing more; what is at work may end within the grace."""
        if self._guard is not None:
            self._scheduler.shutdown(wait=False)
            self._guard.cancel()
            await asyncio.wait([self._guard])
        if self._at_work:
            _, late = await asyncio.wait(self._at_work, timeout=STOP_GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _shielded(self, job: Job) -> Job:
        """APScheduler cancels what is at work when it is shut down, and calls that an error of the job."""

        @wraps(job)
        async def run() -> None:
            task = asyncio.create_task(job())
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                log.debug("a stop came while a job was at work", job=job.__qualname__)

        return run

    async def _watch_the_clock(self) -> None:
        apart = _apart()
        while True:
            await asyncio.sleep(GUARD_SECONDS)
            before, apart = apart, _apart()
            if abs(apart - before) > JUMP_SECONDS:
                log.warning("the wall clock was set", seconds=round(apart - before))
                if apart < before:  # after a jump ahead every job is due anyway
                    self._reckon_anew()

    def _reckon_anew(self) -> None:
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))


def _apart() -> float:
    """How far the wall clock is ahead of the one that nobody sets."""
    return datetime.now(UTC).timestamp() - awake_seconds()
