"""Reads pages in a process of its own: one that takes too long, or too much memory, ends nothing else."""

import asyncio
import contextlib
import json
from asyncio.subprocess import Process
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from feeds import children
from feeds.article import MAX_PAGE
from feeds.discover import Named
from feeds.page_reader_child import LENGTH

SECONDS = 10.0  # for one page; honest ones take a tenth of a second
FIRST_SECONDS = 30.0  # for a child to come up, on a busy machine
MEGABYTES = 1024  # of address space
PAGES_PER_CHILD = 200  # then it is replaced, so that what leaks stays small


class TooHard(Exception):
    """A page that could not be read within the limits, or broke the parser; the text says which."""


@dataclass(slots=True)
class PageReaders:
    """One child, started when it is needed; ``close()`` ends it. Pages wait for each other: they are few."""

    seconds: float = SECONDS
    megabytes: int = MEGABYTES
    pages_per_child: int = PAGES_PER_CHILD
    _child: Process | None = None
    _pages: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def pid(self) -> int | None:
        """The child that lives, if one does."""
        return self._child.pid if self._child else None

    async def extract(self, page: bytes, content_type: str = "", url: str = "") -> str:
        """The text of the article on a page, "" where there is none. Raises TooHard, and nothing else."""
        text: str = await self._read("text", page, content_type, url)
        return text

    async def feeds_named(self, page: bytes, content_type: str = "", url: str = "") -> list[Named]:
        """The feeds that a page names, the likeliest first. Raises TooHard, and nothing else."""
        return [Named(*one) for one in await self._read("feeds", page, content_type, url)]

    async def _read(self, what: str, page: bytes, content_type: str, url: str) -> Any:
        if len(page) > MAX_PAGE:
            raise TooHard(f"the page is larger than {MAX_PAGE} bytes")
        async with self._turn:
            fresh = self._child is None
            try:
                async with asyncio.timeout(FIRST_SECONDS if fresh else self.seconds):
                    answer = await self._ask(what, page, content_type, url)
            except TimeoutError:
                await self.close()
                raise TooHard(f"no text within {self.seconds:g} s") from None
            except (OSError, EOFError) as error:
                await self.close()
                raise TooHard("the reader's process ended: too much memory?") from error
            except BaseException:
                await self.close()
                raise
            self._pages += 1
            if self._pages >= self.pages_per_child:
                await self.close()
        if "error" in answer:
            raise TooHard(f"the parser gave up ({answer['error']})")
        return answer[what]

    async def close(self) -> None:
        """End the child now, even if it works."""
        child, self._child, self._pages = self._child, None, 0
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()

    async def _ask(self, what: str, page: bytes, content_type: str, url: str) -> dict[str, Any]:
        child = self._child or await self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        task = json.dumps(
            {"what": what, "content_type": content_type, "url": url, "bytes": len(page)}
        ).encode()
        child.stdin.write(LENGTH.pack(len(task)) + task + page)
        await child.stdin.drain()
        head = await child.stdout.readexactly(LENGTH.size)
        answer: dict[str, Any] = json.loads(await child.stdout.readexactly(*LENGTH.unpack(head)))
        return answer

    async def _start(self) -> Process:
        self._child = await children.start("feeds.page_reader_child", self.megabytes, FIRST_SECONDS + 1)
        return self._child
