"""Fetching: polite, conditional, and every failure has its kind. All servers are real and stand on loopback."""

from datetime import UTC, datetime

import pytest

from feeds.errors import FailureKind
from feeds.fetch import Fetcher
from tests.fakes.web import FEED, Serve, Visit, answering, failure


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
        ("500 Internal Server Error", "120", 120),
        ("403 Forbidden", "120", 120),
    ],
)
async def test_retry_after_in_both_forms(
    serve: Serve, status: str, asked: str, seconds: float | None, noon: datetime
) -> None:
    """Seconds and dates count, on every status that says no."""
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


async def test_closing_twice_is_harmless() -> None:
    """A fetcher that never fetched, or was closed before, closes in peace."""
    fetcher = Fetcher(user_agent="t", now=lambda: datetime.now(UTC))
    await fetcher.close()
    await fetcher.close()
