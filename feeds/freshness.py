"""What a server's headers say about time: how long its answer stays fresh, when to come back. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?(\d{1,12})', re.IGNORECASE)
_DATE_IS_WITHIN = 1.0  # seconds of the truth
_FORBIDS_CACHING = re.compile(r"(?:^|[\s,])(?:no-cache|no-store)(?:$|[\s,;=])", re.IGNORECASE)


def max_age(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds for which an answer stays fresh, or None where the server does not say.

    ``Cache-Control: max-age`` less the answer's age: what ``Age`` says, or how long ago it was made by ``Date``, unless
    that is longer than ``max-age``: then a clock is wrong, and it is left out. ``Date`` counts whole seconds, so that
    up to one of them may not have passed: nobody is asked too early for its sake. Else ``Expires`` less ``Date``.
    ``no-cache`` and ``no-store`` say nothing about when to come back.
    """
    control = headers.get("Cache-Control", "")
    if _FORBIDS_CACHING.search(control):
        return None
    if found := _MAX_AGE.search(control):
        said = float(found[1])
        made = (now - _their_now(headers, now)).total_seconds() - _DATE_IS_WITHIN
        return max(0.0, said - max(_seconds(headers.get("Age", "")), made if 0 < made < said else 0.0))
    if expires := http_date(headers.get("Expires", "")):
        return max(0.0, (expires - _their_now(headers, now)).total_seconds())
    return None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the server asks us to wait: ``Retry-After`` in seconds, or as a date against its own clock."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text, re.ASCII):
        return float(text)
    if until := http_date(text):
        return max(0.0, (until - _their_now(headers, now)).total_seconds())
    return None


def http_date(text: str) -> datetime | None:
    """A date of an HTTP header, in UTC; None for anything else ("0", "-1", "never")."""
    if not text:
        return None
    try:
        read = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _their_now(headers: Mapping[str, str], now: datetime) -> datetime:
    return http_date(headers.get("Date", "")) or now


def _seconds(text: str) -> float:
    return float(text) if re.fullmatch(r"\s*\d{1,12}\s*", text, re.ASCII) else 0.0
