"""Last good rule files in the store: the same promises on SQLite and PostgreSQL."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import text

from bot.store import rule_files
from bot.store.engine import Database
from bot.store.tables import RuleBookState

ONE, TWO = "library/topic/one.yaml", "library/topic/two.yaml"


async def kept(database: Database) -> dict[str, bytes]:
    """What is stored."""
    async with database.read() as session:
        return await rule_files.last_good(session)


async def test_files_are_kept_byte_for_byte_and_forgotten(database: Database, now: datetime) -> None:
    """Whatever the bytes; a file that is gone is forgotten, the others stay."""
    files = {ONE: "\ufeffrule: واحد\r\n".encode(), TWO: b"\x00\xff"}
    async with database.write() as session:
        await rule_files.keep(session, files, [], now)
    assert await kept(database) == files
    async with database.write() as session:
        await rule_files.keep(session, {TWO: b"new"}, [ONE], now)
    assert await kept(database) == {TWO: b"new"}


async def test_a_version_keeps_the_moment_since_when_it_is_good(database: Database, now: datetime) -> None:
    """Keeping the same content again changes nothing; another content has another moment."""
    moments = []
    for hours, content in enumerate((b"a", b"a", b"b")):
        async with database.write() as session:
            await rule_files.keep(session, {ONE: content}, [], now + timedelta(hours=hours))
        async with database.read() as session:
            moments.append(str((await session.execute(text("SELECT since FROM rule_file"))).scalar_one()))
    assert moments[0] == moments[1] != moments[2]


async def test_several_processes_keep_the_same_files(database: Database, now: datetime) -> None:
    """No process fails because another one was faster."""
    files = {f"library/topic/r{number}.yaml": b"rule" for number in range(20)}

    async def keep() -> None:
        async with database.write() as session:
            await rule_files.keep(session, files, [], now)

    await asyncio.gather(*(keep() for _ in range(4)))
    assert await kept(database) == files


async def test_each_part_has_one_book(database: Database, now: datetime) -> None:
    """The newest one counts."""
    for hash_ in ("old", "new"):
        state = RuleBookState(part="clock", hash=hash_, rules=3, files=5, kept=1, loaded_at=now)
        async with database.write() as session:
            await rule_files.note_book(session, state)
    async with database.read() as session:
        assert [(book.part, book.hash) for book in await rule_files.books(session)] == [("clock", "new")]


async def test_what_was_told_is_remembered(database: Database, now: datetime) -> None:
    """Nothing at first, then the last of it."""
    async with database.read() as session:
        assert await rule_files.told(session) is None
    for digest in ("one", ""):
        async with database.write() as session:
            await rule_files.note_told(session, digest, [TWO, ONE], now)
    async with database.read() as session:
        told = await rule_files.told(session)
    assert told is not None
    assert (told.digest, told.files, told.told_at) == ("", [ONE, TWO], now)


async def test_matches_of_the_first_schema_get_an_empty_explanation(database: Database) -> None:
    """The column that came later stands for older rows too."""
    async with database.write() as session:
        await session.execute(
            text(
                "INSERT INTO feed (id, url, outlet, outlet_ar, country, language, tier, section, state, etag,"
                " last_modified, body_hash, failure, failure_detail, failures_in_row, due_reason, lease_epoch)"
                " VALUES (1, 'u', '', '', '', 'ar', 1, '', 'ok', '', '', '', '', '', 0, '', 0)"
            )
        )
        await session.execute(
            text(
                "INSERT INTO entry (id, feed_id, identity, title, summary, content, link, author, seen_at,"
                " link_key, title_key) VALUES (1, 1, 'i', '', '', '', '', '', '2024-06-18 18:00:00', '', '')"
            )
        )
        await session.execute(
            text(
                "INSERT INTO match (entry_id, rule, rule_hash, severity, evidence, matched_at, fate)"
                " VALUES (1, 'r', 'h', 'low', '[]', '2024-06-18 18:00:00', 'stale')"
            )
        )
        explanation = (await session.execute(text("SELECT explanation FROM match"))).scalar_one()
    assert explanation in ("[]", [])
