"""Plays the evening: a server on loopback whose feeds change as the evening goes on, faster than life."""

import asyncio
import hashlib
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from aiohttp import web

from bot.evening.render import content_type, render
from bot.evening.scenario import PlayedFeed, Scenario
from bot.evening.timetable import Timetable
from bot.evening.views import FeedView
from bot.times import utc_now

LOOK_SECONDS = 0.05  # how often ``finished`` looks whether the evening is over
SEEN_TWICE = 2  # whoever comes back has finished with what it was given the time before
STOP_SECONDS = 1.0  # how long open connections are let be when the server stops


class EveningSource(NamedTuple):
    """A feed of the evening, as a poller's catalogue wants it."""

    url: str
    outlet: str
    outlet_ar: str
    country: str


class EveningServer:
    """Serves the scenario's feeds on a free port of 127.0.0.1, the whole evening in ``duration`` seconds.

    ``clock`` gives real seconds that never jump; ``now`` the date at which the evening starts.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        duration: float,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.scenario = scenario
        self._duration = duration
        self._clock = clock
        self._now = now
        self._runner: web.AppRunner | None = None
        self._timetable = Timetable(now(), scenario.length / duration)
        self._began = clock()
        self._asked: Counter[str] = Counter()

    async def start(self) -> None:
        """Open the port and begin the evening."""
        app = web.Application()
        for feed in self.scenario.feeds:
            app.router.add_get(feed.path, self._handler(feed))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._timetable = Timetable(self._now(), self._timetable.speed)
        self._began = self._clock()

    async def stop(self) -> None:
        """Close the port."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def sources(self) -> list[EveningSource]:
        """Every feed with its URL, those that fail among them; RuntimeError unless started."""
        return [
            EveningSource(self._base_url() + feed.path, feed.outlet, feed.outlet_ar, feed.country)
            for feed in self.scenario.feeds
        ]

    @property
    def seconds(self) -> float:
        """How far the evening is, in seconds of scenario time."""
        return self._timetable.scenario(self._clock() - self._began)

    async def finished(self, *, patience: float = 10.0) -> bool:
        """Wait until every feed that still answers was asked twice since its last change.

        Gives up ``patience`` seconds after the evening's end: False, as not all may have been read.
        """
        while not self._seen():
            if self._clock() - self._began > self._duration + patience:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    def _seen(self) -> bool:
        return all(self._asked[feed.key] >= SEEN_TWICE for feed in self.scenario.feeds if feed.recovers())

    def _base_url(self) -> str:
        if self._runner is None or not self._runner.addresses:
            raise RuntimeError("the evening has not been started")
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    def _handler(self, feed: PlayedFeed) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            return self._answer(feed, request)

        return answer

    def _answer(self, feed: PlayedFeed, request: web.Request) -> web.Response:
        seconds = self.seconds
        view = feed.at(seconds)
        if view.status != 200:
            return self._refuse(view, seconds)
        if seconds >= max(feed.changes(), default=0.0):
            self._asked[feed.key] += 1
        return self._serve(feed, view, request)

    def _refuse(self, view: FeedView, seconds: float) -> web.Response:
        """An outage; one that will end says when, in real seconds, and never "at once"."""
        headers = {"Cache-Control": "no-store"}
        if view.back is not None:
            headers["Retry-After"] = str(max(1, math.ceil((view.back - seconds) / self._timetable.speed)))
        return web.Response(status=view.status, headers=headers)

    def _serve(self, feed: PlayedFeed, view: FeedView, request: web.Request) -> web.Response:
        body = render(feed, view, self._timetable)
        etag = hashlib.blake2b(body, digest_size=8).hexdigest() if "etag" in feed.validators else ""
        modified = self._last_modified(feed, view)
        headers = {"Cache-Control": "no-cache", "Content-Type": content_type(feed)}
        fresh = _unchanged(request, etag, modified)
        response = web.Response(status=304) if fresh else web.Response(body=body, headers=headers)
        if etag:
            response.etag = etag
        response.last_modified = modified
        return response

    def _last_modified(self, feed: PlayedFeed, view: FeedView) -> datetime | None:
        """The date of the last change, in whole seconds; None when the feed gives none.

        None too within a second of the change: another change in that second would bear the same date, and
        whoever asks again with it would never be told.
        """
        changed = self._timetable.wall(view.changed).replace(microsecond=0)
        present = self._timetable.wall(self.seconds)
        if "last-modified" not in feed.validators or present - changed < timedelta(seconds=1):
            return None
        return changed


def _unchanged(request: web.Request, etag: str, modified: datetime | None) -> bool:
    """Whether the asker has this very text: by its ETag if it names one, else by the date (RFC 9110)."""
    if request.if_none_match is not None:
        return any(one.value in (etag, "*") for one in request.if_none_match if etag)
    since = request.if_modified_since
    return since is not None and modified is not None and modified <= since
