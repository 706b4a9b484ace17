"""A feed's bytes -> typed entries in plain text."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from feeds import kinds
from feeds.changes import compare, read_changes, shown_by
from feeds.charset import Decoded, decode
from feeds.entries import FeedInfo, ParsedEntry, base_of, feed_info, marks_of, parsed_entries
from feeds.errors import FailureKind, ParseError
from feeds.kinds import Kind, kind_of
from feeds.limits import limit
from feeds.parsed import ParsedFeed
from feeds.plain import read_plain
from feeds.prolog import Prepared, entries_begun, entries_ended, is_whole, prepare, refuse_other_documents
from feeds.reader import Reading, read_well_formed
from feeds.shown import Shown
from feeds.split import Split, split
from feeds.task import Task

__all__ = [
    "FeedInfo",
    "Kind",
    "ParsedEntry",
    "ParsedFeed",
    "Task",
    "parse_at_once",
    "parse_feed",
    "parse_task",
]

_SMALL_BODY = 256 * 1024  # bytes that are decoded and split where others wait for it
_SMALL_REST = 16 * 1024  # characters that feedparser may read there; the worst of them take it some 20 ms


def parse_feed(
    body: bytes,
    *,
    content_type: str = "",
    url: str = "",
    now: datetime | None = None,
    kind: str = "",
    shown: Shown | None = None,
) -> ParsedFeed:
    """Read a feed of any kind from bytes; nothing is opened or fetched, whatever the bytes say.

    ``now``: against which dates are judged (default: the clock); for the others see Task. Raises ParseError, and
    nothing else, for what is no readable feed.
    """
    return parse_task(body, Task(content_type, url, Kind.of(kind), shown), now or datetime.now(UTC))


def parse_task(body: bytes, task: Task, now: datetime) -> ParsedFeed:
    """The same, for who has a Task already."""
    if not body.strip():
        raise ParseError(FailureKind.EMPTY_BODY, "the body is empty")
    try:
        return _parse(body, task, now)
    except ParseError:
        raise
    except Exception as error:  # hostile bytes: feedparser and its parsers may raise anything
        raise ParseError(FailureKind.UNREADABLE, f"the parser gave up ({type(error).__name__})") from error


def parse_at_once(body: bytes, task: Task, now: datetime) -> ParsedFeed | None:
    """Read what takes about a millisecond: well-formed UTF-8 with little in it that is new. None for all else.

    Never raises: whatever is odd is for a parser that can be killed.
    """
    if len(body) > _SMALL_BODY or task.kind not in (Kind.ANY, Kind.FEED):
        return None
    try:
        return _parse_little(body, task, now)
    except Exception:  # whatever it was, the whole parser says it better, and in safety
        return None


def _parse_little(body: bytes, task: Task, now: datetime) -> ParsedFeed | None:
    text = body.decode("utf-8")
    if (
        task.shown is None and len(text) > 2 * _SMALL_REST
    ):  # a long declaration aside, too much to be read here
        return None
    prepared = prepare(text)
    if prepared.removed or prepared.root not in {"rss", "feed", "rdf"}:
        return None
    pieces = split(prepared.text)
    if pieces is None:
        return None
    changed = compare(pieces, task.shown) if task.shown is not None else None
    if changed is not None and task.shown is not None and len(changed.rest) <= _SMALL_REST:
        found = read_changes(changed, task.shown, task.url, now, "utf-8")
        if found is not None:
            return found
    if len(prepared.text) > _SMALL_REST:
        return None
    decoded, reading = decode(body), read_plain(prepared.text) or read_well_formed(prepared.text)
    return _whole(reading, prepared, pieces, decoded, task, now) if reading else None


def _parse(body: bytes, task: Task, now: datetime) -> ParsedFeed:
    decoded = decode(body, task.content_type)
    prepared = prepare(decoded.text)
    kind = kind_of(prepared, task.kind)
    if kind != Kind.FEED:
        return _whole(kinds.read(kind, prepared.text), prepared, None, decoded, task, now)
    refuse_other_documents(prepared)
    limited = limit(prepared.text, prepared.line)
    if limited.problems:
        prepared = replace(prepared, text=limited.text, line=0)  # lines may have gone with what was cut
        reading = kinds.read(kind, prepared.text)
        return _whole(reading, prepared, None, decoded, task, now, limited.problems)
    pieces = split(prepared.text)
    if pieces and task.shown and not decoded.problems and not prepared.removed:
        changed = compare(pieces, task.shown)
        found = read_changes(changed, task.shown, task.url, now, decoded.encoding) if changed else None
        if found is not None:
            return found
    return _whole(kinds.read(kind, prepared.text), prepared, pieces, decoded, task, now)


def _whole(
    reading: Reading,
    prepared: Prepared,
    pieces: Split | None,
    decoded: Decoded,
    task: Task,
    now: datetime,
    limits: Sequence[str] = (),
) -> ParsedFeed:
    _require_a_feed(reading, prepared)
    raws, broken, damaged = _salvaged(reading, prepared)
    info = feed_info(reading.feed, task.url)
    base = base_of(info, task.url)
    marks = [marks_of(raw, base) for raw in raws]
    entries, odd = parsed_entries(raws, marks, now)
    said = (*limits, *decoded.problems, *_removed(prepared), *broken)
    all_given = len(entries) == len(raws)  # else a text may be known that no entry was given for
    shown = shown_by(pieces, marks, base) if all_given and not said else None
    return ParsedFeed(info, entries, decoded.encoding, (*said, *odd), damaged, shown=shown)


def _require_a_feed(reading: Reading, prepared: Prepared) -> None:
    if reading.version or reading.entries:
        return
    if reading.complaint:
        said = reading.complaint.in_file(prepared.line)
        raise ParseError(FailureKind.BROKEN_XML, f"not well-formed, and nothing to save: {said}")
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
    said = reading.complaint.in_file(prepared.line)
    problems = [f"not well-formed XML: {said}"]
    begun, ended = entries_begun(prepared.text), entries_ended(prepared.text)
    if is_whole(prepared.text) and begun == ended == len(raws):
        return raws, problems, None
    if begun > ended and raws:
        raws.pop()  # half an entry would be known by its id for ever, and its other half never read
        problems.append("the document is cut off; its last entry was left out")
    if not raws:
        raise ParseError(FailureKind.BROKEN_XML, f"not well-formed, and no entry is whole: {said}")
    return raws, problems, FailureKind.BROKEN_XML


def _removed(prepared: Prepared) -> tuple[str, ...]:
    if not prepared.removed:
        return ()
    return (f"{prepared.removed} characters that XML forbids were removed",)
