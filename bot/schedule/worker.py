"""A worker: polls what is due beside the clock. It holds no role; there may be any number of them."""

from dataclasses import dataclass, field

from bot.schedule.clock import TICK_SECONDS
from bot.schedule.rounds import Rounds
from bot.schedule.ticker import Ticker


@dataclass(slots=True)
class Worker:
    """Makes rounds until it is stopped."""

    rounds: Rounds
    _ticker: Ticker = field(default_factory=Ticker)

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._ticker.every(TICK_SECONDS, self.rounds.tick)
        self._ticker.start()

    async def stop(self) -> None:
        """End in good order."""
        await self._ticker.stop()
        await self.rounds.stop()
