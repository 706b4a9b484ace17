"""YAML with places: a file's bytes -> nodes that know where they stand, and all that is wrong with the syntax.

Built on the parser's events, so that no depth of nesting and no anchor is ever followed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from feeds.catalogue_codes import CODES
from feeds.errors import CatalogueProblem

MAX_FILE = 2**20  # bytes; a country's outlets fit many times
MAX_DEPTH = 8  # a catalogue needs five

Position = tuple[int, int]  # line and column, from 1
_HIDDEN = re.compile(r"[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ITEM = re.compile(r"( *)- ")


@dataclass(slots=True)
class Problems:
    """All that was found wrong, in order."""

    found: list[CatalogueProblem] = field(default_factory=list)

    def add(
        self, code: str, path: Path, position: Position, arabic: str, english: str, hint: str = ""
    ) -> None:
        """Note a problem at a place."""
        level = CODES[code].level
        self.found.append(CatalogueProblem(path, *position, arabic, english, code, level, hint))

    def at(self, code: str, node: "Node", arabic: str, english: str, hint: str = "") -> None:
        """Note a problem where a node stands."""
        self.add(code, node.path, node.position, arabic, english, hint)


@dataclass(frozen=True, slots=True)
class Node:
    """Something written in a file, and where."""

    path: Path
    position: Position

    @property
    def place(self) -> str:
        """file:line:column."""
        return f"{self.path.name}:{self.position[0]}:{self.position[1]}"


@dataclass(frozen=True, slots=True)
class Value(Node):
    """A scalar as it is written, before YAML makes a number or a date of it."""

    text: str


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list."""

    nodes: list[Node]


@dataclass(frozen=True, slots=True)
class Pairs(Node):
    """A mapping: the places of its keys, and the nodes of their values."""

    keys: dict[str, Position]
    nodes: dict[str, Node]


class _Refused(Exception):
    """The file cannot be read on: a code, a place, and what to say."""

    def __init__(self, code: str, position: Position, english: str = "", hint: str = "") -> None:
        super().__init__(english)
        self.code, self.position, self.english, self.hint = code, position, english, hint


def read_nodes(path: Path, problems: Problems) -> Node | None:
    """The top node of a file, or None (reported). One outlet that is no YAML does not hide the others."""
    try:
        text = _text(path)
    except _Refused as refused:
        _report(path, refused, problems)
        return None
    before = len(problems.found)
    try:
        return _Builder(path, problems).build(text)
    except _Refused as refused:
        del problems.found[before:]  # what was noted on the way is found again in the parts that can be read
        return _salvaged(path, text, refused, problems)


def _report(path: Path, refused: _Refused, problems: Problems) -> None:
    code = CODES[refused.code]
    english = f"{code.english}: {refused.english}" if refused.english else code.english
    problems.add(refused.code, path, refused.position, code.arabic, english, refused.hint)


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise _Refused("F010", (1, 1), "not a plain file")
        with path.open("rb") as file:
            raw = file.read(MAX_FILE + 1)
    except OSError as error:
        raise _Refused("F010", (1, 1), error.strerror or str(error)) from error
    if len(raw) > MAX_FILE:
        raise _Refused("F009", (1, 1), f"more than {MAX_FILE // 1024} KiB", "قسّمه ملفين.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = _place(raw[: error.start].decode("utf-8", "replace"))
        raise _Refused("F002", at, f"byte 0x{raw[error.start]:02x}", "احفظ الملف بترميز UTF-8.") from error


def _place(before: str) -> Position:
    lines = f"{before}.".splitlines()
    return len(lines), len(lines[-1])


def _salvaged(path: Path, text: str, refused: _Refused, problems: Problems) -> Node | None:
    """Read a broken file without the outlets that break it; each of those is told by itself."""
    lines = text.splitlines(keepends=True)
    kept, broken, outlets = list(lines), 0, _outlets(lines)
    for start, end in outlets:
        try:
            _Builder(path, Problems()).build("\n" * start + "".join(lines[start:end]))
        except _Refused as one:
            _report(path, one, problems)
            kept[start:end] = ["\n"] * (end - start)
            broken += 1
    if broken == len(outlets) > 0:
        return None
    if broken:
        try:
            return _Builder(path, problems).build("".join(kept))
        except _Refused as rest:
            refused = rest
    _report(path, refused, problems)
    return None


def _outlets(lines: list[str]) -> list[tuple[int, int]]:
    """The lines of each outlet: from a dash to the next dash that is not deeper than the first one."""
    dashes = [(n, len(found[1])) for n, line in enumerate(lines) if (found := _ITEM.match(line))]
    starts = [n for n, depth in dashes if depth <= dashes[0][1]]
    return list(pairwise([*starts, len(lines)]))


class _Builder:
    """Makes nodes of the parser's events."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path, self.problems = path, problems

    def build(self, text: str) -> Node | None:
        """The one document of a text; None (reported) for an empty one."""
        self.events = _events(text)
        next(self.events)
        first = next(self.events)
        if type(first).__name__ == "StreamEndEvent":
            self.problems.add("F003", self.path, (1, 1), CODES["F003"].arabic, CODES["F003"].english)
            return None
        node = self._node(next(self.events), 0)
        next(self.events)
        after = next(self.events)
        if type(after).__name__ != "StreamEndEvent":
            raise _Refused("F001", _position(after), "a second document begins here", "احذف السطر ---.")
        return node

    def _node(self, event: Any, depth: int) -> Node:
        at = _position(event)
        name = type(event).__name__
        if name == "AliasEvent" or event.anchor is not None or _tag(event):
            raise _Refused("F012", at, hint="اكتب القيمة نفسها، أو ضعها بين علامتي تنصيص.")
        if depth > MAX_DEPTH:
            raise _Refused("F011", at)
        if name == "ScalarEvent":
            return self._scalar(event, at)
        if name == "SequenceStartEvent":
            return Items(
                self.path, at, [self._node(one, depth + 1) for one in self._until("SequenceEndEvent")]
            )
        return self._pairs(at, depth)

    def _scalar(self, event: Any, at: Position) -> Value:
        text: str = event.value
        if hidden := _HIDDEN.search(text):
            mark = f"U+{ord(hidden[0]):04X}"
            self.problems.add(
                "F020",
                self.path,
                at,
                f"في النص علامة خفية ({mark})",
                f"an invisible mark ({mark})",
                "احذفها.",
            )
        return Value(self.path, at, text)

    def _pairs(self, at: Position, depth: int) -> Pairs:
        keys: dict[str, Position] = {}
        nodes: dict[str, Node] = {}
        for event in self._until("MappingEndEvent"):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if not isinstance(key, Value):
                raise _Refused("F001", key.position, "a key is a word")
            if key.text in keys:
                line = keys[key.text][0]
                self.problems.at(
                    "F004",
                    key,
                    f"المفتاح {key.text} مكرر؛ ذكر من قبل في السطر {line}",
                    f"the key {key.text} is written twice; first in line {line}",
                    "احذف أحدهما.",
                )
            else:
                keys[key.text], nodes[key.text] = key.position, value
        return Pairs(self.path, at, keys, nodes)

    def _until(self, end: str) -> Iterator[Any]:
        while type(event := next(self.events)).__name__ != end:
            yield event


def _tag(event: Any) -> bool:
    """Whether a tag is written: the parser gives one of its own to quoted scalars."""
    tag = getattr(event, "tag", None)
    return tag is not None and str(tag) != "!"


def _events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _Refused("F001", at, str(error.problem or error.context), _hint(text, at[0])) from error
    except YAMLError as error:
        at = _place(text[: getattr(error, "position", 0)])
        raise _Refused("F001", at, "a character that text cannot hold", "احذف الحرف.") from error
    except ValueError as error:  # of the scanner: a number in a directive or an escape that is none
        raise _Refused("F001", (1, 1), str(error)) from error


def _hint(text: str, line: int) -> str:
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return "استعمل مسافتين بدل علامة الجدولة (Tab)."
    if any(mark in written for mark in "：،"):
        return "العلامات هنا لاتينية: : و , لا غير."
    return "قارن السطر وما فوقه بمنفذ سليم؛ والنص الذي فيه : أو # يوضع بين علامتي تنصيص."


def _position(event: Any) -> Position:
    return event.start_mark.line + 1, event.start_mark.column + 1
