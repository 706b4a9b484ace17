"""Foreign names, which every desk spells its own way.

Within such a name ج غ ق ك (and گ, folded to ك already) are one letter, as are ب and پ, ف and ڤ, and its words may be
joined, spaced or hyphenated: بيونغيانغ, بيونج يانج, بيونغ-يانغ.
"""

from collections.abc import Sequence

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


def spacings(words: Sequence[str]) -> list[tuple[str, ...]]:
    """The ways to space a name: as given, with words joined, and one long word in two."""
    if len(words) > 1:
        return _joinings(words) if len(words) <= JOINED_UP_TO else [tuple(words)]
    word = words[0]
    if len(word) < SPLIT_FROM:
        return [(word,)]
    return [(word,), *[(word[:at], word[at:]) for at in range(PIECE, len(word) - PIECE + 1)]]


def _joinings(words: Sequence[str]) -> list[tuple[str, ...]]:
    """With a space or none between any two of the words."""
    found: list[tuple[str, ...]] = [(words[0],)]
    for word in words[1:]:
        found = [way for one in found for way in ((*one, word), (*one[:-1], one[-1] + word))]
    return found
