"""Fetching is bounded in time and size, whatever a server does, and one bad server disturbs no other."""

import asyncio
import gzip
import time

import brotli
import pytest

from feeds.errors import FailureKind, FetchError
from feeds.fetch import Fetcher
from tests.fakes.web import FEED, Script, Serve, Visit, answering, failure


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


async def _brotli_bomb(visit: Visit) -> None:
    await visit.answer(body=brotli.compress(bytes(50 * 2**20)), Content_Encoding="br")


async def _ten_gigabytes_chunked(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n280000000\r\n")
    while True:
        await visit.send(b"x" * 65536)


@pytest.mark.parametrize(
    "script",
    [_endless, _claims_ten_gigabytes, _bomb, _many_small_bombs, _brotli_bomb, _ten_gigabytes_chunked],
)
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


@pytest.mark.parametrize("encodings", ["gzip", "gzip, gzip", "x-unheard-of"])
async def test_gzip_in_gzip_is_never_unpacked_twice(serve: Serve, encodings: str) -> None:
    """A bomb in a bomb: what we do not unpack stays small, whatever the header says of it."""
    inner = gzip.compress(bytes(50 * 2**20))
    server = await serve(answering(body=gzip.compress(inner), Content_Encoding=encodings))
    async with Fetcher(user_agent="t", allow_private_addresses=True, timeout=5, max_bytes=2**20) as fetcher:
        try:
            assert len((await fetcher.get(server.url())).body) <= len(inner)
        except FetchError as error:
            assert error.kind in {FailureKind.NETWORK, FailureKind.UNREADABLE, FailureKind.TOO_LARGE}


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
