"""The phrases of all terms, word by word: which of them a row of words is, or holds."""

from collections.abc import Iterable, Iterator, Sequence

from rules.phrases import Phrase, Term
from rules.slots import Slots

Row = Sequence[Sequence[int]]
"""The slots that each word of a row can take."""


class _Node:
    """A place in the trie: what may follow, and the terms that are complete here."""

    __slots__ = ("ends", "next")

    def __init__(self) -> None:
        self.next: dict[int, _Node] = {}
        self.ends: list[int] = []


class Trie:
    """Terms by their numbers; ~n stands for what is ignored for the term n. ``whole``: see ``Slots``."""

    def __init__(self, terms: Iterable[Term], whole: Iterable[str]) -> None:
        self.slots = Slots()
        self._root = _Node()
        for number, term in enumerate(terms):
            for phrase in term.phrases:
                self._plant(phrase, number)
            for phrase in term.ignore:
                self._plant(phrase, ~number)
        for word in whole:
            self.slots.keep_whole(word)

    def _plant(self, phrase: Phrase, number: int) -> None:
        node = self._root
        for slot in self.slots.add(phrase):
            node = node.next.setdefault(slot, _Node())
        if number not in node.ends:
            node.ends.append(number)

    def beginning(self, row: Row, at: int) -> Iterator[tuple[int, int]]:
        """Every term with a phrase that begins at a word of the row, and the word after its last."""
        waiting = [(self._root, at)]
        while waiting:
            node, after = waiting.pop()
            for number in node.ends:
                yield number, after
            if node.next and after < len(row):
                waiting.extend((node.next[slot], after + 1) for slot in row[after] if slot in node.next)

    def spanning(self, words: Sequence[str]) -> tuple[int, ...]:
        """The terms with a phrase that these folded words are, from the first to the last."""
        row = [self.slots.of(word) for word in words]
        return tuple(sorted({number for number, after in self.beginning(row, 0) if after == len(row)}))
