"""One feed's poll: fetch, parse what is new, match, save. The thin shell around the deciders."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import random
from typing import Any

from bot.logs import get_log
from bot.pipeline import watching
from bot.pipeline.looking import look
from bot.pipeline.recall import Memory
from bot.pipeline.save import LeaseLost, Saved, save
from bot.store import feeds
from bot.store.calm import Calm
from bot.store.calm import settle as settle_calm
from bot.store.engine import Database
from bot.store.tables import Feed
from bot.store.types import FeedState
from bot.times import utc_now
from feeds.cadence import NextPoll, PollKind, PollOutcome, next_poll
from feeds.errors import FailureKind, FeedError, FetchError
from feeds.fetch import Fetcher, Response
from feeds.parse import Kind, ParsedFeed, Task
from feeds.parsers import Parsers
from rules import RuleSet

log = get_log(__name__)


@dataclass(slots=True)
class Poller:
    """Polls feeds that have been claimed.

    ``rules`` gives the rule set in force; ``on_news`` is called after a commit that queued deliveries. Quiet
    outcomes (nothing new, nothing that concerns anybody, or a failure) gather in memory until ``flush()``: a crash only
    asks again. ``parsers`` are the caller's to close.
    """

    database: Database
    fetcher: Fetcher
    rules: Callable[[], RuleSet]
    floor_seconds: float
    news_hours: float
    on_news: Callable[[], None] = lambda: None
    now: Callable[[], datetime] = utc_now
    spread: Callable[[], float] = random
    parsers: Parsers = field(default_factory=Parsers)
    memory: Memory = field(init=False)
    _quiet: list[dict[str, Any]] = field(default_factory=list)
    _calm: list[Calm] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.memory = Memory(self.database)

    async def poll(self, feed: Feed) -> Saved:
        """Poll one claimed feed. What fails at the outlet becomes the feed's failure; a lost database is raised."""
        try:
            response = await self.fetcher.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
            if _unchanged(feed, response):
                self._note_quiet(feed, self._due(feed, "unchanged", response))
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
        quiet, self._quiet = self._quiet, []
        calm, self._calm = self._calm, []
        if not quiet and not calm:
            return
        try:
            async with self.database.write() as session:
                await feeds.settle_many(session, quiet)
                await settle_calm(session, calm)
        except BaseException:
            self._quiet, self._calm = quiet + self._quiet, calm + self._calm
            raise

    async def _read(self, feed: Feed, response: Response, parsed: ParsedFeed) -> Saved:
        now, rules = (
            self.now(),
            self.rules(),
        )  # one set for the whole reading, whatever is exchanged meanwhile
        found = await look(self.database, feed, parsed, rules, now)
        columns = self._columns(feed, response, parsed, len(found.sorted.fresh))
        kept = parsed.shown.to_bytes() if parsed.shown else b""
        assert feed.id is not None
        self.memory.keep(feed.id, str(columns["body_hash"]), kept)
        if found.is_calm and parsed.strangers:
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

    def _columns(self, feed: Feed, response: Response, parsed: ParsedFeed, fresh: int) -> dict[str, object]:
        """The feed's row after a read. Validators stand only for a body that was read whole."""
        now = self.now()
        whole = parsed.damaged is None
        due = self._due(feed, "changed" if whole else "failed", response)
        return {
            "state": FeedState.OK if whole else FeedState.FAILING,
            "etag": response.etag if whole else "",
            "last_modified": response.last_modified if whole else "",
            "body_hash": _hash(response.body) if whole else "",
            "failure": parsed.damaged or "",
            "failure_detail": "" if whole else "; ".join(parsed.problems)[:500],
            "failures_in_row": 0 if whole else feed.failures_in_row + 1,
            "first_read_at": feed.first_read_at or now,
            "polled_at": now,
            "changed_at": now if fresh else feed.changed_at,
            "due_at": due.at,
            "due_reason": due.reason,
        }

    def _note_quiet(self, feed: Feed, due: NextPoll) -> None:
        self._note(feed, due, state=FeedState.OK, failures_in_row=0)

    def _note_failure(self, feed: Feed, failure: FeedError) -> None:
        due = self._due(feed, "failed", None, failure)
        log.warning(
            "feed failed",
            feed=feed.url,
            kind=failure.kind,
            detail=failure.detail,
            next_try=due.at and due.at.isoformat(),
        )
        self._note(
            feed,
            due,
            state=FeedState.GONE if failure.kind == FailureKind.GONE else FeedState.FAILING,
            failure=failure.kind,
            failure_detail=failure.detail[:500],
            failures_in_row=feed.failures_in_row + 1,
        )

    def _note(self, feed: Feed, due: NextPoll, **columns: object) -> None:
        base = {"failure": "", "failure_detail": "", "polled_at": self.now()}
        row = {"feed_id": feed.id, "epoch": feed.lease_epoch, "due_at": due.at, "due_reason": due.reason}
        self._quiet.append(base | row | columns)

    def _due(
        self, feed: Feed, kind: PollKind, response: Response | None, failure: FeedError | None = None
    ) -> NextPoll:
        outcome = PollOutcome(
            kind=kind,
            errors_in_row=feed.failures_in_row + 1 if kind == "failed" else 0,
            max_age=response.max_age if response else None,
            retry_after=failure.retry_after if isinstance(failure, FetchError) else None,
            failure=failure.kind if failure else None,
        )
        return next_poll(outcome, now=self.now(), floor=self.floor_seconds, spread=self.spread())


def _unchanged(feed: Feed, response: Response) -> bool:
    """304, or the same body again: nothing to parse. A feed never read whole is always parsed."""
    if response.status == 304:
        return True
    return bool(feed.body_hash) and feed.body_hash == _hash(response.body)


def _hash(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()
