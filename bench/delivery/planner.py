"""A process that plans alerts, as the clock's does: it says when each was committed.

It reads lines ``RULE RANK`` and answers each with the moment after its commit, in epoch seconds.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.delivery.telegram import ROOT
from bench.delivery.town import Town
from bot.store.engine import Database


@dataclass(frozen=True, slots=True)
class Planner:
    """The process as seen from here."""

    process: asyncio.subprocess.Process

    async def tell(self, rule: str, rank: int = 2) -> float:
        """An alert for all that follow ``rule``; when it stood committed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{rule} {rank}\n".encode())
        return float(await self.process.stdout.readline())


@asynccontextmanager
async def planner(town: Town) -> AsyncIterator[Planner]:
    """Another process over the same database, running until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "bench.delivery.planner",
            town.database.url.render_as_string(hide_password=False),
        ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield Planner(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def _plan(url: str) -> None:
    town = Town("", Database(url))
    while line := await asyncio.to_thread(sys.stdin.readline):
        rule, rank = line.split()
        await town.tell(rule, int(rank))
        print(time.time(), flush=True)
    await town.database.dispose()


if __name__ == "__main__":
    asyncio.run(_plan(sys.argv[1]))
