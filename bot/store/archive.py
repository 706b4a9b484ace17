"""The entries that were stored, as documents: for looking back with rules that did not run then."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import table_of, utc_date
from bot.store.tables import Entry, Feed, Match
from bot.store.types import Fate
from bot.store.watches import NEWS
from rules import Document

ENTRY, FEED, MATCH = table_of(Entry), table_of(Feed), table_of(Match)
_AT_ONCE = 500  # entries that are held at the same time


async def stored_documents(session: AsyncSession, since: datetime) -> AsyncIterator[tuple[int, Document]]:
    """The entries seen since ``since`` with their ids, in the order in which they were stored."""
    last = 0
    while True:
        page = _columns().where(ENTRY.c.seen_at >= since, ENTRY.c.id > last).order_by(ENTRY.c.id)
        rows = (await session.execute(page.limit(_AT_ONCE))).mappings().all()
        for row in rows:
            last = row["id"]
            yield last, _document(row)
        if len(rows) < _AT_ONCE:
            return


async def stored_document(session: AsyncSession, entry_id: int) -> Document | None:
    """One entry; None if there is none of that id."""
    row = (await session.execute(_columns().where(ENTRY.c.id == entry_id))).mappings().first()
    return _document(row) if row else None


async def entry_of_page(session: AsyncSession, link_key: str) -> int | None:
    """The newest entry whose page has that key; None if there is none."""
    newest = select(func.max(ENTRY.c.id)).where(ENTRY.c.link_key == link_key)
    found: int | None = await session.scalar(newest)
    return found


class StoredMatch(NamedTuple):
    """That a rule held for an entry when it came: when, which version of the rule, what became of it."""

    at: datetime
    rule_hash: str
    fate: Fate


async def stored_match(session: AsyncSession, entry_id: int, rule: str) -> StoredMatch | None:
    """What was stored of a rule and an entry; None if the rule did not hold."""
    row = (
        await session.execute(
            select(MATCH.c.matched_at, MATCH.c.rule_hash, MATCH.c.fate).where(
                MATCH.c.entry_id == entry_id, MATCH.c.rule == rule
            )
        )
    ).first()
    return StoredMatch(row[0], row[1], Fate(row[2])) if row else None


async def matches_a_day(session: AsyncSession, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """By rule and date in UTC (YYYY-MM-DD): how many matches came as news; days without any are missing."""
    day = utc_date(session, MATCH.c.matched_at)
    rows = await session.execute(
        select(MATCH.c.rule, day, func.count())
        .where(MATCH.c.matched_at >= since, MATCH.c.matched_at < until, MATCH.c.fate.in_(NEWS))
        .group_by(MATCH.c.rule, day)
    )
    found: dict[str, dict[str, int]] = {}
    for rule, date, count in rows:
        found.setdefault(rule, {})[str(date)] = count
    return found


async def count_since(session: AsyncSession, since: datetime) -> int:
    """How many entries ``stored_documents`` would give."""
    return await session.scalar(select(func.count()).where(ENTRY.c.seen_at >= since)) or 0


def _columns() -> Select[Any]:
    texts = (
        ENTRY.c.id,
        ENTRY.c.title,
        ENTRY.c.summary,
        ENTRY.c.content,
        ENTRY.c.published_at,
        ENTRY.c.seen_at,
    )
    source = (FEED.c.outlet, FEED.c.outlet_ar, FEED.c.country, FEED.c.language)
    return select(*texts, *source).join(FEED, FEED.c.id == ENTRY.c.feed_id)


def _document(row: Mapping[str, Any]) -> Document:
    return Document(
        title=row["title"],
        summary=row["summary"],
        body=row["content"],
        feed=row["outlet"],
        country=row["country"],
        language=row["language"],
        published=row["published_at"],
        seen=row["seen_at"],
        feed_ar=row["outlet_ar"],
    )
