"""Writes down what arrived: one transaction for all that arrived while the last one was written.

Whoever comes first writes for all that wait by then; so a slow disk or a busy machine makes larger transactions
instead of a longer queue.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.delivery.record import record_sent
from bot.store.deliveries import Sent
from bot.store.engine import Database, is_passing

GATHER_SECONDS = 0.1  # how long an outcome waits for others while more are on their way


@dataclass(slots=True, eq=False)
class _Waiting:
    sent: Sent
    recorded: bool | None = None


@dataclass(slots=True)
class Recorder:
    """Records into ``database``; ``busy`` says whether other outcomes are to be expected soon."""

    database: Database
    busy: Callable[[], bool]
    _waiting: list[_Waiting] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def record(self, sent: Sent) -> bool:
        """Write that ``sent`` arrived; False when another sender holds its row now. Raises what the database does."""
        mine = _Waiting(sent)
        self._waiting.append(mine)
        try:
            async with self._turn:
                if mine.recorded is None:
                    await self._gather()
                    await self._write(mine)
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)
        return bool(mine.recorded)

    async def _gather(self) -> None:
        if self.busy() and len(self._waiting) == 1:
            await asyncio.sleep(GATHER_SECONDS)

    async def _write(self, mine: _Waiting) -> None:
        """Write all that wait; where that fails for good, ``mine`` alone, so that no row is held up by another's."""
        batch = list(self._waiting)
        try:
            await self._record(batch)
        except Exception as error:
            if is_passing(error) or len(batch) == 1:
                raise
            await self._record([mine])

    async def _record(self, batch: list[_Waiting]) -> None:
        written = await record_sent(self.database, [one.sent for one in batch])
        for one in batch:
            one.recorded = one.sent.delivery.id in written
            self._waiting.remove(one)
