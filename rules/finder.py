"""Every phrase of every rule in one pass over a document.

A text becomes bytes, one a letter; an Aho-Corasick automaton finds every place where a phrase may stand; the words
around such a place are looked up once and remembered. Only what holds a letter without a byte is read word by word.
"""

import gc
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import TypeVar

from ahocorasick_rs import BytesAhoCorasick, Implementation

from rules.arabic import fold_word, words
from rules.arabic.onebyte import (
    BEGINNING,
    SEAMS,
    SPACE,
    decode,
    encode,
    folded,
    heard,
    lettered,
    may_hold_thousands,
    parted,
)
from rules.arabic.words import joined
from rules.patterns import patterns
from rules.phrases import Phrase, Term
from rules.trie import Trie

Hit = tuple[int, int, int]
"""Where a term was found: field (0 title, 1 summary, 2 body), first word, the word after the last."""

Hits = Mapping[int, Sequence[Hit]]
"""The hits of each term by its number, in the order of the text; terms that were not found are absent."""

Span = tuple[int, int, tuple[int, ...]]
"""Words of a text by number, or its bytes with the spaces around them or without: from, to, which terms those are."""

Spans = list[Span]

Pointed = tuple[bytes, list[tuple[int, int, int]]]
"""A text's bytes, and where in them, folded, the automaton pointed: the pattern's number, from, to."""

REMEMBERED = 200_000  # distinct words or groups of them; a month of news has fewer, and they take some 30 MB
LONGEST_REMEMBERED = 100  # letters; what is longer is not worth remembering
DENSE_UP_TO = (
    3_000  # patterns; of more the automaton of tables outgrows the cache, and the compact one is faster
)

_NEXT_WORD = re.compile(rb" *[^ ]+")

Key = TypeVar("Key", str, bytes)


class _Memo(dict[Key, tuple[int, ...]]):
    """What a word or group of words is, worked out once. Safe between threads: at worst it is worked out twice."""

    def __init__(self, ask: Callable[[Key], tuple[int, ...]]) -> None:
        super().__init__()
        self._ask: Callable[[Key], tuple[int, ...]] = ask

    def __missing__(self, key: Key) -> tuple[int, ...]:
        found = self._ask(key)
        if len(key) <= LONGEST_REMEMBERED:
            if len(self) >= REMEMBERED:
                self.clear()
            self[key] = found
        return found


@contextmanager
def _uncollected() -> Iterator[None]:
    """Building makes a million objects and no cycle: the collector would look at them again and again, for nothing."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Finder:
    """Finds terms, which are numbered as they come. ``whole``: the lexicon's one-word names, see ``Slots``."""

    def __init__(self, terms: Sequence[Term], whole: Iterable[str] = ()) -> None:
        self._words = _Memo[str](lambda raw: self._trie.slots.of(fold_word(raw)))
        self._groups = _Memo[bytes](lambda group: self._trie.spanning(decode(group).split()))
        self._ignoring = {number for number, term in enumerate(terms) if term.ignore}
        with _uncollected():
            self._trie = Trie(terms, whole)
            self._look_for(_owners(terms))

    def _look_for(self, owners: Mapping[Phrase, Sequence[int]]) -> None:
        chars = set[str]().union(*(word for phrase in owners for word in phrase.words))
        self._figures = any(map(str.isdigit, chars))
        close, beginnings, begun = patterns(owners)
        self._begins_from, self._seams_from = len(close), len(close) + len(beginnings)
        self._mores = list(beginnings.values())
        self._meant = [*close.values(), *(begun[text] for text in beginnings)]
        self._search = _automaton([*close, *beginnings, *SEAMS]).find_matches_as_indexes

    def find(self, texts: Sequence[str]) -> dict[int, list[Hit]]:
        """Where each term stands in the texts (the fields, in order)."""
        return self.scan(texts).hits()

    def scan(self, texts: Sequence[str]) -> "Scan":
        """Which terms stand in the texts; the words where they do are counted when they are asked for."""
        return Scan(self, texts)

    def heeded(self, wanted: Set[int]) -> Set[int]:
        """Some terms, and what is ignored for them."""
        return wanted | {~number for number in wanted & self._ignoring}

    def point(self, text: str, *, figures: bool = False) -> Pointed | None:
        """A text's bytes and where in them phrases may stand; None if the text holds a letter that has no byte.

        ``figures``: whether 6,700 must be one word, as it is; the search itself needs that for phrases of figures only.
        """
        data = encode(text)
        if data is None:
            return None
        if (figures or self._figures) and may_hold_thousands(data):
            data = encode(joined(text)) or data
        found = self._search(heard(data), overlapping=True)
        while found and max(found)[0] >= self._seams_from:
            data = parted(data, (at + 1 for number, at, _ in found if number >= self._seams_from))
            found = self._search(heard(data), overlapping=True)
        return data, found

    def meant(self, pointed: Pointed) -> list[Sequence[int]]:
        """The terms that may stand where it points; no other stands in the text. ``~term``: what is ignored for it."""
        meant = self._meant
        return [meant[number] for number, _, _ in pointed[1]]

    def spans(self, pointed: Pointed, wanted: Set[int] | None = None) -> Spans:
        """Which terms do stand there: the words around each place decide. ``wanted``: the others need not be told."""
        data = folded(pointed[0])
        spans: Spans = []
        groups, meant, begins_from, space = self._groups, self._meant, self._begins_from, SPACE
        for number, start, end in pointed[1]:
            if wanted is not None and wanted.isdisjoint(meant[number]):
                continue
            if number >= begins_from:
                spans += self._from_beginning(data, start, end, self._mores[number - begins_from])
                continue
            # Out to the ends of the words, where the pattern has not brought their spaces with it.
            if data[end - 1] != space and data[end] != space:
                end = data.find(b" ", end)  # noqa: PLW2901
            if data[start] != space and data[start - 1] != space:
                start = data.rfind(b" ", 0, start) + 1  # noqa: PLW2901
            if terms := groups[data[start:end]]:
                spans.append((start, end, terms))
        return spans

    def _from_beginning(self, data: bytes, start: int, end: int, mores: Iterable[int]) -> Iterator[Span]:
        start = data.rfind(b" ", 0, start) + 1
        for more in mores:
            after = _words_on(data, end, more)
            if terms := self._groups[data[start:after]]:
                yield start, after, terms

    def by_words(self, text: str) -> Iterator[tuple[int, int, int]]:
        """The slow way, which takes any text: term, first word, the word after the last."""
        row = list(map(self._words.__getitem__, words(text)))
        for at, slots in enumerate(row):
            if slots:
                yield from ((number, at, after) for number, after in self._trie.beginning(row, at))


class Scan:
    """What a document may hold. ``terms``: no others stand in it; which of them do is found out by ``hits``."""

    def __init__(self, finder: Finder, texts: Sequence[str]) -> None:
        self._finder = finder
        self._read = [(field, text, finder.point(text)) for field, text in enumerate(texts) if text]
        self.terms: set[int] = set()
        for _, text, pointed in self._read:
            if pointed is None:
                self.terms.update(number for number, _, _ in finder.by_words(text))
            else:
                self.terms.update(*finder.meant(pointed))

    def hits(self, wanted: Set[int] | None = None) -> dict[int, list[Hit]]:
        """Where each term stands, or each of those that are wanted."""
        found = self._found(None if wanted is None else self._finder.heeded(wanted))
        return {number: kept for number in found if number >= 0 and (kept := _kept(found, number))}

    def ignored(self) -> dict[int, list[Hit]]:
        """Where the phrases stand that cancel words of a term, by the term."""
        return {~number: hits for number, hits in self._found(None).items() if number < 0}

    def _found(self, wanted: Set[int] | None) -> dict[int, list[Hit]]:
        found: dict[int, list[Hit]] = {}
        for field, text, pointed in self._read:
            for start, after, numbers in self._in_words(text, pointed, wanted):
                hit = field, start, after
                for number in numbers:
                    if wanted is None or number in wanted:
                        found.setdefault(number, []).append(hit)
        return found

    def _in_words(self, text: str, pointed: Pointed | None, wanted: Set[int] | None) -> Iterable[Span]:
        if pointed is None:
            return ((start, after, (number,)) for number, start, after in self._finder.by_words(text))
        if pointed[1] and may_hold_thousands(pointed[0]) and joined(text) != text:
            pointed = self._finder.point(text, figures=True) or pointed
        return _numbered(folded(pointed[0]), self._finder.spans(pointed, wanted))


def _numbered(data: bytes, spans: Spans) -> Iterator[Span]:
    """Spans of bytes as spans of words: first word, the word after the last, terms."""
    count, space = lettered(data).count, SPACE
    word = at = 0
    for start, end, numbers in spans:
        before = start if data[start] == space else start - 1
        word += count(BEGINNING, at, before + 1) if at <= before else -count(BEGINNING, before, at + 1)
        at = before
        yield word, word + count(BEGINNING, before, end), numbers


def _owners(terms: Sequence[Term]) -> dict[Phrase, tuple[int, ...]]:
    """Every phrase, and the terms that it is of; ``~term`` where it is ignored for a term."""
    owners: dict[Phrase, tuple[int, ...]] = {}
    for number, term in enumerate(terms):
        for owner, phrases in ((number, term.phrases), (~number, term.ignore)):
            own = (owner,)
            for phrase in phrases:
                if owners.setdefault(phrase, own) is not own:
                    owners[phrase] = (*owners[phrase], owner)
    return owners


def _words_on(data: bytes, end: int, more: int) -> int:
    """Where the word ends that so many words on is from the one that ends at ``end`` or is cut by it."""
    if data[end - 1] != SPACE:
        end = data.find(b" ", end)
    for _ in range(more):
        word = _NEXT_WORD.match(data, end)
        if word is None:
            return len(data)
        end = word.end()
    return end


def _automaton(texts: list[bytes]) -> BytesAhoCorasick:
    dense = len(texts) <= DENSE_UP_TO
    return BytesAhoCorasick(
        texts, implementation=Implementation.DFA if dense else Implementation.ContiguousNFA
    )


def _kept(found: Mapping[int, list[Hit]], number: int) -> list[Hit]:
    """A term's hits without the ignored ones and without those inside a longer one, each once."""
    hits = found[number]
    if ~number in found:
        hits = clear_of(hits, covered(found[~number]))
    return _longest(hits) if len(hits) > 1 else hits


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in the order of the text, but those inside a longer one."""
    kept: list[Hit] = []
    field, start, end = -1, 0, 0  # of the last one kept
    for hit in sorted(hits):
        if hit[0] == field and hit[2] <= end:
            continue
        if hit[1] == start and hit[0] == field:
            kept.pop()
        kept.append(hit)
        field, start, end = hit
    return kept


def covered(hits: Iterable[Hit]) -> set[tuple[int, int]]:
    """The words under some hits, each as field and number."""
    return {(field, at) for field, start, end in hits for at in range(start, end)}


def clear_of(hits: Iterable[Hit], words_taken: Container[tuple[int, int]]) -> list[Hit]:
    """The hits that share no word with those."""
    return [
        (field, start, end)
        for field, start, end in hits
        if not any((field, at) in words_taken for at in range(start, end))
    ]
