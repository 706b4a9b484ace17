"""A worker: polls what is due beside the clock. It holds no role; there may be any number of them."""

from dataclasses import dataclass, field

from bot.logs import get_log
from bot.schedule.clock import TICK_SECONDS
from bot.schedule.rounds import Rounds
from bot.schedule.ticker import Ticker
from bot.store import leases
from bot.store.engine import first_line, is_passing

log = get_log(__name__)

BEAT_SECONDS = 5.0  # how often a worker leaves a sign of life


@dataclass(slots=True)
class Worker:
    """Makes rounds until it is stopped."""

    rounds: Rounds
    _ticker: Ticker = field(default_factory=Ticker)

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._ticker.every(TICK_SECONDS, self.rounds.tick)
        self._ticker.every(BEAT_SECONDS, self._beat)
        self._ticker.start()
        log.info("this process polls beside the clock", at_once=self.rounds.concurrency)

    async def _beat(self) -> None:
        """All workers leave theirs in one place: the health page shows whether any lives."""
        poller = self.rounds.poller
        try:
            async with poller.database.write() as session:
                await leases.beat(session, "worker", poller.now())
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("a worker left no sign of life", error=first_line(error))

    async def stop(self) -> None:
        """End in good order."""
        await self._ticker.stop()
        await self.rounds.stop()
