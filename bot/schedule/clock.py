"""The clock, one a database: polls what is due, as workers do, and does besides what one process must do.

Due-ness is a column; the scheduler only ticks. A second clock on the same database stands by, says so, and takes over
when the first one goes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.logs import get_log
from bot.pipeline.hubs import Hubs
from bot.pipeline.poll import Poller
from bot.pipeline.watching import on_time, running
from bot.schedule.rounds import Rounds
from bot.schedule.ticker import Ticker
from bot.store.engine import Session, first_line, is_passing
from bot.store.outage import Outage
from bot.store.role import Role

log = get_log(__name__)

TICK_SECONDS = 1.0
HUB_SECONDS = 10.0  # how often is looked whether a hub is to be asked
WATCH_SECONDS = 60.0  # how often the watches look at the time; silences last days


async def _nothing(_session: Session) -> None:
    """What a clock does when it takes over, unless it is told otherwise."""


@dataclass(slots=True)
class Clock:
    """Makes rounds and lets the watches look at the time, as long as the role ``clock`` is its own.

    ``on_taken`` runs in the transaction that takes the role; ``hubs`` asks WebSub's, where they can reach us.
    """

    rounds: Rounds
    on_taken: Callable[[Session], Awaitable[None]] = _nothing
    tick_seconds: float = TICK_SECONDS
    hubs: Hubs | None = None
    role: Role = field(init=False)
    _ticker: Ticker = field(default_factory=Ticker)
    _outage: Outage = field(
        default_factory=lambda: Outage("the database does not answer; the clock stands still")
    )

    def __post_init__(self) -> None:
        self.role = Role(self.poller.database, "clock", self.poller.now)

    @property
    def poller(self) -> Poller:
        """What polls."""
        return self.rounds.poller

    def start(self) -> None:
        """Begin to tick, in the running event loop."""
        self._ticker.every(self.tick_seconds, self.tick)
        self._ticker.every(WATCH_SECONDS, self._watch_if_ours)
        if self.hubs is not None:
            self._ticker.every(HUB_SECONDS, self._look_for_hubs)
        self._ticker.start()

    async def stop(self) -> None:
        """Stop ticking, end the rounds in good order, give the role back."""
        await self._ticker.stop()
        await self.rounds.stop()
        try:
            await self.role.leave()
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("the clock's role is kept until its lease ends", error=first_line(error))

    async def tick(self) -> None:
        """Make a round if the role is ours."""
        if await self._is_ours():
            await self.rounds.tick()

    async def _is_ours(self) -> bool:
        try:
            ours = await self.role.hold(self._take_over)
        except Exception as error:
            if not is_passing(error):
                raise
            self._outage.note(error)
            return False
        self._outage.over()
        return ours

    async def _take_over(self, session: Session, epoch: int) -> None:
        await self.on_taken(session)
        log.info("this process is the clock", epoch=epoch)

    async def _look_for_hubs(self) -> None:
        if self.hubs is None or not self.role.is_fresh:
            return
        try:
            await self.hubs.look()
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("no hub was asked: the database does not answer", error=first_line(error))

    async def _watch_if_ours(self) -> None:
        if self.role.is_fresh:
            await self.watch()

    async def watch(self) -> None:
        """Let the watches look at the time: what has fallen silent comes with no entry."""
        try:
            rang = await on_time(self.poller.database, running(self.poller.rules()), self.poller.now())
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("the watches did not look: the database does not answer")
            return
        if rang.deliveries:
            self.poller.on_news()
