"""YAML in, plain data out, and the place of every key and value in the file.

Only what rule files need is taken: one document, mappings with plain keys, lists, text, whole numbers, true, false,
null. No anchors, aliases or tags, so nothing can unfold beyond what the file holds.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from rules.codes import At, problem
from rules.files import NotAFile, read_up_to
from rules.model import Problem
from rules.yaml_hints import lacks_colon, syntax_hint

DEEPEST = 24  # levels; the deepest sensible rule has about ten
_ACCEPTED = re.compile(r"#.*مقبول(.*)")  # a comment by which a line accepts warnings: # مقبول: A003
_CODE = re.compile(r"[A-Z][0-9]{3}")
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}

Where = tuple[str | int, ...]
"""The way from the top of the data to a value: keys and list places."""

Instead = Mapping[Path, bytes | None]
"""By absolute path: bytes that stand for a file's content, or None for a file that counts as absent."""

NOTHING: Instead = MappingProxyType({})


@dataclass(slots=True)
class Located:
    """The data of a file (None if it could not be read), where its parts stand, and what was wrong."""

    path: Path
    data: Any = None
    values: dict[Where, At] = field(default_factory=dict)
    keys: dict[Where, At] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    accepted: dict[int, frozenset[str]] = field(default_factory=dict)  # by line: codes that a comment accepts

    def at(self, where: Where, *, key: bool = False) -> At:
        """The place of a value (or of its key), or of the nearest thing around it that has one."""
        for length in range(len(where), -1, -1):
            known = (self.keys.get(where[:length]) if key else None) or self.values.get(where[:length])
            if known:
                return known
        return At()


Memory = dict[tuple[Path, bytes], Located]
"""Files that have been read, by path and content."""


class Remembering(dict[Path, bytes | None]):
    """An ``Instead`` for a folder that is read again and again with few changes: the same bytes are parsed once."""

    def __init__(self, contents: Instead, memory: Memory) -> None:
        super().__init__(contents)
        self.memory = memory


class _Refused(Exception):
    """The file cannot be read on; carries the problem."""

    def __init__(self, found: Problem) -> None:
        self.problem = found


def read_yaml(path: Path, *, max_bytes: int, instead: Instead = NOTHING) -> Located:
    """Read a file. Never raises: what is wrong stands in ``problems``, and data may still be there."""
    content = instead.get(path.absolute())
    if isinstance(instead, Remembering) and content is not None:
        if (path, content) not in instead.memory:
            instead.memory[path, content] = _read(path, max_bytes, instead)
        known = instead.memory[path, content]
        return replace(known, problems=[*known.problems])  # readers add their own
    return _read(path, max_bytes, instead)


def _read(path: Path, max_bytes: int, instead: Instead) -> Located:
    located = Located(path)
    try:
        text = _text(path, max_bytes, instead)
        located.accepted = _accepted(text)
        _Builder(located, _events(path, text)).build()
    except _Refused as refused:
        located.problems.append(refused.problem)
        located.data = None
    return located


def _accepted(text: str) -> dict[int, frozenset[str]]:
    if "مقبول" not in text:
        return {}
    found = ((number, _ACCEPTED.search(line)) for number, line in enumerate(text.splitlines(), start=1))
    return {number: frozenset(_CODE.findall(match[1])) for number, match in found if match}


def _text(path: Path, max_bytes: int, instead: Instead) -> str:
    given = instead.get(path.absolute())
    raw = _raw(path, max_bytes) if given is None else given
    if len(raw) > max_bytes:
        raise _Refused(
            problem("S009", path, At(), f"{max_bytes // 1024} KiB", f"{max_bytes // 1024} KiB", "قسّم الملف.")
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        raise _Refused(
            problem("S002", path, _place(before, len(before)), hint=_encoding_hint(raw))
        ) from error


def _encoding_hint(raw: bytes) -> str:
    """What the file's encoding seems to be, and what to do."""
    hint = "احفظ الملف بترميز UTF-8 من محرر النصوص."
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"الملف بترميز UTF-16. {hint}"
    try:
        arabic = sum("\u0600" <= letter <= "\u06ff" for letter in raw.decode("cp1256"))
    except UnicodeDecodeError:
        return hint
    return f"لعل الملف بترميز windows-1256. {hint}" if arabic else hint


def _raw(path: Path, max_bytes: int) -> bytes:
    """What is on disk, and of a file that is too large one byte too many."""
    try:
        return read_up_to(path, max_bytes)
    except NotAFile as error:
        raise _Refused(problem("S012", path, At(), "ليس ملفًا عاديًا", "not a plain file")) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise _Refused(problem("S012", path, At(), reason, reason)) from error


def _place(text: str, offset: int) -> At:
    lines = f"{text[:offset]}.".splitlines()  # at a line break the place is in the line that it ends
    return At(len(lines), len(lines[-1]))


def _events(path: Path, text: str) -> Iterator[Event]:
    """The parser's events; what it cannot parse is refused with its place."""
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = At(mark.line + 1, mark.column + 1) if mark else At()
        raise _Refused(_syntax(path, text, at, str(error.problem or error.context or ""))) from error
    except YAMLError as error:
        offset = getattr(error, "position", 0)
        raise _Refused(
            _syntax(path, text, _place(text, offset), "a character that text cannot hold")
        ) from error


def _syntax(path: Path, text: str, at: At, english: str) -> Problem:
    if "\\t" in english:
        return problem("S013", path, at, hint="استعمل مسافتين بدل علامة الجدولة (Tab).")
    lines = text.splitlines()
    near = lines[max(at.line - 2, 0) : at.line]
    before = at.line - 2  # YAML misses a colon only when it meets the next line
    if before >= 0 and lacks_colon(lines[before], english):
        at = At(before + 1, len(lines[before]) - len(lines[before].lstrip()) + 1)
    return problem("S001", path, at, "", english, syntax_hint(near, english))


class _Builder:
    """Puts the events together into data, noting places."""

    def __init__(self, located: Located, events: Iterator[Event]) -> None:
        self._located = located
        self._events = events

    def build(self) -> None:
        """Fill the located data in."""
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refused("S001", event, "وثيقتان في ملف واحد", "two documents in one file")
                self._located.data = self._value(next(self._events), ())
        if self._located.data is None:
            raise _Refused(problem("S003", self._located.path, At()))

    def _value(self, event: Event, where: Where) -> Any:
        self._check(event, where)
        self._located.values[where] = _at(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(where)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(where)
        assert isinstance(event, ScalarEvent)
        return _scalar(event)

    def _check(self, event: Event, where: Where) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise self._refused(
                "S011", event, hint="اكتب القيمة كاملة، أو ضعها بين علامتي تنصيص إن كانت نصًّا."
            )
        if len(where) > DEEPEST:
            raise self._refused("S010", event, str(DEEPEST), str(DEEPEST))

    def _sequence(self, where: Where) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._value(event, (*where, len(found))))
        return found

    def _mapping(self, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise self._refused("S001", event, "المفتاح يجب أن يكون كلمة", "a key must be a word")
            self._check(event, where)
            key = str(event.value)
            if key in found:
                self._note_duplicate(event, (*where, key))
                self._value(next(self._events), (*where, key, 1))
                continue
            self._located.keys[(*where, key)] = _at(event)
            found[key] = self._value(next(self._events), (*where, key))
        return found

    def _note_duplicate(self, event: Event, where: Where) -> None:
        line = self._located.keys[where].line
        self._located.problems.append(
            problem(
                "S004",
                self._located.path,
                _at(event),
                f"«{where[-1]}»، وقد ورد في السطر {line}",
                f"'{where[-1]}', first on line {line}",
                "احذف أحدهما أو ادمجهما.",
            )
        )

    def _refused(
        self, code: str, event: Event, arabic: str = "", english: str = "", hint: str = ""
    ) -> _Refused:
        return _Refused(problem(code, self._located.path, _at(event), arabic, english, hint))


def _at(event: Event) -> At:
    mark = event.start_mark
    return At(mark.line + 1, mark.column + 1)


def _scalar(event: ScalarEvent) -> Any:
    text = str(event.value)
    if event.style:  # quoted, or a block
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text
