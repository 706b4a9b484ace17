"""Parsers in processes of their own: a feed that takes too long, or too much memory, ends one of them and nothing else.

What takes about a millisecond (see ``parse_at_once``) is read where it is asked for; that is nearly every poll. All
else goes to a child, which stays for many feeds: it takes a fifth of a second to start one.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType

from feeds import children
from feeds.confined import OUT_OF_MEMORY
from feeds.errors import FailureKind, ParseError
from feeds.parse import ParsedFeed, Task, parse_at_once
from feeds.wire import LARGEST, LENGTH, pack_task, unpack_result

SECONDS = 10.0  # for one feed; the largest honest ones take a third of a second
MEGABYTES = 1024  # of address space; an honest feed of ten megabytes takes half of it
FEEDS_PER_CHILD = 500  # then it is replaced, so that what leaks stays small
START_SECONDS = 30.0  # for a child to come up and answer, on a machine that is busy


@dataclass(slots=True)
class Parsers:
    """A pool of at most ``size`` parsers, started when they are needed; ``close()`` ends them.

    ``seconds`` and ``megabytes`` limit the work on one feed.
    """

    size: int = 2
    seconds: float = SECONDS
    megabytes: int = MEGABYTES
    feeds_per_child: int = FEEDS_PER_CHILD
    _idle: list["_Child"] = field(default_factory=list)
    _all: set["_Child"] = field(default_factory=set)
    _places: asyncio.Semaphore | None = None
    _closed: bool = False

    async def __aenter__(self) -> "Parsers":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The children that live."""
        return tuple(child.process.pid for child in self._all)

    async def parse(self, body: bytes, task: Task, now: datetime) -> ParsedFeed:
        """Read a feed. Raises ParseError for what cannot be read, TOO_HARD if its parser had to be killed."""
        if (done := parse_at_once(body, task, now)) is not None:
            return done
        if not body.strip():
            raise ParseError(FailureKind.EMPTY_BODY, "the body is empty")
        message = pack_task(body, task, now)
        if self._places is None:
            self._places = asyncio.Semaphore(self.size)
        async with self._places:
            child = await self._child()
            try:
                answer = await child.ask(message, self.seconds)
            except BaseException:
                await self._drop(child)
                raise
            await self._give_back(child)
        return _read(answer)

    async def close(self) -> None:
        """End all children now, those that work too."""
        self._closed = True
        for child in list(self._all):
            await self._drop(child)

    async def _child(self) -> "_Child":
        while self._idle:
            child = self._idle.pop()
            if child.process.returncode is None:
                return child
            await self._drop(child)
        if self._closed:
            raise RuntimeError("these parsers are closed")
        child = await _Child.start(self.seconds, self.megabytes)
        self._all.add(child)
        return child

    async def _give_back(self, child: "_Child") -> None:
        if self._closed or child.answered >= self.feeds_per_child:
            await self._drop(child)
        else:
            self._idle.append(child)

    async def _drop(self, child: "_Child") -> None:
        self._all.discard(child)
        if child in self._idle:
            self._idle.remove(child)
        await child.end()


def _read(answer: bytes) -> ParsedFeed:
    try:
        return unpack_result(answer)
    except (ValueError, KeyError, TypeError) as error:
        raise ParseError(FailureKind.UNREADABLE, f"its parser answered nonsense ({error})") from error


@dataclass(slots=True, eq=False)
class _Child:
    process: asyncio.subprocess.Process
    answered: int = 0

    @staticmethod
    async def start(seconds: float, megabytes: int) -> "_Child":
        """A process that knows no secret of ours, and no file but its pipes."""
        quiet = asyncio.subprocess.DEVNULL
        process = await children.start("feeds.parser_child", seconds + 1, megabytes, stderr=quiet)
        return _Child(process)

    async def ask(self, message: bytes, seconds: float) -> bytes:
        """Its answer. Raises ParseError when it dies over the question, or has to be killed for it."""
        limit = seconds if self.answered else seconds + START_SECONDS
        try:
            async with asyncio.timeout(limit):
                return await self._exchange(message)
        except TimeoutError:
            raise _too_hard(f"reading it took more than {seconds:g} seconds") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise _too_hard(_why(await self.process.wait(), seconds)) from None

    async def _exchange(self, message: bytes) -> bytes:
        to, answers = self.process.stdin, self.process.stdout
        assert to is not None
        assert answers is not None
        to.write(LENGTH.pack(len(message)) + message)
        await to.drain()
        (length,) = LENGTH.unpack(await answers.readexactly(LENGTH.size))
        if length > LARGEST:
            raise _too_hard("what was read is too large")
        answer = await answers.readexactly(length)
        self.answered += 1
        return answer

    async def end(self) -> None:
        """Kill it, if it lives, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
        await self.process.wait()
        self.process._transport.close()  # type: ignore[attr-defined] # else its pipes are closed by chance, later


def _too_hard(detail: str) -> ParseError:
    return ParseError(FailureKind.TOO_HARD, f"{detail}; its parser was ended")


def _why(code: int, seconds: float) -> str:
    if code == OUT_OF_MEMORY:
        return "reading it took too much memory"
    if code == -14:  # SIGALRM: the child's own clock was first
        return f"reading it took more than {seconds:g} seconds"
    return f"its parser died over it ({'signal' if code < 0 else 'code'} {abs(code)})"
