"""Keeps the rule book up to date with its folder: a look a second, compiled beside the live set, then exchanged."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.app.beside import beside
from bot.app.rulebook import RuleBook
from bot.app.rules_folder import Fingerprint, contents, fingerprint
from bot.logs import get_log
from bot.store import rule_files
from bot.store.engine import Database, first_line, is_passing
from bot.store.tables import RuleBookState
from bot.times import utc_now
from rules.located import Memory
from rules.settle import Settled, settle

log = get_log(__name__)

LOOK_SECONDS = 1.0
FAILED_LOOKS = 10  # looks that are left out after one that failed, for the log's sake
MOST_UNSTABLE = 10  # looks after which a folder is read though it keeps changing


@dataclass(slots=True)
class Reloader:
    """Reads ``folder`` (absolute) into ``book`` whenever it changes; ``parts`` are this process's, for the health page.

    A change must be the same in two looks, so that half-written files are seldom met; those that are met keep
    their last good version like any other that is wrong.
    """

    folder: Path
    database: Database
    book: RuleBook
    parts: tuple[str, ...] = ()
    now: Callable[[], datetime] = utc_now
    look_seconds: float = LOOK_SECONDS
    _good: dict[Path, bytes] = field(default_factory=dict)
    _gone: set[Path] = field(default_factory=set)
    _memory: Memory = field(default_factory=dict)
    _read: Fingerprint = frozenset()
    _changing: Fingerprint = frozenset()
    _unstable: int = 0
    _unsaved: bool = False

    async def open(self) -> bool:
        """The first reading, with what was good in earlier lives; False when not one rule is left."""
        async with self.database.read() as session:
            known = await rule_files.last_good(session)
        self._good = {self.folder / path: content for path, content in known.items()}
        seen = await asyncio.to_thread(fingerprint, self.folder)
        return await self._reload(seen)

    async def run(self) -> None:
        """Look again and again, until cancelled. Whatever goes wrong, the set in force goes on."""
        pause = self.look_seconds
        while True:
            await asyncio.sleep(pause)
            pause = self.look_seconds
            try:
                await self.look()
            except Exception:
                log.exception("the rules were not read again; those in force go on")
                pause = FAILED_LOOKS * self.look_seconds

    async def look(self) -> bool:
        """Look once; whether another set came into force."""
        seen = await asyncio.to_thread(fingerprint, self.folder)
        if seen != self._read and self._is_stable(seen):
            taken = await self._reload(seen)
            log.info("rules read again", taken=taken, hash=self.book().hash, rules=len(self.book().rules))
            return taken
        if self._unsaved:
            await self._save()
        return False

    def _is_stable(self, seen: Fingerprint) -> bool:
        self._unstable = 0 if seen == self._changing else self._unstable + 1
        stable = seen == self._changing or self._unstable > MOST_UNSTABLE
        self._changing = seen
        return stable

    async def _reload(self, seen: Fingerprint) -> bool:
        self._read, self._unstable = seen, 0  # taken before the contents: what changes later is seen again
        settled, gone = await beside(self._settle)
        taken = self.book.take(settled, self.now())
        if taken:
            self._good = {
                path: content for path, content in {**self._good, **settled.sound}.items() if path not in gone
            }
            self._gone = (self._gone | gone) - self._good.keys()
        await self._save()
        return taken

    def _settle(self) -> tuple[Settled, set[Path]]:
        """Beside the loop: the set to run, and the files that were good and are deleted."""
        disk = contents(self.folder)
        settled = settle(self.folder, disk, self._good, self._memory)
        return settled, self._good.keys() - disk.keys() - settled.files.keys()

    async def _save(self) -> None:
        """Remember what is good for the next life; a database that does not answer is asked again at the next look."""
        files = {name: content for path, content in self._good.items() if (name := self._name(path))}
        gone = {name for path in self._gone if (name := self._name(path))}
        self._unsaved = True
        try:
            async with self.database.write() as session:
                await rule_files.keep(session, files, gone, self.now())
                for part in self.parts if self.book.edition.files else ():
                    await rule_files.note_book(session, self._state(part))
        except Exception as error:
            if not is_passing(error):
                raise
            log.error("the database does not answer; good rule files are kept later", error=first_line(error))
            return
        self._unsaved = False
        self._gone.clear()

    def _state(self, part: str) -> RuleBookState:
        edition = self.book.edition
        return RuleBookState(
            part=part,
            hash=edition.rule_set.hash,
            rules=len(edition.rule_set.rules),
            files=len(edition.files),
            kept=edition.kept,
            loaded_at=edition.loaded_at,
        )

    def _name(self, path: Path) -> str:
        """A file's path within the folder, as it is stored; "" for one that no database takes."""
        name = path.relative_to(self.folder).as_posix()
        return name if name.isprintable() else ""
