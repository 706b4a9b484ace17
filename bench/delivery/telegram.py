"""Telegram, for measuring: the local Bot API server as a process of its own, with its limits and with jitter.

Its own process, so that what it costs is not counted as ours; it says afterwards what reached it, and when.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes.bot_api.control import ControlledServer

ROOT = Path(__file__).parents[2]
CALLS_WITH_LIMITS = ("sendmessage", "editmessagetext")


@dataclass(frozen=True, slots=True)
class Received:
    """One call that reached Telegram: 200 when it was obeyed, 429 when it came too fast."""

    chat_id: int
    status: int
    at: float


class FarServer(ControlledServer):
    """The server at the end of a line that holds every request up by up to ``jitter`` seconds."""

    def __init__(self, jitter: float) -> None:
        super().__init__(limits=True)
        self._jitter = jitter

    def control_routes(self) -> dict[str, Callable[[web.Request], Awaitable[web.Response]]]:
        """Whole ranges of chats besides, and all that was received."""
        return super().control_routes() | {
            "chats": self._plain(self._add_chats),
            "received": self._plain(self._received),
        }

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if self._jitter:
            await asyncio.sleep(random.uniform(0, self._jitter))  # noqa: S311
        return await super()._handle(request)

    def _add_chats(self, first: int, count: int, kind: str = "private") -> None:
        for chat_id in range(first, first + count):
            self.world.add_chat(chat_id, kind)

    def _received(self, after: int = 0) -> list[list[float]]:
        calls = [one for one in self.calls if one.method.lower() in CALLS_WITH_LIMITS]
        return [[int(one.params["chat_id"]), one.status, one.at] for one in calls[after:]]


@dataclass(frozen=True, slots=True)
class Telegram:
    """The server as seen from here."""

    url: str
    control: aiohttp.ClientSession

    async def add_chats(self, first: int, count: int, kind: str = "private") -> None:
        """Chats with ids from ``first`` on."""
        await self._ask("chats", first=first, count=count, kind=kind)

    async def received(self, after: int = 0) -> list[Received]:
        """What reached it, oldest first, without the first ``after`` calls."""
        return [
            Received(int(chat), int(status), at)
            for chat, status, at in await self._ask("received", after=after)
        ]

    async def _ask(self, what: str, **arguments: Any) -> Any:
        async with self.control.post(f"{self.url}/control/{what}", json=arguments) as answer:
            answer.raise_for_status()
            return await answer.json()


@asynccontextmanager
async def telegram(*, jitter: float = 0.0) -> AsyncIterator[Telegram]:
    """The server, running until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.delivery.telegram", "--jitter", str(jitter)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as control:
            yield Telegram(url, control)
    finally:
        process.terminate()
        await process.wait()


async def _serve(jitter: float) -> None:
    async with FarServer(jitter) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.delivery.telegram")
    parser.add_argument("--jitter", type=float, default=0.0, help="seconds that a request may be held up")
    asyncio.run(_serve(parser.parse_args().jitter))
