"""Lines that stay open between two requests: to few servers, for a minute and some, and never past the guard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from feeds.fetch import Fetcher
from feeds.lines import Lines


def test_a_server_that_is_asked_every_minute_keeps_its_line() -> None:
    """Idle for longer, it is closed, and begins anew."""
    lines = Lines(most=1)
    assert lines.keeps("a", 0)
    assert lines.keeps("a", 66)
    assert not lines.keeps("b", 67)
    assert lines.keeps("b", 66 + 76)


def test_lines_are_few() -> None:
    """Who comes later gets none until one falls idle; those who have one keep it."""
    lines = Lines(most=2)
    assert [lines.keeps(server, 0) for server in "abca"] == [True, True, False, True]
    assert lines.keeps("a", 50)
    assert [lines.keeps(server, 76) for server in "ca"] == [True, True]


def test_no_line_lasts_for_ever() -> None:
    """After an hour it is left until it has closed: a server that moved is found where its name leads now."""
    lines = Lines(most=9)
    asked = [lines.keeps("a", minute * 60.0) for minute in range(65)]
    assert asked == [True] * 60 + [False] + [True] * 4


@dataclass
class Patient:
    """A server whose lines stay open until it has answered so often."""

    answers_a_line: int
    connections: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One line."""
        self.connections += 1
        try:
            for _ in range(self.answers_a_line):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>")
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client has left
        finally:
            writer.close()


@asynccontextmanager
async def patient(answers_a_line: int) -> AsyncIterator[Patient]:
    """One that listens on loopback."""
    one = Patient(answers_a_line)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()


@pytest.mark.parametrize(
    ("answers_a_line", "connections"), [(9, 1), (1, 3)], ids=["it stays open", "the server closes it"]
)
async def test_requests_share_a_line_as_long_as_it_is_open(
    fetcher: Fetcher, answers_a_line: int, connections: int
) -> None:
    """Whoever closes it, the next request is answered."""
    async with patient(answers_a_line) as server:
        for _ in range(3):
            answer = await fetcher.get(f"http://127.0.0.1:{server.port}/")
            assert answer.body == b"<rss/>"
            await asyncio.sleep(0.02)
    assert server.connections == connections


async def test_without_a_place_each_request_has_its_own_line(fetcher: Fetcher) -> None:
    """And closes it."""
    fetcher._lines = Lines(most=0)
    async with patient(9) as server:
        for _ in range(3):
            await fetcher.get(f"http://127.0.0.1:{server.port}/")
    assert server.connections == 3
