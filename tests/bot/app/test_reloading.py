"""Hot reload over a real folder and a real store."""

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.app.reloading import MOST_UNSTABLE, Reloader
from bot.app.rulebook import RuleBook
from bot.app.rules_folder import contents, fingerprint
from bot.store import rule_files
from bot.store.engine import Database
from rules import Document
from rules.settle import Runs
from tests.bot.newsroom import make_rules

NEWS, MORE = "بوتين يزور الصين", "الكرملين يعلن"


@dataclass
class Folder:
    """A rules folder, and the process that watches it."""

    path: Path
    database: Database
    now: datetime
    reloader: Reloader = field(init=False)

    def __post_init__(self) -> None:
        make_rules(self.path)
        self.restart()

    def restart(self) -> None:
        """A new process: nothing is remembered but the store."""
        self.reloader = Reloader(self.path, self.database, RuleBook(), ("clock",), lambda: self.now)

    @property
    def visits(self) -> Path:
        """The file of the rule ``visits``."""
        return self.path / "library" / "topic" / "visits.yaml"

    def edit(self, old: str, new: str) -> None:
        """Change the rule ``visits``, as an editor saves."""
        whole = self.visits.read_text(encoding="utf-8")
        assert old in whole
        self.visits.write_text(whole.replace(old, new), encoding="utf-8")

    async def settles(self) -> bool:
        """Two looks: a change, and the same again; whether another set came into force."""
        return [await self.reloader.look() for _ in range(2)][-1]

    def fires(self, title: str) -> list[str]:
        """The rules in force that fire on a title."""
        return [match.rule for match in self.reloader.book().match(Document(title=title))]

    def told(self) -> list[tuple[str, str, Runs]]:
        """File, first code, and what runs instead."""
        troubles = self.reloader.book.edition.troubles
        return [(one.path.name, one.problems[0].code, one.runs) for one in troubles]


@pytest.fixture
async def folder(tmp_path: Path, database: Database, now: datetime) -> Folder:
    """A folder with two rules, read for the first time."""
    folder = Folder(tmp_path / "rules", database, now)
    assert await folder.reloader.open()
    return folder


async def test_an_edit_is_in_force_after_two_looks(folder: Folder) -> None:
    """The first look sees a change, the second that it is complete; nothing happens without a change."""
    assert not await folder.settles()
    folder.edit("- $putin", "- {any: [$putin, الكرملين]}")
    before = folder.reloader.book()
    assert (await folder.reloader.look(), folder.fires(MORE)) == (False, [])
    assert (await folder.reloader.look(), folder.fires(MORE)) == (True, ["visits"])
    assert before.match(Document(title=MORE)) == []
    assert not await folder.settles()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda file: file.write_bytes(b""), "S003"),
        (lambda file: file.write_text("rule: [", encoding="utf-8"), "S001"),
        (lambda file: file.write_bytes(file.read_bytes().split(b"examples")[0]), "E003"),
        (lambda file: file.write_bytes(b"\xff\xfe" + file.read_bytes()), "S002"),
        (lambda file: file.write_bytes(b"#" * 300_000), "S009"),
    ],
)
async def test_a_bad_file_keeps_its_last_good_version_across_restarts(
    folder: Folder, damage: Callable[[Path], object], code: str
) -> None:
    """Broken, empty, half-written, wrongly encoded, too large: the rule fires on, now and in the next life."""
    whole = folder.visits.read_bytes()
    damage(folder.visits)
    await folder.settles()
    assert (folder.fires(NEWS), folder.told()) == (["visits"], [("visits.yaml", code, Runs.LAST_GOOD)])
    folder.restart()
    assert await folder.reloader.open()
    assert (folder.fires(NEWS), folder.told()) == (["visits"], [("visits.yaml", code, Runs.LAST_GOOD)])
    folder.visits.write_bytes(whole)
    assert await folder.settles()
    assert folder.told() == []


async def test_a_rule_whose_examples_fail_keeps_its_last_good_version(folder: Folder) -> None:
    """Valid, and still not what its own examples say."""
    folder.edit("- $putin", "- $kirby")
    await folder.settles()
    assert folder.told() == [("visits.yaml", "E001", Runs.LAST_GOOD)]
    assert folder.fires(NEWS) == ["visits"]


async def test_a_deleted_rule_is_gone_and_stays_gone(folder: Folder) -> None:
    """Here and in the store: a broken file of the same name later does not bring it back."""
    folder.visits.unlink()
    assert await folder.settles()
    assert (folder.fires(NEWS), folder.told()) == ([], [])
    folder.visits.write_text("rule: [", encoding="utf-8")
    folder.restart()
    assert await folder.reloader.open()
    assert (folder.fires(NEWS), folder.told()) == ([], [("visits.yaml", "S001", Runs.NOTHING)])


@pytest.mark.parametrize(("gone", "code"), [("library", "S016"), (".", "S012")])
async def test_a_folder_that_vanishes_changes_nothing_but_is_told(
    folder: Folder, gone: str, code: str
) -> None:
    """A mount that is gone, a copy that failed: the rules in force go on, and the next life has them too."""
    shutil.rmtree(folder.path / gone)
    await folder.settles()
    assert (folder.fires(NEWS), folder.told()) == (["visits"], [("library", code, Runs.LAST_GOOD)])
    assert folder.reloader.book.edition.kept == len(folder.reloader.book.edition.files) == 3
    folder.restart()
    assert await folder.reloader.open()
    assert folder.fires(NEWS) == ["visits"]


async def test_without_one_valid_rule_there_is_no_first_edition(folder: Folder) -> None:
    """A start says no; a set without rules never replaces one that has some."""
    for file in folder.path.glob("library/*/*.yaml"):
        file.write_text("rule: [", encoding="utf-8")
    async with folder.database.write() as session:
        await rule_files.keep(session, {}, list(await rule_files.last_good(session)), folder.now)
    folder.restart()
    assert not await folder.reloader.open()


async def test_a_file_that_keeps_changing_is_read_all_the_same(folder: Folder) -> None:
    """A stream of changes delays an edit; it does not keep it out."""
    for number in range(MOST_UNSTABLE + 2):
        folder.edit("why: ", f"why: {number} ")
        await folder.reloader.look()
    rule = next(rule for rule in folder.reloader.book().rules if rule.id == "visits")
    assert rule.why != "اختبار"


async def test_what_editors_leave_behind_is_no_change(folder: Folder) -> None:
    """Hidden files, backups, swap files: not read, not looked at."""
    before = fingerprint(folder.path)
    for name in (".visits.yaml.swp", "visits.yaml~", ".#visits.yaml", "4913"):
        folder.visits.with_name(name).write_text("x", encoding="utf-8")
    assert fingerprint(folder.path) == before
    assert len(contents(folder.path)) == 3


async def test_a_pipe_and_a_dead_link_hold_nothing_up(folder: Folder) -> None:
    """What is no regular file is told, not waited for."""
    os.mkfifo(folder.visits.with_name("pipe.yaml"))
    folder.visits.with_name("link.yaml").symlink_to("nowhere.yaml")
    async with asyncio.timeout(10):
        await folder.settles()
    assert folder.told() == [(name, "S012", Runs.NOTHING) for name in ("link.yaml", "pipe.yaml")]
    assert folder.fires(NEWS) == ["visits"]


async def test_a_database_that_does_not_answer_does_not_hold_the_reload_up(folder: Folder) -> None:
    """The new set is in force at once; what is good is kept when the database is back."""
    async with folder.database.write() as session:
        await session.execute(text("ALTER TABLE rule_file RENAME TO away"))
    folder.edit("- $putin", "- {any: [$putin, الكرملين]}")
    if folder.database.is_sqlite:  # "no such table" may pass by itself; on PostgreSQL it is an error of ours
        await folder.settles()
    else:
        with pytest.raises(Exception, match="rule_file"):
            await folder.settles()
    assert folder.fires(MORE) == ["visits"]
    async with folder.database.write() as session:
        await session.execute(text("ALTER TABLE away RENAME TO rule_file"))
    await folder.settles()
    async with folder.database.read() as session:
        good = await rule_files.last_good(session)
    assert good["library/topic/visits.yaml"] == folder.visits.read_bytes()


async def test_the_store_knows_which_book_is_in_force(folder: Folder) -> None:
    """For the health page of another process."""
    folder.visits.write_bytes(b"")
    await folder.settles()
    async with folder.database.read() as session:
        (book,) = await rule_files.books(session)
    assert (book.part, book.hash, book.loaded_at) == ("clock", folder.reloader.book().hash, folder.now)
    assert (book.rules, book.files, book.kept) == (2, 3, 1)


async def test_two_processes_share_what_was_good(folder: Folder) -> None:
    """Another process that starts while a file is broken runs its last good version too."""
    folder.edit("- $putin", "- {any: [$putin, الكرملين]}")
    await folder.settles()
    folder.visits.write_bytes(b"")
    other = Reloader(folder.path, folder.database, RuleBook(), ("bot",), lambda: folder.now)
    assert await other.open()
    assert [match.rule for match in other.book().match(Document(title=MORE))] == ["visits"]


async def test_the_loop_outlives_whatever_goes_wrong(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that fails is logged, and the next one works."""
    monkeypatch.setattr(folder.reloader, "look_seconds", 0.01)
    looked = asyncio.Event()
    fails = iter([True, False])

    async def look(_self: Reloader) -> bool:
        if next(fails, False):
            raise RuntimeError("the folder fell apart")
        looked.set()
        return False

    monkeypatch.setattr(Reloader, "look", look)
    running = asyncio.create_task(folder.reloader.run())
    async with asyncio.timeout(5):
        await looked.wait()
    running.cancel()
