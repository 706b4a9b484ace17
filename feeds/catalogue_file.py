"""YAML with places: a catalogue file as nodes that know where they stand and collect what is wrong."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from feeds.errors import CatalogueProblem

MAX_FILE = 2**20  # bytes; a country's outlets fit many times

_Position = tuple[int, int]  # line and column, from 1


@dataclass(slots=True)
class Problems:
    """All that was found wrong, in order."""

    found: list[CatalogueProblem] = field(default_factory=list)

    def add(self, path: Path, position: _Position, arabic: str, english: str) -> None:
        """Note a problem at a place."""
        self.found.append(CatalogueProblem(path, *position, message=arabic, message_en=english))

    def at(self, node: "Value | Mapping", arabic: str, english: str) -> None:
        """Note a problem where a node stands."""
        self.add(node.path, node.position, arabic, english)


@dataclass(frozen=True, slots=True)
class Value:
    """A scalar as it is written, before YAML makes a number or a date of it."""

    path: Path
    position: _Position
    text: str

    @property
    def place(self) -> str:
        """file:line:column."""
        return f"{self.path.name}:{self.position[0]}:{self.position[1]}"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping: the places of its keys, and the nodes of their values."""

    path: Path
    position: _Position
    keys: dict[str, _Position]
    nodes: dict[str, Any]

    def has(self, key: str) -> bool:
        """Whether the key is written here."""
        return key in self.nodes

    def allow(self, known: Sequence[str], problems: Problems) -> None:
        """Report every key that is not among ``known``, with the one that was probably meant."""
        for key, position in self.keys.items():
            if key in known:
                continue
            near = get_close_matches(key, known, n=1)
            arabic = f"؛ لعلك تقصد {near[0]}" if near else f"؛ المعروف: {'، '.join(known)}"
            english = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
            problems.add(
                self.path, position, f"مفتاح غير معروف: {key}{arabic}", f"unknown key: {key}{english}"
            )

    def value(self, key: str, problems: Problems) -> Value | None:
        """The scalar under a key, or None (reported) if it is missing, empty or no scalar."""
        node = self.nodes.get(key)
        if node is None:
            problems.at(self, f"ينقص المفتاح {key}", f"the key {key} is missing")
            return None
        value = Value(self.path, _position(node), getattr(node, "value", None) or "")
        if node.id != "scalar" or not value.text.strip():
            problems.at(value, f"قيمة {key} يجب أن تكون نصًا", f"{key} takes a text")
            return None
        return value

    def text(
        self,
        key: str,
        problems: Problems,
        *,
        default: str | None = None,
        pattern: str = "",
        example: str = "",
    ) -> str:
        """A text; "" (reported) if it is wrong. ``default`` makes the key optional; ``pattern`` must match whole."""
        if default is not None and not self.has(key):
            return default
        value = self.value(key, problems)
        if value is None:
            return ""
        if pattern and not re.fullmatch(pattern, value.text):
            problems.at(
                value,
                f"قيمة {key} غير صحيحة: {value.text}؛ مثال: {example}",
                f"{key} cannot be {value.text!r}; for example: {example}",
            )
        return value.text.strip()

    def number(self, key: str, problems: Problems, *, default: int, lowest: int, highest: int) -> int:
        """A whole number within bounds, or ``default`` where the key is absent or (reported) wrong."""
        if not self.has(key):
            return default
        value = self.value(key, problems)
        if value is None:
            return default
        if re.fullmatch(r"\d{1,6}", value.text, re.ASCII) and lowest <= int(value.text) <= highest:
            return int(value.text)
        problems.at(
            value,
            f"قيمة {key} عدد من {lowest} إلى {highest}، لا {value.text}",
            f"{key} is a number from {lowest} to {highest}, not {value.text!r}",
        )
        return default

    def choice(self, key: str, choices: Sequence[str], problems: Problems) -> str:
        """One of ``choices``, or "" where the key is absent or (reported) wrong."""
        if not self.has(key):
            return ""
        value = self.value(key, problems)
        if value is None or value.text in choices:
            return value.text if value else ""
        near = get_close_matches(value.text, choices, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        problems.at(
            value,
            f"قيمة {key} واحدة من: {'، '.join(choices)}",
            f"{key} is one of {', '.join(choices)}, not {value.text!r}{meant}",
        )
        return ""

    def items(self, key: str, problems: Problems) -> Iterator["Mapping"]:
        """The mappings of the list under a key; anything else is reported."""
        node = self.nodes.get(key)
        if node is None:
            problems.at(self, f"ينقص المفتاح {key}", f"the key {key} is missing")
            return
        if node.id != "sequence":
            problems.add(self.path, _position(node), f"قيمة {key} يجب أن تكون قائمة", f"{key} takes a list")
            return
        for item in node.value:
            mapping = _mapping(self.path, item, problems)
            if mapping is not None:
                yield mapping


def read_catalogue_file(path: Path, problems: Problems) -> Mapping | None:
    """The top of a file, or None (reported) if it cannot be read as YAML with a mapping at its top."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        if path.stat().st_size > MAX_FILE:
            problems.add(path, (1, 1), "الملف أكبر من مليون بايت", "the file is larger than 1 MiB")
            return None
        node = YAML(typ="safe", pure=True).compose(path.read_text(encoding="utf-8-sig"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.add(path, position, "الملف ليس YAML صحيحًا", f"this is not valid YAML: {error.problem}")
    except (YAMLError, OSError, UnicodeError, RecursionError, ValueError) as error:
        problems.add(path, (1, 1), "تعذرت قراءة الملف", f"the file cannot be read ({type(error).__name__})")
    else:
        if node is None:
            problems.add(path, (1, 1), "الملف فارغ", "the file is empty")
            return None
        return _mapping(path, node, problems)
    return None


def _mapping(path: Path, node: Any, problems: Problems) -> Mapping | None:
    if node.id != "mapping":
        problems.add(
            path, _position(node), "هنا ينتظر مفتاح وقيمة", "a mapping of keys to values is expected here"
        )
        return None
    keys: dict[str, _Position] = {}
    nodes: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in nodes:
            line = keys[name][0]
            problems.add(
                path,
                _position(key),
                f"المفتاح {name} مكرر؛ ذكر من قبل في السطر {line}",
                f"the key {name} is written twice; first in line {line}",
            )
            continue
        keys[name], nodes[name] = _position(key), value
    return Mapping(path, _position(node), keys, nodes)


def _position(node: Any) -> _Position:
    return node.start_mark.line + 1, node.start_mark.column + 1
