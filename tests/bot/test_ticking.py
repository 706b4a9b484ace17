"""Wall clocks that are set, and ticks that go on."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.schedule import ticking
from bot.schedule.ticking import Every, Guard
from bot.times import utc_now

NOON = datetime(2024, 6, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize("missed", [timedelta(hours=8), timedelta(days=3650)])
def test_what_was_missed_is_missed(missed: timedelta) -> None:
    """After a night's sleep or ten years ahead the next run is one interval away."""
    assert Every(1).get_next_fire_time(NOON, NOON + missed) == NOON + missed + timedelta(seconds=1)


def test_the_librarys_trigger_works_out_every_missed_run() -> None:
    """Why there is one of our own: eight hours of seconds are 28,800 steps."""
    steps, at, now = 0, NOON, NOON + timedelta(hours=8)
    trigger = IntervalTrigger(seconds=1, start_date=NOON, timezone=UTC)
    while at <= now:
        at, steps = trigger.get_next_fire_time(at, now), steps + 1
    assert steps == 28_801


def test_a_guard_tells_a_jump_from_a_correction() -> None:
    """Half a second is a correction, an hour is a jump, in either direction."""
    wall, awake = [NOON], [0.0]
    guard = Guard(AsyncIOScheduler(), lambda: wall[0], lambda: awake[0])
    assert guard.look() == 0
    for moved, told in ((1.5, 0), (3601.0, 3600), (-3599.0, -3600), (1.0, 0)):
        wall[0] += timedelta(seconds=moved)
        awake[0] += 1.0
        assert round(guard.look()) == told


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=3650), timedelta(hours=8)])
async def test_ticks_go_on_whatever_the_wall_clock_does(
    jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set back an hour, ahead ten years, or woken after a night: the next tick comes at once, and there is no burst."""
    monkeypatch.setattr(ticking, "GUARD_SECONDS", 0.05)
    ticks: list[float] = []
    with time_machine.travel(NOON, tick=True) as traveller:
        scheduler = AsyncIOScheduler(timezone=UTC)
        job = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        scheduler.add_job(lambda: ticks.append(1), Every(0.1), **job)
        scheduler.start()
        guarding = asyncio.create_task(Guard(scheduler, utc_now).run())
        await asyncio.sleep(0.25)
        before = len(ticks)
        traveller.shift(jump)
        await asyncio.sleep(0.6)
        guarding.cancel()
        scheduler.shutdown(wait=False)
    assert before >= 1
    assert 2 <= len(ticks) - before <= 9
