"""The rules folder's last good files, the books in force, and what the admins were told of them."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import insert_new, one_at_a_time, table_of
from bot.store.tables import RuleBookState, RuleFile, RuleNews

RULE_FILE, RULE_BOOK = table_of(RuleFile), table_of(RuleBookState)
_TOPIC = "problems"


async def last_good(session: AsyncSession) -> dict[str, bytes]:
    """The last good version of every file, by its path within the rules folder."""
    rows = await session.execute(select(RULE_FILE.c.path, RULE_FILE.c.content))
    return {path: content for path, content in rows}


async def versions(session: AsyncSession) -> dict[str, tuple[datetime, bytes]]:
    """Since when every file is as it is, and what it holds, by its path within the rules folder."""
    rows = await session.execute(select(RULE_FILE.c.path, RULE_FILE.c.since, RULE_FILE.c.content))
    return {path: (since, content) for path, since, content in rows}


async def since(session: AsyncSession) -> dict[str, datetime]:
    """Since when every file is as it is, by its path within the rules folder."""
    rows = await session.execute(select(RULE_FILE.c.path, RULE_FILE.c.since))
    return {path: moment for path, moment in rows}


async def keep(
    session: AsyncSession, files: Mapping[str, bytes], gone: Collection[str], now: datetime
) -> None:
    """Remember ``files`` as good and forget those that are ``gone``; what is known already keeps its moment.

    Several processes keep the same files: the rows are written one process at a time.
    """
    await one_at_a_time(session, "rule files")
    found = await session.execute(select(RULE_FILE.c.path, RULE_FILE.c.hash))
    known = {path: hash_ for path, hash_ in found}
    rows = [_row(path, content, now) for path, content in files.items()]
    await insert_new(session, RuleFile, [row for row in rows if row["path"] not in known])
    for row in rows:
        if known.get(row["path"], row["hash"]) != row["hash"]:
            await session.execute(update(RULE_FILE).where(RULE_FILE.c.path == row["path"]).values(**row))
    if gone:
        await session.execute(delete(RULE_FILE).where(RULE_FILE.c.path.in_(gone)))


def _row(path: str, content: bytes, now: datetime) -> dict[str, Any]:
    hash_ = hashlib.blake2b(content, digest_size=16).hexdigest()
    return {"path": path, "content": content, "hash": hash_, "since": now}


async def note_book(session: AsyncSession, state: RuleBookState) -> None:
    """Write down the rule set that a part has in force."""
    await session.merge(state)


async def books(session: AsyncSession) -> list[RuleBookState]:
    """What each part that ever ran had in force last."""
    return list(await session.scalars(select(RuleBookState).order_by(RULE_BOOK.c.part)))


async def told(session: AsyncSession, topic: str = _TOPIC) -> RuleNews | None:
    """What the admins were last told; None when there was never anything."""
    return await session.get(RuleNews, topic)


async def note_told(
    session: AsyncSession, digest: str, files: Collection[str], now: datetime, topic: str = _TOPIC
) -> None:
    """Write down what the admins have been told now."""
    await session.merge(RuleNews(topic=topic, digest=digest, files=sorted(files), told_at=now))
