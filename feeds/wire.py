"""What passes between a parser and who asks it: texts and numbers only, so that neither side need be trusted."""

import json
import struct
from dataclasses import asdict, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from feeds.entries import FeedInfo, ParsedEntry
from feeds.errors import FailureKind, ParseError
from feeds.kinds import Kind
from feeds.parsed import ParsedFeed
from feeds.shown import Shown
from feeds.task import Task

LENGTH = struct.Struct("<I")  # before every message
LARGEST = 1 << 28  # bytes of a message
_HEAD = struct.Struct("<II")
_FIELDS = tuple(one.name for one in fields(ParsedEntry))
_VALUES = attrgetter(*_FIELDS)
_DATES = (_FIELDS.index("published"), _FIELDS.index("updated"))


def pack_task(body: bytes, task: Task, now: datetime) -> bytes:
    """A body and what is known of it."""
    shown = task.shown.to_bytes() if task.shown else b""
    known = json.dumps([task.content_type, task.url, task.kind, now.isoformat()]).encode()
    return _HEAD.pack(len(known), len(shown)) + known + shown + body


def unpack_task(message: bytes) -> tuple[bytes, Task, datetime]:
    """The same on the other side."""
    known, shown = _HEAD.unpack_from(message)
    at = _HEAD.size + known
    content_type, url, kind, now = json.loads(message[_HEAD.size : at])
    task = Task(content_type, url, Kind(kind), Shown.from_bytes(message[at : at + shown]))
    return message[at + shown :], task, datetime.fromisoformat(now)


def pack_result(result: ParsedFeed | ParseError) -> bytes:
    """A feed that was read, or why it was not."""
    if isinstance(result, ParseError):
        return _dump({"kind": result.kind, "detail": result.detail})
    shown = result.shown.to_bytes().hex() if result.shown else ""
    return _dump(
        {
            "feed": asdict(result.feed),
            "entries": list(map(_plain, result.entries)),
            "encoding": result.encoding,
            "problems": result.problems,
            "damaged": result.damaged,
            "known": result.known,
            "shown": shown,
            "strangers": result.strangers,
        }
    )


def unpack_result(message: bytes) -> ParsedFeed:
    """The feed; raises the ParseError if there is none, and ValueError, KeyError or TypeError for nonsense."""
    said = json.loads(message)
    if "kind" in said:
        raise ParseError(FailureKind(said["kind"]), said["detail"])
    return ParsedFeed(
        feed=FeedInfo(**said["feed"]),
        entries=tuple(map(_entry, said["entries"])),
        encoding=said["encoding"],
        problems=tuple(said["problems"]),
        damaged=FailureKind(said["damaged"]) if said["damaged"] else None,
        known=said["known"],
        shown=Shown.from_bytes(bytes.fromhex(said["shown"])),
        strangers=said["strangers"],
    )


def _plain(one: ParsedEntry) -> list[Any]:
    return [value.isoformat() if isinstance(value, datetime) else value for value in _VALUES(one)]


def _entry(said: list[Any]) -> ParsedEntry:
    for at in _DATES:
        said[at] = datetime.fromisoformat(said[at]) if said[at] else None
    return ParsedEntry(*said)


def _dump(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
