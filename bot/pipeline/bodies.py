"""Where a feed gives only a teaser and a rule reads bodies, the entry's page is read, and the entry matched again.

A step after saving: what the teaser justifies has been told before, and an entry whose page fails has lost nothing.
The claim on the page's row is the truth, so any number of processes read beside each other, and a crash reads again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.logs import get_log
from bot.pipeline import watching
from bot.pipeline.edits import Edit, Revised, enrich
from bot.pipeline.page_outcomes import (
    Outcome,
    after_failure,
    after_text,
    wait_before_next_try,
    without_robots,
)
from bot.pipeline.reading import document_of, explanation_of
from bot.store import hosts, pages
from bot.store.dialect import one_at_a_time, within
from bot.store.engine import Database, Session, first_line, is_passing
from bot.store.hosts import USUAL, Budget
from bot.store.pages import Wanted
from bot.store.tables import Entry
from bot.store.types import PageState
from bot.times import utc_now
from feeds.errors import FetchError, RedirectRefused, RobotsUnread
from feeds.fetch import Fetcher, Response
from feeds.hosts import host_of
from feeds.manners import LONGEST_PAUSE, Manners
from feeds.page_readers import PageReaders, TooHard
from feeds.robots import Permission, Robots
from rules import RuleSet

log = get_log(__name__)

AT_ONCE = 8  # pages that are read at the same time
LEASE = timedelta(minutes=5)  # robots.txt, a server's pause, the page, a turn at the reader, its text
STOP_GRACE_SECONDS = 0.5
TICK_SECONDS = 1.0


@dataclass(slots=True)
class Bodies:
    """Reads pages as long as a live rule reads bodies. ``readers`` are the caller's to close."""

    database: Database
    fetcher: Fetcher
    rules: Callable[[], RuleSet]
    readers: PageReaders
    news_hours: float
    on_news: Callable[[], None] = lambda: None
    now: Callable[[], datetime] = utc_now
    budget: Budget = USUAL  # what one server bears, its feeds included
    manners: Manners = field(default_factory=Manners)
    robots: Robots = field(init=False)
    _running: dict[asyncio.Task[None], Wanted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.robots = Robots(self.fetcher)

    async def run(self) -> None:
        """Read what is there to read, until cancelled; then give back what was begun."""
        try:
            while True:
                try:
                    await self.tick()
                except Exception:
                    log.exception("pages were not looked for; they are, at the next tick")
                await asyncio.sleep(TICK_SECONDS)
        finally:
            await self.stop()

    async def tick(self) -> None:
        """Claim pages that nobody has read and begin to read them."""
        free = AT_ONCE - len(self._running)
        if free <= 0 or not self.rules().reads("body"):
            return
        try:
            claimed = await self._claim(free)
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("no pages are read: the database does not answer", error=first_line(error))
            return
        for wanted in claimed:
            task = asyncio.create_task(self._read_safely(wanted))
            self._running[task] = wanted
            task.add_done_callback(lambda done: self._running.pop(done, None))

    async def _claim(self, free: int) -> list[Wanted]:
        now, news = self.now(), timedelta(hours=self.news_hours)
        async with self.database.read() as session:
            if not await pages.are_waiting(session, now, lease=LEASE, news=news, budget=self.budget):
                return []
        async with self.database.write() as session:
            return await pages.claim(session, now, limit=free, lease=LEASE, news=news, budget=self.budget)

    async def settled(self) -> None:
        """Wait until what was begun is done."""
        while self._running:
            await asyncio.wait(self._running)

    async def stop(self) -> None:
        """Let what is nearly done end, and give the rest back."""
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_GRACE_SECONDS)
        left = dict(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        try:
            async with self.database.write() as session:
                await pages.give_back(session, list(left.values()), self.now())
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("pages stay claimed until their leases end", error=first_line(error))

    async def _read_safely(self, wanted: Wanted) -> None:
        try:
            await self.read(wanted)
        except Exception:
            # the lease ends by itself and the page is read again: nothing is lost, and nobody else is held up
            log.exception("the reading of a page broke off", page=wanted.entry.link)

    async def read(self, wanted: Wanted) -> Revised:
        """Read one claimed page; match its entry again if it had more to say; record what came of it."""
        outcome = await self._outcome(wanted.entry)
        if outcome.state != PageState.READ:
            await self._give_up(wanted, outcome)
            return Revised()
        saved = await self._match_again(wanted, outcome)
        if saved.deliveries:
            self.on_news()
        return saved

    async def _give_up(self, wanted: Wanted, outcome: Outcome) -> None:
        """Record that there is no text, for now or for good, and let its server rest if it wishes so."""
        now, link = self.now(), wanted.entry.link
        wait = wait_before_next_try(outcome, tries=wanted.epoch)
        state = PageState.ASKED if wait else outcome.state
        log.debug("no text of a page", page=link, state=state, detail=outcome.detail)
        async with self.database.write() as session:
            await pages.settle(session, wanted, state, outcome.detail, now + wait if wait else None)
            await _let_rest(session, link, outcome, now)

    async def _outcome(self, entry: Entry) -> Outcome:
        """What comes of a page; whatever goes wrong with it is an outcome too."""
        delay = None
        try:
            async with self.manners.visit(entry.link):
                permission = await self._permission(entry.link)
            delay = permission.delay
            if not permission.allowed:
                return Outcome(PageState.REFUSED, permission.why)
            async with self.manners.visit(entry.link, pause=delay):
                response = await self.fetcher.get(entry.link, why_not=self._why_not)
            outcome = after_text(await self._text_of(response), entry)
        except RedirectRefused as refusal:
            outcome = Outcome(PageState.REFUSED, f"behind a redirect: {refusal.detail}")
        except RobotsUnread as unread:
            outcome = without_robots(unread)
        except FetchError as failure:
            outcome = after_failure(failure)
        except TooHard as failure:
            outcome = Outcome(PageState.FAILED, str(failure))
        return replace(outcome, delay=delay)

    async def _permission(self, url: str) -> Permission:
        permission = await self.robots.may_read(url)
        if permission.failure is not None:
            raise RobotsUnread(url, permission.failure)
        return permission

    async def _why_not(self, url: str) -> str:
        """Links of feeds often lead through a counter: the rules are those of the server where the page stands."""
        permission = await self._permission(url)
        return "" if permission.allowed else permission.why

    async def _text_of(self, response: Response) -> str:
        kind = response.content_type.split(";")[0].strip().lower()
        if kind and "html" not in kind:
            raise TooHard(f"this is {kind[:60]}, no web page")
        return await self.readers.extract(response.body, response.content_type, response.url)

    async def _match_again(self, wanted: Wanted, outcome: Outcome) -> Revised:
        """One transaction: the text, what is news about it, what that causes, and the page's outcome."""
        teaser, rules, now = wanted.entry, self.rules(), self.now()
        edit = await asyncio.to_thread(_read_with, rules, wanted, outcome.text)
        async with self.database.write() as session:
            await _let_rest(session, teaser.link, outcome, now)
            if not await pages.settle(session, wanted, outcome.state, outcome.detail):
                return Revised()
            if not await pages.put_text(session, teaser, outcome.text):
                await pages.settle(session, wanted, PageState.ASKED, "the entry was edited meanwhile", now)
                return Revised()
            await one_at_a_time(session, "stories")
            return await enrich(session, edit, watching.running(rules), now, self.news_hours)


def _read_with(rules: RuleSet, wanted: Wanted, text: str) -> Edit:
    """The entry as a teaser and with its page's text, and what fires on each."""
    teaser = wanted.entry
    whole = teaser.model_copy(update={"content": text})
    document = document_of(whole, wanted.feed)
    fired = rules.match(document)
    return Edit(
        teaser,
        whole,
        fired,
        rules.match(document_of(teaser, wanted.feed)),
        {one.rule: explanation_of(rules, one.rule, document) for one in fired},
        first_read=_came_first(wanted),
    )


async def _let_rest(session: Session, link: str, outcome: Outcome, now: datetime) -> None:
    """Keep to what a server wishes: all of it rests when it is tired, its pages after each one by its robots.txt."""
    if outcome.rest:
        await within(session, hosts.hold, {host_of(outcome.tired or link): now + outcome.rest}, now)
    if outcome.delay:
        until = now + timedelta(seconds=min(outcome.delay, LONGEST_PAUSE))
        await within(session, hosts.hold_pages, host_of(link), until, now)


def _came_first(wanted: Wanted) -> bool:
    """Whether the entry stood in its feed when that was read for the first time."""
    first = wanted.feed.first_read_at
    return first is None or wanted.entry.seen_at <= first
