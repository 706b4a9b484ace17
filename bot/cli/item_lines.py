"""Lines of JSON as items: what stands in them, and what is wrong with one, by file and line."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import typer

from rules import Document
from rules.refusals import close_to

_TEXTS = ("title", "summary", "body", "published", "source")
_KEYS = ("id", *_TEXTS, "verdicts")
_TOLD = 20  # lines of a file whose trouble is told; after them it is counted
_BOM = b"\xef\xbb\xbf"


class BadLine(ValueError):
    """A line that is no item; the text says why. ``ends``: what follows is of the same kind and is not read."""

    def __init__(self, why: str, *, ends: bool = False) -> None:
        super().__init__(why)
        self.ends = ends


class ItemLines:
    """The items of a file (``-``: stdin) with their lines; iterate once.

    What is no item is told on stderr and passed over; an item that has a slip (an unknown key, no id, an id that was
    there before) is told and handed on. ``trouble`` counts both.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.trouble = 0
        self._ids: dict[str, int] = {}
        self._keys: set[str] = set()

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any]]]:
        number = 0
        try:
            with opened(self.file) as lines:
                for number, line in with_numbers(lines):
                    item = self._item(number, line, first=not self._ids and not self.trouble)
                    if item is not None:
                        yield number, item
        except _Ended:
            pass
        except OSError as error:
            self._tell(number + 1, f"تعذرت قراءة الملف · the file cannot be read: {error.strerror}")
        if not number and not self.trouble:
            self._tell(1, "لا خبر في الملف · there is no item in the file")
        if self.trouble > _TOLD:
            typer.echo(
                f"{self.file}: ومثلها {self.trouble - _TOLD} · and {self.trouble - _TOLD} more like these",
                err=True,
            )

    def _item(self, number: int, line: bytes, *, first: bool) -> dict[str, Any] | None:
        try:
            item = parse_line(line, first=first)
        except BadLine as error:
            self._tell(number, str(error))
            if error.ends:
                raise _Ended from error
            return None
        for key, slip in unknown_keys(item):
            if key not in self._keys:  # told where it first stands
                self._keys.add(key)
                self._tell(number, slip)
        for slip in self._id(item, number):
            self._tell(number, slip)
        return item

    def _id(self, item: dict[str, Any], number: int) -> Iterator[str]:
        name = str(item.get("id") if item.get("id") is not None else "")
        if not name:
            yield 'لا id للخبر؛ لا يُعرف في النتيجة إلا بسطره · the item has no id; add "id": 1'
            return
        before = self._ids.setdefault(name, number)
        if before != number:
            yield f"الرقم {name} لخبر سبق، في السطر {before} · the id {name} is taken by line {before}"

    def _tell(self, number: int, why: str) -> None:
        self.trouble += 1
        if self.trouble <= _TOLD:
            typer.echo(f"{self.file}:{number}: {why}", err=True)


class _Ended(Exception):
    """What follows in the file is not read."""


def unknown_keys(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys of an item that nobody reads, each with a line that says so."""
    for key in item:
        if key not in _KEYS:
            close = close_to(key, _KEYS)
            known = f"المعروف · known: {', '.join(_KEYS)}"
            hint = f"هل قصدت «{close}»؟ · did you mean {close}?" if close else known
            yield key, f"مفتاح لا يُقرأ: «{key}» · a key that is not read: {key!r} ← {hint}"


@contextmanager
def opened(file: Path) -> Iterator[IO[bytes]]:
    """A file, or stdin for ``-``."""
    if str(file) == "-":
        yield sys.stdin.buffer
    else:
        with file.open("rb") as stream:
            yield stream


def with_numbers(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1."""
    for number, line in enumerate(lines, start=1):
        bare = line.removeprefix(_BOM).strip() if number == 1 else line.strip()
        if bare:
            yield number, bare


def parse_line(line: bytes, *, first: bool = False) -> dict[str, Any]:
    """An item from its line; BadLine if it is none. Missing fields and nulls are empty.

    ``first``: nothing was read before it, so that its kind is the kind of the file.
    """
    item = _json(decoded(line, first=first), first=first)
    if not isinstance(item, dict):
        raise BadLine("ليس كائن JSON · not a JSON object")
    _check_id(item.get("id"))
    for name in _TEXTS:
        if not isinstance(item.get(name) or "", str):
            raise BadLine(f"قيمة {name} ليست نصا · {name} is not text")
    published = item.get("published") or ""
    if published and _instant(published) is None:
        raise BadLine(
            f"التاريخ published لا يُقرأ: {published} · published is no date; write 2024-06-18, or 2024-06-18T09:30:00Z"
        )
    verdicts = item.get("verdicts") or {}
    if not isinstance(verdicts, dict) or not all(isinstance(one, bool) for one in verdicts.values()):
        raise BadLine("قيمة verdicts ليست true أو false لكل قاعدة · verdicts are not true or false a rule")
    return item


def decoded(line: bytes, *, first: bool) -> str:
    """The text of a line; whoever saved the file in the old Arabic encoding of Windows is told so."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        whole = first and line[:2] in (b"\xff\xfe", b"\xfe\xff")
        old = "UTF-16" if whole else "windows-1256" if _is_arabic(line) else ""
        looks = (
            f"يبدو أنه {old}، فاحفظه UTF-8 · looks like {old}: save the file as UTF-8" if old else str(error)
        )
        raise BadLine(f"ليس UTF-8 · not UTF-8: {looks}", ends=bool(old) and first) from error


def _is_arabic(line: bytes) -> bool:
    """Whether a line reads as Arabic in windows-1256: most letters beyond ASCII are Arabic ones."""
    beyond = [char for char in line.decode("cp1256", "replace") if char > "\x7f"]
    return sum("\u0621" <= char <= "\u0652" for char in beyond) > len(beyond) / 2 and len(beyond) > 1


def _json(text: str, *, first: bool) -> Any:
    if first and text.startswith("["):
        raise BadLine(
            "مصفوفة JSON: اكتب كل خبر في سطر وحده، بلا [ ولا فاصلة بين الأخبار"
            " · a JSON array; write one object a line (jq -c '.[]')",
            ends=True,
        )
    try:
        return json.loads(text, object_pairs_hook=_without_repeats)
    except BadLine:
        raise
    except (ValueError, RecursionError) as error:
        why = f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise BadLine(f"ليس JSON، والخبر كله في سطر واحد بين {{ }} · not JSON: {why}") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadLine(f"المفتاح {twice} مكرر · the key {twice} stands twice")
    return found


def _check_id(given: Any) -> None:
    if given is not None and (isinstance(given, bool) or not isinstance(given, str | int)):
        raise BadLine("قيمة id ليست نصا ولا عددا · id is neither text nor a whole number")


def verdicts_of(item: dict[str, Any]) -> dict[str, bool]:
    """What readers said of an item: whether each of these rules was right to match it."""
    return item.get("verdicts") or {}


def document_of(item: dict[str, Any]) -> Document:
    """The document that an item stands for."""
    return Document(
        title=item.get("title") or "",
        summary=item.get("summary") or "",
        body=item.get("body") or "",
        feed=item.get("source") or "",
        published=_instant(item.get("published") or ""),
    )


def _instant(text: str) -> datetime | None:
    """An ISO date or time, in UTC if it names no zone; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the first day of the year 1 was none in UTC
        return None
