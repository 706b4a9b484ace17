"""Fixtures of the bench: one fork server for all tests of a worker."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.torture.nursery import Nursery, nursery


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bench() -> AsyncIterator[Nursery]:
    """Where tortured processes come from."""
    async with nursery() as opened:
        yield opened
