"""Rasid as a contender: the clock's own rounds over a database, every feed on a server of its own name.

python -m bench.feeds.ours PORT FEEDS          CPU a feed of each kind of poll
python -m bench.feeds.ours PORT FEEDS drain    all of them due at once: seconds, memory, missed ticks
python -m bench.feeds.ours PORT FEEDS hostile  all of them have news, alone and beside a hostile one: who waits longer?
"""

import asyncio
import json
import resource
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from aiohttp.abc import AbstractResolver, ResolveResult
from sqlalchemy import select, text

from bench.feeds.spent import cpu_seconds
from bot.app.parts import hold_on_to_memory
from bot.logs import set_up_logs
from bot.pipeline.poll import Poller
from bot.schedule.rounds import Rounds
from bot.settings import ROOT
from bot.store import feeds
from bot.store.engine import Database
from bot.store.feeds import FEED
from bot.store.schema import upgrade
from bot.times import utc_now
from feeds.fetch import Fetcher
from feeds.parsers import Parsers
from rules import load_rules

CONCURRENCY = 50
TICK_SECONDS = 1.0
TIMES = 5  # that quiet polls are repeated


class Loopback(AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """127.0.0.1."""
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)
        ]

    async def close(self) -> None:
        """Nothing is held."""


@dataclass
class Bench:
    """Rounds over feeds that are all due when a round begins."""

    port: int
    count: int
    rounds: Rounds
    longest_tick: float = 0.0

    @property
    def database(self) -> Database:
        """Where they stand."""
        return self.rounds.poller.database

    async def know(self, kind: str, *others: str) -> None:
        """Put feeds of a kind into the catalogue instead of those before; ``others``: one feed more of each."""
        urls = [f"http://outlet{number}.example:{self.port}/{kind}/{number}" for number in range(self.count)]
        urls += [f"http://{other}.example:{self.port}/{other}/0" for other in others]
        async with self.database.write() as session:
            await feeds.sync(
                session, [{"url": url, "outlet": f"Outlet {n}"} for n, url in enumerate(urls)], utc_now()
            )

    async def poll_all(self) -> float:
        """Let all be due, and poll until none is; the seconds of CPU a feed."""
        async with self.database.write() as session:
            # by a clock that says it is time: their servers' pauses are over too
            await session.execute(
                text("UPDATE feed SET due_at = '2024-01-01 00:00:00' WHERE state <> 'dropped'")
            )
            await session.execute(text("DELETE FROM host_pace"))
        before = cpu_seconds()
        while True:
            began = time.monotonic()
            await self.rounds.tick()
            self.longest_tick = max(self.longest_tick, time.monotonic() - began)
            await asyncio.sleep(max(0.0, TICK_SECONDS - (time.monotonic() - began)))
            if not self.rounds._running and not await self._due():
                break
        await self.rounds.poller.flush()
        return (cpu_seconds() - before) / self.count

    async def waited(self, since: datetime) -> float:
        """For how long all but the slowest hundredth of the outlets waited until they were read, in seconds."""
        async with self.database.read() as session:
            query = select(FEED.c.polled_at).where(FEED.c.host.like("outlet%"), FEED.c.state != "dropped")
            waits = sorted((at - since).total_seconds() for at in await session.scalars(query))
        return float(waits[int(len(waits) * 0.99)])

    async def _due(self) -> int:
        async with self.database.read() as session:
            query = "SELECT count(*) FROM feed WHERE due_at < '2024-06-01' AND state <> 'dropped'"
            return int((await session.execute(text(query))).scalar_one())

    def turn(self, edition: int) -> None:
        """The outlets print another edition."""
        with urlopen(f"http://127.0.0.1:{self.port}/edition/{edition}") as answer:  # loopback
            answer.read()


@asynccontextmanager
async def bench(port: int, count: int, folder: str) -> AsyncIterator[Bench]:
    """Everything as the clock has it, with the shipped rules."""
    database = Database(f"sqlite+aiosqlite:///{folder}/rasid.db")
    rules = load_rules(ROOT / "rules").rule_set
    hold_on_to_memory()
    await upgrade(database)
    fetcher = Fetcher(user_agent="Rasid/bench", allow_private_addresses=True, resolver=Loopback())
    async with fetcher, Parsers() as parsers:
        poller = Poller(database, fetcher, parsers, lambda: rules, floor_seconds=60, news_hours=6)
        rounds = Rounds(poller, concurrency=CONCURRENCY, lease_seconds=60)
        yield Bench(port, count, rounds)
        await rounds.stop()
    await database.dispose()


async def _polls(here: Bench) -> dict[str, float]:
    await here.know("etag")
    figures = {"first": await here.poll_all()}
    await here.poll_all()
    figures["unchanged_304"] = min([await here.poll_all() for _ in range(TIMES)])
    changed = []
    for edition in range(1, 4):
        here.turn(edition)
        changed.append(await here.poll_all())
    figures["changed"] = min(changed)
    await here.know("bare")
    await here.poll_all()
    figures["same_body"] = min([await here.poll_all() for _ in range(TIMES)])
    here.turn(0)
    return figures


async def _drain(here: Bench) -> dict[str, float]:
    """As on any day: every feed was read before, has its validator, and has not changed."""
    await here.know("etag")
    async with here.database.write() as session:
        read = "UPDATE feed SET state = 'ok', etag = '\"e0\"', first_read_at = '2024-06-01 00:00:00'"
        await session.execute(text(read))
    began = time.monotonic()
    here.longest_tick = 0.0
    spent = await here.poll_all()
    return {
        "seconds": time.monotonic() - began,
        "ms": spent * 1000,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "longest_tick_s": here.longest_tick,
    }


async def _beside_a_hostile_one(here: Bench) -> dict[str, float]:
    await here.know("etag")
    await here.poll_all()
    waits = []
    for edition, others in ((1, ()), (2, ("hostile",))):
        await here.know("etag", *others)
        here.turn(edition)
        since = utc_now()
        await here.poll_all()
        waits.append(await here.waited(since))
    here.turn(0)
    return {"p99_s": waits[0], "p99_added_s": max(0.0, waits[1] - waits[0])}


_WORK = {"polls": _polls, "drain": _drain, "hostile": _beside_a_hostile_one}


async def _main(port: int, count: int, what: str = "polls") -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="rasid-bench-") as folder,
        (Path(folder) / "log").open("w") as log,
    ):
        set_up_logs("INFO", "json", stream=log)
        async with bench(port, count, folder) as here:
            return await _WORK[what](here)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))))
