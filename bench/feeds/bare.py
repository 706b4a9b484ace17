"""aiohttp alone, the limit: conditional requests that are answered 304, and nothing else: PORT FEEDS.

Over lines that stay open, as it does by default and ours do too.
"""

import asyncio
import json
import sys

import aiohttp

from bench.feeds.ours import CONCURRENCY, Loopback
from bench.feeds.spent import cpu_seconds

TIMES = 5


async def _ask_all(session: aiohttp.ClientSession, port: int, count: int) -> float:
    waiting = iter(range(count))

    async def ask() -> None:
        for number in waiting:
            url = f"http://outlet{number}.example:{port}/etag/{number}"
            async with session.get(url, headers={"If-None-Match": '"e0"'}) as answer:
                await answer.read()

    before = cpu_seconds()
    await asyncio.gather(*(ask() for _ in range(CONCURRENCY)))
    return (cpu_seconds() - before) / count


async def _main(port: int, count: int) -> dict[str, float]:
    connector = aiohttp.TCPConnector(resolver=Loopback(), limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        return {"unchanged_304": min([await _ask_all(session, port, count) for _ in range(TIMES)])}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2])))))
