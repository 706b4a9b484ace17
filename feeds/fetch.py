"""Fetching one URL, politely and within limits. Every failure is a FetchError that says why."""

import hashlib
import resource
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from time import monotonic
from types import MappingProxyType, TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import DefaultResolver
from yarl import URL

from feeds.deadlines import Deadlines
from feeds.dialling import guarded_connector
from feeds.errors import FailureKind, FetchError, RedirectRefused
from feeds.fetch_failures import failure_of, failure_of_status
from feeds.freshness import max_age
from feeds.guard import check_url
from feeds.lines import IDLE_SECONDS, Lines

MAX_REDIRECTS = 5
MAX_BYTES = 10 * 2**20  # decoded; the largest news feeds seen are under 2 MB
ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)
MOST_LINES = 500  # that are kept open between two requests
WhyNot = Callable[[str], Awaitable[str]]
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Response:
    """What a server answered: 200 with a body, or 304 (unchanged) with none.

    ``url`` is the one that answered at last; ``moved_to`` is the same if every redirect on the way was permanent,
    else "". ``etag`` and ``last_modified`` are the server's own bytes, to be sent back as they are; "" where it gave
    none. ``max_age``: seconds for which the answer stays fresh, if the server says.
    """

    status: int
    url: str
    body: bytes = b""
    content_type: str = ""
    moved_to: str = ""
    etag: str = ""
    last_modified: str = ""
    max_age: float | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)

    @cached_property
    def body_hash(self) -> str:
        """By which the same body is known again."""
        return hashlib.blake2b(self.body, digest_size=16).hexdigest()


class Fetcher:
    """Fetches feeds over one session: conditional requests, no cookies, every address guarded.

    ``user_agent`` is sent with each request and should name a contact. ``allow_private_addresses`` opens loopback
    and one's own network, at any port. ``timeout`` is for a whole fetch in seconds, redirects and drip-fed bodies
    included; ``max_bytes`` counts the decoded body. ``resolver`` replaces the system's (still guarded);
    ``now`` the clock.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private_addresses: bool = False,
        timeout: float = 20.0,
        max_bytes: int = MAX_BYTES,
        resolver: AbstractResolver | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._user_agent = user_agent
        self._allow_private = allow_private_addresses
        self._timeout = timeout
        self._deadlines = Deadlines(timeout)
        self._max_bytes = max_bytes
        self._resolver = resolver
        self._now = now
        self._sessions: dict[bool, aiohttp.ClientSession] = {}  # by whether their lines stay open
        self._lines = Lines(_most_lines())
        self._own_resolver: AbstractResolver | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; the next fetch would open new ones."""
        sessions, self._sessions = self._sessions, {}
        resolver, self._own_resolver = self._own_resolver, None
        for session in sessions.values():
            await session.close()
        if resolver is not None:
            await resolver.close()

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", why_not: WhyNot | None = None
    ) -> Response:
        """Fetch ``url``; with validators of an earlier answer, ask only for what changed since.

        ``why_not`` is asked of every address that a redirect leads to, and says why it may not be read ("": it may); a
        FetchError that it raises is the answer.
        Returns a Response of status 200 or 304. Raises FetchError, and nothing else, for all that goes wrong.
        """
        try:
            with self._deadlines.block():
                return await self._follow(url, _conditions(etag, last_modified), why_not)
        except FetchError:
            raise
        except Exception as error:  # whatever a stranger's server provokes is that feed's failure, not ours
            raise failure_of(error, self._timeout) from error

    async def post(self, url: str, form: Mapping[str, str]) -> int:
        """Send a form to ``url``, behind the same guard; the answer's status. A redirect is not followed.

        Raises FetchError, and nothing else, where no answer came.
        """
        try:
            with self._deadlines.block():
                target = check_url(url, allow_private=self._allow_private)
                session = self._opened(keep=False)
                async with session.post(target, data=dict(form), allow_redirects=False) as answer:
                    return answer.status
        except FetchError:
            raise
        except Exception as error:
            raise failure_of(error, self._timeout) from error

    async def _follow(self, url: str, conditions: Mapping[str, str], why_not: WhyNot | None) -> Response:
        target = check_url(url, allow_private=self._allow_private)
        seen, moved = {target}, True
        for _ in range(MAX_REDIRECTS + 1):
            session = self._opened(
                keep=self._lines.keeps(f"{target.scheme}://{target.raw_authority}", monotonic())
            )
            async with session.get(target, headers=conditions, allow_redirects=False) as answer:
                if answer.status not in _REDIRECTS:
                    return await self._read(answer, target, conditions, moved=moved and len(seen) > 1)
                moved = moved and answer.status in _PERMANENT
                target = self._next_target(target, answer)
            if target in seen:
                raise FetchError(
                    FailureKind.TOO_MANY_REDIRECTS, f"redirects in a circle, back to {target.host}"
                )
            if why_not is not None and (why := await why_not(str(target))):
                raise RedirectRefused(FailureKind.BAD_URL, why)
            seen.add(target)
        raise FetchError(FailureKind.TOO_MANY_REDIRECTS, f"more than {MAX_REDIRECTS} redirects")

    def _next_target(self, here: URL, answer: aiohttp.ClientResponse) -> URL:
        location = _exact(answer, "Location").strip()
        if not location:
            raise FetchError(
                FailureKind.HTTP_STATUS,
                f"answered {answer.status} without saying where to",
                status=answer.status,
            )
        try:
            absolute = str(here.join(URL(location.replace(" ", "%20"))))
        except (ValueError, TypeError, IndexError) as error:
            raise FetchError(FailureKind.BAD_URL, "redirects to something that is no URL") from error
        try:
            target = check_url(absolute, allow_private=self._allow_private)
        except FetchError as error:
            raise FetchError(error.kind, f"a redirect was refused: {error.detail}") from error
        if here.scheme == "https" and target.scheme == "http":
            # news that anyone on the way may rewrite is no news; the feed's address should be looked at
            raise FetchError(FailureKind.BAD_URL, f"redirects from https to unprotected http ({target.host})")
        return target.with_fragment(None)

    async def _read(
        self, answer: aiohttp.ClientResponse, url: URL, conditions: Mapping[str, str], *, moved: bool
    ) -> Response:
        if answer.status == 304 and not conditions:
            raise FetchError(
                FailureKind.HTTP_STATUS, "answered 304 (unchanged) to a first request", status=304
            )
        if answer.status not in {200, 304}:
            raise failure_of_status(answer.status, answer.headers, self._now())
        unchanged = answer.status == 304
        return Response(
            status=answer.status,
            url=str(url),
            moved_to=str(url) if moved else "",
            body=b"" if unchanged else await self._body(answer),
            content_type=answer.headers.get("Content-Type", ""),
            etag=_exact(answer, "ETag") or (conditions.get("If-None-Match", "") if unchanged else ""),
            last_modified=_exact(answer, "Last-Modified")
            or (conditions.get("If-Modified-Since", "") if unchanged else ""),
            max_age=max_age(answer.headers, self._now()),
            headers=answer.headers,
        )

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        """The decoded body. aiohttp decodes only as far as the reader has read, so counting here bounds it all."""
        if (answer.content_length or 0) > self._max_bytes:
            raise self._too_large()
        chunks, size = [], 0
        async for chunk in answer.content.iter_any():
            size += len(chunk)
            if size > self._max_bytes:
                raise self._too_large()
            chunks.append(chunk)
        return b"".join(chunks)

    def _too_large(self) -> FetchError:
        return FetchError(FailureKind.TOO_LARGE, f"the body is larger than {self._max_bytes} bytes")

    def _opened(self, *, keep: bool) -> aiohttp.ClientSession:
        session = self._sessions.get(keep)
        if session is None:
            session = self._sessions[keep] = self._open(IDLE_SECONDS if keep else 0.0)
        return session

    def _open(self, idle_seconds: float) -> aiohttp.ClientSession:
        resolver = self._resolver or self._own_resolver
        if resolver is None:
            resolver = self._own_resolver = DefaultResolver()
        return aiohttp.ClientSession(
            connector=guarded_connector(
                resolver, allow_private=self._allow_private, idle_seconds=idle_seconds
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept": ACCEPT},
            timeout=aiohttp.ClientTimeout(total=None),  # the whole fetch is timed, redirects included
            trust_env=False,
        )


def _most_lines() -> int:
    """How many lines may wait for another request: a share of the files that this process may open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_LINES if soft == resource.RLIM_INFINITY else min(MOST_LINES, soft // 4)


def _conditions(etag: str, last_modified: str) -> dict[str, str]:
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in conditions.items() if value}


def _exact(answer: aiohttp.ClientResponse, name: str) -> str:
    """A header as its very bytes, or "" if it is absent or could not be sent back unchanged (not UTF-8)."""
    value = answer.headers.get(name, "")
    try:
        value.encode()  # what was no UTF-8 stands there as surrogates
    except UnicodeEncodeError:
        return ""
    return value
