"""The stage of a run: feeds, a Bot API server, chats, a database, and the processes that are tortured between them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select

from bot.store import deliveries, entries, feeds
from bot.store.engine import TROUBLE, Database
from bot.store.types import DeliveryState
from bot.texts.arabic import ARABIC
from tests.fakes.bot_api import TOKEN
from tests.fakes.web import RawServer
from tests.journeys.processes import House, build_house
from tests.torture.checker import violations
from tests.torture.evidence import Evidence, find_leaks, read_database, read_ledger
from tests.torture.nursery import Child, Nursery
from tests.torture.people import PLACES, People
from tests.torture.press import Press, make_press
from tests.torture.tempo import Tempo
from tests.torture.weather import FoulServer, Weather

BACKLOG = 150  # deliveries that wait before the press pauses
UNREAD = 20  # items that are shown and not stored before the press pauses: none leaves its feed unread
AT_WORK = "this process sends"


@dataclass
class Stage:
    """Everything around the tortured processes, and what the run did to the world."""

    folder: Path
    database: Database
    press: Press
    api: FoulServer
    house: House
    nursery: Nursery
    tempo: Tempo
    dice: Random
    people: People
    mutant: str = ""
    crew: list[Child] = field(default_factory=list)
    kills: int = 0
    points: list[str] = field(default_factory=list)
    log: str = "child.log"

    async def bear(self, command: str, **order: Any) -> Child:
        """One more process of this Rasid."""
        child = await self.nursery.bear(
            command,
            folder=str(self.folder),
            environment=self.house.environment,
            log=str(self.folder / self.log),
            tempo=self.tempo.as_order(),
            mutant=self.mutant,
            **order,
        )
        self.crew.append(child)
        return child

    async def read_first(self, within: float = 60) -> None:
        """Let every feed be read once, so that whatever is printed from now on is news."""
        child = await self.bear("run")
        async with asyncio.timeout(within):
            while await self._unread_feeds():
                await asyncio.sleep(0.1)
                assert child.lives, self.said()
        await child.kill()

    async def _unread_feeds(self) -> int:
        async with self.database.read() as session:
            every = await feeds.every(session)
        return len(self.press.outlets) - sum(feed.first_read_at is not None for feed in every)

    async def at_work(self, child: Child, since: int, within: float = 10) -> None:
        """Wait until a process sends, or ends, or it takes too long; ``since``: how long the log was at its birth."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while child.lives and AT_WORK not in self.said(since):
                    await asyncio.sleep(0.05)

    def living(self) -> list[Child]:
        """The processes that run."""
        self.crew = [child for child in self.crew if child.lives]
        return self.crew

    async def kill(self, child: Child) -> None:
        """``kill -9``, counted if it found it alive."""
        self.kills += child.lives
        await child.kill()

    async def kill_all(self) -> None:
        """``kill -9`` of every process, uncounted."""
        for child in self.living():
            await child.kill()

    async def print_steadily(self, seconds: float = 0.15) -> None:
        """Let the press print as fast as the tortured keep up, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            with contextlib.suppress(*TROUBLE):
                if await self.waiting() < BACKLOG and await self.unread() < UNREAD:
                    self.press.print_something()

    async def waiting(self) -> int:
        """How many deliveries have not ended."""
        async with self.database.read() as session:
            counted = await deliveries.counts(session)
        return sum(counted.get(state, 0) for state in (DeliveryState.PENDING, DeliveryState.SENDING))

    async def unread(self) -> int:
        """How many items are shown and not stored."""
        stories = entries.ENTRY.c.identity.like("k%")
        async with self.database.read() as session:
            stored = await session.scalar(select(func.count()).select_from(entries.ENTRY).where(stories))
        return len(self.press.shown) - int(stored or 0)

    async def drain(self, within: float) -> None:
        """Calm weather, a fresh process, and time until everything has ended; TimeoutError."""
        self.press.print_the_rest()
        self.press.troubles = self.api.weather.rate = 0.0
        self.people.let_back_in()
        if not any(child.command == "run" for child in self.living()):
            await self.bear("run")
        async with asyncio.timeout(within), beside(self.people.watch_forgetting()):
            while await self.unread() or await self.waiting() or self.people.are_leaving:
                await asyncio.sleep(0.2)
                if not self.living():
                    raise RuntimeError(f"the process ended by itself: {self.said()[-2000:]}")

    async def stop(self) -> None:
        """SIGTERM for all, and their ends."""
        for child in self.living():
            await child.stop()

    def said(self, since: int = 0) -> str:
        """What the processes wrote; ``since`` so many bytes."""
        path = self.folder / self.log
        return path.read_bytes()[since:].decode("utf-8", "replace") if path.exists() else ""

    def said_bytes(self) -> int:
        """How much they wrote."""
        path = self.folder / self.log
        return path.stat().st_size if path.exists() else 0

    async def evidence(self) -> Evidence:
        """Everything for the checker."""
        files = [*self.folder.glob("*.log"), *self.folder.glob("*.db*"), self.folder / "ledger.jsonl"]
        return Evidence(
            shown=self.press.shown,
            wanted=PLACES,
            ledger=read_ledger(self.folder / "ledger.jsonl"),
            moved=self.people.moved,
            forgotten=self.people.forgotten,
            polite=(ARABIC.talk.sorry,),
            leaks=await find_leaks(self.database, TOKEN.partition(":")[2], files),
            limits=self.tempo.limits(),
            **await read_database(self.database),
        )

    async def verdict(self, within: float = 180) -> tuple[list[str], dict[str, Any]]:
        """Drain, stop, check; the violations and the figures."""
        stuck: list[str] = []
        try:
            await self.drain(within)
        except TimeoutError:
            stuck = [f"stuck: {await self.waiting()} wait, {await self.unread()} unread after {within:g} s"]
        try:
            await self.stop()
        except TimeoutError:
            stuck.append("stuck: a process did not end when it was asked to")
            await self.kill_all()
        evidence = await self.evidence()
        return stuck + violations(evidence), self.figures(evidence)

    def figures(self, evidence: Evidence) -> dict[str, Any]:
        """What the run amounted to."""
        rows, lines = evidence.deliveries, evidence.ledger
        return {
            "kills": self.kills,
            "stories": self.press.stories,
            "items": len(self.press.shown),
            "deliveries": len(rows),
            "states": _count(row.state for row in rows),
            "kinds": _count(row.kind for row in rows),
            "ledger_lines": len(lines),
            "labelled": sum(line.is_labelled and not line.is_edit for line in lines),
            "struck": dict(sorted(self.api.weather.struck.items())),
        }


def _count(words: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items()))


@asynccontextmanager
async def stage(
    folder: Path,
    nursery: Nursery,
    *,
    seed: int,
    database_url: str = "",
    tempo: Tempo | None = None,
    weather: float = 0.05,
    mutant: str = "",
) -> AsyncIterator[Stage]:
    """A stage with its servers running, its chats subscribed, and no process yet."""
    url = database_url or f"sqlite+aiosqlite:///{folder / 'rasid.db'}"
    press, server = make_press(seed), FoulServer(Weather(Random(seed + 1), weather), folder / "ledger.jsonl")
    database = Database(url)
    async with RawServer(press) as outlets, server as api:
        addresses = [outlets.url(f"/{number}") for number in range(len(press.outlets))]
        house = build_house(folder, feeds=addresses, database_url=url, api=api)
        people, dice = People(database, api.world), Random(seed + 2)
        made = Stage(
            folder, database, press, api, house, nursery, tempo or Tempo(), dice, people, mutant=mutant
        )
        try:
            await people.come()
            await made.read_first()
            yield made
        finally:
            await made.kill_all()
            await database.dispose()


@asynccontextmanager
async def beside(*work: Any) -> AsyncIterator[None]:
    """Run coroutines beside the block; an error of theirs ends the block."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
