"""Plays the recorded evening through the real poller, rules, store and sender, and sums it up."""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.app import parts
from bot.app.rulebook import RuleBook, read_rules
from bot.delivery.console import ConsoleTransport
from bot.delivery.sender import Sender
from bot.evening import EveningServer, load_scenario
from bot.pipeline.poll import Poller
from bot.schedule.clock import Clock
from bot.schedule.rounds import Rounds
from bot.settings import Settings
from bot.store import deliveries, entries, feeds
from bot.store.engine import Database
from bot.store.hosts import Budget
from bot.store.tables import Feed
from bot.store.types import DeliveryState
from feeds.fetch import Fetcher
from feeds.parsers import Parsers
from feeds.sources import Source

EVENING_SECONDS = 20.0  # how long six hours of news take
POLL_SECONDS = 0.5  # the poll interval, in the same hurry
DRAIN_SECONDS = 10.0  # how long the last alerts may take to leave


@dataclass(frozen=True, slots=True)
class Summary:
    """What the evening brought: counts from the store itself."""

    entries: int
    matched_entries: int
    by_rule: dict[str, int]
    by_fate: dict[str, int]
    outbox: dict[str, int]
    reasons: dict[str, int]
    failing: list[Feed]


async def play_evening(
    settings: Settings, console: Console, *, stop: asyncio.Event, duration: float = EVENING_SECONDS
) -> Summary:
    """Play the evening in ``duration`` seconds, printing alerts as they come; ends early when ``stop`` is set.

    Everything is real but the outlets: a server on loopback plays them. The store is a file of its own
    that is thrown away after, so that no true alert ever mixes with a played one.
    """
    with tempfile.TemporaryDirectory(prefix="rasid-evening-") as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'evening.db'}")
        try:
            return await _play(settings, console, database, stop, duration)
        finally:
            await database.dispose()


async def _play(
    settings: Settings, console: Console, database: Database, stop: asyncio.Event, duration: float
) -> Summary:
    rules = read_rules(settings)
    server = EveningServer(load_scenario(), duration=duration)
    await server.start()
    try:
        await parts.prepare(database, _sources(server))
        await parts.prepare_terminal(database, wanted=True)
        await _run(database, rules, settings, console, server, stop)
        return await summarise(database)
    finally:
        await server.stop()


def _sources(server: EveningServer) -> list[Source]:
    return [
        Source(
            url=url, outlet=outlet, outlet_ar=outlet_ar, country=country, language="ar", tier=2, section=""
        )
        for url, outlet, outlet_ar, country in server.sources
    ]


async def _run(
    database: Database,
    rules: RuleBook,
    settings: Settings,
    console: Console,
    server: EveningServer,
    stop: asyncio.Event,
) -> None:
    sender = Sender(database=database, transport=ConsoleTransport(console), rules=rules)
    fetching = Fetcher(user_agent=settings.user_agent, allow_private_addresses=True)
    async with fetching as fetcher, Parsers() as parsers:
        poller = Poller(
            database=database,
            fetcher=fetcher,
            parsers=parsers,
            rules=rules,
            floor_seconds=POLL_SECONDS,
            ceiling_seconds=POLL_SECONDS,
            news_hours=settings.news_hours,
            on_news=sender.wake,
        )
        our_own = Budget(at_once=settings.concurrency, pause=timedelta())
        rounds = Rounds(poller, concurrency=settings.concurrency, lease_seconds=10.0, budget=our_own)
        clock = Clock(rounds, tick_seconds=0.2)
        sending = asyncio.create_task(sender.run())
        clock.start()
        try:
            await _first_of(server.finished(), stop.wait(), sending)
        finally:
            await clock.stop()
            await _drain(database)
            sender.stop()
            await sending


async def _first_of(*works: Any) -> None:
    tasks = [asyncio.ensure_future(work) for work in works]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks[:2]:
        task.cancel()


async def _drain(database: Database) -> None:
    """Wait until nothing is left to send."""
    waiting = {DeliveryState.PENDING, DeliveryState.SENDING}
    for _ in range(int(DRAIN_SECONDS / 0.1)):
        async with database.read() as session:
            if not waiting & set(await deliveries.counts(session)):
                return
        await asyncio.sleep(0.1)


async def summarise(database: Database) -> Summary:
    """Count what the store holds."""
    async with database.read() as session:
        tally = await entries.tally(session)
        return Summary(
            entries=tally["entries"],
            matched_entries=tally["matched_entries"],
            by_rule=tally["by_rule"],
            by_fate=tally["by_fate"],
            outbox=await deliveries.counts(session),
            reasons=await deliveries.reasons(session),
            failing=await feeds.failing(session),
        )
