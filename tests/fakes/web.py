"""Small real servers on loopback, for what one test needs to see on the wire."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

import pytest

from feeds.errors import FetchError
from feeds.fetch import Fetcher

Script = Callable[["Visit"], Awaitable[None]]
Serve = Callable[[Script], Awaitable["RawServer"]]

FEED = "<rss version='2.0'><channel><title>أخبار</title></channel></rss>".encode()


@dataclass
class Visit:
    """One request as it came, and the wire to answer it on."""

    request_line: str
    headers: dict[str, str]  # names in small letters
    writer: asyncio.StreamWriter
    body: bytes = b""
    at: float = 0.0  # by the clock that nobody sets

    @property
    def path(self) -> str:
        """The path and query that were asked for."""
        return self.request_line.split(" ")[1]

    async def send(self, raw: bytes) -> None:
        """Bytes on the wire, as they are."""
        self.writer.write(raw)
        await self.writer.drain()

    async def answer(self, status: str = "200 OK", body: bytes = b"", **headers: str) -> None:
        """A plain answer with its true length. Underscores in header names stand for dashes."""
        lines = [f"HTTP/1.1 {status}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if not any(name.lower() == "content_length" for name in headers):
            lines.append(f"Content-Length: {len(body)}")
        await self.send("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body)


@dataclass
class RawServer:
    """A server that plays a script for each request and remembers who came."""

    script: Script
    tls: ssl.SSLContext | None = None
    visits: list[Visit] = field(default_factory=list)
    connections: int = 0
    port: int = 0  # where it listens, or listened
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def url(self, path: str = "/feed.xml", host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("utf-8", "surrogateescape")
            first, *rest = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            visit = Visit(first, headers, writer, body, time.monotonic())
            self.visits.append(visit)
            await self.script(visit)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client left, which is what many of these tests are about
        finally:
            writer.close()


async def failure(fetcher: Fetcher, url: str) -> FetchError:
    """The error that fetching ``url`` ends in."""
    with pytest.raises(FetchError) as caught:
        await fetcher.get(url)
    return caught.value


def answering(status: str = "200 OK", body: bytes = b"", **headers: str) -> Script:
    """A script that always answers the same."""

    async def script(visit: Visit) -> None:
        await visit.answer(status, body, **headers)

    return script
