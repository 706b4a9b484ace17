"""Where words begin and end in a text as it came.

The text is cut before it is folded: marks and controls count as part of the word around them, so one raw word is
one token, and its place in the original is known without a map.
"""

import re

from rules.arabic import onebyte
from rules.arabic.alphabet import CONTROLS, DIGITS, LETTERS, LOOSE_MARKS, MARKS, TATWEEL, THOUSANDS, expand
from rules.arabic.fold import fold_word

_INSIDE = f"{MARKS}{LOOSE_MARKS}{TATWEEL}\u0674{CONTROLS}"
_NUMBER = rf"[{DIGITS}]{{1,3}}(?:[{THOUSANDS}][{DIGITS}]{{3}})+(?![{DIGITS}])"
_MAYBE_NUMBER = re.compile(f"[{THOUSANDS}][{DIGITS}]")
_THOUSANDS = frozenset(THOUSANDS)
_NO_THOUSANDS = str.maketrans("", "", THOUSANDS)
_ARABIC = rf"[{LETTERS}][{LETTERS}{_INSIDE}]*"
_OTHER = rf"[^\W_{LETTERS}{_INSIDE}](?:[^\W_{LETTERS}{LOOSE_MARKS}{TATWEEL}]|[{MARKS}{CONTROLS}])*"
_WORD = re.compile(f"{_ARABIC}|{_NUMBER}|{_OTHER}")
_TRAILING = expand(CONTROLS) + TATWEEL

words = _WORD.findall
"""The raw words of a text, in order. Arabic letters and other letters or digits never share a word; hyphens,
punctuation and spaces part words; 6,700 is one word."""


def joined(text: str) -> str:
    """The text with its numbers written as one word whatever reads it: 6700 for 6,700. Its words are the same."""
    if not _MAYBE_NUMBER.search(text):
        return text
    return _WORD.sub(
        lambda word: f"{word[0].translate(_NO_THOUSANDS)} " if word[0][-4:-3] in _THOUSANDS else word[0], text
    )


def word_spans(text: str) -> list[tuple[int, int]]:
    """Start and end, in code points of ``text``, of each of ``words(text)``, without invisible tails."""
    return [(m.start(), m.start() + len(m[0].rstrip(_TRAILING))) for m in _WORD.finditer(text)]


def fold_tokens(text: str) -> list[str]:
    """The folded words of a text: what two texts share when they say the same in other spellings."""
    found = onebyte.tokens(text)
    return [fold_word(word) for word in words(text)] if found is None else found
