"""robots.txt: whether a page may be read, and how long to wait between two; kept for a day.

RFC 9309: no such file allows all; a server that does not answer, or fails, allows nothing for now.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

from protego import Protego

from feeds.charset import decode
from feeds.errors import FailureKind, FetchError
from feeds.fetch import Fetcher

KEPT_SECONDS = 24 * 3600.0
KEPT_AFTER_FAILURE = 50.0  # so that whoever tries again after a minute asks again
MAX_ROBOTS = 512 * 1024  # bytes that are read, as the RFC asks for at least 500 KiB
_LONGEST_LINE = 2_000
_MOST_STARS = 5  # in a line: more make the matching of one address take for ever
_MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a page may be read; ``delay``: seconds between two, if the server says; ``why`` it may not.

    ``failure``: why nobody knows for now whether it may.
    """

    allowed: bool
    delay: float | None = None
    why: str = ""
    failure: FetchError | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    rules: Protego | None  # None: nothing may be read for now
    until: float
    failure: FetchError | None = None


@dataclass(slots=True)
class Robots:
    """Asks each server for its robots.txt once a day, and answers from that. ``name``: how we are called in it."""

    fetcher: Fetcher
    name: str = "Rasid"
    clock: Callable[[], float] = monotonic
    _known: dict[str, _Known] = field(default_factory=dict)
    _asking: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def may_read(self, url: str) -> Permission:
        """Whether ``url`` may be read. Never raises FetchError."""
        parts = urlsplit(url)
        server = f"{parts.scheme}://{parts.netloc}"
        known = await self._rules_of(server)
        if known.rules is None:
            return Permission(allowed=False, why="robots.txt cannot be read for now", failure=known.failure)
        delay = known.rules.crawl_delay(self.name)
        if not known.rules.can_fetch(url, self.name):
            return Permission(allowed=False, delay=delay, why="robots.txt does not allow it")
        return Permission(allowed=True, delay=delay)

    async def _rules_of(self, server: str) -> _Known:
        async with self._asking.setdefault(server, asyncio.Lock()):
            known = self._known.get(server)
            if known is None or known.until <= self.clock():
                known = self._known[server] = await self._ask(server)
        self._forget()
        return known

    async def _ask(self, server: str) -> _Known:
        try:
            response = await self.fetcher.get(f"{server}/robots.txt")
        except FetchError as failure:
            if failure.kind in {FailureKind.NOT_FOUND, FailureKind.GONE} or _refused(failure):
                return _Known(Protego.parse(""), self.clock() + KEPT_SECONDS)
            return _Known(None, self.clock() + KEPT_AFTER_FAILURE, failure)
        text = decode(response.body[:MAX_ROBOTS], response.content_type).text
        return _Known(await asyncio.to_thread(Protego.parse, _harmless(text)), self.clock() + KEPT_SECONDS)

    def _forget(self) -> None:
        if len(self._known) > _MOST_KEPT:
            for server in list(self._known)[: _MOST_KEPT // 2]:
                del self._known[server]
                if server in self._asking and not self._asking[server].locked():
                    del self._asking[server]


def _refused(failure: FetchError) -> bool:
    """400 to 499 mean that there is no such file; but for "too many requests"."""
    return failure.status is not None and 400 <= failure.status < 500 and failure.status != 429


def _harmless(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(line for line in lines if len(line) <= _LONGEST_LINE and line.count("*") <= _MOST_STARS)
