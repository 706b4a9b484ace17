"""What can go wrong with a feed, as one tree.

FeedError                 a feed could not be read: ``kind`` for deciders, ``detail`` for people
├── FetchError            the bytes did not come (adds ``retry_after`` and ``status``)
│   ├── RedirectRefused   a redirect leads to what the caller may not read
│   └── RobotsUnread      whether an address may be read could not be learned
└── ParseError            the bytes came and are not a readable feed

CatalogueProblem          a line of the catalogue that is wrong: a value, not raised, so that all are seen at once
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal


class FailureKind(StrEnum):
    """Why a feed could not be read; stored with the feed and counted in the metrics."""

    REFUSED = "refused"  # nothing listens there
    DNS = "dns"  # the name is not known
    TIMEOUT = "timeout"
    TLS = "tls"  # the certificate is wrong, or there is no agreement on encryption
    HTTP_STATUS = "http_status"  # any answer that has no kind of its own
    NOT_FOUND = "not_found"
    GONE = "gone"  # 410: taken away for good
    RATE_LIMITED = "rate_limited"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    FORBIDDEN_ADDRESS = "forbidden_address"  # not public: loopback, a private network, a cloud's metadata
    BAD_URL = "bad_url"
    NETWORK = "network"  # cut off, reset, unreachable
    NOT_A_FEED = "not_a_feed"
    BROKEN_XML = "broken_xml"
    BROKEN_JSON = "broken_json"
    EMPTY_BODY = "empty_body"
    UNREADABLE = "unreadable"  # neither HTTP nor a parser makes sense of it
    TOO_HARD = "too_hard"  # its parser was killed: it took too long, or too much memory


class FeedError(Exception):
    """A feed could not be read. ``detail`` is one English line for operators and holds no secret."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


class FetchError(FeedError):
    """The bytes did not come.

    ``retry_after``: seconds that the server asked us to wait, if it did. ``status``: the HTTP status, if one came.
    """

    def __init__(
        self, kind: FailureKind, detail: str, retry_after: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(kind, detail)
        self.retry_after = retry_after
        self.status = status


class RedirectRefused(FetchError):
    """A redirect leads to what the caller may not read."""


class RobotsUnread(FetchError):
    """Whether ``url`` may be read could not be learned, for its robots.txt did not come: ``failure`` says why."""

    def __init__(self, url: str, failure: FetchError) -> None:
        super().__init__(failure.kind, failure.detail, failure.retry_after, failure.status)
        self.url = url
        self.failure = failure


class ParseError(FeedError):
    """The bytes are not a feed that can be read."""


@dataclass(frozen=True, slots=True)
class CatalogueProblem:
    """One thing wrong in a catalogue file, with its place (lines and columns count from 1)."""

    path: Path
    line: int
    column: int
    message: str  # Arabic
    message_en: str
    code: str = "F008"  # see feeds/catalogue_codes.py
    level: Literal["error", "warning"] = "error"
    hint: str = ""  # what to do, in Arabic
