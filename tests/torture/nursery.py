"""Where tortured processes come from, seen from the run: orders them, kills them, knows when they have ended."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from bot.settings import ROOT


@dataclass
class Child:
    """One tortured process."""

    pid: int
    command: str
    ended: asyncio.Future[int]

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return not self.ended.done()

    def signal(self, number: int) -> None:
        """Send a signal, if it is still there."""
        if self.lives:
            os.kill(self.pid, number)

    async def kill(self) -> int:
        """``kill -9``; how it ended."""
        self.signal(signal.SIGKILL)
        return await self.ended

    async def stop(self, within: float = 15) -> int:
        """SIGTERM, and wait; TimeoutError."""
        self.signal(signal.SIGTERM)
        return await asyncio.wait_for(asyncio.shield(self.ended), within)


@dataclass
class Nursery:
    """The fork server's other end."""

    _process: asyncio.subprocess.Process
    _orders: int = 0
    _born: dict[int, tuple[str, asyncio.Future[Child]]] = field(default_factory=dict)
    _living: dict[int, Child] = field(default_factory=dict)

    async def bear(self, command: str, **order: Any) -> Child:
        """A new process that runs ``rasid COMMAND``; ``order`` says how (see ``tests.torture.child``)."""
        self._orders += 1
        born: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self._born[self._orders] = (command, born)
        assert self._process.stdin is not None
        line = json.dumps({"order": self._orders, "command": command, **order})
        self._process.stdin.write(line.encode() + b"\n")
        return await asyncio.wait_for(born, 30)

    async def listen(self) -> None:
        """Hear of births and deaths until the fork server ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._hear(json.loads(line))

    def _hear(self, said: dict[str, Any]) -> None:
        if "born" in said:
            command, born = self._born.pop(said["order"])
            child = Child(said["born"], command, asyncio.get_running_loop().create_future())
            self._living[child.pid] = child
            born.set_result(child)
        elif "ended" in said:
            self._living.pop(said["ended"]).ended.set_result(said["code"])

    async def close(self) -> None:
        """End it, and whatever it bore."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    @classmethod
    async def open(cls) -> Self:
        """A fork server that has imported everything."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.torture.child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        assert await process.stdout.readline(), "the fork server did not start"
        return cls(process)


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """A nursery for as long as the block runs."""
    opened = await Nursery.open()
    listening = asyncio.create_task(opened.listen())
    try:
        yield opened
    finally:
        await opened.close()
        await listening
