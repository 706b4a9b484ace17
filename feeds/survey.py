"""Asks every feed of a catalogue once, within bounds and politely, and has each answer judged."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.checkup import SILENT_AFTER, Answer, Finding, judge
from feeds.discover import Named, served
from feeds.errors import FailureKind, FeedError, ParseError
from feeds.fetch import Fetcher, Response
from feeds.hosts import host_of
from feeds.manners import Manners
from feeds.page_readers import PageReaders, TooHard
from feeds.parse import Task
from feeds.parsers import Parsers
from feeds.sources import Source

CONCURRENCY = 25
_SEVERAL = 3  # servers; one or two may well be dead


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A source, what came of asking it, and what is the matter with it (nothing, if it is well)."""

    source: Source
    answer: Answer
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks and reads: a fetcher, and processes that a hostile answer may kill. They are the caller's to close."""

    fetcher: Fetcher
    parsers: Parsers
    readers: PageReaders

    async def ask(self, url: str, now: datetime) -> Answer:
        """Ask one address once, and read what comes: a feed, a page that names feeds, or a failure."""
        try:
            response = await self.fetcher.get(url)
        except FeedError as failure:
            return Answer(failure=failure)
        return await self.read(response, now)

    async def read(self, response: Response, now: datetime) -> Answer:
        """What a response holds."""
        kind = served(response.body, response.content_type)
        try:
            feed = await self.parsers.parse(response.body, Task(response.content_type, response.url), now)
        except ParseError as failure:
            named = await self._named(response) if kind == "html" else []
            return Answer(failure=failure, served=kind, moved_to=response.moved_to, named=named)
        return Answer(feed=feed, served=kind, moved_to=response.moved_to)

    async def _named(self, response: Response) -> list[Named]:
        try:
            return await self.readers.feeds_named(response.body, response.content_type, response.url)
        except TooHard:
            return []  # that it is no feed is said already


@contextlib.asynccontextmanager
async def asker_over(fetcher: Fetcher) -> AsyncIterator[Asker]:
    """An asker with processes of its own."""
    async with Parsers() as parsers, PageReaders() as readers:
        yield Asker(fetcher, parsers, readers)


async def survey(
    asker: Asker,
    sources: Sequence[Source],
    *,
    now: Callable[[], datetime],
    concurrency: int = CONCURRENCY,
    silent_after: timedelta = SILENT_AFTER,
    manners: Manners | None = None,
    on_done: Callable[[Surveyed], None] = lambda _: None,
) -> list[Surveyed]:
    """Ask all ``sources``, ``concurrency`` at a time and one a server; the answers in their order.

    ``on_done`` is called after each, for a progress bar.
    """
    manners = manners or Manners()
    free = asyncio.Semaphore(concurrency)

    async def one(source: Source) -> Surveyed:
        async with manners.visit(source.url), free:  # who waits for a server holds up no other
            answer = await asker.ask(source.url, now())
        done = Surveyed(source, answer, tuple(judge(source, answer, now(), silent_after)))
        on_done(done)
        return done

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(source)) for source in sources]
    return [task.result() for task in tasks]


def reached_nothing(surveyed: Sequence[Surveyed]) -> bool:
    """Whether not one of several servers was reached: that says something of this machine, nothing of the feeds."""
    unreached = (FailureKind.DNS, FailureKind.REFUSED, FailureKind.NETWORK, FailureKind.TIMEOUT)
    failures = [one.answer.failure for one in surveyed]
    servers = {host_of(one.source.url) for one in surveyed}
    return len(servers) >= _SEVERAL and all(one is not None and one.kind in unreached for one in failures)
