"""Rounds over the feeds: claims what is due and polls it. Any number of processes do so over one database."""

import asyncio
from dataclasses import dataclass, field

from bot.logs import get_log
from bot.pipeline.poll import Poller
from bot.store import feeds
from bot.store.engine import first_line, is_passing
from bot.store.tables import Feed

log = get_log(__name__)

STOP_GRACE_SECONDS = 1.5  # with the sender's, less than the 5 s after which process runners kill


@dataclass(slots=True)
class Rounds:
    """Drives a poller: up to ``concurrency`` feeds at a time, each claimed for ``lease_seconds``.

    Polls run beside the tick, so a slow feed delays no other.
    """

    poller: Poller
    concurrency: int
    lease_seconds: float
    _running: dict[asyncio.Task[None], Feed] = field(default_factory=dict)

    async def tick(self) -> None:
        """Write quiet outcomes, claim what is due and start its polls."""
        try:
            await self.poller.flush()
            for feed in await self._claim():
                task = asyncio.create_task(self._poll(feed))
                self._running[task] = feed
                task.add_done_callback(lambda done: self._running.pop(done, None))
        except Exception as error:
            if not is_passing(error):
                raise
            log.error(
                "the database does not answer; nothing is polled until it does", error=first_line(error)
            )

    async def stop(self) -> None:
        """Let running polls end within the grace, give the others back, write what is known."""
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

    async def _claim(self) -> list[Feed]:
        free = self.concurrency - len(self._running)
        if free <= 0:
            return []
        async with self.poller.database.write() as session:
            return await feeds.claim_due(
                session, self.poller.now(), limit=free, lease_seconds=self.lease_seconds
            )

    async def _poll(self, feed: Feed) -> None:
        try:
            await self.poller.poll(feed)
        except Exception:
            # the lease ends by itself and the feed is asked again: nothing is lost, and nobody else is held up
            log.exception("a poll broke off", feed=feed.url)
