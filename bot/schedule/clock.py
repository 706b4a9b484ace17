"""The clock: one tick that asks the database what is due. Due-ness is a column; the scheduler only ticks.

One clock a database, held by lease: it polls, and it has the duties that are done once, the watches' look at the time.
Any number of workers poll beside it, each feed under a lease of its own.
"""

import asyncio
from dataclasses import dataclass, field

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.logs import get_log
from bot.pipeline.poll import Poller
from bot.pipeline.watching import on_time, running
from bot.schedule.ticking import Every, Guard
from bot.store import feeds, leases
from bot.store.engine import Session, first_line, is_passing
from bot.store.role import Role
from bot.store.tables import Feed
from bot.times import utc_now

log = get_log(__name__)

TICK_SECONDS = 1.0
BEAT_SECONDS = 10.0
WATCH_SECONDS = 60.0  # how often the watches look at the clock; silences last days
STOP_GRACE_SECONDS = 1.5  # with the sender's, less than the 5 s after which process runners kill


@dataclass(slots=True)
class Clock:
    """Drives a poller: claims what is due, up to ``concurrency`` feeds at a time, each for ``lease_seconds``.

    Polls run beside the tick, so a slow feed delays no other. A ``worker`` holds no role and only polls.
    """

    poller: Poller
    concurrency: int
    lease_seconds: float
    tick_seconds: float = TICK_SECONDS
    worker: bool = False
    role: Role = field(init=False)
    _guard: Guard = field(init=False)
    _guarding: asyncio.Task[None] | None = None
    _scheduler: AsyncIOScheduler = field(default_factory=AsyncIOScheduler)
    _running: dict[asyncio.Task[None], Feed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.role = Role(self.poller.database, "clock", self.poller.now)
        self._guard = Guard(self._scheduler, utc_now)

    def start(self) -> None:
        """Begin to tick, in the running event loop."""
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler.add_job(self.tick, Every(self.tick_seconds), **options)
        if self.worker:
            self._scheduler.add_job(self._beat, Every(BEAT_SECONDS), **options)
        else:
            self._scheduler.add_job(self.watch, Every(WATCH_SECONDS), **options)
        self._scheduler.start()
        self._guarding = asyncio.create_task(self._guard.run(), name="clock guard")

    async def stop(self) -> None:
        """Stop ticking; let running polls end within the grace, give the others back, write what is known."""
        if self._guarding is not None:
            self._guarding.cancel()
        self._scheduler.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_GRACE_SECONDS)
        unread = dict(self._running)
        for task in unread:
            task.cancel()
        await asyncio.gather(*unread, return_exceptions=True)
        await self.poller.flush()
        async with self.poller.database.write() as session:
            await feeds.release(session, list(unread.values()))
        await self.role.leave()

    async def tick(self) -> None:
        """Write quiet outcomes, claim what is due and start its polls; nothing while another clock ticks."""
        try:
            await self.poller.flush()
            if not self.worker and not await self.role.hold(_nothing_to_take_over):
                return
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

    async def watch(self) -> None:
        """Let the watches look at the clock: what has fallen silent comes with no entry."""
        if not self.role.is_fresh:
            return
        try:
            rang = await on_time(self.poller.database, running(self.poller.rules()), self.poller.now())
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("the watches did not look: the database does not answer")
            return
        if rang.deliveries:
            self.poller.on_news()

    async def _beat(self) -> None:
        try:
            async with self.poller.database.write() as session:
                await leases.beat(session, "worker", self.poller.now())
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("no sign of life was left: the database does not answer")


async def _nothing_to_take_over(_session: Session, epoch: int) -> None:
    """What another clock had under way stands under leases of its own."""
    log.info("this process is the clock", epoch=epoch)
