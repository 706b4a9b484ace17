"""A small newsroom for tests: two rules of our own, and a poller over a real store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.pipeline.poll import Poller
from bot.pipeline.save import Saved
from bot.store import chats, feeds
from bot.store.claimed import ClaimedFeed
from bot.store.dialect import within
from bot.store.engine import Database
from bot.store.tables import Feed
from feeds.fetch import Fetcher
from feeds.parsers import Parsers
from rules import RuleSet, load_rules
from tests.fakes.feed_server import NOW

LEXICON = """
entities:
  putin:
    name: فلاديمير بوتين
    aliases:
      - بوتين
  kirby:
    name: جون كيربي
    aliases:
      - كيربي
"""

RULE = """
rule: {name}
title: {title}
title_en: {name}
status: {status}
severity: {severity}
owner: desk
why: اختبار
match:
  all:
    - {condition}
examples:
  match:
    - {yes}
  no_match:
    - خبر عن الطقس في القاهرة
"""


WATCH = """
watch: {name}
title: مراقبة {name}
title_en: Watch {name}
status: {status}
severity: {severity}
owner: desk
why: اختبار
rules: [{rule}]
{kind}
"""


def watch_of(name: str, rule: str, kind: str, *, severity: str = "medium", status: str = "live") -> str:
    """A watch's file; ``kind`` is its line that says what it waits for."""
    return WATCH.format(name=name, rule=rule, kind=kind, severity=severity, status=status)


def make_rules(folder: Path, *watches: str, shadow: bool = False) -> RuleSet:
    """Rules ``visits`` (high, بوتين) and ``kirby`` (low, كيربي; on trial when ``shadow``), and watches: from files."""
    (folder / "lexicon").mkdir(parents=True)
    (folder / "lexicon" / "people.yaml").write_text(LEXICON, encoding="utf-8")
    library = folder / "library" / "topic"
    library.mkdir(parents=True)
    for name, title, severity, condition, yes, status in (
        ("visits", "زيارات", "high", "$putin", "وصل بوتين إلى بيونغ يانغ", "live"),
        ("kirby", "تصريحات", "low", "$kirby", "قال كيربي إنه قلق", "shadow" if shadow else "live"),
    ):
        text = RULE.format(
            name=name, title=title, severity=severity, condition=condition, yes=yes, status=status
        )
        (library / f"{name}.yaml").write_text(text, encoding="utf-8")
    for text in watches:
        name = text.split("watch: ")[1].split("\n")[0]
        (library / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = load_rules(folder)
    assert loaded.problems == ()
    return loaded.rule_set


@dataclass
class Desk:
    """A poller over a store, with a clock that tests move."""

    database: Database
    fetcher: Fetcher
    parsers: Parsers
    rules: RuleSet
    time: datetime = NOW
    rang: int = 0
    poller: Poller = field(init=False)

    def __post_init__(self) -> None:
        self.poller = Poller(
            database=self.database,
            fetcher=self.fetcher,
            parsers=self.parsers,
            rules=lambda: self.rules,
            floor_seconds=60,
            news_hours=6,
            on_news=self._ring,
            now=lambda: self.time,
            spread=lambda: 0.0,
        )

    def _ring(self) -> None:
        self.rang += 1

    async def knows(self, *urls: str) -> None:
        """Put feeds into the store, each an outlet of its own."""
        async with self.database.write() as session:
            await feeds.sync(
                session, [{"url": url, "outlet": f"Outlet {n}"} for n, url in enumerate(urls)], self.time
            )

    async def follows(self, chat_id: int, *rules: str) -> None:
        """Let a private chat follow rules."""
        async with self.database.write() as session:
            await chats.meet(session, chat_id, "private", self.time)
            await chats.follow(session, chat_id, 0, rules, self.time)

    async def claim(self) -> list[ClaimedFeed]:
        """Claim what is due."""
        async with self.database.write() as session:
            return await within(session, feeds.claim_due, self.time, limit=10, lease_seconds=60)

    async def poll(self) -> Saved:
        """Let an hour pass, then poll everything that is due and write the quiet outcomes."""
        self.time += timedelta(hours=1)
        total = [0, 0, 0]
        for feed in await self.claim():
            saved = await self.poller.poll(feed)
            total = [
                a + b for a, b in zip(total, (saved.entries, saved.alerts, saved.deliveries), strict=True)
            ]
        await self.poller.flush()
        return Saved(*total)

    async def feed(self) -> Feed:
        """The only feed's row."""
        async with self.database.read() as session:
            (row,) = await feeds.every(session)
        return row


@asynccontextmanager
async def open_desk(database: Database, rules: RuleSet, *, seconds: float = 5) -> AsyncIterator[Desk]:
    """A desk that asks servers on loopback."""
    fetching = Fetcher(user_agent="Rasid/test", allow_private_addresses=True, timeout=seconds)
    async with fetching as fetcher, Parsers() as parsers:
        yield Desk(database, fetcher, parsers, rules)
