"""Wall clocks that are set, and jobs that go on."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apscheduler.triggers.interval import IntervalTrigger

from bot.schedule import ticker
from bot.schedule.ticker import FromNow, Ticker

NOON = datetime(2024, 6, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize("missed", [timedelta(hours=8), timedelta(days=3650)])
def test_what_was_missed_is_missed(missed: timedelta) -> None:
    """After a night's sleep or ten years ahead the next run is one interval away."""
    assert FromNow(1).get_next_fire_time(NOON, NOON + missed) == NOON + missed + timedelta(seconds=1)


def test_the_librarys_trigger_works_out_every_missed_run() -> None:
    """Why there is one of our own: eight hours of seconds are 28,800 steps."""
    steps, at, now = 0, NOON, NOON + timedelta(hours=8)
    trigger = IntervalTrigger(seconds=1, start_date=NOON, timezone=UTC)
    while at <= now:
        at, steps = trigger.get_next_fire_time(at, now), steps + 1
    assert steps == 28_801


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=3650), timedelta(hours=8)])
async def test_jobs_go_on_whatever_the_wall_clock_does(
    jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set back an hour, ahead ten years, or woken after a night: the next run comes at once, and there is no burst."""
    monkeypatch.setattr(ticker, "GUARD_SECONDS", 0.05)
    runs: list[float] = []

    async def job() -> None:
        runs.append(1)

    with time_machine.travel(NOON, tick=True) as traveller:
        ticking = Ticker()
        ticking.every(0.1, job)
        ticking.start()
        await asyncio.sleep(0.25)
        before = len(runs)
        traveller.shift(jump)
        await asyncio.sleep(0.6)
        await ticking.stop()
    assert before >= 1
    assert 2 <= len(runs) - before <= 9
