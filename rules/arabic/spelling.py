"""Foreign names, which every desk spells its own way.

Within such a name ج غ ق ك (and گ, folded to ك already) are one letter, as are ب and پ, ف and ڤ, and its words may be
joined, spaced or hyphenated: بيونغيانغ, بيونج يانج, بيونغ-يانغ.
"""

from collections.abc import Iterator, Sequence
from itertools import product

CONFUSED = frozenset("جغقك")  # letters that desks use for one another in foreign names
_ONE_SOUND = str.maketrans(dict.fromkeys(CONFUSED, "ك"))
UNIFIED_FROM = 5  # letters of a one-word name; below that another word is too near (كيم, قيم and غيم)
SPLIT_FROM = 6  # letters of a one-word name that may also be written as two words ...
PIECE = 3  # ... of so many letters at least
JOINED_UP_TO = 4  # words of a name that may be written as fewer


def sound(word: str) -> str:
    """The folded word with the letters that foreign names confuse made one."""
    return word.translate(_ONE_SOUND)


def unifies(words: Sequence[str]) -> bool:
    """Whether the letters of this name may be confused: not in one short word."""
    return len(words) > 1 or len(words[0]) >= UNIFIED_FROM


def spacings(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The ways to space a name: as given, with words joined, and one long word in two."""
    if len(words) == 1:
        yield (words[0],)
        yield from _in_two(words[0])
    elif len(words) > JOINED_UP_TO:
        yield tuple(words)
    else:
        for gaps in product((" ", ""), repeat=len(words) - 1):
            yield tuple("".join(word + gap for word, gap in zip(words, (*gaps, ""), strict=True)).split(" "))


def _in_two(word: str) -> Iterator[tuple[str, str]]:
    if len(word) >= SPLIT_FROM:
        yield from ((word[:at], word[at:]) for at in range(PIECE, len(word) - PIECE + 1))
