"""Fixtures of the servers at the network's edge."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.bot_api import BotApiServer


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApiServer]:
    """A local Bot API server."""
    async with BotApiServer() as server:
        yield server
