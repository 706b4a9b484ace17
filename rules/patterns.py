"""What the fast search looks for, so that no place where a phrase may stand is missed.

A pattern is a piece of a folded text (bytes, see ``rules.arabic.onebyte``) that stands wherever a phrase stands: its
words as they are, with ال before the later ones, with the last as it is before a pronoun. What clings to its ends is
left to the finder, and so is the difference between letters that foreign names confuse.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from rules.arabic.clitics import ARTICLE, ARTICLES, CONJUNCTIONS, FUTURE, NOUN_PREPOSITIONS
from rules.arabic.onebyte import encode, heard
from rules.phrases import Kind, Phrase

SHORT = 3  # letters; one word of so few stands inside half of all words, so it is looked for from a word's start only
WORDS = 5  # of a longer phrase the first are looked for

_LEADS = [a + b for a, b in product(("", *CONJUNCTIONS), ("", *ARTICLES, *NOUN_PREPOSITIONS, FUTURE))]


class Patterns(NamedTuple):
    """``close``: texts that span a phrase but for what clings to it, and spaces around it. ``open``: texts that are
    the beginning of a phrase, each with the numbers of words by which it may go on. ``close`` and ``begun`` name the
    phrases that may stand there."""

    close: dict[bytes, list[Phrase]]
    open: dict[bytes, tuple[int, ...]]
    begun: dict[bytes, list[Phrase]]


def patterns(phrases: Iterable[Phrase]) -> Patterns:
    """What to look for. Nothing for a phrase with a letter that has no byte: no text made of bytes has it."""
    close: defaultdict[bytes, list[Phrase]] = defaultdict(list)
    beginnings: defaultdict[bytes, set[int]] = defaultdict(set)
    begun: defaultdict[bytes, list[Phrase]] = defaultdict(list)
    for phrase in phrases:
        more = max(len(phrase.words) - WORDS, 0)
        for form in _forms(phrase, more):
            data = encode(" ".join(form))
            if data is None:
                continue
            if more:
                beginnings[heard(data[1:-1])].add(more)
                begun[heard(data[1:-1])].append(phrase)
            else:
                for text in _close(phrase.kind, heard(data)):
                    close[text].append(phrase)
            for text, left in _with_gaps(form):
                beginnings[text].add(left + more)
                begun[text].append(phrase)
    return Patterns(close, {text: tuple(mores) for text, mores in beginnings.items()}, begun)


def _close(kind: Kind, data: bytes) -> Iterator[bytes]:
    """``data`` has a space at either end; after a name there must be one, and before a short word."""
    after = None if kind is not Kind.NOUN else -1
    if len(data) > SHORT + 2:
        yield data[1:after]
        return
    for lead in filter(None, map(encode, _LEADS)):
        yield heard(lead[:-1]) + data[1:after]


def _with_gaps(form: tuple[str, ...]) -> Iterator[tuple[bytes, int]]:
    """The first words of the form, parted from the rest by two signs or more; and how many words are still to come."""
    for count in range(1, len(form)):
        head = encode(" ".join(form[:count]))
        onward = encode(form[count])
        if head and onward:
            yield heard(head[1:] + onward[:-1]), len(form) - count - 1
            yield heard(head[1:] + b"  "), len(form) - count


def _forms(phrase: Phrase, more: int) -> Iterator[tuple[str, ...]]:
    """The first words of a phrase in every form that is not a matter of what clings to its ends."""
    first, *later = phrase.words[:WORDS]
    choices: list[tuple[str, ...]] = [(first, f"لل{first[2:]}") if first.startswith(ARTICLE) else (first,)]
    if phrase.kind is Kind.NOUN:
        choices += [(word, ARTICLE + word) for word in later]
        choices[-1] += () if more else phrase.endings
    else:
        choices += [(word,) for word in later]
    yield from dict.fromkeys(product(*choices))
