"""Many time-outs over one timer: each block ends when its own time is over, and nobody else's."""

import asyncio
import time

import pytest

from feeds.deadlines import Deadlines

LONG = 5.0


async def within(deadlines: Deadlines, seconds: float) -> float:
    """Sleep in a block; when it ended, by the loop's clock."""
    with deadlines.block():
        await asyncio.sleep(seconds)
    return asyncio.get_running_loop().time()


async def test_who_takes_too_long_is_interrupted_and_the_others_are_not() -> None:
    """However they begin and end: each has its full time, and not more."""
    deadlines, began = Deadlines(0.4), time.monotonic()
    blocks = []
    for seconds in (LONG, 0.05, 0.3, LONG, 0.2, 0.35, LONG):
        blocks.append(asyncio.create_task(within(deadlines, seconds)))
        await asyncio.sleep(0.1)
    came = await asyncio.gather(*blocks, return_exceptions=True)
    assert [isinstance(one, TimeoutError) for one in came] == [True, False, False, True, False, False, True]
    assert 0.95 <= time.monotonic() - began < 1.5


async def test_a_lone_one_is_interrupted_in_its_time_whatever_was_before() -> None:
    """The timer of those that ended in time does not ring for it, nor is its own forgotten."""
    deadlines = Deadlines(0.3)
    for _ in range(3):
        await within(deadlines, 0.01)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await within(deadlines, LONG)
        assert 0.28 <= time.monotonic() - began < 0.8


async def test_the_task_goes_on_after_its_time_out() -> None:
    """The interruption is taken back: what comes next is not cancelled."""
    with pytest.raises(TimeoutError):
        await within(Deadlines(0.05), LONG)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    async with asyncio.timeout(1):
        await asyncio.sleep(0.01)


async def test_who_is_cancelled_from_outside_is_cancelled() -> None:
    """And not late."""
    block = asyncio.create_task(within(Deadlines(LONG), LONG))
    await asyncio.sleep(0)
    block.cancel()
    with pytest.raises(asyncio.CancelledError):
        await block


async def test_who_is_late_and_cancelled_at_once_is_cancelled() -> None:
    """Both fall into one turn of a loop that was held up: whoever cancelled it wants it gone."""
    loop, block = asyncio.get_running_loop(), asyncio.create_task(within(Deadlines(0.1), LONG))
    await asyncio.sleep(0)
    loop.call_later(0.1, block.cancel)
    loop.call_soon(time.sleep, 0.2)
    with pytest.raises(asyncio.CancelledError):
        await block


async def test_an_error_of_its_own_passes() -> None:
    """As it is."""
    with pytest.raises(KeyError), Deadlines(LONG).block():
        raise KeyError


def test_another_event_loop_has_its_own_timer() -> None:
    """None is left behind by the first one's, which has ended with a block cut off."""
    deadlines = Deadlines(0.1)

    async def cut_off() -> None:
        cut = asyncio.create_task(within(deadlines, LONG))
        await asyncio.sleep(0)
        assert not cut.done()

    asyncio.run(cut_off())
    with pytest.raises(TimeoutError):
        asyncio.run(within(deadlines, LONG))
