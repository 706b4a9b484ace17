"""Rounds over the feeds: claims what is due and polls it. Any number of processes do so over one database."""

import asyncio
from dataclasses import dataclass, field

from bot.logs import get_log
from bot.pipeline.poll import Poller
from bot.store import feeds
from bot.store.claimed import ClaimedFeed
from bot.store.engine import first_line, is_passing
from bot.store.hosts import USUAL, Budget
from bot.store.outage import Outage

log = get_log(__name__)

GATHER_SECONDS = 0.05  # for which free places wait for each other
STOP_GRACE_SECONDS = 1.5  # with the sender's, less than the 5 s after which process runners kill


@dataclass(slots=True)
class Rounds:
    """Drives a poller: up to ``concurrency`` feeds at a time, each claimed for ``lease_seconds``.

    Polls run beside the tick, so a slow feed delays no other. Where more was due than had a place, the next ones are
    claimed soon after a quarter of the places is free again, and not only at the next tick: together, since a claim of
    many costs what a claim of one does.
    """

    poller: Poller
    concurrency: int
    lease_seconds: float
    budget: Budget = USUAL  # what one server bears
    _running: dict[asyncio.Task[None], ClaimedFeed] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # one claim at a time
    _more_is_due: bool = False
    _outage: Outage = field(
        default_factory=lambda: Outage("the database does not answer; nothing is polled until it does")
    )
    _refill: asyncio.Task[None] | None = None

    async def tick(self) -> None:
        """Write quiet outcomes, claim what is due and start its polls."""
        try:
            await self._fill()
        except Exception as error:
            if not is_passing(error):
                raise
            self._more_is_due = False
            self._outage.note(error)
        else:
            self._outage.over()

    async def _fill(self) -> None:
        async with self._turn:
            for feed in await self._claim():
                task = asyncio.create_task(self._poll(feed))
                self._running[task] = feed
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        enough = self.concurrency - len(self._running) >= max(1, self.concurrency // 4)
        if self._more_is_due and enough and (self._refill is None or self._refill.done()):
            self._refill = asyncio.create_task(self._fill_soon())

    async def _fill_soon(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=GATHER_SECONDS)
        await self.tick()

    async def stop(self) -> None:
        """Let running polls end within the grace, give the others back, write what is known."""
        self._more_is_due = False
        if self._refill is not None:
            await asyncio.wait([self._refill])
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_GRACE_SECONDS)
        unread = dict(self._running)
        for task in unread:
            task.cancel()
        await asyncio.gather(*unread, return_exceptions=True)
        try:
            await self.poller.flush()
            async with self.poller.database.write() as session:
                await feeds.release(session, list(unread.values()))
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("feeds stay claimed until their leases end", error=first_line(error))

    async def _claim(self) -> list[ClaimedFeed]:
        free = self.concurrency - len(self._running)
        if free <= 0:
            await self.poller.flush()
            return []
        claimed = await self.poller.flush_and(
            lambda connection: feeds.claim_due(
                connection,
                self.poller.now(),
                limit=free,
                lease_seconds=self.lease_seconds,
                budget=self.budget,
            )
        )
        self._more_is_due = len(claimed) == free
        return claimed

    async def _poll(self, feed: ClaimedFeed) -> None:
        try:
            await self.poller.poll(feed)
        except Exception:
            # the lease ends by itself and the feed is asked again: nothing is lost, and nobody else is held up
            log.exception("a poll broke off", feed=feed.url)
