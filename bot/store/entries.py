"""Entries and matches: what was read, what fired, and what became of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import insert_new, table_of
from bot.store.tables import Alert, Entry, Feed, Match

ENTRY, MATCH, ALERT, FEED = table_of(Entry), table_of(Match), table_of(Alert), table_of(Feed)
_LOOKED_UP_AT_ONCE = 500


async def known(session: AsyncSession, feed_id: int, identities: Sequence[str]) -> set[str]:
    """Which of ``identities`` this feed has shown before."""
    found: set[str] = set()
    for start in range(0, len(identities), _LOOKED_UP_AT_ONCE):
        part = identities[start : start + _LOOKED_UP_AT_ONCE]
        rows = await session.scalars(
            select(ENTRY.c.identity).where(ENTRY.c.feed_id == feed_id, ENTRY.c.identity.in_(part))
        )
        found.update(rows)
    return found


async def add(session: AsyncSession, entries: Sequence[Entry]) -> list[Entry]:
    """Store new entries; those that another holder stored meanwhile are left out of the answer."""
    if not entries:
        return []
    ids = await insert_new(session, Entry, [entry.model_dump(exclude={"id"}) for entry in entries])
    stored = await session.scalars(select(Entry).where(ENTRY.c.id.in_(ids)).order_by(ENTRY.c.id))
    return list(stored)


async def add_matches(session: AsyncSession, matches: Sequence[Match]) -> None:
    """Store the matches of new entries."""
    await insert_new(session, Match, [match.model_dump(exclude={"id"}) for match in matches])


@dataclass(frozen=True, slots=True)
class Told:
    """An entry that belongs to an alert, by the keys under which a copy of it is known again."""

    alert_id: int
    link_key: str
    title_key: str


async def told_alike(
    session: AsyncSession, *, links: Collection[str], titles: Collection[str], since: datetime
) -> list[Told]:
    """The entries seen and told since ``since`` that share a page or a headline with the given keys; oldest first.

    An old entry that a watch shows again when its rules have fallen silent is no news that a copy could join.
    """
    if not links and not titles:
        return []
    rows = await session.execute(
        select(MATCH.c.alert_id, ENTRY.c.link_key, ENTRY.c.title_key)
        .join(ENTRY, ENTRY.c.id == MATCH.c.entry_id)
        .join(ALERT, ALERT.c.id == MATCH.c.alert_id)
        .where(
            ALERT.c.created_at >= since,
            ENTRY.c.seen_at >= since,
            or_(ENTRY.c.link_key.in_(links), ENTRY.c.title_key.in_(titles)),
        )
        .distinct()
        .order_by(MATCH.c.alert_id)
    )
    return [Told(*row) for row in rows]


async def open_alert(session: AsyncSession, alert: Alert) -> int:
    """Store a new alert; its id."""
    session.add(alert)
    await session.flush()
    assert alert.id is not None
    return alert.id


async def raise_alert(session: AsyncSession, alert_id: int, severity: str, rank: int) -> bool:
    """Make an alert at least this serious; whether it was not."""
    graver = update(ALERT).where(ALERT.c.id == alert_id, ALERT.c.severity_rank < rank)
    raised = await session.execute(graver.values(severity=severity, severity_rank=rank).returning(ALERT.c.id))
    return raised.first() is not None


async def is_new_to(session: AsyncSession, alert_id: int, feed_id: int, rules: Collection[str]) -> bool:
    """Whether an alert does not yet name the outlet of this feed, or one of these rules."""
    outlet = select(FEED.c.outlet).where(FEED.c.id == feed_id).scalar_subquery()
    told = select(MATCH.c.rule, FEED.c.outlet == outlet).join(ENTRY, ENTRY.c.id == MATCH.c.entry_id)
    rows = await session.execute(
        told.join(FEED, FEED.c.id == ENTRY.c.feed_id).where(MATCH.c.alert_id == alert_id).distinct()
    )
    named = rows.all()
    return not any(same for _, same in named) or not set(rules) <= {rule for rule, _ in named}


@dataclass(frozen=True, slots=True)
class Latest:
    """One alert as a look back shows it."""

    alert_id: int
    title: str
    link: str
    outlet: str
    outlet_ar: str
    severity: str
    created_at: datetime
    rules: tuple[str, ...]


async def latest(session: AsyncSession, rules: Collection[str], *, limit: int) -> list[Latest]:
    """The newest alerts of ``rules`` (``*`` among them: of all rules), newest first."""
    wanted = select(MATCH.c.alert_id).where(MATCH.c.alert_id.is_not(None))
    if "*" not in rules:
        wanted = wanted.where(MATCH.c.rule.in_(rules))
    rows = await session.execute(
        select(ALERT, ENTRY.c.title, ENTRY.c.link, FEED.c.outlet, FEED.c.outlet_ar)
        .join(ENTRY, ENTRY.c.id == ALERT.c.entry_id)
        .join(FEED, FEED.c.id == ENTRY.c.feed_id)
        .where(ALERT.c.id.in_(wanted))
        .order_by(ALERT.c.id.desc())
        .limit(limit)
    )
    found = [row._mapping for row in rows]
    fired = await rules_of(session, [row["id"] for row in found])
    return [
        Latest(
            alert_id=row["id"],
            title=row["title"],
            link=row["link"],
            outlet=row["outlet"],
            outlet_ar=row["outlet_ar"],
            severity=row["severity"],
            created_at=row["created_at"],
            rules=tuple(fired.get(row["id"], ())),
        )
        for row in found
    ]


async def rules_of(session: AsyncSession, alert_ids: Sequence[int]) -> dict[int, list[str]]:
    """The rules that fired for each alert, in the order of their names."""
    rows = await session.execute(
        select(MATCH.c.alert_id, MATCH.c.rule)
        .where(MATCH.c.alert_id.in_(alert_ids))
        .distinct()
        .order_by(MATCH.c.rule)
    )
    fired: dict[int, list[str]] = {}
    for alert_id, rule in rows:
        fired.setdefault(alert_id, []).append(rule)
    return fired


async def tally(session: AsyncSession) -> dict[str, Any]:
    """Counts for a summary: entries, those among them that matched, matches by rule, matches by fate."""
    entries = await session.scalar(select(func.count()).select_from(ENTRY))
    matched = await session.scalar(select(func.count(MATCH.c.entry_id.distinct())))
    by_rule = await session.execute(
        select(MATCH.c.rule, func.count()).group_by(MATCH.c.rule).order_by(MATCH.c.rule)
    )
    by_fate = await session.execute(select(MATCH.c.fate, func.count()).group_by(MATCH.c.fate))
    return {
        "entries": entries or 0,
        "matched_entries": matched or 0,
        "by_rule": {rule: count for rule, count in by_rule},
        "by_fate": {fate: count for fate, count in by_fate},
    }
