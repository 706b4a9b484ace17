"""A feed's bytes -> typed entries in plain text."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feeds.charset import decode
from feeds.entries import FeedInfo, ParsedEntry, feed_info, parsed_entries
from feeds.errors import FailureKind, ParseError
from feeds.prolog import Prepared, entries_begun, entries_ended, is_whole, prepare, refuse_other_documents
from feeds.reader import Reading, read_document

__all__ = ["FeedInfo", "ParsedEntry", "ParsedFeed", "parse_feed"]


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed that was read.

    ``encoding``: the charset it was read in. ``problems``: English sentences for operators; none means that all was
    well. ``damaged``: set when the document was cut off or broken, so that entries may be missing: those here are whole
    and may be kept, but the server's validators must not be, or it would answer "unchanged" for ever.
    """

    feed: FeedInfo
    entries: tuple[ParsedEntry, ...]
    encoding: str
    problems: tuple[str, ...] = ()
    damaged: FailureKind | None = None


def parse_feed(
    body: bytes, *, content_type: str = "", url: str = "", now: datetime | None = None
) -> ParsedFeed:
    """Read RSS, RDF or Atom from bytes; nothing is opened or fetched, whatever the bytes say.

    ``content_type``: the HTTP header. ``url``: where the bytes came from, for relative links. ``now``: against which
    dates are judged (default: the clock). Raises ParseError, and nothing else, for what is no readable feed.
    """
    if not body.strip():
        raise ParseError(FailureKind.EMPTY_BODY, "the body is empty")
    try:
        return _parse(body, content_type, url, now or datetime.now(UTC))
    except ParseError:
        raise
    except Exception as error:  # hostile bytes: feedparser and its parsers may raise anything
        raise ParseError(FailureKind.UNREADABLE, f"the parser gave up ({type(error).__name__})") from error


def _parse(body: bytes, content_type: str, url: str, now: datetime) -> ParsedFeed:
    decoded = decode(body, content_type)
    prepared = prepare(decoded.text)
    refuse_other_documents(prepared)
    reading = read_document(prepared.text)
    _require_a_feed(reading)
    raws, broken, damaged = _salvaged(reading, prepared)
    info = feed_info(reading.feed, url)
    entries, odd = parsed_entries(raws, info.link or url, now)
    problems = (*decoded.problems, *_removed(prepared), *broken, *odd)
    return ParsedFeed(info, entries, decoded.encoding, problems, damaged)


def _require_a_feed(reading: Reading) -> None:
    if reading.version or reading.entries:
        return
    if reading.complaint:
        raise ParseError(FailureKind.BROKEN_XML, f"not well-formed, and nothing to save: {reading.complaint}")
    raise ParseError(FailureKind.NOT_A_FEED, "this is XML, but neither RSS nor Atom")


def _salvaged(
    reading: Reading, prepared: Prepared
) -> tuple[list[dict[str, Any]], list[str], FailureKind | None]:
    """The entries that are whole, what was wrong with the XML, and whether entries may be missing.

    Much that is not well-formed is nevertheless complete (a bare ampersand, a prefix nobody declared): every entry
    that begins is found and the root ends. That is a blemish. Anything else is damage.
    """
    raws = list(reading.entries)
    if not reading.complaint:
        return raws, [], None
    problems = [f"not well-formed XML: {reading.complaint}"]
    begun, ended = entries_begun(prepared.text), entries_ended(prepared.text)
    if is_whole(prepared.text) and begun == ended == len(raws):
        return raws, problems, None
    if begun > ended and raws:
        raws.pop()  # half an entry would be known by its id for ever, and its other half never read
        problems.append("the document is cut off; its last entry was left out")
    if not raws:
        raise ParseError(
            FailureKind.BROKEN_XML, f"not well-formed, and no entry is whole: {reading.complaint}"
        )
    return raws, problems, FailureKind.BROKEN_XML


def _removed(prepared: Prepared) -> tuple[str, ...]:
    if not prepared.removed:
        return ()
    return (f"{prepared.removed} characters that XML forbids were removed",)
