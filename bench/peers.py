"""How others find many phrases in Arabic: what most bots do, what the careful do, and the limit.

All of them look for substrings in folded text; none knows a word from its letters, or a clitic. Each is made of phrases
and then finds their places in a text.
"""

import codecs
import re
from collections.abc import Callable, Sequence
from typing import Any

import ahocorasick

from rules.arabic.alphabet import dropped_table, letter_table

Find = Callable[[str], Any]

_TABLE = {key: value for key, value in (dropped_table() | letter_table()).items() if key != 0x20}


def fold(text: str) -> str:
    """What a bot folds with: one ``str.translate``."""
    return text.translate(_TABLE)


def with_re(phrases: Sequence[str]) -> Find:
    """An alternation of ``re``, the longest phrase first."""
    longest_first = sorted(map(fold, phrases), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return lambda text: [found.span() for found in pattern.finditer(fold(text))]


def with_pyahocorasick(phrases: Sequence[str]) -> Find:
    """An automaton over text, in C."""
    automaton = ahocorasick.Automaton()
    for number, phrase in enumerate(map(fold, phrases)):
        automaton.add_word(phrase, number)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(fold(text)))


def with_hyperscan(phrases: Sequence[str]) -> Find | None:
    """Hyperscan over one-byte text; None where it is not installed (``pip install hyperscan``)."""
    try:
        import hyperscan
    except ImportError:
        return None
    database = hyperscan.Database()
    expressions = [re.escape(_one_byte(fold(phrase))) for phrase in phrases]
    flags = [hyperscan.HS_FLAG_SOM_LEFTMOST] * len(expressions)
    database.compile(
        expressions=expressions, ids=list(range(len(expressions))), elements=len(expressions), flags=flags
    )
    scratch = hyperscan.Scratch(database)

    def find(text: str) -> list[tuple[int, int, int]]:
        found: list[tuple[int, int, int]] = []
        database.scan(
            _one_byte(text),
            match_event_handler=lambda number, start, end, *_: found.append((number, start, end)),
            scratch=scratch,
        )
        return found

    return find


def _one_byte(text: str) -> bytes:
    """cp1256 is the nearest codec of the standard library; it does not fold."""
    return codecs.charmap_encode(text, "replace", _CP1256)[0]


_CP1256 = codecs.charmap_build(bytes(range(256)).decode("cp1256", "replace"))
