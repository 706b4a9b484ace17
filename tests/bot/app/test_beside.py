"""Computations beside the event loop."""

import asyncio
import subprocess
import sys
import time

import pytest

from bot.app.beside import beside
from bot.settings import ROOT


async def test_it_gives_what_the_work_gives() -> None:
    """A result, or the exception."""
    assert await beside(lambda: 6 * 7) == 42
    with pytest.raises(ZeroDivisionError):
        await beside(lambda: 1 / 0)


async def test_the_loop_goes_on_meanwhile() -> None:
    """Others run while the work does."""
    working = asyncio.create_task(beside(lambda: time.sleep(0.3)))
    turns = 0
    while not working.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 5


def test_a_process_ends_without_waiting_for_it() -> None:
    """Half a minute of work is left; the process is gone at once, without a complaint."""
    program = """
import asyncio, time
from bot.app.beside import beside
async def main():
    task = asyncio.create_task(beside(lambda: time.sleep(30)))
    await asyncio.sleep(0.1)
    task.cancel()
asyncio.run(main())
"""
    began = time.monotonic()
    ended = subprocess.run(  # noqa: S603 # our own interpreter, our own program
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=25, check=True
    )
    assert time.monotonic() - began < 15
    assert ended.stderr == b""
