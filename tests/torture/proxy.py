"""A TCP proxy before PostgreSQL that cuts the connection when it sees a COMMIT: before the server does, or after."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

COMMIT = b"COMMIT"


@dataclass
class Cutter:
    """Passes bytes on; strikes a part of all commits."""

    socket_path: str
    dice: Random
    rate: float = 0.0
    cut_before: int = 0
    cut_after: int = 0
    port: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection, until either side ends it."""
        there, to_server = await asyncio.open_unix_connection(self.socket_path)
        upward = asyncio.create_task(self._up(reader, to_server, writer))
        try:
            while data := await there.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            upward.cancel()
            writer.close()
            to_server.close()

    async def _up(
        self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter, client: asyncio.StreamWriter
    ) -> None:
        """From the client to the server; at a commit the dice decide."""
        while data := await reader.read(65536):
            struck = COMMIT in data and self.dice.random() < self.rate
            if struck and self.dice.random() < 0.5:
                self.cut_before += 1
                client.transport.abort()
                to_server.close()
                return
            to_server.write(data)
            await to_server.drain()
            if struck:
                self.cut_after += 1
                client.transport.abort()  # the server commits, and nobody hears of it
        to_server.close()


@asynccontextmanager
async def cutter(socket_path: str, seed: int) -> AsyncIterator[Cutter]:
    """The proxy on a port of loopback."""
    made = Cutter(socket_path, Random(seed))
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
