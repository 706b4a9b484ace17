"""How near the sender comes to Telegram's limit without crossing it, and what a message costs."""

import asyncio
import time
from collections.abc import Sequence

from bench.delivery.telegram import Received, Telegram, telegram
from bench.delivery.town import Town
from bot.store import outgoing
from bot.times import utc_now

LIMIT = 30.0  # messages a second, overall
SECONDS = 60.0
EDIT_SECONDS = 15.0
PRIVATE, BUSY, GROUPS, OF_A_GROUP = 1_700, 100, 25, 25  # a group may have twenty a minute: some must wait


async def measure(town: Town, *, jitter: float, seconds: float = SECONDS) -> dict[str, float]:
    """Send for ``seconds``, then rewrite for a while; rates over the limit, refusals, CPU milliseconds."""
    async with telegram(jitter=jitter) as api:
        await _fill(town, api)
        figures = await _send(town, api, seconds)
        figures |= await _rewrite(town, api)
    return figures


async def _fill(town: Town, api: Telegram) -> None:
    await town.settle(1, PRIVATE, ["all"])
    await town.settle(10_001, BUSY, ["all", "busy"])
    await town.settle(-GROUPS, GROUPS, ["all", "groups"], type_="supergroup")
    await api.add_chats(1, PRIVATE)
    await api.add_chats(10_001, BUSY)
    await api.add_chats(-GROUPS, GROUPS, "supergroup")
    await town.tell("all")
    for _ in range(5):
        await town.tell("busy")
    for _ in range(OF_A_GROUP):
        await town.tell("groups")


async def _send(town: Town, api: Telegram, seconds: float) -> dict[str, float]:
    async with town.sending(api.url):
        await asyncio.sleep(2)  # connections are open, caches warm
        cpu, before = time.process_time(), len(await api.received())
        await asyncio.sleep(seconds)
        cpu = time.process_time() - cpu
        calls = (await api.received(before))[:]
    sent = [one for one in calls if one.status == 200]
    return {
        "of_limit": _rate(sent) / LIMIT,
        "provoked_429": _refused(calls),
        "cpu_ms_a_message": cpu * 1000 / max(1, len(sent)),
    }


async def _rewrite(town: Town, api: Telegram) -> dict[str, float]:
    """What has been sent is edited, while nothing else waits."""
    async with town.database.write() as session:
        await outgoing.plan_edit(session, 1, utc_now())
    await asyncio.sleep(outgoing.EDIT_PAUSE.total_seconds())
    before = len(await api.received())
    async with town.sending(api.url):
        await asyncio.sleep(EDIT_SECONDS)
        calls = await api.received(before)
    edited = [one for one in calls if one.status == 200]
    return {"edits_of_limit": _rate(edited) / LIMIT, "edits_provoked_429": _refused(calls)}


def _rate(calls: Sequence[Received]) -> float:
    return (len(calls) - 1) / (calls[-1].at - calls[0].at) if len(calls) > 1 else 0.0


def _refused(calls: Sequence[Received]) -> int:
    return sum(one.status == 429 for one in calls)
