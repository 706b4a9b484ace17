"""What a claim costs with a thousand and with a million deliveries waiting, and so does the record of what arrived."""

import asyncio
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.delivery.town import Town
from bot.delivery.record import record_sent
from bot.store import deliveries, pace
from bot.store.deliveries import Sent
from bot.store.tables import Delivery
from bot.times import utc_now

FEW, MANY = 1_000, 1_000_000
CHATS_OF_MANY = 50_000
AT_ONCE = 8  # what the sender claims for a quarter of a second
ROUNDS, ROUNDS_OF_ONE = 60, 200


@dataclass
class _Queue:
    """One long outbox being served, by a clock that runs ahead so that no chat's rest is in the way."""

    town: Town
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return utc_now() + self.ahead

    async def serve(self) -> tuple[float, float]:
        """Claim what the sender would, and record that it arrived: the seconds of either."""
        self.ahead += timedelta(seconds=70)
        began = time.perf_counter()
        claimed = await self._claim()
        claimed_at = time.perf_counter()
        await record_sent(self.town.database, [Sent(one, 1, self.now()) for one in claimed])
        return claimed_at - began, time.perf_counter() - claimed_at

    async def _claim(self) -> list[Delivery]:
        now = self.now()
        async with self.town.database.write() as session:
            first = await pace.next_slot(session, now.timestamp())
            claimed = await deliveries.claim(session, now, epoch=1, limit=AT_ONCE, terminal=False)
            assert claimed
            await pace.take(session, first, len(claimed))
        return claimed


async def measure(few: Town, many: Town, *, one_chat: bool, waiting: int = MANY) -> dict[str, float]:
    """Medians in milliseconds over both queues, served by turns so that noise meets both, and their ratio."""
    shape = "one_chat" if one_chat else "many_chats"
    await few.fill(FEW, 1 if one_chat else FEW * CHATS_OF_MANY // MANY)
    began = time.perf_counter()
    await many.fill(waiting, 1 if one_chat else CHATS_OF_MANY)
    print(
        f"  {many.kind}, {shape}: {waiting:,} deliveries filled in {time.perf_counter() - began:.0f} s",
        flush=True,
    )
    queues, figures = (_Queue(few), _Queue(many)), (list[tuple[float, float]](), list[tuple[float, float]]())
    for number in range(ROUNDS_OF_ONE if one_chat else ROUNDS):
        for queue, seconds in zip(queues, figures, strict=True):
            took = await queue.serve()
            if number >= 5:  # the first ones fill caches
                seconds.append(took)
        await asyncio.sleep(0)
    claims = [_median(took for took, _ in one) for one in figures]
    records = [_median(took for _, took in one) for one in figures]
    return {
        f"claim_1e3_{shape}_ms": claims[0],
        f"claim_1e6_{shape}_ms": claims[1],
        f"claim_1e6_over_1e3_{shape}": claims[1] / claims[0],
        f"record_1e6_over_1e3_{shape}": records[1] / records[0],
    }


def _median(seconds: Iterable[float]) -> float:
    return statistics.median(seconds) * 1000
