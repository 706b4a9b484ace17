"""Runs the parts of Rasid that a process was asked for, until it is told to stop."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.console import Console

from bot.app import parts, reach
from bot.app.admins import Audience
from bot.app.alarm import Alarm
from bot.app.budget import Budget
from bot.app.feed_alarms import FeedAlarms
from bot.app.feed_news import FeedNews
from bot.app.listening import Listener
from bot.app.reloading import Reloader
from bot.app.reporting import Reporter
from bot.app.roll import Caller
from bot.app.rulebook import RuleBook, no_rules
from bot.app.talk import Talk
from bot.app.telling import Teller
from bot.delivery.console import ConsoleTransport
from bot.delivery.notices import Board, TelegramBoard, TerminalBoard
from bot.delivery.sender import Sender
from bot.delivery.wire import Wire
from bot.errors import RasidError
from bot.handlers import build_application
from bot.logs import get_log
from bot.pipeline.poll import Poller
from bot.schedule.clock import Clock
from bot.schedule.rounds import Rounds
from bot.schedule.worker import Worker
from bot.settings import Settings
from bot.store.engine import Database, in_one_line
from bot.store.mailboxes import TERMINAL_CHAT
from bot.store.schema import upgrade
from bot.times import utc_now
from bot.web.site import WebServer, site
from feeds.page_readers import PageReaders
from feeds.parsers import Parsers
from feeds.sources import Source

log = get_log(__name__)


@dataclass(frozen=True, slots=True)
class Roles:
    """What one process does. ``rasid run`` does everything; the Procfile's types do one thing each."""

    clock: bool = False
    worker: bool = False
    bot: bool = False
    web: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The roles that the process has, by name."""
        return tuple(name for name, has in asdict(self).items() if has)


EVERYTHING = Roles(clock=True, bot=True, web=True)


class Rasid:
    """One process's parts, started together and stopped together."""

    def __init__(self, settings: Settings, roles: Roles, console: Console) -> None:
        self.settings, self.roles, self.console = settings, roles, console
        self.started: datetime = utc_now()
        self.stop = asyncio.Event()
        self.unreachable = False  # no feed answered, and there is no token: the caller may play the evening
        self._rules = RuleBook()
        self._sources: list[Source] = []  # of the catalogue, where this process may become the clock

    async def run(self) -> None:
        """Run until ``stop`` is set or a part fails; raises RasidError for what an operator must mend."""
        database = Database(self.settings.database_url)
        try:
            with in_one_line(database):
                await self._prepare(database)
                reloader = await self._open_book(database)
            parts.hold_on_to_memory()
            async with contextlib.AsyncExitStack() as stack:
                stack.push_async_callback(_end, asyncio.create_task(self._hurry(database), name="hurry"))
                stack.push_async_callback(_end, asyncio.create_task(reloader.run(), name="reload"))
                await self._run_parts(stack, database)
        finally:
            await database.dispose()

    async def _hurry(self, database: Database) -> None:
        """A stop waits for no other process that writes."""
        await self.stop.wait()
        database.hurry()

    async def _prepare(self, database: Database) -> None:
        if self.roles.clock:
            self._sources = parts.read_catalogue(self.settings)
        await upgrade(database)
        if self.roles.bot:
            await parts.prepare_terminal(database, wanted=self.settings.token is None)

    async def _open_book(self, database: Database) -> Reloader:
        """Read the rules for the first time; RasidError when not one is left."""
        reloader = Reloader(self.settings.rules.absolute(), database, self._rules, self.roles.names)
        if not await reloader.open():
            raise no_rules(self.settings)
        return reloader

    async def _run_parts(self, stack: contextlib.AsyncExitStack, database: Database) -> None:
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(self.stop.wait(), name="stop")]

        def spawn(name: str, work: Coroutine[Any, Any, None]) -> None:
            tasks.append(asyncio.create_task(work, name=name))

        polls = self.roles.clock or self.roles.worker
        poller = await stack.enter_async_context(self._polling(database)) if polls else None
        if self.roles.web:
            web = self._web(database)
            if web:
                spawn("web", self._until_stop(web.run(), web.stop))
        if self.roles.bot:
            spawn("bot", self._bot(database, poller))
        if self.roles.clock:
            stack.push_async_callback(_end, asyncio.create_task(self._watch_reach(database)))
        await self._until_stopped(tasks)

    async def _until_stopped(self, tasks: list[asyncio.Task[Any]]) -> None:
        """Wait for the stop, or for the first part that ends by itself, which only a failure does."""
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self.stop.set()
            await asyncio.wait(tasks)

    @contextlib.asynccontextmanager
    async def _polling(self, database: Database) -> AsyncIterator[Poller]:
        async with parts.make_fetcher(self.settings) as fetcher, Parsers() as parsers:
            rounds = parts.make_rounds(self.settings, database, fetcher, parsers, self._rules)
            polling = self._clock(rounds) if self.roles.clock else Worker(rounds)
            polling.start()
            try:
                async with self._reading_pages(rounds.poller):
                    yield rounds.poller
            finally:
                await polling.stop()

    @contextlib.asynccontextmanager
    async def _reading_pages(self, poller: Poller) -> AsyncIterator[None]:
        """Read the pages of entries beside the polls, unless that is not wanted."""
        if not self.settings.articles:
            yield
            return
        async with PageReaders() as readers, _beside(parts.make_bodies(self.settings, poller, readers).run()):
            yield

    def _clock(self, rounds: Rounds) -> Clock:
        return parts.make_clock(rounds, self._sources, self.settings.public_url)

    async def _watch_reach(self, database: Database) -> None:
        """With a bot to serve, keep trying and say so; on a bare terminal, give the evening a chance."""
        on_terminal = self.roles.bot and self.settings.token is None
        if not on_terminal:
            await reach.say_until_answered(database, self.started)
        elif await reach.any_answer(database, self.started):
            await reach.tell_answers(database, self.started, self.console)
        else:
            self.unreachable = True
            self.stop.set()

    def _web(self, database: Database) -> WebServer | None:
        """The health page. When it is the only part it must work; beside others a busy port is no reason to stop."""
        if self.settings.port == 0 and self.roles != Roles(web=True):
            return None
        try:
            server = WebServer(
                site(database, utc_now, hubs=bool(self.settings.public_url)),
                self.settings.host,
                self.settings.port,
            )
        except RasidError as error:
            if self.roles == Roles(web=True):
                raise
            log.warning("no health page", reason=str(error))
            return None
        log.info("health page", url=f"{server.url}/health")
        return server

    async def _bot(self, database: Database, poller: Poller | None) -> None:
        """Talk and send, on Telegram or on the terminal, until the stop."""
        if self.settings.token is None:
            sender = parts.make_sender(database, ConsoleTransport(self.console), self._rules)
            async with self._telling(sender, TerminalBoard(self.console), (TERMINAL_CHAT,)):
                await self._send(sender, poller)
            return
        talk = Talk(self._application(database, self.settings.token), self.settings.admins)
        try:
            if await self._unless_stopped(talk.connect()):
                await talk.start()
                await self._send_and_listen(talk, database, poller)
        finally:
            await talk.stop()

    async def _send_and_listen(self, talk: Talk, database: Database, poller: Poller | None) -> None:
        """Both are the work of one process a database, which holds the sender's role; another one stands by."""
        sender = parts.make_sender(database, Wire(talk.application.bot), self._rules)
        board, admins = TelegramBoard(talk.application.bot, database), self.settings.admins
        listener = Listener(talk.application, lambda: sender.role.epoch is not None)
        sender.role.detail = lambda: sender.trouble or listener.trouble  # a token that is refused, once
        alarm = Alarm(Audience(database, board, admins, lambda: listener.has_rival))
        reporter = Reporter(_audience(sender, board, admins))
        async with (
            _beside(listener.run(), alarm.run(), reporter.run()),
            self._telling(sender, board, admins),
        ):
            await self._send(sender, poller)
        await listener.confirm()

    def _application(self, database: Database, token: str) -> Any:
        return build_application(
            token=token,
            api_url=self.settings.telegram_api_url,
            database=database,
            rules=self._rules,
            admins=frozenset(self.settings.admins),
            now=utc_now,
        )

    def _telling(
        self, sender: Sender, board: Board, admins: Sequence[int]
    ) -> contextlib.AbstractAsyncContextManager[None]:
        """What admins hear of rules and feeds; of several bots, the one that sends alerts tells them."""

        audience = _audience(sender, board, admins)
        folder, book = self.settings.rules.absolute(), self._rules
        return _beside(
            Teller(audience, folder, book).run(),
            Caller(audience, book).run(),
            Budget(audience, folder, book).run(),
            FeedNews(audience).run(),
            FeedAlarms(audience).run(),
        )

    async def _send(self, sender: Sender, poller: Poller | None) -> None:
        if poller is not None:
            poller.on_news = sender.wake
        await self._until_stop(sender.run(), sender.stop)

    async def _until_stop(self, work: Coroutine[Any, Any, None], ask_to_end: Callable[[], None]) -> None:
        """Run ``work``; when the stop comes, ask it to end and let it."""
        running = asyncio.create_task(work)
        if not await self._unless_stopped(asyncio.shield(running)):
            ask_to_end()
        await running

    async def _unless_stopped(self, work: Any) -> bool:
        """Await ``work``, or give it up when the stop comes first; whether it was done."""
        task = asyncio.ensure_future(work)
        stopped = asyncio.create_task(self.stop.wait())
        await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if task.done():
            await task
            return True
        task.cancel()
        return False


def _audience(sender: Sender, board: Board, admins: Sequence[int]) -> Audience:
    return Audience(sender.database, board, admins, lambda: sender.role.epoch is not None)


@contextlib.asynccontextmanager
async def _beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run ``works`` until the block ends."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            await _end(task)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()


def stop_on_signals(stop: asyncio.Event) -> None:
    """Ctrl-C and SIGTERM ask for an orderly stop; a second Ctrl-C is the system's own again."""
    loop = asyncio.get_running_loop()

    def asked() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, asked)
    loop.add_signal_handler(signal.SIGTERM, asked)
