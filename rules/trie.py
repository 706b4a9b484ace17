"""The phrases of all terms, word by word: which of them a row of words is, or holds."""

from collections.abc import Iterable, Iterator, Sequence

from rules.phrases import Phrase, Term
from rules.slots import Slots

Row = Sequence[Sequence[int]]
"""The slots that each word of a row can take."""


class Trie:
    """Terms by their numbers; ~n stands for what is ignored for the term n. ``whole``: see ``Slots``.

    Places in the trie are numbers, the root is 0: objects would cost twice the time to build, most of it in the
    garbage collector.
    """

    def __init__(self, terms: Iterable[Term], whole: Iterable[str]) -> None:
        self.slots = Slots()
        self._onward: dict[tuple[int, int], int] = {}  # place and slot -> the next place
        self._ends: dict[int, tuple[int, ...]] = {}  # place -> the terms that are complete there
        for number, term in enumerate(terms):
            for phrase in term.phrases:
                self._plant(phrase, number)
            for phrase in term.ignore:
                self._plant(phrase, ~number)
        for word in whole:
            self.slots.keep_whole(word)

    def _plant(self, phrase: Phrase, number: int) -> None:
        place = 0
        for slot in self.slots.add(phrase):
            place = self._onward.setdefault((place, slot), len(self._onward) + 1)
        ends = self._ends.get(place, ())
        if number not in ends:
            self._ends[place] = (*ends, number)

    def beginning(self, row: Row, at: int) -> Iterator[tuple[int, int]]:
        """Every term with a phrase that begins at a word of the row, and the word after its last."""
        waiting = [(0, at)]
        while waiting:
            place, after = waiting.pop()
            for number in self._ends.get(place, ()):
                yield number, after
            if after < len(row):
                onward = ((self._onward.get((place, slot)), after + 1) for slot in row[after])
                waiting.extend((place, after) for place, after in onward if place is not None)

    def spanning(self, words: Sequence[str]) -> tuple[int, ...]:
        """The terms with a phrase that these folded words are, from the first to the last."""
        row = [self.slots.of(word) for word in words]
        return tuple(sorted({number for number, after in self.beginning(row, 0) if after == len(row)}))
