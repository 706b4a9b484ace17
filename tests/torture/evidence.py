"""What a run leaves behind: the database as it ends, the ledger of the Bot API's server, and what was shown to whom.

All of it is plain values, so that the checker can be tried on hand-made ones.
"""

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlmodel import SQLModel

from bot.store.engine import Database
from bot.store.tables import Alert, Chat, Delivery, Entry, Mailbox, Match
from bot.texts.arabic import ARABIC
from bot.texts.english import ENGLISH

TOKEN_OF_STORY = re.compile(r"k\d{6}")  # every headline of a run names its story
LABELS = tuple(words.alert.may_be_duplicate for words in (ARABIC, ENGLISH))
FOLLOW_UPS = tuple(
    said.partition("{")[0].strip()
    for words in (ARABIC, ENGLISH)
    for said in (words.alert.follow_up, words.alert.raised)
)


@dataclass(frozen=True)
class Line:
    """One line of the ledger: a message that Telegram took, or took anew."""

    method: str
    message_id: int
    chat_id: int
    thread_id: int
    text: str
    at: float
    reply_to: int | None = None

    @property
    def story(self) -> str:
        """The story that it tells; "" for none, which no alert has."""
        found = TOKEN_OF_STORY.search(self.text)
        return found.group() if found else ""

    @property
    def is_edit(self) -> bool:
        """Whether it rewrote a message."""
        return self.method.lower() == "editmessagetext"

    @property
    def is_labelled(self) -> bool:
        """Whether it says that it may be a second copy."""
        return any(label in self.text for label in LABELS)

    @property
    def kind(self) -> str:
        """The kind of delivery that it comes from."""
        if self.is_edit:
            return "edit"
        return "reply" if any(words in self.text for words in FOLLOW_UPS) else "send"


@dataclass(frozen=True)
class Shown:
    """An item that a feed showed until it was stored: of which story, and the rules that fire on it."""

    identity: str
    story: str
    rules: frozenset[str]


@dataclass(frozen=True)
class Wanted:
    """What a chat, or one of its topics, followed all through the run."""

    chat_id: int
    thread_id: int
    rules: frozenset[str]

    def wants(self, rules: Iterable[str]) -> bool:
        """Whether it follows one of ``rules``."""
        return "*" in self.rules or not self.rules.isdisjoint(rules)


@dataclass(frozen=True)
class Limits:
    """Telegram's limits: so many messages within so many seconds."""

    everybody: tuple[int, float] = (33, 1.0)  # thirty, which do not arrive as evenly as they leave
    chat: tuple[int, float] = (1, 1.0)
    group: tuple[int, float] = (20, 60.0)


@dataclass
class Evidence:
    """Everything that the checker looks at."""

    shown: Sequence[Shown] = ()
    wanted: Sequence[Wanted] = ()
    ledger: Sequence[Line] = ()
    entries: Sequence[Entry] = ()
    matches: Sequence[Match] = ()
    alerts: Sequence[Alert] = ()
    deliveries: Sequence[Delivery] = ()
    chats: Sequence[Chat] = ()
    mailboxes: Sequence[Mailbox] = ()
    moved: Mapping[int, int] = field(default_factory=dict)  # old chat id -> new one
    forgotten: Mapping[int, float] = field(default_factory=dict)  # chat id -> when nothing more may come
    polite: Collection[str] = ()  # what the bot may say besides alerts
    integrity: Sequence[str] = ()  # what the database says against itself
    leaks: Sequence[str] = ()  # where a secret was found
    limits: Limits = field(default_factory=Limits)

    def home(self, chat_id: int) -> int:
        """The id that a chat has now."""
        while chat_id in self.moved:
            chat_id = self.moved[chat_id]
        return chat_id


def read_ledger(path: Path) -> list[Line]:
    """The transcript of the Bot API's server."""
    if not path.exists():
        return []
    return [_line(json.loads(one)) for one in path.read_text(encoding="utf-8").splitlines()]


def _line(row: dict[str, Any]) -> Line:
    return Line(
        method=row["method"],
        message_id=row["message_id"],
        chat_id=row["chat_id"],
        thread_id=row["thread_id"] or 0,
        text=row["text"],
        at=row["at"],
        reply_to=row["reply_to"],
    )


async def read_database(database: Database) -> dict[str, Any]:
    """The tables that the checker looks at, and what the database says against itself."""
    tables: dict[str, type[SQLModel]] = {
        "entries": Entry,
        "matches": Match,
        "alerts": Alert,
        "deliveries": Delivery,
        "chats": Chat,
        "mailboxes": Mailbox,
    }
    read: dict[str, Any] = {name: await _rows(database, model) for name, model in tables.items()}
    return read | {"integrity": await _integrity(database)}


async def _rows(database: Database, model: type[SQLModel]) -> list[SQLModel]:
    async with database.read() as session:
        return list(await session.scalars(select(model)))


async def _integrity(database: Database) -> list[str]:
    """SQLite's own checks; PostgreSQL checks foreign keys and unique constraints at every write."""
    if not database.is_sqlite:
        return []
    connection = sqlite3.connect(str(database.url.database))
    try:
        said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        connection.close()
    return [one for one in said if one != "ok"] + [f"foreign key: {row}" for row in broken]


async def find_leaks(database: Database, secret: str, places: Iterable[Path]) -> list[str]:
    """Where ``secret`` stands: in the files of ``places``, or in a row of the database."""
    needle = secret.encode()
    found = [str(path) for path in places if path.is_file() and needle in path.read_bytes()]
    if not database.is_sqlite:
        found += await _leaking_tables(database, secret)
    return found


async def _leaking_tables(database: Database, secret: str) -> list[str]:
    leaking = []
    async with database.read() as session:
        for name in SQLModel.metadata.tables:
            holds = text(f'SELECT 1 FROM "{name}" AS t WHERE CAST(t AS text) LIKE :needle LIMIT 1')  # noqa: S608 # our own names
            if (await session.execute(holds, {"needle": f"%{secret}%"})).first():
                leaking.append(f"table {name}")
    return leaking
