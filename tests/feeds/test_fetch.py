"""Fetching: polite, bounded, and every failure has its kind. All servers are real and stand on loopback."""

import asyncio
import gzip
import ssl
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.errors import FailureKind, FetchError
from feeds.fetch import Fetcher
from tests.feeds.servers import RawServer, Script, Visit

Serve = Callable[[Script], Awaitable[RawServer]]
FEED = "<rss version='2.0'><channel><title>أخبار</title></channel></rss>".encode()


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


async def test_a_feed_comes_with_its_headers(serve: Serve, fetcher: Fetcher) -> None:
    """Body, type, validators and freshness are what the server sent."""
    server = await serve(
        answering(
            body=FEED,
            Content_Type="application/rss+xml; charset=utf-8",
            ETag='W/"a, b"',
            Last_Modified="Tue, 18 Jun 2024 10:00:00 GMT",
            Cache_Control="public, max-age=300",
        )
    )
    answer = await fetcher.get(server.url())
    assert (answer.status, answer.body, answer.url, answer.moved_to) == (200, FEED, server.url(), "")
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    assert (answer.etag, answer.last_modified) == ('W/"a, b"', "Tue, 18 Jun 2024 10:00:00 GMT")
    assert answer.max_age == 300


async def test_validators_go_back_byte_for_byte(serve: Serve, fetcher: Fetcher) -> None:
    """Odd quotes, inner spaces and a date that is no date are echoed as they came, and are kept on a 304."""

    async def script(visit: Visit) -> None:
        if "if-none-match" in visit.headers:
            await visit.answer("304 Not Modified")
        else:
            await visit.answer(body=FEED, ETag='no-quotes  "x"é', Last_Modified="yesterday")

    server = await serve(script)
    first = await fetcher.get(server.url())
    second = await fetcher.get(server.url(), etag=first.etag, last_modified=first.last_modified)
    assert server.visits[1].headers["if-none-match"] == 'no-quotes  "x"é'
    assert server.visits[1].headers["if-modified-since"] == "yesterday"
    assert (second.status, second.body, second.etag, second.last_modified) == (
        304,
        b"",
        first.etag,
        "yesterday",
    )


async def test_validators_are_never_invented(serve: Serve, fetcher: Fetcher) -> None:
    """Without validators the request is unconditional, and an answer without them yields none."""
    server = await serve(answering(body=FEED))
    answer = await fetcher.get(server.url())
    assert (answer.etag, answer.last_modified, answer.max_age) == ("", "", None)
    assert not {"if-none-match", "if-modified-since"} & set(server.visits[0].headers)


async def test_a_validator_that_cannot_be_echoed_is_not_kept(serve: Serve, fetcher: Fetcher) -> None:
    """Bytes that are not UTF-8 could not be sent back unchanged, so they are dropped rather than altered."""
    server = await serve(answering(body=FEED, ETag='"\udce9"'))
    assert (await fetcher.get(server.url())).etag == ""


async def test_the_request_is_polite(serve: Serve, fetcher: Fetcher) -> None:
    """It names us and what we read, and bears no cookie and no referer, though the server sets one."""
    server = await serve(answering(body=FEED, Set_Cookie="id=1; Path=/"))
    await fetcher.get(server.url())
    await fetcher.get(server.url())
    headers = server.visits[1].headers
    assert headers["user-agent"] == "Rasid/test (+https://example.org)"
    assert "application/rss+xml" in headers["accept"]
    assert not {"cookie", "referer"} & set(headers)


async def test_a_proxy_of_the_environment_is_not_used(
    serve: Serve, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would connect past the guard."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server = await serve(answering(body=FEED))
    assert (await fetcher.get(server.url())).status == 200


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("404 Not Found", FailureKind.NOT_FOUND),
        ("410 Gone", FailureKind.GONE),
        ("429 Too Many Requests", FailureKind.RATE_LIMITED),
        ("403 Forbidden", FailureKind.HTTP_STATUS),
        ("401 Unauthorized", FailureKind.HTTP_STATUS),
        ("500 Internal Server Error", FailureKind.HTTP_STATUS),
        ("503 Service Unavailable", FailureKind.HTTP_STATUS),
        ("204 No Content", FailureKind.HTTP_STATUS),
        ("206 Partial Content", FailureKind.HTTP_STATUS),
        ("304 Not Modified", FailureKind.HTTP_STATUS),
        ("300 Multiple Choices", FailureKind.HTTP_STATUS),
        ("302 Found", FailureKind.HTTP_STATUS),
        ("999 Denied", FailureKind.HTTP_STATUS),
    ],
)
async def test_each_status_has_its_kind(
    serve: Serve, fetcher: Fetcher, status: str, kind: FailureKind
) -> None:
    """Every answer but 200 (and 304 to a conditional request) is a failure that names its status."""
    server = await serve(answering(status))
    error = await failure(fetcher, server.url())
    assert (error.kind, error.status) == (kind, int(status[:3]))
    assert status[:3] in error.detail


@pytest.mark.parametrize(
    ("status", "asked", "seconds"),
    [
        ("429 Too Many Requests", "120", 120),
        ("503 Service Unavailable", "Wed, 19 Jun 2024 12:10:00 GMT", 600),
        ("429 Too Many Requests", "soon", None),
        ("500 Internal Server Error", "120", None),
    ],
)
async def test_retry_after_in_both_forms(
    serve: Serve, status: str, asked: str, seconds: float | None, noon: datetime
) -> None:
    """Seconds and dates count, on the two statuses that mean it."""
    server = await serve(answering(status, Retry_After=asked))
    async with Fetcher(user_agent="t", allow_private_addresses=True, now=lambda: noon) as fetcher:
        assert (await failure(fetcher, server.url())).retry_after == seconds


async def test_nothing_listens(fetcher: Fetcher, serve: Serve) -> None:
    """A refused connection is called so."""
    server = await serve(answering())
    url = server.url()
    await server.__aexit__()
    assert (await failure(fetcher, url)).kind is FailureKind.REFUSED


async def test_a_name_that_nobody_knows() -> None:
    """A name that cannot be resolved is DNS's failure, and the detail names it without the rest of the URL."""
    from tests.feeds.test_guard import FakeResolver

    class Unknown(FakeResolver):
        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[object]:  # type: ignore[override]
            raise OSError(None, "no such name")

    async with Fetcher(user_agent="t", resolver=Unknown(), timeout=2) as fetcher:
        error = await failure(fetcher, "https://nobody.example/rss?key=hunter2")
    assert error.kind is FailureKind.DNS
    assert "nobody.example" in error.detail
    assert "hunter2" not in str(error)


async def _drip_body(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        await visit.send(b"<")
        await asyncio.sleep(0.02)


async def _drip_headers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        await visit.send(b"a")
        await asyncio.sleep(0.02)


async def _say_nothing(visit: Visit) -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize("script", [_drip_body, _drip_headers, _say_nothing])
async def test_a_slow_server_is_left_in_time(serve: Serve, script: Script) -> None:
    """The limit is for the whole fetch: bytes that trickle in do not renew it."""
    server = await serve(script)
    async with Fetcher(user_agent="t", allow_private_addresses=True, timeout=0.4) as fetcher:
        begun = time.monotonic()
        error = await failure(fetcher, server.url())
    assert error.kind is FailureKind.TIMEOUT
    assert time.monotonic() - begun < 1.5


async def test_redirects_share_the_time_limit(serve: Serve) -> None:
    """A chain of slow redirects ends with the limit, not with the sum of them."""

    async def script(visit: Visit) -> None:
        await asyncio.sleep(0.2)
        await visit.answer("302 Found", Location=f"{visit.path}x")

    server = await serve(script)
    async with Fetcher(user_agent="t", allow_private_addresses=True, timeout=0.5) as fetcher:
        assert (await failure(fetcher, server.url("/"))).kind is FailureKind.TIMEOUT


async def _endless(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await visit.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")


async def _claims_ten_gigabytes(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n<rss>")
    await asyncio.sleep(30)


async def _bomb(visit: Visit) -> None:
    body = gzip.compress(bytes(50 * 2**20))
    await visit.answer(body=body, Content_Encoding="gzip")


async def _many_small_bombs(visit: Visit) -> None:
    body = gzip.compress(bytes(2**20)) * 50
    await visit.answer(body=body, Content_Encoding="gzip")


@pytest.mark.parametrize("script", [_endless, _claims_ten_gigabytes, _bomb, _many_small_bombs])
async def test_a_body_beyond_the_limit_is_cut(serve: Serve, script: Script) -> None:
    """Endless, announced as huge, or small and swollen by gzip: reading stops at the limit, at once."""
    server = await serve(script)
    async with Fetcher(user_agent="t", allow_private_addresses=True, timeout=5, max_bytes=2**20) as fetcher:
        begun = time.monotonic()
        error = await failure(fetcher, server.url())
    assert error.kind is FailureKind.TOO_LARGE
    assert time.monotonic() - begun < 3


async def test_a_bomb_is_not_inflated_in_memory(serve: Serve) -> None:
    """Decoding goes only as far as reading does: 50 MB of zeros never stand in memory."""
    import tracemalloc

    server = await serve(_bomb_made_before())
    async with Fetcher(user_agent="t", allow_private_addresses=True, timeout=5, max_bytes=2**20) as fetcher:
        tracemalloc.start()
        try:
            assert (await failure(fetcher, server.url())).kind is FailureKind.TOO_LARGE
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 * 2**20


def _bomb_made_before() -> Script:
    body = gzip.compress(bytes(50 * 2**20))

    async def script(visit: Visit) -> None:
        await visit.answer(body=body, Content_Encoding="gzip")

    return script


async def test_exactly_the_limit_is_allowed(serve: Serve) -> None:
    """The limit itself still fits."""
    server = await serve(answering(body=b"x" * 1000))
    async with Fetcher(user_agent="t", allow_private_addresses=True, max_bytes=1000) as fetcher:
        assert len((await fetcher.get(server.url())).body) == 1000


async def _cut_off(visit: Visit) -> None:
    await visit.answer(body=FEED, Content_Length=str(len(FEED) + 50))


async def _cut_off_chunked(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n")


async def _half_a_gzip(visit: Visit) -> None:
    await visit.answer(body=b"\x1f\x8bnot gzip at all", Content_Encoding="gzip")


async def _hangs_up(visit: Visit) -> None:
    visit.writer.close()


@pytest.mark.parametrize("script", [_cut_off, _cut_off_chunked, _half_a_gzip, _hangs_up])
async def test_a_body_that_is_cut_is_a_failure(serve: Serve, fetcher: Fetcher, script: Script) -> None:
    """Half a body is never taken for a whole one, so its validators are never kept."""
    server = await serve(script)
    assert (await failure(fetcher, server.url())).kind is FailureKind.NETWORK


async def test_a_length_that_is_too_short_is_never_read_beyond(serve: Serve, fetcher: Fetcher) -> None:
    """A server that sends more than it announced is not HTTP; at best the announced part is read."""
    server = await serve(answering(body=FEED, Content_Length="5"))
    try:
        assert (await fetcher.get(server.url())).body == FEED[:5]
    except FetchError as error:
        assert error.kind is FailureKind.UNREADABLE


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBroken\x00Header: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    ],
    ids=["no http", "bad header", "many headers", "long header", "negative length"],
)
async def test_what_is_no_http_is_a_typed_failure(serve: Serve, fetcher: Fetcher, raw: bytes) -> None:
    """Nonsense, and headers without bounds, end in one line about the server."""

    async def script(visit: Visit) -> None:
        await visit.send(raw)

    server = await serve(script)
    assert (await failure(fetcher, server.url())).kind in {FailureKind.UNREADABLE, FailureKind.NETWORK}


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
        session = fetcher._opened()
        assert isinstance(session.connector, aiohttp.TCPConnector)
        session.connector._ssl = _trusting()  # what no test can have: a certificate that the world trusts
        error = await failure(fetcher, server.url(host="localhost"))
    assert error.kind is FailureKind.BAD_URL
    assert "https" in error.detail
    assert plain.connections == 0


def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(Path(__file__).parent / "data" / "self-signed.crt"))


async def test_a_failure_leaves_the_fetcher_usable(serve: Serve, fetcher: Fetcher) -> None:
    """After every kind of trouble the next feed is read as if nothing had been."""
    good, bad = await serve(answering(body=FEED)), await serve(_hangs_up)
    for _ in range(3):
        await failure(fetcher, bad.url())
        assert (await fetcher.get(good.url())).body == FEED


async def test_a_slow_feed_does_not_hold_up_others(serve: Serve, fetcher: Fetcher) -> None:
    """While a server drips, another feed is read at once."""
    slow, good = await serve(_drip_body), await serve(answering(body=FEED))
    dripping = asyncio.create_task(fetcher.get(slow.url()))
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    assert (await fetcher.get(good.url())).body == FEED
    assert time.monotonic() - begun < 1
    dripping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dripping


async def test_closing_twice_is_harmless() -> None:
    """A fetcher that never fetched, or was closed before, closes in peace."""
    fetcher = Fetcher(user_agent="t", now=lambda: datetime.now(UTC))
    await fetcher.close()
    await fetcher.close()
