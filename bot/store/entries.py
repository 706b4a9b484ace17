"""Entries and matches: what was read, what fired, and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.dialect import insert_new, table_of
from bot.store.tables import Alert, Entry, Feed, Match, Revision

ENTRY, MATCH, ALERT, FEED = table_of(Entry), table_of(Match), table_of(Alert), table_of(Feed)
REVISION = table_of(Revision)
_LOOKED_UP_AT_ONCE = 500
_NEW = tuple(column.name for column in ENTRY.columns if column.name != "id")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry as it was read, with every column of its row to be; most are never stored, so it is no mapped row."""

    feed_id: int
    identity: str
    title: str
    summary: str
    content: str
    link: str
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    seen_at: datetime
    link_key: str
    title_key: str
    text_hash: str
    edits: int = 0

    def stands_for(self, stored: Entry) -> Entry:
        """This text as a row in the place of a stored one."""
        kept = {"id": stored.id, "seen_at": stored.seen_at}
        return Entry(**{**row_of(self), **kept})


AnyEntry = NewEntry | Entry


def row_of(entry: AnyEntry) -> dict[str, Any]:
    """Every column of a new row."""
    return {name: getattr(entry, name) for name in _NEW}


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that is stored, by what it is known again."""

    id: int
    identity: str
    link_key: str
    title_key: str
    text_hash: str
    edits: int
    published_at: datetime | None = None


async def standing(
    session: AsyncSession,
    feed_id: int,
    *,
    identities: Sequence[str],
    links: Sequence[str] = (),
    titles: Sequence[str] = (),
) -> list[Standing]:
    """The entries of a feed that bear one of these ids, or show one of these pages or headlines; oldest first."""
    found: dict[int, Standing] = {}
    for column, values in (
        (ENTRY.c.identity, identities),
        (ENTRY.c.link_key, links),
        (ENTRY.c.title_key, titles),
    ):
        for start in range(0, len(values), _LOOKED_UP_AT_ONCE):
            part = values[start : start + _LOOKED_UP_AT_ONCE]
            rows = await session.execute(
                select(
                    ENTRY.c.id,
                    ENTRY.c.identity,
                    ENTRY.c.link_key,
                    ENTRY.c.title_key,
                    ENTRY.c.text_hash,
                    ENTRY.c.edits,
                    ENTRY.c.published_at,
                ).where(ENTRY.c.feed_id == feed_id, column.in_(part))
            )
            found.update((row.id, Standing(*row)) for row in rows)
    return [found[id_] for id_ in sorted(found)]


async def headlines(session: AsyncSession, feed_id: int, *, limit: int) -> list[str]:
    """A feed's latest headlines."""
    latest = select(ENTRY.c.title).where(ENTRY.c.feed_id == feed_id).order_by(ENTRY.c.id.desc()).limit(limit)
    return list(await session.scalars(latest))


async def load(session: AsyncSession, ids: Collection[int]) -> dict[int, Entry]:
    """Stored entries by id."""
    rows = await session.scalars(select(Entry).where(ENTRY.c.id.in_(ids)))
    return {entry.id: entry for entry in rows if entry.id is not None}


async def rename(session: AsyncSession, identities: Mapping[int, str]) -> None:
    """Give stored entries the ids under which their feed shows them now."""
    for id_, identity in identities.items():
        await session.execute(update(ENTRY).where(ENTRY.c.id == id_).values(identity=identity))


async def note_texts(session: AsyncSession, hashes: Mapping[int, str]) -> None:
    """Write down the texts of entries that were stored before texts were."""
    for id_, text_hash in hashes.items():
        await session.execute(update(ENTRY).where(ENTRY.c.id == id_).values(text_hash=text_hash))


async def revise(session: AsyncSession, before: Entry, after: Entry, now: datetime) -> None:
    """Give the stored entry ``before`` the text of ``after``, and keep the text that it had."""
    assert before.id is not None
    moved = {"link": after.link, "link_key": after.link_key} if after.link else {}
    kept = Revision(
        entry_id=before.id,
        number=before.edits,
        title=before.title,
        summary=before.summary,
        content=before.content,
        replaced_at=now,
    )
    session.add(kept)
    await session.flush()
    await session.execute(
        update(ENTRY)
        .where(ENTRY.c.id == before.id)
        .values(
            title=after.title,
            summary=after.summary,
            content=after.content,
            updated_at=after.updated_at,
            title_key=after.title_key,
            text_hash=after.text_hash,
            edits=before.edits + 1,
            **moved,
        )
    )


async def revisions(session: AsyncSession, entry_id: int) -> list[Revision]:
    """The texts that an entry had before, the first one first."""
    rows = await session.scalars(
        select(Revision).where(REVISION.c.entry_id == entry_id).order_by(REVISION.c.number)
    )
    return list(rows)


async def matches_of(session: AsyncSession, entry_id: int) -> list[Match]:
    """All that fired on an entry, in the order of the rules' names."""
    return list(
        await session.scalars(select(Match).where(MATCH.c.entry_id == entry_id).order_by(MATCH.c.rule))
    )


async def rewrite_match(session: AsyncSession, match_id: int, **values: object) -> None:
    """Change what a match says."""
    await session.execute(update(MATCH).where(MATCH.c.id == match_id).values(**values))


async def add(session: AsyncSession, entries: Sequence[AnyEntry]) -> list[Entry]:
    """Store new entries; those that another holder stored meanwhile are left out of the answer."""
    if not entries:
        return []
    ids = await insert_new(session, Entry, list(map(row_of, entries)))
    stored = await session.scalars(select(Entry).where(ENTRY.c.id.in_(ids)).order_by(ENTRY.c.id))
    return list(stored)


async def add_matches(session: AsyncSession, matches: Sequence[Match]) -> None:
    """Store the matches of new entries."""
    await insert_new(session, Match, [match.model_dump(exclude={"id"}) for match in matches])


@dataclass(frozen=True, slots=True)
class Told:
    """An entry that belongs to an alert, by what makes a copy of it known again.

    ``same_outlet``: the outlet is that of the entry for which it was looked up.
    """

    alert_id: int
    link_key: str
    title_key: str
    title: str = ""
    same_outlet: bool = True


async def told_alike(session: AsyncSession, entry: Entry, since: datetime) -> list[Told]:
    """The entries seen and told since ``since`` that share a page or a headline with ``entry``; oldest first.

    An old entry that a watch shows again when its rules have fallen silent is no news that a copy could join.
    """
    keys = ((ENTRY.c.link_key, entry.link_key), (ENTRY.c.title_key, entry.title_key))
    alike = [column == key for column, key in keys if key]
    if not alike:
        return []
    rows = await session.execute(
        select(
            MATCH.c.alert_id,
            ENTRY.c.link_key,
            ENTRY.c.title_key,
            ENTRY.c.title,
            FEED.c.outlet == _outlet_of(entry),
        )
        .join(ENTRY, ENTRY.c.id == MATCH.c.entry_id)
        .join(FEED, FEED.c.id == ENTRY.c.feed_id)
        .join(ALERT, ALERT.c.id == MATCH.c.alert_id)
        .where(
            ALERT.c.created_at >= since,
            ENTRY.c.seen_at >= since,
            or_(*alike),
        )
        .distinct()
        .order_by(MATCH.c.alert_id)
    )
    return [Told(*row) for row in rows]


async def opened_by(session: AsyncSession, feed_id: int, since: datetime, *, at_most: int) -> int:
    """How many alerts entries of a feed have opened since ``since``; not counted beyond ``at_most``."""
    # by the alerts' dates: the sum hides the index by which all of a feed's entries would be read
    theirs = (
        select(ALERT.c.id)
        .join(ENTRY, ENTRY.c.id == ALERT.c.entry_id)
        .where(ALERT.c.created_at >= since, ENTRY.c.feed_id + 0 == feed_id)
        .limit(at_most)
    )
    return await session.scalar(select(func.count()).select_from(theirs.subquery())) or 0


def _outlet_of(entry: Entry) -> Any:
    return select(FEED.c.outlet).where(FEED.c.id == entry.feed_id).scalar_subquery()


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
