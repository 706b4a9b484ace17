"""Long computations beside the event loop that a stop need not wait for."""

import asyncio
import contextlib
from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


async def beside(work: Callable[[], T]) -> T:
    """Run ``work`` in a thread and give what it gives.

    Unlike ``asyncio.to_thread`` the process ends without waiting for it; so it must write nothing that matters.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(put: Callable[[Any], None], value: object) -> None:
        if not done.done():  # nobody waits any more
            put(value)

    def run() -> None:
        put: Callable[[Any], None] = done.set_result
        value: object
        try:
            value = work()
        except Exception as error:
            put, value = done.set_exception, error
        with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
            loop.call_soon_threadsafe(settle, put, value)

    Thread(target=run, name=f"beside-{getattr(work, '__name__', 'work')}", daemon=True).start()
    return await done
