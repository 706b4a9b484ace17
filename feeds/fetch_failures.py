"""What went wrong with a fetch, in one kind and one sentence: a single table for every error and status."""

import asyncio
import errno
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus

import aiohttp

from feeds.errors import FailureKind, FetchError
from feeds.freshness import retry_after
from feeds.guard import ForbiddenAddressError

_KIND_OF_STATUS = {
    404: FailureKind.NOT_FOUND,
    410: FailureKind.GONE,
    429: FailureKind.RATE_LIMITED,
}


# What may be well the next time, however it was this time; of an HTTP status see ``passes``.
_PASSING = frozenset(
    {
        FailureKind.REFUSED,
        FailureKind.DNS,
        FailureKind.TIMEOUT,
        FailureKind.NETWORK,
        FailureKind.RATE_LIMITED,
    }
)
_PASSING_STATUS = frozenset({408, 425, 500, 502, 503, 504, *range(520, 531)})  # the last are Cloudflare's


def passes(failure: FetchError) -> bool:
    """Whether a failure is likely to pass by itself within minutes, as an outage does and a wrong address does not."""
    return failure.kind in _PASSING or failure.status in _PASSING_STATUS


def failure_of_status(status: int, headers: Mapping[str, str], now: datetime) -> FetchError:
    """The failure that an HTTP status other than 200 and 304 means."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "not a status of HTTP"
    return FetchError(
        _KIND_OF_STATUS.get(status, FailureKind.HTTP_STATUS),
        f"answered {status} ({phrase})",
        retry_after=retry_after(headers, now) if status >= 400 else None,  # who fails may say for how long
        status=status,
    )


def failure_of(error: Exception, timeout: float) -> FetchError:
    """The failure that an exception of the HTTP library means. The detail never quotes the URL."""
    for cause in _causes(error):
        if isinstance(cause, ForbiddenAddressError):
            return FetchError(FailureKind.FORBIDDEN_ADDRESS, str(cause))
    if isinstance(error, asyncio.TimeoutError):
        return FetchError(FailureKind.TIMEOUT, f"no whole answer within {timeout:g} s")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchError(FailureKind.DNS, f"the name {error.host} could not be resolved")
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return FetchError(FailureKind.TLS, _tls_detail(error))
    if isinstance(error, aiohttp.ClientConnectorError):
        return _not_connected(error)
    if isinstance(error, (aiohttp.InvalidURL, UnicodeError)):
        return FetchError(FailureKind.BAD_URL, "the URL cannot be asked")
    return _cut_short(error)


def _not_connected(error: aiohttp.ClientConnectorError) -> FetchError:
    number = error.os_error.errno
    if number == errno.ECONNREFUSED:
        return FetchError(FailureKind.REFUSED, f"{error.host} refused the connection")
    reason = errno.errorcode.get(number or 0, "") or type(error.os_error).__name__
    return FetchError(FailureKind.NETWORK, f"no connection to {error.host} ({reason})")


def _cut_short(error: Exception) -> FetchError:
    if isinstance(error, aiohttp.ClientPayloadError):
        return FetchError(FailureKind.NETWORK, "the body was cut off or is not compressed as it says")
    if isinstance(error, aiohttp.ClientResponseError):
        return FetchError(FailureKind.UNREADABLE, "the answer is not valid HTTP")
    if isinstance(error, (aiohttp.ClientConnectionError, OSError)):
        return FetchError(FailureKind.NETWORK, "the connection was cut off")
    return FetchError(FailureKind.UNREADABLE, f"the answer cannot be read ({type(error).__name__})")


def _tls_detail(error: Exception) -> str:
    for cause in _causes(error):
        if said := getattr(
            cause, "verify_message", ""
        ):  # aiohttp's errors wear ssl's types, not their attributes
            return f"the certificate is not valid: {said}"
    return "no agreement on encryption"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [
            one.__cause__,
            one.__context__,
            getattr(one, "os_error", None),
            getattr(one, "certificate_error", None),
        ]
