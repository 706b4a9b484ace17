"""A text as bytes, one a letter, folded as ``fold_word`` folds: what the fast search runs over, and the quick way to
the words of a text.

Two steps of C do nearly all of it: a charmap codec makes one byte of each character (it knows the 255 that Arabic news
is written with), and ``bytes.translate`` folds the letters and drops the marks. A text with any other letter or mark is
not for this module: ``encode`` gives None, and the caller goes the slow way, word by word.
"""

import codecs
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from rules.arabic.alphabet import (
    CONTROLS,
    DIGITS,
    HIGH_HAMZA,
    LETTERS,
    LOOSE_MARKS,
    MARKS,
    TATWEEL,
    THOUSANDS,
    expand,
)
from rules.arabic.fold import fold_word
from rules.arabic.spelling import sound

_ARABIC = expand("\u0621-\u063a\u0641-\u064a") + "ٱیکگپچژڤڨہەۀیێۆھ"
_OTHER = expand("a-zA-Z") + expand(DIGITS)
_DROPPED = expand("\u064b-\u0652\u0670\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff")
_SIGNS = (
    expand("\x01-\x1f\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e")
    + "\u00a0«»·°©®×\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e…•،؛؟٪٫٬۔٭"
)
SPACE = 0x20
_NONE = "\ufffe"  # how a charmap says that a byte is no character

# Characters that are no part of any word and no mark: whatever they are, they part words. What parts thousands has a
# byte of its own.
_APART = re.compile(f"[^\\w{LETTERS}{MARKS}{LOOSE_MARKS}{TATWEEL}{HIGH_HAMZA}{CONTROLS}{THOUSANDS}]|_")


def _table() -> str:
    """The 256 characters that have a byte.

    The codec is fast only with NUL at 0. What ``bytes.split`` takes for space is below 33, where no letter may be.
    """
    known = list(dict.fromkeys(_SIGNS + _ARABIC + _OTHER + TATWEEL + _DROPPED))
    known = ["\0", *known[:31], " ", *known[31:]]
    return "".join(known) + _NONE * (256 - len(known))


_CHARS = _table()
_CODEC = codecs.charmap_build(_CHARS)


_encode = codecs.charmap_encode


def _bytes(text: str) -> bytes:
    """One byte a character; UnicodeEncodeError for a character that has none."""
    return _encode(text, "strict", _CODEC)[0]


def _changing(change: Mapping[str, str]) -> bytes:
    """A table for ``bytes.translate``."""
    return bytes(_CHARS.index(change.get(char, char)) for char in _CHARS)


def _folded(chars: str) -> bytes:
    """The bytes of the letters that these come to, each once."""
    return _bytes("".join(dict.fromkeys(map(fold_word, chars))))


_FOLD = _changing({char: fold_word(char) for char in _ARABIC + _OTHER} | dict.fromkeys("\0" + _SIGNS, " "))
# Few different bytes make a small automaton: one for all figures and Latin letters, whose words are looked at anyway.
_HEARD = _FOLD.translate(_changing({char: sound(char) for char in _ARABIC} | dict.fromkeys(_OTHER, "0")))
_NUMBERS = _changing(dict.fromkeys(expand(DIGITS), "0") | dict.fromkeys(THOUSANDS, ","))
_THOUSAND = _bytes(",0")
_LETTERED = bytes(SPACE if byte == SPACE else ord("a") for byte in range(256))
BEGINNING = b" a"
_OUT = _bytes(_DROPPED + TATWEEL)
_TATWEEL = _bytes(TATWEEL)
# A tatweel joins Arabic letters; between figures or Latin letters it stands for a dash.
_DASH = re.compile(
    b"(?<=[%b])([%b]*)%b" % tuple(map(re.escape, (_bytes(_OTHER), _bytes(_DROPPED), _TATWEEL)))
)
_A, _O = _folded(_ARABIC), _folded(_OTHER).translate(_HEARD)
_SCRIPTS = bytes(byte if byte == SPACE else ord("a") if byte in _A else ord("0") for byte in range(256))

SEAMS = tuple({bytes(pair) for one in _A.translate(_HEARD) for pair in ((one, _O[0]), (_O[0], one))})
"""Two bytes (after ``heard``) between which words part without a sign: an Arabic letter and a Latin one or a figure."""


def encode(text: str) -> bytes | None:
    """A text as written, one byte a character, for ``folded`` and ``heard``; None if it holds what has no byte."""
    try:
        raw = _encode(text, "strict", _CODEC)[0]
    except UnicodeEncodeError:
        try:
            raw = _bytes(_APART.sub(" ", text))
        except UnicodeEncodeError:
            return None
    if _TATWEEL in raw:
        raw = _DASH.sub(b" ", raw)
    return b" %b " % raw


def folded(data: bytes) -> bytes:
    """The folded words of an encoded text with a space or more around each.

    Words that meet in a seam are not parted yet (see ``SEAMS``); figures of 6,700 are two words (see ``words.joined``).
    """
    return data.translate(_FOLD, _OUT)


def parted(data: bytes, at: Iterable[int]) -> bytes:
    """An encoded text with a space before each of these places in what is heard of it."""
    data = data.translate(None, _OUT)
    cuts = [0, *at, len(data)]
    return b" ".join(data[start:end] for start, end in pairwise(cuts))


def heard(data: bytes) -> bytes:
    """As ``folded``, in the few letters of the search: what foreign names confuse is one (see ``spelling.sound``)."""
    return data.translate(_HEARD, _OUT)


def may_hold_thousands(data: bytes) -> bool:
    """Whether an encoded text may hold a number such as 6,700."""
    return _THOUSAND in data.translate(_NUMBERS)


def lettered(data: bytes) -> bytes:
    """What is folded, with one letter for all: a word begins at every ``BEGINNING``."""
    return data.translate(_LETTERED)


def tokens(text: str) -> list[str] | None:
    """The folded words of a text, if it is as nearly all are: None if a letter has no byte, if words meet in a seam or
    if a number may be written as 6,700."""
    data = encode(text)
    if data is None or may_hold_thousands(data):
        return None
    data = folded(data)
    scripts = data.translate(_SCRIPTS)
    return None if b"a0" in scripts or b"0a" in scripts else decode(data).split()


def decode(data: bytes) -> str:
    """The folded text that some bytes stand for."""
    return codecs.charmap_decode(data, "strict", _CHARS)[0]
