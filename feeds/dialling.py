"""The guard at the moment of connecting: aiohttp resolves and opens sockets through here only."""

import socket
from typing import Any

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.guard import check_address


class GuardedResolver(AbstractResolver):
    """Resolves a name once and refuses it if ANY of its answers is an address that we may not use.

    aiohttp connects to the answers given here, so a name that changes its mind a moment later (rebinding)
    gains nothing. Raises ForbiddenAddressError, or what the resolver within raises (OSError).
    """

    def __init__(self, resolver: AbstractResolver, *, allow_private: bool) -> None:
        self._resolver = resolver
        self._allow_private = allow_private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All addresses of ``host``, each of them checked."""
        answers = await self._resolver.resolve(host, port, family)
        for answer in answers:
            check_address(answer["host"], allow_private=self._allow_private)
        return answers

    async def close(self) -> None:
        """Close the resolver within."""
        await self._resolver.close()


def guarded_connector(
    resolver: AbstractResolver, *, allow_private: bool, idle_seconds: float = 0.0
) -> TCPConnector:
    """The connector of all feeds' requests: every address that it dials has passed the guard.

    ``idle_seconds``: for how long a line waits for another request to the same name; 0: it is closed after the first.
    Whoever gives the resolver closes it, after the connector. The socket factory is the last gate: aiohttp calls it
    with each address, be it resolved, literal or redirected.
    """

    def open_socket(info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        check_address(str(address[0]), allow_private=allow_private)
        return socket.socket(family, kind, protocol)

    return TCPConnector(
        resolver=GuardedResolver(resolver, allow_private=allow_private),
        socket_factory=open_socket,
        limit=0,  # the poller decides how many feeds are read at the same time
        force_close=not idle_seconds,
        keepalive_timeout=idle_seconds or None,
    )
