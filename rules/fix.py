"""Mends in rule files and lexicons what can be mended without a thought, by line and column, leaving the rest as it is.

A mend changes what is written, never what is meant: an invisible mark, a text that another one covers, a tab before a
key, a colon or a quotation mark of another keyboard.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from rules.lint import lint
from rules.lint.names import Redundant
from rules.loader import load_rules, rule_paths
from rules.model import Problem

_HIDDEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TABS = re.compile(r"^(?: *\t[ \t]*)(?=[a-z-])")
_COLON = re.compile(r"^(\s*(?:- )?[a-z_]+)\s*[：﹕؛]\s*(?=\S|$)")
_SMART = re.compile(r"(?<=: |- )[“„](.*)[”“]\s*$")


class Change(NamedTuple):
    """What was mended: the file, the line as it was numbered before, the code it had, and what was done."""

    path: Path
    line: int
    code: str
    arabic: str
    english: str


class _Mend(NamedTuple):
    code: str
    change: Callable[[str], str]
    arabic: str
    english: str


def _spaces(found: re.Match[str]) -> str:
    return found[0].replace("\t", "  ")


def _straight(found: re.Match[str]) -> str:
    return f'"{found[1]}"' if '"' not in found[1] and "\\" not in found[1] else found[0]


_MENDS = (
    _Mend("R007", lambda line: _HIDDEN.sub("", line), "حُذفت علامة خفية", "removed an invisible mark"),
    _Mend("S013", lambda line: _TABS.sub(_spaces, line), "مسافتان بدل Tab", "two spaces for a tab"),
    _Mend(
        "S001",
        lambda line: _COLON.sub(r"\1: ", line).rstrip(" "),
        "«:» بدل علامة أخرى",
        "a colon for another sign",
    ),
    _Mend("S001", lambda line: _SMART.sub(_straight, line), "علامتا تنصيص مستقيمتان", "straight quotes"),
)


def fix_folder(folder: Path) -> list[Change]:
    """Mend every file of a rules folder; what was done, in order. A file that cannot be read or written stays."""
    changes = [change for path in rule_paths(folder) for change in _fix_file(path)]
    while misnamed := [found for found in load_rules(folder).problems if found.meant]:
        mended = [change for found in misnamed for change in _fix_key(found)]
        changes += mended
        if not mended:
            break
    redundant = [found for found in lint(load_rules(folder), (Redundant,)) if _removable(found)]
    for path in sorted({found.path for found in redundant}):
        changes += _without_lines(path, [found for found in redundant if found.path == path])
    return changes


def _fix_key(found: Problem) -> list[Change]:
    """Put the key that was meant in the place of the one that stands there."""
    lines = found.path.read_bytes().decode("utf-8").splitlines(keepends=True)
    line, at = lines[found.line - 1], found.column - 1
    wrong = re.compile(r"[\w-]+").match(line, at)
    if not wrong:
        return []
    lines[found.line - 1] = line[:at] + found.meant + line[wrong.end() :]
    if not _write(found.path, "".join(lines)):
        return []
    done = f"{wrong[0]} ← {found.meant}"
    return [Change(found.path, found.line, found.code, done, done)]


def _fix_file(path: Path) -> list[Change]:
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    lines = text.splitlines(keepends=True)
    changes = list(_fix_lines(path, lines))
    if changes and not _write(path, "".join(lines)):
        return []
    return changes


def _fix_lines(path: Path, lines: list[str]) -> Iterator[Change]:
    inside: int | None = None  # the indent of a block of text (why: >-), whose lines are not YAML
    for number, line in enumerate(lines):
        body = line.rstrip("\r\n")
        indent = len(body) - len(body.lstrip())
        if inside is not None and (indent > inside or not body.strip()):
            continue
        inside = indent if re.search(r":\s*[>|][+-]?\s*(#.*)?$", body) else None
        for mend in _MENDS:
            changed = mend.change(body)
            if changed != body and not body.lstrip().startswith("#"):
                yield Change(path, number + 1, mend.code, mend.arabic, mend.english)
                lines[number], body = changed + line[len(line.rstrip("\r\n")) :], changed


def _removable(found: Problem) -> bool:
    """A text that stands on a line of its own in a list, as the guide asks."""
    try:
        line = found.path.read_text(encoding="utf-8").splitlines()[found.line - 1]
    except (OSError, ValueError, IndexError):
        return False
    return bool(re.match(r"^\s*- [^\[{]*$", line)) and "name:" not in line


def _without_lines(path: Path, found: list[Problem]) -> list[Change]:
    lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
    numbers = {one.line for one in found}
    kept = "".join(line for number, line in enumerate(lines, start=1) if number not in numbers)
    if not _write(path, kept):
        return []
    return [
        Change(path, one.line, one.code, "حُذف نص لا يضيف شيئًا", "removed a text that adds nothing")
        for one in found
    ]


def _write(path: Path, text: str) -> bool:
    """Put the text in place of the file at once, with the file's rights; False if that cannot be done."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8"))
            Path(name).chmod(path.stat().st_mode & 0o777)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            return False
    except OSError:
        return False
    return True
