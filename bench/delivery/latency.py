"""From the commit of a delivery to its arrival: planned by another process, and in the sender's own."""

import asyncio
import random
import statistics
import time

from bench.delivery.planner import planner
from bench.delivery.telegram import Telegram, telegram
from bench.delivery.town import Town

ROUNDS = 60
BY_ANOTHER, BY_OURSELVES = 0, 1_000  # the first chats of either


async def measure(town: Town, *, rounds: int = ROUNDS) -> dict[str, float]:
    """p50 and p99 in seconds."""
    for chat in (
        *range(BY_ANOTHER + 1, BY_ANOTHER + rounds + 1),
        *range(BY_OURSELVES + 1, BY_OURSELVES + rounds + 1),
    ):
        await town.settle(chat, 1, [f"chat-{chat}"])
    async with telegram() as api, town.sending(api.url) as sender, planner(town) as other:
        await api.add_chats(1, 2 * BY_OURSELVES)
        committed: dict[int, float] = {}
        for number in range(1, rounds + 1):
            await asyncio.sleep(random.uniform(0.1, 0.8))  # noqa: S311
            chat = BY_ANOTHER + number
            committed[chat] = await other.tell(f"chat-{chat}")
        for number in range(1, rounds + 1):
            await asyncio.sleep(random.uniform(0.1, 0.8))  # noqa: S311
            chat = BY_OURSELVES + number
            await town.tell(f"chat-{chat}")
            committed[chat] = time.time()
            sender.wake()
        await asyncio.sleep(3)
        seconds = await _seconds(api, committed)
    theirs = [one for chat, one in seconds.items() if chat <= BY_OURSELVES]
    ours = [one for chat, one in seconds.items() if chat > BY_OURSELVES]
    return {**_quantiles("commit_to_send", theirs), **_quantiles("wake_to_send", ours)}


async def _seconds(api: Telegram, committed: dict[int, float]) -> dict[int, float]:
    arrived = {one.chat_id: one.at for one in await api.received() if one.status == 200}
    return {chat: arrived[chat] - at for chat, at in committed.items()}


def _quantiles(name: str, seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {f"{name}_p50_s": cuts[49], f"{name}_p99_s": cuts[98]}
