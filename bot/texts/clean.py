"""Makes a feed's text harmless: one line, no hidden controls, nothing that Telegram would make clickable."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.texts.bidi import CONTROLS

Span = tuple[int, int]

_URL = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,9}://|\bwww\.)\S*", re.IGNORECASE)
_CALL = re.compile(r"(?<![\w/<])[/@](?=[A-Za-z0-9_])")
_INVISIBLE = CONTROLS | frozenset("\u200b\u2060\ufeff\u00ad\u180e\ufff9\ufffa\ufffb")
_WORD_JOINER = "\u2060"  # invisible; after / or @ it keeps Telegram from seeing a command or a mention
MOST_CHARACTERS = 10_000  # read of any text; no message shows more, and a feed may send megabytes
_MOST_MARKS = 3  # combining marks on one letter; Arabic needs two, "zalgo" stacks dozens


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text, and where the spans of the original stand in it now; sorted, none empty, no overlaps."""

    text: str
    spans: tuple[Span, ...]


def clean(text: str, spans: Sequence[Span] = ()) -> Cleaned:
    """One line of plain text from whatever a feed says, with its evidence spans carried over.

    Out go bidi and other control characters, NUL, lone surrogates, stacked marks; bare URLs become an
    ellipsis, since links stand behind words; commands and mentions can no longer be tapped. The order matters:
    what hides a URL or a command must be gone before they are looked for. Only the first 10,000 characters are
    read.
    """
    visible = _put_together(_visible(text[:MOST_CHARACTERS]), spans)
    return _put_together(_tamed(visible.text), visible.spans)


def _put_together(pieces: Iterable[str], spans: Sequence[Span]) -> Cleaned:
    """The text that the ``pieces`` make, one for each character of the old text; spaces are never doubled."""
    out: list[str] = []
    moved: list[int] = []
    for piece in pieces:
        moved.append(len(out))
        if piece != " " or (out and out[-1] != " "):
            out.extend(piece)
    moved.append(len(out))
    done = "".join(out).rstrip(" ")
    return Cleaned(done, _carried(spans, moved, len(done)))


def _visible(text: str) -> Iterator[str]:
    """Each character, a space for any white space, or nothing for what cannot be seen."""
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        yield "" if marks > _MOST_MARKS else _harmless(char)


def _tamed(text: str) -> Iterator[str]:
    """Each character; of a URL, an ellipsis for the first and nothing for the others."""
    urls = {at: match.start() for match in _URL.finditer(text) for at in range(*match.span())}
    calls = {match.start() for match in _CALL.finditer(text)}
    for index, char in enumerate(text):
        if index in urls:
            yield "…" if index == urls[index] else ""
        else:
            yield char + (_WORD_JOINER if index in calls else "")


def _harmless(char: str) -> str:
    if char.isspace():
        return " "
    kind, code = unicodedata.category(char), ord(char)
    no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    invisible_tag = kind == "Cf" and code >= 0xE0000
    if char in _INVISIBLE or kind in ("Cc", "Cs", "Co") or no_character or invisible_tag:
        return ""
    return char


def _carried(spans: Sequence[Span], moved: list[int], length: int) -> tuple[Span, ...]:
    last = len(moved) - 1
    carried: list[Span] = []
    for start, end in sorted(spans):
        low, high = (min(moved[min(max(at, 0), last)], length) for at in (start, end))
        low = max(low, carried[-1][1]) if carried else low
        if low < high:
            carried.append((low, high))
    return tuple(carried)


def clip(text: str, units: int) -> str:
    """``text``, or its beginning with an ellipsis, in at most ``units`` UTF-16 code units; no letter is torn
    from its marks, and where a word ends near, the cut falls there."""
    if utf16(text) <= units:
        return text
    end, spent = 0, 1
    while spent + utf16(text[end]) <= units:
        spent += utf16(text[end])
        end += 1
    while end and (unicodedata.combining(text[end]) or text[end] == "\u200d" or text[end - 1] == "\u200d"):
        end -= 1
    space = text.rfind(" ", max(0, end - 30), end)
    return text[: space if space > 0 else end].rstrip(" .،؛,;:…") + "…"


def utf16(text: str) -> int:
    """How long ``text`` is in UTF-16 code units, in which Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)
