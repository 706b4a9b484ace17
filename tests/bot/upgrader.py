"""Upgrades databases in processes that die on the way: ``python -m tests.bot.upgrader``.

A line ``URL POINT`` comes in, the exit code of a forked process that upgraded that database goes out. POINT says where
the process kills itself: a number (before the statement of that number), ``commit`` (before it), ``committed``
(right after it), or ``end`` (nowhere). Forked, since importing takes longer than dying.
"""

import asyncio
import os
import signal
import sys
from typing import Any

from sqlalchemy import event

from bot.errors import RasidError
from bot.store.engine import Database
from bot.store.schema import upgrade


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(database: Database, point: str) -> None:
    engine = database.engine.sync_engine
    if point.isdecimal():
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == int(point):
                _die()

        event.listen(engine, "before_cursor_execute", count)
    elif point == "commit":
        event.listen(engine, "commit", _die)
    elif point == "committed":
        commit: Any = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            commit(connection)
            _die()

        engine.dialect.do_commit = do_commit  # type: ignore[method-assign, assignment] # a moment that no event tells of


async def _upgrade(url: str, point: str) -> int:
    try:
        database = Database(url)
        _arm(database, point)
        await upgrade(database)
        await database.dispose()
    except RasidError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def main() -> None:
    """Until the input ends."""
    for line in sys.stdin:
        url, point = line.split()
        pid = os.fork()
        if pid == 0:
            os._exit(asyncio.run(_upgrade(url, point)))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
