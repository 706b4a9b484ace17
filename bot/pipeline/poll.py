"""One feed's poll: fetch, parse what is new, match, save. The thin shell around the deciders."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import random
from typing import Any, TypeVar

from bot.logs import get_log
from bot.pipeline import watching
from bot.pipeline.afterwards import (
    Moment,
    Tempo,
    after_failure,
    after_quiet,
    after_reading,
    holds_its_host,
    is_unchanged,
    new_address,
)
from bot.pipeline.looking import look
from bot.pipeline.recall import Memory
from bot.pipeline.save import LeaseLost, Saved, save
from bot.store import feeds, hosts
from bot.store.calm import Calm
from bot.store.calm import settle as settle_calm
from bot.store.claimed import AnyFeed
from bot.store.engine import Database, PlainConnection
from bot.times import utc_now
from feeds.cadence import CEILING
from feeds.errors import FeedError
from feeds.fetch import Fetcher, Response
from feeds.parse import Kind, ParsedFeed, Task
from feeds.parsers import Parsers
from rules import RuleSet

log = get_log(__name__)

T = TypeVar("T")
_UNREAD = object()  # in the place of a column that no poll needs to know


@dataclass(slots=True)
class Poller:
    """Polls feeds that have been claimed.

    ``rules`` gives the rule set in force; ``on_news`` is called after a commit that queued deliveries. Healthy feeds
    are asked between every ``floor_seconds`` and every ``ceiling_seconds``. Quiet outcomes (nothing new, nothing that
    concerns anybody, or a failure) gather in memory until ``flush()``: a crash only asks again. ``parsers`` are the
    caller's to close.
    """

    database: Database
    fetcher: Fetcher
    parsers: Parsers
    rules: Callable[[], RuleSet]
    floor_seconds: float
    news_hours: float
    on_news: Callable[[], None] = lambda: None
    now: Callable[[], datetime] = utc_now
    spread: Callable[[], float] = random
    ceiling_seconds: float = CEILING
    memory: Memory = field(init=False)
    _quiet: list[dict[str, Any]] = field(default_factory=list)
    _calm: list[Calm] = field(default_factory=list)
    _tired: dict[str, datetime] = field(default_factory=dict)  # servers to be left alone, until when

    def __post_init__(self) -> None:
        self.memory = Memory(self.database)

    async def poll(self, feed: AnyFeed) -> Saved:
        """Poll one claimed feed. What fails at the outlet becomes the feed's failure; a lost database is raised."""
        try:
            response = await self.fetcher.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
            if await self._moved_onto_another(feed, response):
                return Saved()
            if is_unchanged(feed, response):
                self._note(feed, after_quiet(feed, response, self._tempo, self._moment()))
                return Saved()
            shown = await self.memory.of(feed)
            task = Task(response.content_type, response.url, Kind.of(feed.kind), shown)
            parsed = await self.parsers.parse(response.body, task, self.now())
        except FeedError as failure:
            self._note_failure(feed, failure)
            return Saved()
        return await self._read(feed, response, parsed)

    async def flush(self) -> None:
        """Write the quiet outcomes gathered so far, and the readings that concern nobody, in one batch."""
        if self._quiet or self._calm:
            await self.flush_and(lambda _connection: None)

    async def flush_and(self, more: Callable[[PlainConnection], T]) -> T:
        """The same, and ``more`` in the same transaction: what fails leaves all of it to the next batch."""
        quiet, self._quiet = self._quiet, []
        calm, self._calm = self._calm, []
        tired, self._tired = self._tired, {}

        def write(connection: PlainConnection) -> T:
            feeds.settle_many(connection, quiet)
            hosts.hold(connection, tired, self.now())
            return more(connection)

        try:
            if calm:
                async with self.database.write() as session:
                    await settle_calm(session, calm)
                calm = []
            return await self.database.in_one_go(write)
        except BaseException:
            self._quiet, self._calm = quiet + self._quiet, calm + self._calm
            self._tired = tired | self._tired
            raise

    async def _moved_onto_another(self, feed: AnyFeed, response: Response) -> bool:
        """Take over a feed's new address once its server has sent us there for days; True if another feed has it."""
        url = new_address(feed, response, self.now())
        if not url:
            return False
        async with self.database.write() as session:
            moved = await feeds.move(session, feed, url)
        if moved == feeds.Moved.ONTO_ANOTHER:
            log.warning(
                "feed has moved onto the address of another, which is asked instead", feed=feed.url, to=url
            )
        if moved == feeds.Moved.YES:
            log.info("feed has moved for good", feed=feed.url, to=url)
            feed.listed_as, feed.url = feed.listed_as or feed.url, url
        return moved == feeds.Moved.ONTO_ANOTHER

    async def _read(self, feed: AnyFeed, response: Response, parsed: ParsedFeed) -> Saved:
        # one set for the whole reading, whatever is exchanged meanwhile
        now, rules = self.now(), self.rules()
        found = await look(self.database, feed, parsed, rules, now)
        columns = self._columns(feed, response, parsed, len(found.sorted.fresh))
        kept = parsed.shown.to_bytes() if parsed.shown else b""
        assert feed.id is not None
        self.memory.keep(feed.id, str(columns["body_hash"]), kept)
        if found.is_calm and (parsed.strangers or feed.first_read_at is None):
            self._calm.append(Calm(feed.id, feed.lease_epoch, columns, found.sorted.fresh, kept))
            return Saved(len(found.sorted.fresh))
        reading = found.reading(feed, columns, kept, watching.running(rules))
        try:
            saved = await save(self.database, reading, now=now, news_hours=self.news_hours)
        except LeaseLost:
            log.warning("another worker has taken this feed; its reading stands", feed=feed.url)
            return Saved()
        for kind, count in found.alarms.items():
            log.error("something is wrong with a feed", feed=feed.url, alarm=kind, entries=count)
        if saved.deliveries:
            self.on_news()
        log.debug("feed read", feed=feed.url, new=saved.entries, alerts=saved.alerts)
        return saved

    def _columns(
        self, feed: AnyFeed, response: Response, parsed: ParsedFeed, fresh: int
    ) -> dict[str, object]:
        return after_reading(feed, response, parsed, fresh, self._tempo, self._moment())

    def _note_failure(self, feed: AnyFeed, failure: FeedError) -> None:
        columns = after_failure(feed, failure, self._tempo, self._moment())
        due = columns["due_at"]
        log.warning(
            "feed failed",
            feed=feed.url,
            kind=failure.kind,
            detail=failure.detail,
            next_try=due and due.isoformat(),
        )
        if due and holds_its_host(failure):
            self._tired[feed.host] = max(due, self._tired.get(feed.host, due))
        self._note(feed, columns)

    def _note(self, feed: AnyFeed, columns: dict[str, Any]) -> None:
        """What the row says already, and nobody else writes as long as the lease is ours, need not be written again."""
        changed = {name: value for name, value in columns.items() if getattr(feed, name, _UNREAD) != value}
        self._quiet.append({"feed_id": feed.id, "epoch": feed.lease_epoch, **changed})

    @property
    def _tempo(self) -> Tempo:
        return Tempo(self.floor_seconds, self.ceiling_seconds)

    def _moment(self) -> Moment:
        return Moment(self.now(), self.spread())
