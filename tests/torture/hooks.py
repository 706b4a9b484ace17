"""What a child may be asked to do besides: fail at each of its database calls once, or tell how it fares."""

import asyncio
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from tests.torture import points

FAIL_PAUSE = 0.12  # seconds between two failures, so that work goes on in between
SAMPLE_SECONDS = 2.0
_VALUES = re.compile(r"\([^()]*(\?|%\(|:)[^()]*\)(, \([^()]*\))*")


class Failures:
    """Each distinct database call fails once; each distinct commit twice, undone and done.

    What has failed is written down in ``path``, so that a process that is started again goes on from there.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.last, self.statement, self.armed = path, 0.0, "", False
        self.done = set(path.read_text("utf-8").splitlines()) if path.exists() else set[str]()

    def is_due(self, site: str) -> bool:
        """Whether this call is to fail now; noted, if so."""
        if not self.armed or site in self.done or time.monotonic() - self.last < FAIL_PAUSE:
            return False
        self.last = time.monotonic()
        self.done.add(site)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(site + "\n")
        return True

    def before_execute(self, _c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """A statement is about to run."""
        self.statement = " ".join(_VALUES.sub("(..)", statement).split())[:300]
        if self.is_due(self.statement):
            raise OperationalError(statement, {}, sqlite3.OperationalError("torture: the call failed"))

    def around_commit(self, commit: Callable[[Any], None], lost: type[Exception]) -> Callable[[Any], None]:
        """A commit that is refused the first time, and done but not answered the second."""

        def committed(connection: Any) -> None:
            if self.is_due(f"commit refused after {self.statement}"):
                raise lost("torture: the commit failed")
            commit(connection)
            if self.is_due(f"commit unanswered after {self.statement}"):
                raise lost("torture: the commit was done and its answer lost")

        return committed


def fail_each_call(order: dict[str, Any]) -> None:
    """Let each database call of the process fail once, from when it is at work."""
    failures = Failures(Path(order["failed"]))

    def arming(begin: Callable[[Any], None]) -> Callable[[Any], None]:
        def armed(sender: Any) -> None:
            failures.armed = True
            begin(sender)

        return armed

    def failing(listen: Callable[[Any, Engine], None]) -> Callable[[Any, Engine], None]:
        def listened(database: Any, engine: Engine) -> None:
            listen(database, engine)
            event.listen(engine, "before_cursor_execute", failures.before_execute)
            lost = sqlite3.OperationalError if database.is_sqlite else psycopg.OperationalError
            # of this engine alone
            vars(engine.dialect)["do_commit"] = failures.around_commit(engine.dialect.do_commit, lost)

        return listened

    points.wrap("bot.store.engine:Database._listen", failing)
    points.wrap("bot.delivery.sender:Sender._begin_due", arming)


def tell_how_it_fares(order: dict[str, Any]) -> None:
    """Append memory, descriptors and tasks of the process to a file, every few seconds."""
    path = Path(order["samples"])

    async def sample() -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            _note(path, len(asyncio.all_tasks()))

    def sampled(run: Callable[[Any], Any]) -> Callable[[Any], Any]:
        async def running(self: Any) -> None:
            sampling = asyncio.create_task(sample())
            try:
                await run(self)
            finally:
                sampling.cancel()

        return running

    points.wrap("bot.app.run:Rasid.run", sampled)


def _note(path: Path, tasks: int) -> None:
    """One sample: of the process, and of its children together."""
    family = [_one(child) for child in children_of(os.getpid())]
    rss, descriptors = _one(os.getpid())
    row = {
        "pid": os.getpid(),
        "rss_mb": rss,
        "descriptors": descriptors,
        "tasks": tasks,
        "children": len(family),
        "children_rss_mb": sum(one for one, _ in family),
        "children_descriptors": sum(one for _, one in family),
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that are not buried yet."""
    return [
        int(one)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for one in task.read_text("ascii").split()
    ]


def lives(pid: int) -> bool:
    """Whether there is such a process."""
    return Path(f"/proc/{pid}").exists()


def _one(pid: int) -> tuple[float, int]:
    """Resident megabytes and descriptors of a process; nothing of one that has just ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0.0, 0


HOOKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "fail each call": fail_each_call,
    "samples": tell_how_it_fares,
}
