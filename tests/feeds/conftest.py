"""What the tests of feeds share."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from feeds.fetch import Fetcher
from tests.fakes.web import RawServer, Script, Serve


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server that plays a script: ``server = await serve(script)``."""
    async with AsyncExitStack() as stack:

        async def start(script: Script) -> RawServer:
            return await stack.enter_async_context(RawServer(script))

        yield start


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """A fetcher that may reach loopback, and is impatient."""
    async with Fetcher(
        user_agent="Rasid/test (+https://example.org)", allow_private_addresses=True, timeout=3
    ) as one:
        yield one


@pytest.fixture
def noon() -> datetime:
    """A noon in June 2024 that dates are judged against."""
    return datetime(2024, 6, 19, 12, 0, tzinfo=UTC)
