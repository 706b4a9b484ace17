"""Keeps lines readable that mix Arabic with Latin names, numbers and commands.

Telegram lays a paragraph out by its first strong character and draws the isolates of Unicode (FSI, PDI)
differently from one client to the next; the two old marks, LRM and RLM, are drawn alike by all. So a piece of
the other direction is fenced with marks.
"""

import re
import unicodedata

LRM, RLM = "\u200e", "\u200f"
CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_STRONG = {"L": "L", "R": "R", "AL": "R"}
# not before a slash or an at sign: behind a mark these would begin a command or a name that Telegram makes a link of
_LEFT_TO_RIGHT = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?![\d/@])|\+\u2060?\d[\d \u00a0()./-]{5,}\d(?![\d/@])")


def direction(text: str) -> str:
    """``L`` or ``R`` by the first strong character, ``""`` when there is none."""
    return next((_STRONG[kind] for char in text if (kind := unicodedata.bidirectional(char)) in _STRONG), "")


def fence(text: str, *, rtl: bool) -> str:
    """``text`` as one piece of a line that runs right to left (``rtl``) or left to right.

    Its own end punctuation stays with it, and what follows it in the line keeps its place.
    """
    before, after = fences(text, rtl=rtl)
    return before + (fence_numbers(text) if rtl else text) + after


def fences(text: str, *, rtl: bool) -> tuple[str, str]:
    """The marks that ``text`` needs before and after it in such a line; mostly none."""
    base, here, there = ("R", RLM, LRM) if rtl else ("L", LRM, RLM)
    if direction(text) not in ("", base):
        return there, there + here
    return "", here if direction(text[::-1]) not in ("", base) else ""


def fence_numbers(text: str) -> str:
    """``text`` with marks around dates such as 2024-06-19 and telephone numbers such as +20 2 555 01 23, whose parts
    change places after Arabic."""
    return _LEFT_TO_RIGHT.sub(lambda date: f"{LRM}{date[0]}{LRM}", text)
