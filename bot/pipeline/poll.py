"""One feed's poll: fetch, parse what is new, match, save. The thin shell around the deciders."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import random
from typing import Any

from bot.logs import get_log
from bot.pipeline import watching
from bot.pipeline.reading import document_of, entry_of, explanation_of
from bot.pipeline.save import LeaseLost, Reading, Saved, save
from bot.store import entries, feeds
from bot.store.engine import Database
from bot.store.tables import Entry, Feed
from bot.store.types import FeedState
from bot.times import utc_now
from feeds.cadence import NextPoll, PollKind, PollOutcome, next_poll
from feeds.errors import FailureKind, FeedError, FetchError
from feeds.fetch import Fetcher, Response
from feeds.parse import ParsedFeed, parse_feed
from rules import Match as Fired
from rules import RuleSet

log = get_log(__name__)


@dataclass(slots=True)
class Poller:
    """Polls feeds that have been claimed.

    ``rules`` gives the rule set in force; ``on_news`` is called after a commit that queued deliveries. Quiet
    outcomes (nothing new, or a failure) gather in memory until ``flush()``: a crash only asks again.
    """

    database: Database
    fetcher: Fetcher
    rules: Callable[[], RuleSet]
    floor_seconds: float
    news_hours: float
    on_news: Callable[[], None] = lambda: None
    now: Callable[[], datetime] = utc_now
    spread: Callable[[], float] = random
    _quiet: list[dict[str, Any]] = field(default_factory=list)

    async def poll(self, feed: Feed) -> Saved:
        """Poll one claimed feed. What fails at the outlet becomes the feed's failure; a lost database is raised."""
        try:
            response = await self.fetcher.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
            if _unchanged(feed, response):
                self._note_quiet(feed, self._due(feed, "unchanged", response))
                return Saved()
            parsed = await asyncio.to_thread(
                parse_feed, response.body, content_type=response.content_type, url=response.url
            )
        except FeedError as failure:
            self._note_failure(feed, failure)
            return Saved()
        return await self._read(feed, response, parsed)

    async def flush(self) -> None:
        """Write the quiet outcomes gathered so far, in one batch."""
        batch, self._quiet = self._quiet, []
        if not batch:
            return
        try:
            async with self.database.write() as session:
                await feeds.settle_many(session, batch)
        except BaseException:
            self._quiet = batch + self._quiet
            raise

    async def _read(self, feed: Feed, response: Response, parsed: ParsedFeed) -> Saved:
        unknown = await self._unknown(feed, parsed)
        rules = self.rules()  # one set for the whole reading, whatever is exchanged meanwhile
        fired, explained = await asyncio.to_thread(_fire, rules, feed, unknown)
        reading = Reading(
            feed=feed,
            entries=unknown,
            fired=fired,
            explained=explained,
            columns=self._columns(feed, response, parsed, len(unknown)),
            first_read=feed.first_read_at is None,
            watches=watching.running(rules),
        )
        try:
            saved = await save(self.database, reading, now=self.now(), news_hours=self.news_hours)
        except LeaseLost:
            log.warning("another worker has taken this feed; its reading stands", feed=feed.url)
            return Saved()
        if saved.deliveries:
            self.on_news()
        log.debug("feed read", feed=feed.url, new=saved.entries, alerts=saved.alerts)
        return saved

    async def _unknown(self, feed: Feed, parsed: ParsedFeed) -> list[Entry]:
        assert feed.id is not None
        async with self.database.read() as session:
            known = await entries.known(session, feed.id, [one.id for one in parsed.entries])
        now = self.now()
        # oldest first, so that alerts leave in the order of events
        return [entry_of(one, feed, now) for one in reversed(parsed.entries) if one.id not in known]

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


def _fire(
    rules: RuleSet, feed: Feed, unknown: Sequence[Entry]
) -> tuple[Mapping[str, Sequence[Fired]], Mapping[tuple[str, str], Sequence[str]]]:
    """What fires on each entry, and why."""
    documents = {entry.identity: document_of(entry, feed) for entry in unknown}
    found = {identity: rules.match(document) for identity, document in documents.items()}
    fired = {identity: matches for identity, matches in found.items() if matches}
    explained = {
        (identity, one.rule): explanation_of(rules, one.rule, documents[identity])
        for identity, matches in fired.items()
        for one in matches
    }
    return fired, explained


def _unchanged(feed: Feed, response: Response) -> bool:
    """304, or the same body again: nothing to parse. A feed never read whole is always parsed."""
    if response.status == 304:
        return True
    return bool(feed.body_hash) and feed.body_hash == _hash(response.body)


def _hash(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()
