"""The last gate before a socket opens, with all gates before it left out."""

import aiohttp
import pytest
from yarl import URL

from feeds.dialling import GuardedResolver, guarded_connector
from feeds.guard import ForbiddenAddressError
from tests.fakes.web import RawServer, Visit
from tests.feeds.test_guard import FakeResolver


async def ok(visit: Visit) -> None:
    """Whoever comes is welcome."""
    await visit.answer(body=b"<rss/>")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_no_socket_is_opened_to_a_closed_address(host: str) -> None:
    """A literal address passes no resolver; the socket factory sees it nevertheless, and refuses."""
    resolver = FakeResolver("127.0.0.1")
    async with (
        RawServer(ok) as server,
        aiohttp.ClientSession(connector=guarded_connector(resolver, allow_private=False)) as session,
    ):
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await session.get(server.url(host=host))
        assert isinstance(caught.value.os_error, ForbiddenAddressError)
        assert server.connections == 0


async def test_a_redirect_that_the_library_follows_is_seen_too() -> None:
    """Even if somebody let aiohttp follow redirects by itself, the metadata address would stay shut."""

    async def redirect(visit: Visit) -> None:
        await visit.answer("302 Found", Location="http://169.254.169.254/latest/meta-data/")

    resolver = FakeResolver("127.0.0.1")
    async with (
        RawServer(redirect) as server,
        aiohttp.ClientSession(connector=guarded_connector(resolver, allow_private=True)) as session,
    ):
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await session.get(URL(server.url()))
        assert isinstance(caught.value.os_error, ForbiddenAddressError)


async def test_the_resolver_passes_good_answers_on() -> None:
    """All answers, unchanged, when every one of them is public."""
    resolver = GuardedResolver(FakeResolver("8.8.8.8", "2606:4700::1111"), allow_private=False)
    assert [answer["host"] for answer in await resolver.resolve("dns.example", 443)] == [
        "8.8.8.8",
        "2606:4700::1111",
    ]
    await resolver.close()


@pytest.mark.parametrize("answers", [("10.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("not an address",)])
async def test_the_resolver_refuses_all_for_one(answers: tuple[str, ...]) -> None:
    """One bad answer, or one that is no address, and none is used."""
    with pytest.raises(ForbiddenAddressError):
        await GuardedResolver(FakeResolver(*answers), allow_private=False).resolve("evil.example", 80)
