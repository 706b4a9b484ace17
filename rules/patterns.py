"""What the fast search looks for, so that no place where a phrase may stand is missed.

A pattern is a piece of a folded text (bytes, see ``rules.arabic.onebyte``) that stands wherever a phrase stands: its
words as they are, with ال before the later ones, with the last as it is before a pronoun. What clings to its ends is
left to the finder, and so is the difference between letters that foreign names confuse.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    owners of the phrases that may stand there, some of them perhaps twice."""

    close: dict[bytes, Sequence[int]]
    open: dict[bytes, tuple[int, ...]]
    begun: dict[bytes, Sequence[int]]


def patterns(owners: Mapping[Phrase, Sequence[int]]) -> Patterns:
    """What to look for. Nothing for a phrase with a letter that has no byte: no text made of bytes has it."""
    found = Patterns({}, {}, {})
    phrases = [phrase for phrase in owners for _ in _forms(phrase)]
    texts = _heard([form for phrase in owners for form in _forms(phrase)])
    for text, phrase in zip(texts, phrases, strict=True):
        if not text:
            continue
        owned = owners[phrase]
        if len(phrase.words) <= WORDS:
            for spanning in _close(phrase.kind, text):
                _add(found.close, spanning, owned)
        for beginning, left in _beginnings(text, len(phrase.words)):
            if left not in found.open.setdefault(beginning, (left,)):
                found.open[beginning] = (*found.open[beginning], left)
            _add(found.begun, beginning, owned)
    return found


def _add(found: dict[bytes, Sequence[int]], text: bytes, numbers: Sequence[int]) -> None:
    """Most texts get the numbers of one phrase, and share them with it: that saves a list for each."""
    known = found.setdefault(text, numbers)
    if known is numbers:
        return
    if isinstance(known, list):
        known.extend(numbers)
    else:
        found[text] = [*known, *numbers]


def _heard(texts: list[str]) -> list[bytes]:
    """Texts as the search hears them, all in one go if it may be; nothing of one with a letter that has no byte."""
    data = encode("  ".join(texts))
    if data and len(found := heard(data)[1:-1].split(b"  ")) == len(texts):
        return found
    return [heard(data)[1:-1] if (data := encode(text)) else b"" for text in texts]


def _close(kind: Kind, text: bytes) -> Iterable[bytes]:
    """After a name there must be a space, and before a short word."""
    ended = text if kind is Kind.NOUN else text + b" "
    return (ended,) if len(text) > SHORT else [lead + ended for lead in _LEADS]


def _beginnings(text: bytes, count: int) -> Iterator[tuple[bytes, int]]:
    """The first words of a form of so many words, parted from the rest by two signs or more; and how many words are
    still to come. Of the next word two letters are enough: more would be more to look for."""
    if count > WORDS:
        yield text, count - WORDS
    at = text.find(b" ")
    while at >= 0:
        count -= 1
        yield text[:at] + b"  " + text[at + 1 : at + 3].rstrip(), count - 1
        yield text[:at] + b"   ", count
        at = text.find(b" ", at + 1)


def _forms(phrase: Phrase) -> Iterable[str]:
    """The first words of a phrase in every form that is not a matter of what clings to its ends."""
    words = phrase.words[:WORDS]
    first = words[0]
    firsts = (first, *with_li(first))
    if phrase.kind is not Kind.NOUN:
        return [" ".join((word, *words[1:])) for word in firsts]
    choices: list[tuple[str, ...]] = [firsts, *((word, ARTICLE + word) for word in words[1:])]
    if len(phrase.words) <= WORDS:
        choices[-1] += phrase.endings
    return dict.fromkeys(map(" ".join, product(*choices)))
