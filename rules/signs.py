"""Signs that are written into a phrase and never searched for; half of them nobody sees."""

import re

SIGNS_HINT = "احذفها؛ واجعل كل عبارة بندًا في سطر."

HIDDEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that nobody sees: they turn a line of writing round, or part words that look whole."""

TATWEEL = re.compile("(?<=[^\\W\\d_\u0640])\u0640+(?=[^\\W\\d_\u0640])")
"""The stroke that draws a word out, between two letters: in هـ it stands for itself, under a hamza it is its seat."""

# What editors and keyboards put in unasked: typographic quotes, Arabic commas, invisible marks.
_SIGNS = re.compile(r"[“”„«»،؛\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def signs_in(text: str) -> str:
    """The signs of a phrase, each once, the invisible ones named; "" when there are none."""
    return " ".join(shown(sign) for sign in sorted(set(_SIGNS.findall(text))))


def shown(text: str) -> str:
    """``text`` with its invisible marks named, as in ``U+202B``: nobody can mend what nobody sees."""
    return "".join(f"U+{ord(char):04X}" if not char.isprintable() and char != " " else char for char in text)
