"""One server, one visitor at a time, with a pause between two visits; within this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from feeds.hosts import host_of

PAUSE_SECONDS = 1.0
LONGEST_PAUSE = 30.0  # of a crawl-delay: a server that asks for more is visited rarely all the same
_FORGOTTEN_OVER = 5_000  # servers


@dataclass(slots=True)
class _Door:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0  # by the loop's clock
    inside: int = 0


@dataclass(slots=True)
class Manners:
    """Lets visitors in one by one. ``pause``: seconds between the end of a visit and the next one's beginning."""

    pause: float = PAUSE_SECONDS
    _doors: dict[str, _Door] = field(default_factory=dict)

    @asynccontextmanager
    async def visit(self, url: str, *, pause: float | None = None) -> AsyncIterator[None]:
        """Wait for one's turn at the server of ``url``; ``pause`` is what the server itself asks for."""
        door = self._doors.setdefault(host_of(url), _Door())
        door.inside += 1
        loop = asyncio.get_running_loop()
        try:
            async with door.lock:
                await asyncio.sleep(max(0.0, door.free_at - loop.time()))
                try:
                    yield
                finally:
                    wait = self.pause if pause is None else max(self.pause, min(pause, LONGEST_PAUSE))
                    door.free_at = loop.time() + wait
        finally:
            door.inside -= 1
            self._forget(loop.time())

    def _forget(self, now: float) -> None:
        if len(self._doors) > _FORGOTTEN_OVER:
            idle = [name for name, door in self._doors.items() if not door.inside and door.free_at <= now]
            for name in idle:
                del self._doors[name]
