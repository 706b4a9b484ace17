"""Redirects and certificates: each hop is checked, and nothing leads round a check."""

import asyncio
import ssl
from pathlib import Path

import pytest

from feeds.errors import FailureKind, FetchError
from feeds.fetch import Fetcher
from tests.fakes.web import FEED, RawServer, Script, Serve, Visit, answering, failure


def redirecting(*steps: tuple[str, str]) -> Script:
    """A script that answers /0, /1 ... with a status and a location, and the feed after that."""

    async def script(visit: Visit) -> None:
        number = int(visit.path.strip("/") or 0)
        if number >= len(steps):
            await visit.answer(body=FEED)
            return
        status, location = steps[number]
        await visit.answer(status, Location=location)

    return script


async def test_permanent_redirects_say_where_the_feed_moved(serve: Serve, fetcher: Fetcher) -> None:
    """A chain of 301 and 308 alone gives ``moved_to``."""
    server = await serve(redirecting(("301 Moved", "/1"), ("308 Moved", "/2")))
    answer = await fetcher.get(server.url("/0"))
    assert (answer.body, answer.url, answer.moved_to) == (FEED, server.url("/2"), server.url("/2"))


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary"])
async def test_a_temporary_redirect_moves_nothing(serve: Serve, fetcher: Fetcher, status: str) -> None:
    """One temporary step in the chain, and the feed's address stays."""
    server = await serve(redirecting(("301 Moved", "/1"), (status, "/2"), ("301 Moved", "/3")))
    answer = await fetcher.get(server.url("/0"))
    assert (answer.url, answer.moved_to) == (server.url("/3"), "")


async def test_conditions_follow_a_redirect(serve: Serve, fetcher: Fetcher) -> None:
    """A redirected feed is asked conditionally at its end too, or it would be sent whole each time."""
    server = await serve(redirecting(("302 Found", "/1")))
    await fetcher.get(server.url("/0"), etag='"x"')
    assert [visit.headers["if-none-match"] for visit in server.visits] == ['"x"', '"x"']


async def test_five_redirects_and_no_more(serve: Serve, fetcher: Fetcher) -> None:
    """Five are followed; the sixth is one too many."""
    steps = [("302 Found", f"/{number + 1}") for number in range(6)]
    five, six = await serve(redirecting(*steps[:5])), await serve(redirecting(*steps))
    assert (await fetcher.get(five.url("/0"))).body == FEED
    assert (await failure(fetcher, six.url("/0"))).kind is FailureKind.TOO_MANY_REDIRECTS
    assert six.connections == 6


@pytest.mark.parametrize("steps", [[("301 Moved", "/0")], [("302 Found", "/1"), ("302 Found", "/0")]])
async def test_a_circle_is_noticed(serve: Serve, fetcher: Fetcher, steps: list[tuple[str, str]]) -> None:
    """A redirect to a page that was visited already is not followed."""
    server = await serve(redirecting(*steps))
    assert (await failure(fetcher, server.url("/0"))).kind is FailureKind.TOO_MANY_REDIRECTS
    assert server.connections == len(steps)


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("file:///etc/passwd", FailureKind.BAD_URL),
        ("gopher://127.0.0.1/", FailureKind.BAD_URL),
        ("http://user:hunter2@127.0.0.1/", FailureKind.BAD_URL),
        ("http://[::1", FailureKind.BAD_URL),
        ("http://x@[]", FailureKind.BAD_URL),
        ("http://169.254.169.254/latest/meta-data/", FailureKind.FORBIDDEN_ADDRESS),
        ("//168.63.129.16/", FailureKind.FORBIDDEN_ADDRESS),
        ("http://0x7f.1/", FailureKind.FORBIDDEN_ADDRESS),
    ],
)
async def test_a_redirect_to_where_no_feed_may_lead(
    serve: Serve, fetcher: Fetcher, location: str, kind: FailureKind
) -> None:
    """Each hop passes the same guard as the first URL."""
    server = await serve(redirecting(("302 Found", location)))
    error = await failure(fetcher, server.url("/0"))
    assert error.kind is kind
    assert "hunter2" not in str(error)


async def test_a_redirect_from_outside_to_loopback_is_refused(serve: Serve) -> None:
    """With private addresses shut, a public server cannot send us to our own machine."""
    from yarl import URL

    from feeds.guard import check_url

    server = await serve(answering(body=FEED))
    target = URL("https://news.example.com/rss").join(URL(server.url()))
    with pytest.raises(FetchError) as caught:
        check_url(str(target))
    assert caught.value.kind is FailureKind.FORBIDDEN_ADDRESS
    assert server.connections == 0


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    folder = Path(__file__).parent / "data"
    context.load_cert_chain(folder / "self-signed.crt", folder / "self-signed.key")
    return context


async def test_a_certificate_that_nobody_signed(fetcher: Fetcher) -> None:
    """There is no way round a certificate that is not valid, not on one's own network either."""
    async with RawServer(answering(body=FEED), tls=_tls()) as server:
        error = await failure(fetcher, server.url(host="localhost"))
        assert error.kind is FailureKind.TLS
        assert "self-signed" in error.detail
        assert not server.visits


async def test_https_to_a_server_without_it(fetcher: Fetcher) -> None:
    """No agreement on encryption is a TLS failure."""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert (await failure(fetcher, f"https://127.0.0.1:{port}/")).kind is FailureKind.TLS


async def test_https_is_not_left_for_http(serve: Serve) -> None:
    """A redirect from https down to http is refused: anyone on the way could write our news."""
    import aiohttp

    plain = await serve(answering(body=FEED))
    redirecting_down = RawServer(answering("302 Found", Location=plain.url()), tls=_tls())
    impatient = Fetcher(user_agent="t", allow_private_addresses=True, timeout=3)
    async with redirecting_down as server, impatient as fetcher:
        session = fetcher._opened(keep=True)
        assert isinstance(session.connector, aiohttp.TCPConnector)
        session.connector._ssl = _trusting()  # what no test can have: a certificate that the world trusts
        error = await failure(fetcher, server.url(host="localhost"))
    assert error.kind is FailureKind.BAD_URL
    assert "https" in error.detail
    assert plain.connections == 0


def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(Path(__file__).parent / "data" / "self-signed.crt"))
