"""Patterns of maintainers for RE2, whose ``\\w``, ``\\d`` and ``\\s`` know ASCII only.

RE2 takes time linear in the text whatever the pattern, which is why it is here; what it gave up for that
(look-around, back-references) is refused with an explanation, and so is ``\\b``, which it could not tell in Arabic.
"""

from functools import cache
from typing import Any, NamedTuple

MOST_MEMORY = 8 * 2**20  # bytes for the automaton of one pattern; above, RE2 refuses the pattern
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


@cache
def compiled(pattern: str) -> Any:
    """The pattern as RE2 runs it; raises BadPattern."""
    import re2

    options = re2.Options()
    options.max_mem = MOST_MEMORY
    options.log_errors = False
    try:
        return re2.compile(translated(pattern), options)
    except re2.error as error:
        raise BadPattern("RE2 لا تفهم هذا النمط", _text(error)) from error


def _text(error: Exception) -> str:
    found = error.args[0] if error.args else error
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)


def translated(pattern: str) -> str:
    """The pattern with its classes made to know Unicode; raises BadPattern for what RE2 has not."""
    _refuse_groups(pattern)
    out: list[str] = []
    in_class = False
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            out.append(_escape(pattern[at + 1], in_class=in_class))
            at += 2
            continue
        if char == "[" and not in_class:
            in_class = True
            first = at + (2 if pattern[at + 1 : at + 2] == "^" else 1)
            if pattern[first : first + 1] == "]":  # a bracket that stands first is a letter of the class
                out.append(pattern[at:first] + r"\]")
                at = first + 1
                continue
        elif char == "]":
            in_class = False
        out.append(char)
        at += 1
    return "".join(out)


def _refuse_groups(pattern: str) -> None:
    if any(sign in pattern for sign in ("(?=", "(?!", "(?<=", "(?<!")):
        raise BadPattern(*_LOOK)
    if "(?P=" in pattern:
        raise BadPattern(*_BACK)


def _escape(letter: str, *, in_class: bool) -> str:
    if letter in "123456789" and not in_class:
        raise BadPattern(*_BACK)
    if letter in "bB" and not in_class:
        raise BadPattern(*_BOUND)
    if letter in "WS" and in_class:
        raise BadPattern(*_NEGATED)
    return (_IN_CLASS if in_class else _ALONE).get(letter, "\\" + letter)
