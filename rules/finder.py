"""Every phrase of every rule in one pass over a document's words."""

from collections.abc import Container, Iterable, Mapping, Sequence

from rules.arabic import fold_word, words
from rules.phrases import Phrase, Term
from rules.slots import Slots

Hit = tuple[int, int, int]
"""Where a term was found: field (0 title, 1 summary, 2 body), first word, the word after the last."""

Hits = Mapping[int, Sequence[Hit]]
"""The hits of each term by its number, in the order of the text; terms that were not found are absent."""

REMEMBERED = 200_000  # distinct raw words; a month of news has fewer, and they take some 30 MB
LONGEST_RAW = 100  # characters; a longer raw word is not worth remembering


class _Memo(dict[str, tuple[int, ...]]):
    """Raw word -> slots, worked out once. Safe between threads: at worst a word is worked out twice."""

    def __init__(self, slots: Slots) -> None:
        super().__init__()
        self._slots = slots

    def __missing__(self, raw: str) -> tuple[int, ...]:
        found = self._slots.of(fold_word(raw))
        if len(raw) <= LONGEST_RAW:
            if len(self) >= REMEMBERED:
                self.clear()
            self[raw] = found
        return found


class _Node:
    """A place in the trie of phrases: what may follow, and the terms that are complete here (~n: ignored for n)."""

    __slots__ = ("ends", "next")

    def __init__(self) -> None:
        self.next: dict[int, _Node] = {}
        self.ends: list[int] = []


class Finder:
    """Finds terms, which are numbered as they come. ``whole``: the lexicon's one-word names, see ``Slots``."""

    def __init__(self, terms: Sequence[Term], whole: Iterable[str] = ()) -> None:
        self._slots = Slots()
        self._root = _Node()
        for number, term in enumerate(terms):
            for phrase in term.phrases:
                self._plant(phrase, number)
            for phrase in term.ignore:
                self._plant(phrase, ~number)
        for word in whole:
            self._slots.keep_whole(word)
        self._memo = _Memo(self._slots)

    def _plant(self, phrase: Phrase, number: int) -> None:
        node = self._root
        for slot in self._slots.add(phrase):
            node = node.next.setdefault(slot, _Node())
        if number not in node.ends:
            node.ends.append(number)

    def find(self, texts: Sequence[str]) -> dict[int, list[Hit]]:
        """Where each term stands in the texts (the fields, in order)."""
        found: dict[int, list[Hit]] = {}
        for field, text in enumerate(texts):
            if text:
                self._find_in(field, text, found)
        return {number: kept for number in found if number >= 0 and (kept := _kept(found, number))}

    def _find_in(self, field: int, text: str, found: dict[int, list[Hit]]) -> None:
        row = list(map(self._memo.__getitem__, words(text)))
        starts = self._root.next
        for at, slots in enumerate(row):
            for slot in slots:
                if slot in starts:
                    _walk(starts[slot], row, field, at, found)


def _walk(
    node: _Node, row: Sequence[tuple[int, ...]], field: int, at: int, found: dict[int, list[Hit]]
) -> None:
    """Note every phrase that begins with the word ``at`` and goes on from ``node``."""
    waiting = [(node, at + 1)]
    while waiting:
        node, after = waiting.pop()
        for number in node.ends:
            found.setdefault(number, []).append((field, at, after))
        if node.next and after < len(row):
            waiting.extend((node.next[slot], after + 1) for slot in row[after] if slot in node.next)


def _kept(found: Mapping[int, list[Hit]], number: int) -> list[Hit]:
    """A term's hits without the ignored ones and without those inside a longer one, each once."""
    hits = found[number]
    if ~number in found:
        hits = clear_of(hits, covered(found[~number]))
    return _longest(hits) if len(hits) > 1 else hits


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit[0], hit[1], -hit[2])):
        if not kept or hit[0] != kept[-1][0] or hit[2] > kept[-1][2]:
            kept.append(hit)
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
