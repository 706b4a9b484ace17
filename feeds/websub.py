"""WebSub, as far as it is words on a wire: what a subscriber says, and how a hub proves that it is the hub. Pure."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

METHODS = ("sha1", "sha256", "sha384", "sha512")
WISHED_LEASE = timedelta(days=7)
LEAST_LEASE, MOST_LEASE = timedelta(minutes=2), timedelta(days=30)
_RENEWED_AT = 0.8  # of a lease
_FIRST_RETRY, _MOST_RETRY = timedelta(minutes=1), timedelta(hours=6)


def wish(*, topic: str, callback: str, secret: str) -> dict[str, str]:
    """The form that asks a hub to tell of a topic's news."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.callback": callback,
        "hub.secret": secret,
        "hub.lease_seconds": str(int(WISHED_LEASE.total_seconds())),
    }


def lease_of(seconds: str) -> timedelta:
    """For how long a hub says that it will tell, within what makes sense."""
    said = (
        timedelta(seconds=min(int(seconds), 10**9))
        if seconds.isascii() and seconds.isdigit()
        else WISHED_LEASE
    )
    return min(max(said, LEAST_LEASE), MOST_LEASE)


def renewal_after(lease: timedelta) -> timedelta:
    """When to ask for a lease's renewal, counted from its beginning: well before its end, with time for retries."""
    return lease * _RENEWED_AT


def retry_after(attempts: int) -> timedelta:
    """How long a hub is left alone after so many wishes in a row that came to nothing."""
    return min(_MOST_RETRY, _FIRST_RETRY * 2.0 ** min(max(attempts, 1) - 1, 16))


@dataclass(slots=True)
class Signature:
    """``X-Hub-Signature`` against a body that comes in parts, so that a large one never stands in memory."""

    _claimed: str
    _reckoned: "hmac.HMAC | None"

    @classmethod
    def of(cls, header: str, secret: str) -> Self:
        """From the header ``method=hexadecimal``; one that says something else never holds."""
        method, _, claimed = header.strip().partition("=")
        if method.lower() not in METHODS:
            return cls("", None)
        return cls(claimed.strip().lower(), hmac.new(secret.encode(), digestmod=method.lower()))

    def update(self, part: bytes) -> None:
        """The next part of the body."""
        if self._reckoned is not None:
            self._reckoned.update(part)

    def holds(self) -> bool:
        """Whether whoever sent this body knows the secret; takes the same time, whatever is claimed."""
        if self._reckoned is None:
            return False
        return hmac.compare_digest(
            self._reckoned.hexdigest().encode(), self._claimed.encode("utf-8", "replace")
        )
