"""Makes a feed's text harmless: one line, no hidden controls, nothing that Telegram would make clickable."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.texts.bidi import CONTROLS

Span = tuple[int, int]

_URL = re.compile(r"(?:[a-z][a-z0-9+.-]{1,9}://|www\.)\S*", re.IGNORECASE)  # also where it sticks to a word
_CALL = re.compile(
    r"(?<![\w/<])[/@](?=[A-Za-z0-9_])|(?<=\w)@(?=\w)|(?<=\w)\.(?=[^\W\d_]{2,})(?!ya?ml\b)"
    # hashtags, by the letters that Telegram counts as theirs, and cashtags; a number after either is none
    # telephone numbers with their country; \u0660 and the like are digits to Telegram too
    r"|\+(?=\d[\d \u00a0()./-]{5,}\d)"
    r"|[#\uff03](?=[\w\xb7\u200c\u0d80-\u0dff])(?!\d+\b)|\$(?=[A-Z]|1INCH)"
)
# letters, signs and marks that show nothing; what has the category Cf is seen to by itself
_INVISIBLE = CONTROLS | frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")
_JOINERS = "\u200c\u200d"  # Persian and emoji need them
_FORMATS_THAT_SHOW = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
) | frozenset(_JOINERS)
# invisible; after / @ . # $ + it keeps Telegram from seeing a command, a mention, a domain, a hashtag, a cashtag, a
# telephone number
_WORD_JOINER = "\u2060"
MOST_CHARACTERS = 10_000  # read of any text; no message shows more, and a feed may send megabytes
LONGEST_SIGN = 40  # characters that a reader may see as one: a family of emoji has eleven
_MOST_MARKS = 3  # combining marks on one letter; Arabic needs two, "zalgo" stacks dozens


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text, and where the spans of the original stand in it now; sorted, none empty, no overlaps."""

    text: str
    spans: tuple[Span, ...]


def clean(text: str, spans: Sequence[Span] = ()) -> Cleaned:
    """One line of plain text from whatever a feed says, with its evidence spans carried over.

    Out go bidi and other control characters, NUL, lone surrogates, stacked marks; bare URLs become an
    ellipsis, since links stand behind words; commands, mentions, domains, hashtags, cashtags and telephone numbers can
    no longer be tapped; a text of which nothing could be seen is empty. The order matters:
    what hides a URL or a command must be gone before they are looked for. Only the first 10,000 characters are
    read.
    """
    visible = _put_together(_visible(text[:MOST_CHARACTERS]), spans)
    if all(char == " " or _extends(char) for char in visible.text):
        return Cleaned("", ())
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
    """Each character, a space for any white space, or nothing for what cannot be seen.

    Nor for what would join a sign of ours, where the text begins with it: a mark, a joiner, a skin colour.
    """
    marks, begun = 0, False
    for char in text:
        kept = _harmless(char)
        if _extends(char):
            marks += _is_mark(char)
            stacked = _is_mark(char) and marks > _MOST_MARKS
            kept = kept if begun and not stacked else ""
        elif kept.strip(" "):
            marks, begun = 0, True
        yield kept


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
    hidden = char in _INVISIBLE or (kind == "Cf" and char not in _FORMATS_THAT_SHOW)
    if hidden or kind in ("Cc", "Cs", "Co") or no_character:
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
    from its marks, no emoji into its parts, and where a word ends near, the cut falls there."""
    if utf16(text) <= units:
        return text
    end, spent = 0, 1
    while spent + utf16(text[end]) <= units:
        spent += utf16(text[end])
        end += 1
    end = whole(text, end)
    space = text.rfind(" ", max(0, end - 30), end)
    return text[: space if space > 0 else end].rstrip(" .،؛,;:…" + _JOINERS) + "…"


def whole(text: str, at: int) -> int:
    """``at``, or a little before it, so that what a reader sees as one sign is not cut in two there."""
    for end in range(at, max(0, at - LONGEST_SIGN), -1):
        if not _tears(text, end):
            return end
    return at if at > LONGEST_SIGN else 0


def _tears(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return False
    char, before = text[at], text[at - 1]
    if _is_flag_letter(char):
        run = at
        while run > max(0, at - LONGEST_SIGN) and _is_flag_letter(text[run - 1]):
            run -= 1
        return (at - run) % 2 == 1
    return _extends(char) or before == "\u200d"


def _extends(char: str) -> bool:
    """Whether a character belongs to the sign before it: marks, joiners, skin colours."""
    return char in _JOINERS or _is_mark(char) or "\U0001f3fb" <= char <= "\U0001f3ff"


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me", "Mc")


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def utf16(text: str) -> int:
    """How long ``text`` is in UTF-16 code units, in which Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)
