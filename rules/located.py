"""YAML in, plain data out, and the place of every key and value in the file.

Only what rule files need is taken: one document, mappings with plain keys, lists, text, whole numbers, true, false,
null. No anchors, aliases or tags, so nothing can unfold beyond what the file holds.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

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
from rules.swallowed import cut_at, swallowed
from rules.yaml_hints import encoding_hint, looks_like_utf16, slip_of

DEEPEST = 24  # levels; the deepest sensible rule has about ten
_SALVAGED = 512 * 2**10  # characters of a broken file up to which what is right in it is looked at as well
_SYNTAX = frozenset({"S001", "S011", "S013"})
_TOP = re.compile(r"[^\s#\-\]}]")
_LEXICON = re.compile(r"(entities|lists|groups)\s*:\s*(#.*)?$")
_REMARK = re.compile(r"\s*(#|$)")
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
    """The data of a file (None if it could not be read), where its parts stand, and what was wrong.

    ``swallowed``: texts into which the line below has run. ``cut``: texts behind which what looks like more of them is
    a comment. ``rest``: of a file that YAML refuses the parts that stand for themselves, and ``lost`` the lines of the
    others, by number.
    """

    path: Path
    data: Any = None
    values: dict[Where, At] = field(default_factory=dict)
    keys: dict[Where, At] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    accepted: dict[int, frozenset[str]] = field(default_factory=dict)  # by line: codes that a comment accepts
    swallowed: set[Where] = field(default_factory=set)
    cut: dict[Where, At] = field(default_factory=dict)
    rest: "Located | None" = None
    lost: dict[int, str] = field(default_factory=dict)

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
    except _Refused as refused:
        located.problems.append(refused.problem)
        return located
    located.accepted = _accepted(text)
    refusal = _build(located, text)
    if refusal:
        located.data = None
        located.problems = []  # what was noted on the way is found again in the parts that can be read
        located.problems += _salvaged(located, text, refusal)
    return located


def _build(located: Located, text: str) -> Problem | None:
    """Fill the data in; why it could not be, if it could not."""
    try:
        _Builder(located, _events(located.path, text), text).build()
    except _Refused as refused:
        return refused.problem
    return None


def _salvaged(located: Located, text: str, refusal: Problem) -> list[Problem]:
    """What is wrong with the syntax of a file, part by part, each read by itself; the others become ``rest``."""
    if refusal.code not in _SYNTAX or len(text) > _SALVAGED:
        return [refusal]
    lines = text.splitlines(keepends=True)
    told, kept = [], list(lines)
    for part in parts_of(lines):
        head = "" if part.head is None else lines[part.head]
        found = _build(Located(located.path), head + "".join(lines[part.start : part.end]))
        if found and found.code in _SYNTAX:
            shift = part.start - (part.head is not None)
            told.append(replace(found, line=found.line + shift))
            located.lost.update({n + 1: lines[n] for n in range(part.start, part.end)})
            kept[part.start : part.end] = ["\n"] * (part.end - part.start)
    if not told:
        return [refusal]
    rest = Located(located.path)
    if _build(rest, "".join(kept)) is None:
        if isinstance(rest.data, dict):  # a heading all of whose entries are lost is not empty
            rest.data = {key: value for key, value in rest.data.items() if value is not None}
        located.rest = rest
        told += rest.problems
    return told


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
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        raise _Refused(problem("S002", path, _place(before, len(before)), hint=encoding_hint(raw))) from error
    if looks_like_utf16(raw):
        raise _Refused(problem("S002", path, At(), hint=encoding_hint(raw)))
    return text


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
        raise _Refused(_syntax(path, text, *_marked(error))) from error
    except YAMLError as error:
        offset = getattr(error, "position", 0)
        raise _Refused(
            _syntax(path, text, _place(text, offset), "a character that text cannot hold")
        ) from error


def _marked(error: MarkedYAMLError) -> tuple[At, str]:
    """The place of an error, and what the parser says; of what was opened and not closed, where it was opened."""
    english = str(error.problem or error.context or "")
    unclosed = "quoted scalar" in str(error.context) or (
        "flow" in str(error.context) and "',' or" in english and "stream end" in english
    )
    mark = error.context_mark if unclosed and error.context_mark else error.problem_mark or error.context_mark
    if unclosed and "quoted" not in english:
        english = f"{error.context}: {english}"
    return (At(mark.line + 1, mark.column + 1) if mark else At()), english


def _syntax(path: Path, text: str, at: At, english: str) -> Problem:
    if "\\t" in english:
        return problem("S013", path, at, hint="استعمل مسافتين بدل علامة الجدولة (Tab)؛ --fix يفعل ذلك.")
    slip = slip_of(text.splitlines(), at, english)
    return problem("S001", path, slip.at, "", english, slip.hint)


class Part(NamedTuple):
    """Lines of a file that stand for themselves, from 0, and the line that they stand under, if there is one."""

    start: int
    end: int
    head: int | None = None


def parts_of(lines: Sequence[str]) -> Iterator[Part]:
    """What begins in the first column, each with what is under it; of a lexicon's parts their entries."""
    tops = [number for number, line in enumerate(lines) if _TOP.match(line)]
    for start, end in pairwise([*tops, len(lines)]):
        entries = _entries(lines, start, end) if _LEXICON.match(lines[start]) else []
        if entries:
            yield from (Part(one, after, start) for one, after in pairwise([*entries, end]))
        else:
            yield Part(start, end)


def _entries(lines: Sequence[str], start: int, end: int) -> list[int]:
    """The lines under a key that have the indent of the first of them."""
    inside = [number for number in range(start + 1, end) if not _REMARK.match(lines[number])]
    indents = {number: len(lines[number]) - len(lines[number].lstrip(" ")) for number in inside}
    return [number for number in inside if indents[number] == indents[inside[0]]]


class _Builder:
    """Puts the events together into data, noting places."""

    def __init__(self, located: Located, events: Iterator[Event], text: str) -> None:
        self._located = located
        self._events = events
        self._lines = text.splitlines()

    def build(self) -> None:
        """Fill the located data in."""
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    hint = "احذف سطر «---»؛ ولكل قاعدة ملف."
                    raise self._refused(
                        "S001", event, "وثيقتان في ملف واحد", "two documents in one file", hint
                    )
                self._located.data = self._value(next(self._events), ())
        if self._located.data is None:
            hint = "اكتب القاعدة فيه، أو احذفه. والقاعدة الجديدة يكتبها: rasid rules new"
            raise _Refused(problem("S003", self._located.path, At(), hint=hint))

    def _value(self, event: Event, where: Where) -> Any:
        self._check(event, where)
        self._located.values[where] = _at(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(where)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(where)
        assert isinstance(event, ScalarEvent)
        if where and not event.style:
            self._look_around(event, where)
        return _scalar(event)

    def _look_around(self, event: ScalarEvent, where: Where) -> None:
        """Of a bare text: whether it ends where its author thinks."""
        last = event.end_mark.line
        if last > event.start_mark.line and (found := swallowed(self._lines, _at(event), last, where)):
            self._located.swallowed.add(where)
            path = self._located.path
            self._located.problems.append(
                problem("S018", path, found.at, found.arabic, found.english, found.hint)
            )
        elif last < len(self._lines) and (column := cut_at(self._lines[last], event.end_mark.column)):
            self._located.cut[where] = At(last + 1, column)

    def _check(self, event: Event, where: Where) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            sign = self._sign(event)
            hint = f"لا يبدأ نص بعلامة «{sign}»: ضع النص كله بين علامتي تنصيص." if sign else ""
            raise self._refused("S011", event, hint=hint or "اكتب القيمة كاملة.")
        if len(where) > DEEPEST:
            hint = "لا يحتاج شرط إلى هذا العمق: ضع بعضه في قائمة أو مجموعة في القاموس، أو في قاعدة أخرى."
            raise self._refused("S010", event, str(DEEPEST), str(DEEPEST), hint)

    def _sign(self, event: Event) -> str:
        """The sign that a value begins with, which makes it no text to YAML."""
        at = event.start_mark
        sign = self._lines[at.line][at.column : at.column + 1] if at.line < len(self._lines) else ""
        return sign if sign in {"!", "&", "*"} else ""

    def _sequence(self, where: Where) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._value(event, (*where, len(found))))
        return found

    def _mapping(self, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                hint = "إن كان هذا نصًّا فضعه كله بين علامتي تنصيص."
                raise self._refused("S001", event, "المفتاح يجب أن يكون كلمة", "a key must be a word", hint)
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
