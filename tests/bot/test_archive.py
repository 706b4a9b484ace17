"""Stored entries as documents: which ones, in what order, with what."""

from datetime import datetime, timedelta

from bot.pipeline.reading import link_key
from bot.store import archive, entries
from bot.store.engine import Database
from bot.store.tables import Entry, Match
from bot.store.types import Fate
from rules import Document
from tests.bot.test_store import given_feed


async def store(database: Database, now: datetime, *titles: str, content: str = "", link: str = "") -> None:
    """Entries of one feed, each seen an hour after the one before."""
    feed = await given_feed(database, now)
    assert feed.id is not None
    rows = [
        Entry(
            feed_id=feed.id,
            identity=title,
            title=title,
            content=content,
            link=link,
            link_key=link_key(link),
            seen_at=now + timedelta(hours=number),
        )
        for number, title in enumerate(titles)
    ]
    async with database.write() as session:
        await entries.add(session, rows)


async def documents(database: Database, since: datetime) -> list[tuple[int, Document]]:
    """All that the archive gives."""
    async with database.read() as session:
        return [found async for found in archive.stored_documents(session, since)]


async def test_an_entry_becomes_a_document(database: Database, now: datetime) -> None:
    """Texts, outlet, and when it was seen."""
    await store(database, now, "a", content="c")
    ((number, document),) = await documents(database, now)
    assert document == Document("a", "", "c", "Mashriq", "", "ar", None, now)
    async with database.read() as session:
        assert await archive.stored_document(session, number) == document
        assert await archive.stored_document(session, number + 1) is None


async def test_only_what_was_seen_since(database: Database, now: datetime) -> None:
    """The rest is left out, of the count too."""
    await store(database, now, "a", "b", "c")
    found = await documents(database, now + timedelta(hours=1))
    assert [document.title for _, document in found] == ["b", "c"]
    async with database.read() as session:
        assert await archive.count_since(session, now + timedelta(hours=1)) == 2


async def test_more_than_a_page(database: Database, now: datetime) -> None:
    """Every entry once, in order, however many there are."""
    titles = [str(number) for number in range(1201)]
    await store(database, now, *titles)
    assert [document.title for _, document in await documents(database, now)] == titles


async def store_match(
    database: Database, entry: int, fate: Fate, now: datetime, rule: str = "a-rule"
) -> None:
    """That a rule held for an entry."""
    match = Match(
        entry_id=entry, rule=rule, rule_hash="h", severity="low", evidence=[], matched_at=now, fate=fate
    )
    async with database.write() as session:
        await entries.add_matches(session, [match])


async def test_an_entry_is_known_by_its_page(database: Database, now: datetime) -> None:
    """The newest of those of the page, whatever a browser has put onto the address."""
    await store(database, now, "a", "b", link="http://news.example/1")
    async with database.read() as session:
        key = link_key("https://news.example/1?utm_source=x#top")
        assert await archive.entry_of_page(session, key) == 2
        assert await archive.entry_of_page(session, link_key("https://news.example/2")) is None


async def test_what_became_of_a_match(database: Database, now: datetime) -> None:
    """When, by which version of the rule, with which fate; nothing for another rule or entry."""
    await store(database, now, "a", "b")
    await store_match(database, 1, Fate.STALE, now)
    async with database.read() as session:
        assert await archive.stored_match(session, 1, "a-rule") == (now, "h", Fate.STALE)
        assert await archive.stored_match(session, 1, "b-rule") is None
        assert await archive.stored_match(session, 2, "a-rule") is None
