"""SQLite in a thread of its own: a transaction is one visit there, however many statements it has.

With aiosqlite each statement is a visit, and its begin and its commit are, and each costs several times what SQLite
itself does. So whoever awaits nothing between two statements comes here.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")


class GivenUpError(Exception):
    """Nobody waits for the transaction any more: it is rolled back."""


class OneThread:
    """Runs transactions over ``engine``, one at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` returns, committed. Who is cancelled waits until it has ended, so that none runs unseen."""
        given_up = threading.Event()
        running = asyncio.get_running_loop().run_in_executor(self._thread, self._run, work, given_up)
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError:
            given_up.set()
            await asyncio.gather(running, return_exceptions=True)
            raise
        return running.result()

    def _run(self, work: Callable[[Connection], T], given_up: threading.Event) -> T:
        with self._engine.connect() as connection, connection.begin():
            found = work(connection)
            if given_up.is_set():
                raise GivenUpError
            return found

    def close(self) -> None:
        """Close its connection and end the thread."""
        self._thread.shutdown()
        self._engine.dispose()
