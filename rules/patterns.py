"""What the fast search looks for, so that no place where a phrase may stand is missed.

A pattern is a piece of a folded text (bytes, see ``rules.arabic.onebyte``) that stands wherever a phrase stands: its
words as they are, with ال before the later ones, with the last as it is before a pronoun. What clings to its ends is
left to the finder, and so is the difference between letters that foreign names confuse.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from rules.arabic.clitics import ARTICLE, ARTICLES, CONJUNCTIONS, FUTURE, NOUN_PREPOSITIONS, with_li
from rules.arabic.onebyte import encode, heard
from rules.phrases import Kind, Phrase

SHORT = 3  # letters; one word of so few stands inside half of all words, so it is looked for from a word's start only
WORDS = 5  # of a longer phrase the first are looked for

_LEADS = [
    heard(lead[:-1])
    for a, b in product(("", *CONJUNCTIONS), ("", *ARTICLES, *NOUN_PREPOSITIONS, FUTURE))
    if (lead := encode(a + b))
]


class Patterns(NamedTuple):
    """``close``: texts that span a phrase but for what clings to it, and spaces around it. ``open``: texts that are
    the beginning of a phrase, each with the numbers of words by which it may go on. ``close`` and ``begun`` name the
    owners of the phrases that may stand there."""

    close: dict[bytes, tuple[int, ...]]
    open: dict[bytes, tuple[int, ...]]
    begun: dict[bytes, tuple[int, ...]]


def patterns(owners: Mapping[Phrase, Iterable[int]]) -> Patterns:
    """What to look for. Nothing for a phrase with a letter that has no byte: no text made of bytes has it."""
    close, onward, begun = (defaultdict[bytes, list[int]](list) for _ in range(3))
    letters = _Letters()
    for phrase, owned_by in owners.items():
        more = max(len(phrase.words) - WORDS, 0)
        for form in _forms(phrase, more):
            row = [letters[word] for word in form]
            if b"" in row:
                continue
            if more:
                onward[b" ".join(row)].append(more)
                begun[b" ".join(row)] += owned_by
            else:
                for spanning in _close(phrase.kind, b" ".join(row)):
                    close[spanning] += owned_by
            for beginning, left in _with_gaps(row):
                onward[beginning].append(left + more)
                begun[beginning] += owned_by
    return Patterns(_settled(close), _settled(onward), _settled(begun))


def _settled(lists: Mapping[bytes, list[int]]) -> dict[bytes, tuple[int, ...]]:
    return {text: tuple(numbers if len(numbers) == 1 else set(numbers)) for text, numbers in lists.items()}


class _Letters(dict[str, bytes]):
    """Words as the search hears them; nothing of a word with a letter that has no byte."""

    def __missing__(self, word: str) -> bytes:
        data = encode(word)
        self[word] = heard(data[1:-1]) if data else b""
        return self[word]


def _close(kind: Kind, text: bytes) -> Iterator[bytes]:
    """After a name there must be a space, and before a short word."""
    if kind is not Kind.NOUN:
        text += b" "
    if len(text.strip()) > SHORT:
        yield text
    else:
        yield from (lead + text for lead in _LEADS)


def _with_gaps(row: list[bytes]) -> Iterator[tuple[bytes, int]]:
    """The first words of the form, parted from the rest by two signs or more; and how many words are still to come."""
    for count in range(1, len(row)):
        head = b" ".join(row[:count])
        yield b"%b  %b" % (head, row[count]), len(row) - count - 1
        yield head + b"   ", len(row) - count


def _forms(phrase: Phrase, more: int) -> Iterator[tuple[str, ...]]:
    """The first words of a phrase in every form that is not a matter of what clings to its ends."""
    first, *later = phrase.words[:WORDS]
    choices: list[tuple[str, ...]] = [(first, *with_li(first))]
    if phrase.kind is Kind.NOUN:
        choices += [(word, ARTICLE + word) for word in later]
        choices[-1] += () if more else phrase.endings
    else:
        choices += [(word,) for word in later]
    yield from dict.fromkeys(product(*choices))
