"""What a document may cost its parser, decided before one meets it: entries, markup, one tag, one text. Pure, linear.

The parsers take some ten microseconds a tag, the square of a tag's attributes, and one call a character reference: ten
megabytes of either keep them busy for minutes. Honest feeds stay far below every bound here.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from feeds.dates import parse_date
from feeds.entries import MAX_ENTRIES
from feeds.errors import FailureKind, ParseError

MAX_MARKUP = 120_000  # tags and attributes; the largest honest feeds seen have 30,000
MAX_TAG = 4_096  # characters, attributes included
MAX_TEXT = 1_000_000  # characters between two tags; five times what is kept of an article
_SMALL = 32_768  # characters that are cheap whatever they are

_ENTRY_START = re.compile(r"<(?:[\w.-]{1,50}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[\w.-]{1,50}:)?(?:item|entry)\s*>", re.IGNORECASE)
_HIDING = re.compile(r"<!(?:--|\[CDATA\[)")
_TAG = re.compile(r"<([A-Za-z_][\w:.-]{0,100})(?:[^<>\"'/]++|/(?!>)|\"[^\"<]*+\"|'[^'<]*+')*+(/?)>")
_DATE = re.compile(
    r"<(?:[\w.-]{1,50}:)?(?:pubDate|published|updated|date)\b[^<>]{0,200}>([^<]{8,60})<", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Limited:
    """A document within the bounds. ``problems``: what was left out of it, and where, in English."""

    text: str
    problems: tuple[str, ...] = ()


def limit(text: str, first_line: int = 1) -> Limited:
    """Leave out of a prepared XML document what is too much; the newest entries stay.

    ``first_line``: of the text, in its file. Raises ParseError(TOO_HARD) where the bounds leave no entry.
    """
    if len(text) <= _SMALL:
        return Limited(text)
    problems: list[str] = []
    if max(map(len, text.split("<"))) > MAX_TAG:
        text = _shorter_texts(_shorter_tags(text, first_line, problems), first_line, problems)
    return Limited(_fewer_entries(text, first_line, problems), tuple(problems))


def _shorter_tags(text: str, first_line: int, problems: list[str]) -> str:
    """Tags that are too long lose their attributes; those in quoted markup are text."""
    long = [found for found in _TAG.finditer(_masked(text)) if len(found[0]) > MAX_TAG]
    if not long:
        return text
    where = _line(text, long[0].start(), first_line)
    problems.append(
        f"{len(long)} tags are longer than {MAX_TAG} characters and were read without their attributes"
        f" (the first in line {where})"
    )
    pieces, at = [], 0
    for found in long:
        pieces += [text[at : found.start()], f"<{found[1]}{found[2]}>"]
        at = found.end()
    return "".join([*pieces, text[at:]])


def _shorter_texts(text: str, first_line: int, problems: list[str]) -> str:
    """Texts that are too long end earlier, before a reference rather than in it; what is quoted whole costs little."""
    pieces, cut, at = text.split("<"), 0, 0
    for number, piece in enumerate(pieces):
        if len(piece) > MAX_TEXT and ">" in piece and not piece.startswith("!"):
            if not cut:
                where = _line(text, at, first_line)
                problems.append(f"a text of {len(piece)} characters was cut off (line {where})")
            short = piece[:MAX_TEXT]
            reference = short.rfind("&", -20)
            pieces[number] = short[:reference] if reference > 0 else short
            cut += 1
        at += len(piece) + 1
    return "<".join(pieces) if cut else text


def _fewer_entries(text: str, first_line: int, problems: list[str]) -> str:
    """The newest entries, as many as the bounds allow, and all that stands around them."""
    if (
        _markup(text, 0, len(text)) <= MAX_ENTRIES
    ):  # so there are no more entries, nor other markup, than that
        return text
    masked = _masked(text)
    starts = [found.start() for found in _ENTRY_START.finditer(masked)]
    markup = _markup(masked, 0, len(masked))
    if markup <= MAX_MARKUP and len(starts) <= MAX_ENTRIES:
        return text
    if not starts:
        raise _too_hard(f"{markup} tags and attributes, and no entry")
    ends = [found.end() for found in _ENTRY_END.finditer(masked, starts[-1])]
    tail = ends[-1] if ends else len(text)
    costs = [_markup(masked, *edges) for edges in pairwise([*starts, tail])]
    around = _markup(masked, 0, starts[0]) + _markup(masked, tail, len(masked))
    backwards = _is_ascending(text, starts, tail)
    kept = _fitting(costs[::-1] if backwards else costs, MAX_MARKUP - around)
    if not kept:
        raise _too_hard(f"{markup} tags and attributes, most of them in one entry or around all")
    left_out = len(starts) - kept
    first = starts[0] if backwards else starts[kept]
    bound = f"{MAX_ENTRIES} of them" if kept == MAX_ENTRIES else f"{MAX_MARKUP} tags and attributes"
    where = _line(text, first, first_line)
    problems.append(
        f"{left_out} of {len(starts)} entries, from line {where} on, were left out: more than {bound}"
    )
    if backwards:
        return text[: starts[0]] + text[starts[left_out] :]
    return text[: starts[kept]] + text[tail:]


def _fitting(costs: list[int], budget: int) -> int:
    """How many entries fit, the first ones first."""
    kept = 0
    for cost in costs[:MAX_ENTRIES]:
        budget -= cost
        if budget < 0:
            break
        kept += 1
    return kept


def _is_ascending(text: str, starts: list[int], end: int) -> bool:
    """Whether the last entry is newer than the first one, as far as their dates tell."""
    edges = [*starts, end]
    dates = [_DATE.search(text, *edges[at : at + 2]) for at in (0, len(starts) - 1)]
    first, last = (parse_date(found[1]) if found else None for found in dates)
    return first is not None and last is not None and first < last


def _masked(text: str) -> str:
    """The text, of the same length, with blanks for comments and for what is quoted."""
    pieces, at = [], 0
    while found := _HIDING.search(text, at):
        mark = "-->" if text.startswith("<!--", found.start()) else "]]>"
        end = text.find(mark, found.end())
        if end < 0:
            break
        pieces += [text[at : found.start()], " " * (end + 3 - found.start())]
        at = end + 3
    return "".join([*pieces, text[at:]])


def _markup(text: str, start: int, end: int) -> int:
    return text.count("<", start, end) + text.count('="', start, end) + text.count("='", start, end)


def _line(text: str, at: int, first_line: int) -> int:
    return text.count("\n", 0, at) + first_line


def _too_hard(what: str) -> ParseError:
    return ParseError(FailureKind.TOO_HARD, f"the document has {what}; at most {MAX_MARKUP} are read")
