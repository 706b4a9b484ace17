"""Mends in rule files and lexicons what can be mended without a thought, by line and column, leaving the rest as it is:
comments, layout and line ends stay. Everything is tried in memory first; what would make a file worse is not done.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from rules.files import read_up_to, replace_with
from rules.indents import like_siblings
from rules.lexicons import MOST_BYTES
from rules.lint import lint
from rules.lint.redundant import Redundant
from rules.loader import LoadResult, load_rules, rule_paths
from rules.located import Located, Memory, Remembering, read_yaml
from rules.mends import Change, mend_lines
from rules.model import Problem
from rules.refusals import problems_of
from rules.schema import FiltersFile, LexiconFile, RuleFile, TemplateFile
from rules.watch.reading import is_watch
from rules.watch.schema import WatchFile

MOST_ROUNDS = 8  # of mending keys: one that is mended may have others under it
_SYNTAX = frozenset({"S001", "S010", "S011", "S013"})
_WORD = re.compile(r""""[^"]*"|'[^']*'|[\w-]+""")
_ITEM_LINE = re.compile(r"\s*- +[\"']?")
_FLOW_ITEM = re.compile(r"""(?:"[^"\\]*"|'[^']*'|[^,\[\]{}"'#]+?)\s*(?=[,\]])""")
_BARE_KEY = re.compile(r"^(\s*)aliases:\s*$")


class Fixed(NamedTuple):
    """What was mended in a file. ``written``: False if the file could not be written, so that nothing was."""

    path: Path
    change: Change
    written: bool = True


def fix_folder(folder: Path) -> list[Fixed]:
    """Mend every file of a rules folder; what was done, in order. What cannot be read stays as it is."""
    draft = _Draft(folder)
    before = draft.errors()
    unreadable = {
        path for path in before if path in draft.before and _wrong_in(path, folder, draft.text(path))[0]
    }
    draft.mend_lines(before)
    for _ in range(MOST_ROUNDS):
        if not draft.mend_keys():
            break
    draft.leave_out_redundant()
    draft.take_back_what_is_worse(before, unreadable)
    return list(draft.write())


class _Draft:
    """The files of a folder as they are to be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before = {path: raw for path in rule_paths(folder) if (raw := _read(path)) is not None}
        self.given = {path.absolute(): raw for path, raw in self.before.items()}
        self.memory: Memory = {}
        self.now: dict[Path, bytes | None] = {}  # by absolute path: what is to be written
        self.done: dict[Path, list[Change]] = {path: [] for path in self.before}

    def text(self, path: Path) -> str:
        """What a file holds by now."""
        return (self.now.get(path.absolute()) or self.before[path]).decode("utf-8")

    def loaded(self) -> LoadResult:
        """The folder as it is by now."""
        return load_rules(self.folder, Remembering({**self.given, **self.now}, self.memory))

    def take(self, path: Path, text: str, changes: Iterable[Change]) -> None:
        """Let a file hold this from now on."""
        self.now[path.absolute()] = text.encode("utf-8")
        self.done[path] += changes

    def errors(self) -> "Counter[Path]":
        """How many errors each file has by now."""
        return Counter(found.path for found in self.loaded().problems if found.level == "error")

    def mend_lines(self, broken: Container[Path]) -> None:
        """Marks, tabs, signs: line by line; of a broken file what leaves the fewest errors in it."""
        for path in self.before:
            text = self.text(path)
            lines = text.splitlines(keepends=True)
            tried = [mend_lines(lines, broken=False)]
            if path in broken:
                tried += [
                    mend_lines(lines, broken=True),
                    mend_lines(lines, broken=True, indented=like_siblings(lines)),
                ]
            mended, changes = min(
                reversed(tried), key=lambda one: _wrong_in(path, self.folder, "".join(one[0]))
            )
            if changes and _wrong_in(path, self.folder, "".join(mended)) <= _wrong_in(
                path, self.folder, text
            ):
                self.take(path, "".join(mended), changes)

    def mend_keys(self) -> bool:
        """Put what was meant in the place of what stands there; whether there was anything."""
        changed = False
        for found in [one for one in self.loaded().problems if one.meant and one.path in self.before]:
            lines = self.text(found.path).splitlines(keepends=True)
            line, at = lines[found.line - 1], found.column - 1
            wrong = _WORD.match(line, at)
            if wrong and wrong[0] != found.meant:
                lines[found.line - 1] = line[:at] + found.meant + line[wrong.end() :]
                done = f"{wrong[0]} ← {found.meant}"
                change = Change(found.line, found.code, done, f"{found.meant} for {wrong[0]}")
                self.take(found.path, "".join(lines), [change])
                changed = True
        return changed

    def take_back_what_is_worse(self, before: "Counter[Path]", unreadable: Container[Path]) -> None:
        """Leave alone what would have more errors than before; but of what could not be read the errors were hidden."""
        now = self.errors() if self.now else before
        for path, changes in self.done.items():
            readable = path not in unreadable or _wrong_in(path, self.folder, self.text(path))[0] > 0
            if changes and readable and now[path] > before[path]:
                self.now.pop(path.absolute())
                changes.clear()

    def leave_out_redundant(self) -> None:
        """Take the texts that add nothing out, from the last to the first, so that the others keep their places."""
        loaded = self.loaded()
        told, _ = loaded.accepted.split(lint(loaded, (Redundant,)))
        for found in sorted(told, key=lambda one: (one.line, one.column), reverse=True):
            if found.path in self.before and (text := without_item(self.text(found.path), found)) is not None:
                change = Change(
                    found.line, found.code, "حُذف نص لا يضيف شيئًا", "removed a text that adds nothing"
                )
                self.take(found.path, text, [change])

    def write(self) -> Iterator[Fixed]:
        """Write what has changed, each file at once."""
        for path, changes in self.done.items():
            if changes and (content := self.now.get(path.absolute())) is not None:
                written = _write(path, content)
                yield from (Fixed(path, change, written) for change in sorted(changes))


def without_item(text: str, found: Problem) -> str | None:
    """A text without the item of a list at the place of a problem; None where it is not plain how to take it out."""
    lines = text.splitlines(keepends=True)
    line, at = lines[found.line - 1], found.column - 1
    if _ITEM_LINE.fullmatch(line[:at]):
        return _without_line(lines, found.line - 1)
    item = _FLOW_ITEM.match(line, at)
    before, after = line[:at], line[item.end() :] if item else ""
    if not item or not re.search(r"[\[,]\s*$", before):
        return None
    if after.startswith(","):
        after = after[1:].lstrip(" ")
    else:
        before = re.sub(r",\s*$", "", before)
    lines[found.line - 1] = before + after
    return "".join(lines)


def _without_line(lines: list[str], number: int) -> str | None:
    """The text without an item's line, and without the key above if that was all it had."""
    above, below = lines[:number], lines[number + 1 :]
    heading = next((line for line in reversed(above) if not _is_remark(line)), "")
    key = _BARE_KEY.match(heading.rstrip("\r\n"))
    if key and not _is_item(next((line for line in below if not _is_remark(line)), ""), len(key[1])):
        if heading is not above[-1]:
            return None  # what is remarked there would belong to nothing
        del above[-1]
    return "".join([*above, *below])


def _is_remark(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _is_item(line: str, indent: int) -> bool:
    """Whether a line is an item of what a key of this indent holds."""
    return line.lstrip().startswith("- ") and len(line) - len(line.lstrip()) >= indent


def _wrong_in(path: Path, folder: Path, text: str) -> tuple[int, int]:
    """How many errors of syntax a text has as that file, and how many there are in all, as far as its shape goes."""
    located = read_yaml(path, max_bytes=MOST_BYTES, instead={path.absolute(): text.encode("utf-8")})
    found = list(located.problems)
    if located.data is not None:
        shapes: dict[int, Any] = {}
        try:
            _model_of(path, folder, located).model_validate(located.data, context=shapes)
        except ValidationError as error:
            found += problems_of(error, located, shapes)
    errors = [one.code for one in found if one.level == "error"]
    return sum(code in _SYNTAX for code in errors), len(errors)


def _model_of(path: Path, folder: Path, located: Located) -> type[BaseModel]:
    part = path.relative_to(folder).parts[0]
    by_part: dict[str, type[BaseModel]] = {"lexicon": LexiconFile, "templates": TemplateFile}
    if part == "library":
        return WatchFile if is_watch(located) else RuleFile
    return by_part.get(part, FiltersFile)


def _read(path: Path) -> bytes | None:
    try:
        raw = read_up_to(path, MOST_BYTES)
        raw.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return raw if len(raw) <= MOST_BYTES else None


def _write(path: Path, content: bytes) -> bool:
    try:
        replace_with(path, content)
    except OSError:
        return False
    return True
