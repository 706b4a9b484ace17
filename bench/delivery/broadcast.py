"""Fifty thousand chats queue; then something concerns one desk: how soon does it know?"""

import asyncio
import time

from bench.delivery.planner import Planner, planner
from bench.delivery.telegram import Telegram, telegram
from bench.delivery.town import Town
from bot.store import outgoing
from bot.times import utc_now

CHATS = 50_000
DESKS = 20
FIRST_DESK = 900_001
CRITICAL, HIGH = 3, 2


async def measure(town: Town, *, chats: int = CHATS) -> dict[str, float]:
    """Seconds: the planning transaction for all, and a desk's wait behind them, when its alert is graver or alike."""
    await town.settle(1, chats, ["everybody"])
    for desk in range(FIRST_DESK, FIRST_DESK + DESKS):
        await town.settle(desk, 1, [f"desk-{desk}"])
    async with telegram() as api, planner(town) as other:
        await api.add_chats(1, chats)
        await api.add_chats(FIRST_DESK, DESKS)
        async with town.sending(api.url):
            await other.tell("nobody")  # the planner has started
            figures = {"plan_50000_s": await _plan(town)}
            waits = await _wait_for_desks(api, other)
        figures |= {
            "critical_behind_50000_s": max(waits[: DESKS // 2]),
            "equal_behind_50000_s": max(waits[DESKS // 2 :]),
        }
    return figures


async def _plan(town: Town) -> float:
    """The time of the transaction that queues it for all: a writer's lock on SQLite."""
    async with town.database.write() as session:
        began = time.perf_counter()
        alert_id = await town.news(session, HIGH)
        await outgoing.plan(session, alert_id, HIGH, ["everybody"], utc_now())
    return time.perf_counter() - began


async def _wait_for_desks(api: Telegram, other: Planner) -> list[float]:
    committed = {}
    for number in range(DESKS):
        desk = FIRST_DESK + number
        committed[desk] = await other.tell(f"desk-{desk}", CRITICAL if number < DESKS // 2 else HIGH)
        await asyncio.sleep(0.7)
    await asyncio.sleep(3)
    arrived = {one.chat_id: one.at for one in await api.received() if one.status == 200}
    return [arrived.get(desk, float("inf")) - at for desk, at in committed.items()]
