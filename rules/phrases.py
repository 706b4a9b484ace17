"""What is looked for: a phrase is a sequence of words, each in a form that grammar allows where it stands.

- A name: ``[وف]?[بل]?`` before the first word; the later words as they are.
- Words of a list and bare phrases: conjunction, preposition or article before the first word; ال at most before a
  later one (صاروخ باليستي is found in الصاروخ الباليستي); a pronoun after the last (نقل أسلحة in نقل أسلحتها).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from rules.arabic import fold_tokens, fold_word, words
from rules.arabic.clitics import before_pronoun
from rules.arabic.spelling import sound, spacings, unifies


class Kind(Enum):
    """Which grammar a phrase follows."""

    NAME = "name"
    FOREIGN = "foreign"  # a name whose words are compared by ``sound``
    NOUN = "noun"

    __hash__ = object.__hash__  # that of Enum is a function of Python, and compiling asks it often


class Phrase(NamedTuple):
    """Folded words in order; ``endings``: the forms that the last one has before a pronoun (nouns only)."""

    words: tuple[str, ...]
    kind: Kind
    endings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """What a condition names: any of the phrases counts, unless a phrase of ``ignore`` covers its words.

    ``label`` is how the maintainer wrote it: ``$putin`` or the phrase.
    """

    label: str
    phrases: tuple[Phrase, ...]
    ignore: tuple[Phrase, ...] = ()


def noun(text: str) -> Phrase | None:
    """A bare phrase or a word of a list; None if there is no word in it."""
    raw = words(text)
    if not raw:
        return None
    folded = tuple(fold_word(word) for word in raw)
    return Phrase(folded, Kind.NOUN, before_pronoun(_bare(raw[-1]), folded[-1]))


def _bare(word: str) -> str:
    """The word without what may follow its last letter."""
    return "".join(char for char in word if char.isalpha() and char != "\u0640")


def names(text: str, *, foreign: bool) -> Iterator[Phrase]:
    """A name in every spacing it may have; nothing if there is no word in it."""
    folded = fold_tokens(text)
    if not folded:
        return
    if not foreign:
        yield Phrase(tuple(folded), Kind.NAME)
        return
    kind = Kind.FOREIGN if unifies(folded) else Kind.NAME
    heard = list(map(sound, folded)) if kind is Kind.FOREIGN else folded
    for spacing in spacings(heard):
        yield Phrase(spacing, kind)
