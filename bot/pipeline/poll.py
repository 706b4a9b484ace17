"""One feed's poll: fetch, parse what is new, match, save. The thin shell around the deciders."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import random
from typing import Any

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
from bot.pipeline.reading import document_of, entry_of, explanation_of
from bot.pipeline.save import LeaseLost, Reading, Saved, save
from bot.store import entries, feeds, hosts
from bot.store.engine import Database
from bot.store.tables import Entry, Feed
from bot.times import utc_now
from feeds.cadence import CEILING
from feeds.errors import FeedError
from feeds.fetch import Fetcher, Response
from feeds.parse import ParsedFeed, parse_feed
from rules import Match as Fired
from rules import RuleSet

log = get_log(__name__)


@dataclass(slots=True)
class Poller:
    """Polls feeds that have been claimed.

    ``rules`` gives the rule set in force; ``on_news`` is called after a commit that queued deliveries. Healthy feeds
    are asked between every ``floor_seconds`` and every ``ceiling_seconds``. Quiet outcomes (nothing new, or a failure)
    gather in memory until ``flush()``: a crash only asks again.
    """

    database: Database
    fetcher: Fetcher
    rules: Callable[[], RuleSet]
    floor_seconds: float
    news_hours: float
    on_news: Callable[[], None] = lambda: None
    now: Callable[[], datetime] = utc_now
    spread: Callable[[], float] = random
    ceiling_seconds: float = CEILING
    _quiet: list[dict[str, Any]] = field(default_factory=list)
    _tired: dict[str, datetime] = field(
        default_factory=dict
    )  # servers that want to be left alone, until when

    async def poll(self, feed: Feed) -> Saved:
        """Poll one claimed feed. What fails at the outlet becomes the feed's failure; a lost database is raised."""
        try:
            response = await self.fetcher.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
            await self._follow_move(feed, response)
            if is_unchanged(feed, response):
                self._note(feed, after_quiet(feed, response, self._tempo, self._moment()))
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
        tired, self._tired = self._tired, {}
        if not batch:
            return
        try:
            async with self.database.write() as session:
                await feeds.settle_many(session, batch)
                await hosts.hold(session, tired, self.now())
        except BaseException:
            self._quiet, self._tired = batch + self._quiet, tired | self._tired
            raise

    async def _follow_move(self, feed: Feed, response: Response) -> None:
        """Take over a feed's new address once its server has sent us there for days."""
        url = new_address(feed, response, self.now())
        if not url:
            return
        async with self.database.write() as session:
            moved = await feeds.move(session, feed, url)
        if moved:
            log.info("feed has moved for good", feed=feed.url, to=url)
            feed.listed_as, feed.url = feed.listed_as or feed.url, url

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
        return after_reading(feed, response, parsed, fresh, self._tempo, self._moment())

    def _note_failure(self, feed: Feed, failure: FeedError) -> None:
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

    def _note(self, feed: Feed, columns: dict[str, Any]) -> None:
        self._quiet.append({"feed_id": feed.id, "epoch": feed.lease_epoch, **columns})

    @property
    def _tempo(self) -> Tempo:
        return Tempo(self.floor_seconds, self.ceiling_seconds)

    def _moment(self) -> Moment:
        return Moment(self.now(), self.spread())


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
