"""The ticker: whatever is done to the wall clock, a job runs once and is late by an interval at most."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger
from structlog.testing import capture_logs

from bot.schedule import ticker
from bot.schedule.ticker import FromNow, Ticker

HOUR, YEARS = 3600.0, 10 * 365 * 86400.0
TICK = 0.1


@contextmanager
def wall_clock() -> Iterator[time_machine.Traveller]:
    """A wall clock that runs and can be set; no other clock moves with it."""
    with time_machine.travel(datetime.now(UTC), tick=True) as coordinates:
        yield coordinates


def missed(trigger: BaseTrigger, since: timedelta) -> int:
    """How many run times APScheduler reckons when a job was due so long ago."""
    now = datetime.now(UTC)
    job = Job(
        AsyncIOScheduler(timezone=UTC), trigger=trigger, func=print, args=(), kwargs={}, executor="default"
    )
    job._modify(next_run_time=now - since)
    return len(job._get_run_times(now))


def test_the_librarys_own_trigger_counts_every_run_that_was_missed() -> None:
    """Why the trigger is our own: a day is 86,400 datetimes, ten years are 300 million, held in one list."""
    assert missed(IntervalTrigger(seconds=1, timezone=UTC), timedelta(days=1)) == 86_401


def test_our_trigger_knows_of_one_run_however_many_were_missed() -> None:
    """Ten years cost what a second costs."""
    assert missed(FromNow(1), timedelta(seconds=YEARS)) == 1


@pytest.mark.parametrize(
    "moment", ["2024-03-31T00:59:59.7", "2024-10-27T00:59:59.7", "2024-10-26T23:59:59.7"]
)
def test_summer_time_comes_and_goes_unnoticed(moment: str) -> None:
    """The next run is an interval from now, also where local clocks jump or repeat an hour."""
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
    found = FromNow(1).get_next_fire_time(None, now)
    assert found.timestamp() - now.timestamp() == pytest.approx(1)


class Counted:
    """A job that knows when it ran, by a clock that nobody sets."""

    def __init__(self) -> None:
        self.ran: list[float] = []

    async def run(self) -> None:
        self.ran.append(time.monotonic())


async def test_without_the_guard_a_clock_set_back_stalls_every_job() -> None:
    """Why there is a guard: APScheduler waits until the old time comes again."""
    counted = Counted()
    with wall_clock() as clock:
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.add_job(counted.run, IntervalTrigger(seconds=TICK, timezone=UTC))
        scheduler.start()
        await asyncio.sleep(5 * TICK)
        clock.shift(-HOUR)
        await asyncio.sleep(2 * TICK)
        before = len(counted.ran)
        await asyncio.sleep(8 * TICK)
        scheduler.shutdown(wait=False)
    assert before > 0
    assert len(counted.ran) == before


@pytest.mark.parametrize("jumps", [[-HOUR], [8 * HOUR], [YEARS, -YEARS], [-HOUR, HOUR]])
async def test_a_job_runs_on_once_an_interval_whatever_is_done_to_the_clock(
    jumps: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Back an hour, ahead as after a sleep, ahead ten years and back: no stall, no burst, and the log tells of it."""
    monkeypatch.setattr(ticker, "GUARD_SECONDS", TICK)
    counted, works = Counted(), Ticker()
    works.every(TICK, counted.run)
    with wall_clock() as clock, capture_logs() as logged:
        works.start()
        began = time.monotonic()
        for jump in jumps:
            await asyncio.sleep(5 * TICK)
            clock.shift(jump)
        await asyncio.sleep(8 * TICK)
        took = time.monotonic() - began
        await works.stop()
    last = [one for one in counted.ran if one > began + took - 6 * TICK]
    assert last, "stalled after the jump"
    assert len(counted.ran) <= took / TICK + 2 + len(jumps), "more runs than time for them"
    assert [round(one["seconds"]) for one in logged] == pytest.approx(jumps, abs=5)


async def test_a_stop_lets_a_job_that_is_at_work_end() -> None:
    """Within the grace it ends by itself, and nobody calls the stop an error of the job."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.sleep(0.1)
        ended.set()

    ticking = Ticker()
    ticking.every(60, work)
    ticking.start()
    await asyncio.wait_for(begun.wait(), 5)
    with capture_logs() as logs:
        await ticking.stop()
    assert ended.is_set()
    assert [one for one in logs if one["log_level"] not in ("debug", "info")] == []


async def test_a_stop_does_not_wait_for_a_job_that_hangs() -> None:
    """It is cancelled after the grace."""
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    ticking = Ticker()
    ticking.every(60, hang)
    ticking.start()
    await asyncio.wait_for(begun.wait(), 5)
    await asyncio.wait_for(ticking.stop(), ticker.STOP_GRACE_SECONDS + 2)
    assert cancelled.is_set()
