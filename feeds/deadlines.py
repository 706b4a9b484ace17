"""Many time-outs of one length over one timer.

``asyncio.timeout`` arms a timer for each block and disarms it again, and nearly none ever rings: with a network that
answers, that is a tenth of what an unchanged poll costs.
"""

import asyncio
from typing import Self


class Deadlines:
    """Blocks of a task that may take ``seconds`` each, as ``with deadlines.block():``; TimeoutError after that."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._open: dict[_Block, None] = {}  # the first to end first, since all may take equally long
        self._timer: asyncio.TimerHandle | None = None

    def block(self) -> "_Block":
        """A block that begins when it is entered."""
        return _Block(self)

    def begin(self, block: "_Block") -> None:
        """Watch a block that begins now."""
        loop = asyncio.get_running_loop()
        block.until = loop.time() + self._seconds
        self._open[block] = None
        if self._timer is None:
            self._timer = loop.call_at(block.until, self._ring)

    def end(self, block: "_Block") -> None:
        """Watch it no more. No timer outlives the blocks, nor so the event loop."""
        self._open.pop(block, None)
        if self._timer is not None and not self._open:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        for block in list(self._open):
            if block.until > loop.time():
                self._timer = loop.call_at(block.until, self._ring)
                return
            del self._open[block]
            block.interrupt()


class _Block:
    """One of them. Cancels its task, and takes that back when the task leaves it."""

    __slots__ = ("_among", "_cancelled_before", "_is_late", "_task", "until")

    def __init__(self, among: Deadlines) -> None:
        self._among, self._is_late, self.until = among, False, 0.0

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelled_before = task, task.cancelling()
        self._among.begin(self)
        return self

    def interrupt(self) -> None:
        """Its time is over."""
        self._is_late = True
        self._task.cancel()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        self._among.end(self)
        if self._is_late:
            by_nobody_else = self._task.uncancel() <= self._cancelled_before
            if by_nobody_else and kind is not None and issubclass(kind, asyncio.CancelledError):
                raise TimeoutError from error
