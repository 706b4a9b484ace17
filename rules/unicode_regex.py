"""Patterns of maintainers for RE2, whose ``\\w``, ``\\d`` and ``\\s`` know ASCII only.

RE2 takes time linear in the text whatever the pattern, which is why it is here; what it gave up for that
(look-around, back-references) is refused with an explanation, and so is ``\\b``, which it could not tell in Arabic.
Linear is not fast: what a letter costs at worst grows with the pattern, repetitions written out, which is bounded.
"""

import re
from collections.abc import Iterator
from functools import cache
from string import ascii_lowercase
from typing import Any, Literal, NamedTuple

from rules.arabic.alphabet import CONTROLS, MARKS, TATWEEL

MOST_MEMORY = 8 * 2**20  # bytes for the automaton of one pattern; above, RE2 refuses the pattern
MOST_PLACES = (
    300  # instructions of RE2 for a pattern all of whose classes are one letter: .{0,140} is about as many
)
MOST_INSTRUCTIONS = (
    40_000  # of the pattern itself; \p{L} is 1,200 and \w 1,450, for they name letters by their bytes
)
_IN_CLASS = {"w": r"\p{L}\p{M}\p{N}_", "d": r"\p{Nd}", "s": r"\s\p{Z}", "D": r"\P{Nd}"}
_ALONE = {
    "w": r"[\p{L}\p{M}\p{N}_]",
    "W": r"[^\p{L}\p{M}\p{N}_]",
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "s": r"[\s\p{Z}]",
    "S": r"[^\s\p{Z}]",
}


class BadPattern(ValueError):
    """A pattern that cannot be taken. ``arabic``: why; ``hint``: what to write instead, in Arabic."""

    def __init__(self, arabic: str, english: str, hint: str = "") -> None:
        super().__init__(english)
        self.arabic, self.english, self.hint = arabic, english, hint


class _Reason(NamedTuple):
    arabic: str
    english: str
    hint: str


_LOOK = _Reason(
    "النظر إلى ما حول النمط (?=...) غير مدعوم",
    "look-around is not supported",
    "اكتب ما حوله في النمط نفسه، أو استعمل near.",
)
_BACK = _Reason(
    "الإحالة إلى ما سبق \\1 غير مدعومة", "back-references are not supported", "اكتب النص مرة أخرى."
)
_BOUND = _Reason(
    "حدود الكلمات \\b لا تعرف العربية",
    "\\b knows ASCII only",
    r"ابدأ بـ (?:^|\P{L}) واختم بـ (?:\P{L}|$)، أو اكتب عبارة عادية: العبارات تطابق كلمات كاملة.",
)
_NEGATED = _Reason(
    "\\W و\\S لا تكتبان داخل الأقواس المربعة", "\\W and \\S cannot stand in a class", "اكتب نقيضهما: [^...]."
)


_LONG = _Reason(
    "النمط أطول من الحد بعد كتابة التكرار {m,n} كاملًا",
    "the pattern is too long once its repetitions are written out",
    "قلل التكرار، أو اكتب * و+ بدل {m,n}، أو استعمل near للمسافات.",
)
_AROUND = ("(?=", "(?!", "(?<=", "(?<!")
_UNWRITTEN = re.compile(f"[{MARKS}{TATWEEL}{CONTROLS}]")
_CODE = re.compile(r"\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))")
_PROPERTY = re.compile(r"\\[pP](?:\{[^}]*\}|.)")


@cache
def compiled(pattern: str) -> Any:
    """The pattern as RE2 runs it; raises BadPattern."""
    pieces = list(_pieces(pattern))
    plain = "".join(
        ascii_lowercase[n % 26] if one.kind == "letter" else one.runs for n, one in enumerate(pieces)
    )
    try:
        made = _re2("".join(one.runs for one in pieces))
        places = _re2(plain).programsize
    except _re2_error() as error:
        raise BadPattern("RE2 لا تفهم هذا النمط", _text(error)) from error
    if places > MOST_PLACES or made.programsize > MOST_INSTRUCTIONS:
        raise BadPattern(*_LONG)
    return made


def _re2(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.max_mem = MOST_MEMORY
    options.log_errors = False
    return re2.compile(pattern, options)


def _re2_error() -> type[Exception]:
    import re2

    error: type[Exception] = re2.error
    return error


def _text(error: Exception) -> str:
    found = error.args[0] if error.args else error
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)


def translated(pattern: str) -> str:
    """The pattern with its classes made to know Unicode; raises BadPattern for what RE2 has not."""
    return "".join(one.runs for one in _pieces(pattern))


def unwritten(pattern: str) -> list[str]:
    """The harakat, tatweels and invisible marks that a pattern asks for, each once; no text that it sees has any."""
    codes = [chr(int(found[1] or found[2], 16)) for found in _CODE.finditer(pattern) if _is_code(found)]
    return sorted(set(_UNWRITTEN.findall(pattern + "".join(codes))))


def _is_code(found: re.Match[str]) -> bool:
    before = found.string[: found.start()]
    escaped = (len(before) - len(before.rstrip("\\"))) % 2
    return not escaped and int(found[1] or found[2], 16) < 0x110000


class _Piece(NamedTuple):
    """A part of a pattern as RE2 is to read it, and whether it stands for one letter of the text."""

    runs: str
    kind: Literal["letter", "sign"]


def _pieces(pattern: str) -> Iterator[_Piece]:
    """The pattern's letters, classes and signs one by one, with classes that know Unicode; raises BadPattern."""
    at = 0
    while at < len(pattern):
        piece, at = _piece(pattern, at)
        yield from piece


def _piece(pattern: str, at: int) -> tuple[list[_Piece], int]:
    char = pattern[at]
    if pattern.startswith("\\Q", at):
        end = (pattern + "\\E").index("\\E", at)
        return [_Piece(re.escape(letter), "letter") for letter in pattern[at + 2 : end]], end + 2
    if char == "\\" and at + 1 < len(pattern):
        written = _escape(pattern, at)
        kind: Literal["letter", "sign"] = "sign" if pattern[at + 1] in "AzE" else "letter"
        return [_Piece(_ALONE.get(pattern[at + 1], written), kind)], at + len(written)
    if char == "[":
        text, end = _class(pattern, at)
        return [_Piece(text, "letter")], end
    if pattern.startswith(_AROUND, at):
        raise BadPattern(*_LOOK)
    if pattern.startswith("(?P=", at):
        raise BadPattern(*_BACK)
    return [_Piece(char, "letter" if char == "." or not char.isascii() else "sign")], at + 1


def _escape(pattern: str, at: int) -> str:
    """An escape outside a class, as it is written."""
    letter = pattern[at + 1]
    if letter in "123456789":
        raise BadPattern(*_BACK)
    if letter in "bB":
        raise BadPattern(*_BOUND)
    found = _CODE.match(pattern, at) or _PROPERTY.match(pattern, at)
    return found[0] if found else pattern[at : at + 2]


def _class(pattern: str, at: int) -> tuple[str, int]:
    """A class in square brackets that knows Unicode, and where it ends; an unfinished one is left to RE2."""
    first = at + (2 if pattern.startswith("[^", at) else 1)
    out = [pattern[at:first]]
    at = first
    while at < len(pattern):
        char = pattern[at]
        if char == "]" and at > first:
            return "".join([*out, char]), at + 1
        named = pattern.find(":]", at) + 2 if pattern.startswith("[:", at) else 0
        if named > 1:
            out.append(pattern[at:named])
            at = named
        elif char == "\\" and at + 1 < len(pattern):
            if pattern[at + 1] in "WS":
                raise BadPattern(*_NEGATED)
            out.append(_IN_CLASS.get(pattern[at + 1], pattern[at : at + 2]))
            at += 2
        else:
            out.append(r"\]" if char == "]" else char)  # a bracket that stands first is a letter of the class
            at += 1
    return "".join(out), at
