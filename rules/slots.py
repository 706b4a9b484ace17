"""From a token to the places it can take in the phrases: the part of the search that is remembered per word."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from rules.arabic.clitics import Lead, name_stems, noun_readings
from rules.arabic.spelling import sound
from rules.phrases import Kind, Phrase

LONGEST = 40  # letters; a longer token is no word

NounSlot = tuple[int, bool]  # slot, and whether it is the first of its phrase


class Slots:
    """Numbers for every distinct (word, grammar, place in the phrase), and which of them a token can take.

    Filled by ``add`` while compiling, then only read.
    """

    def __init__(self) -> None:
        number = count().__next__
        self._names: defaultdict[str, int] = defaultdict(number)
        self._later: defaultdict[str, int] = defaultdict(number)
        self._sounds: defaultdict[str, int] = defaultdict(number)
        self._later_sounds: defaultdict[str, int] = defaultdict(number)
        self._noun_numbers: defaultdict[tuple[str, bool, tuple[str, ...]], int] = defaultdict(number)
        self._nouns: defaultdict[str, set[NounSlot]] = defaultdict(set)
        self._before_pronoun: defaultdict[str, set[NounSlot]] = defaultdict(set)
        self._whole: set[str] = set()

    def add(self, phrase: Phrase) -> list[int]:
        """The slots of a phrase's words, in order."""
        words = phrase.words
        if phrase.kind is Kind.NOUN:
            last = len(words) - 1
            return [self._noun(phrase, at == 0, at == last, word) for at, word in enumerate(words)]
        foreign = phrase.kind is Kind.FOREIGN
        first, later = (self._sounds, self._later_sounds) if foreign else (self._names, self._later)
        return [first[words[0]], *map(later.__getitem__, words[1:])]

    def keep_whole(self, word: str) -> None:
        """Remember a one-word name: a token that is this word is never taken for clitics and another word."""
        self._whole.add(word)

    def _noun(self, phrase: Phrase, first: bool, last: bool, word: str) -> int:
        endings = phrase.endings if last else ()
        slot = self._noun_numbers[word, first, endings]
        self._nouns[word].add((slot, first))
        for ending in endings:
            self._before_pronoun[ending].add((slot, first))
        return slot

    def of(self, token: str) -> tuple[int, ...]:
        """The slots that a folded token can take; mostly none."""
        if len(token) > LONGEST:
            return ()
        found = {self._later.get(token), self._later_sounds.get(sound(token)), *self._noun_slots(token)}
        for stem in name_stems(token, self._whole):
            found |= {self._names.get(stem), self._sounds.get(sound(stem))}
        return tuple(sorted(slot for slot in found if slot is not None))

    def _noun_slots(self, token: str) -> Iterator[int]:
        for stem, lead, pronoun in noun_readings(token, self._whole):
            slots = (self._before_pronoun if pronoun else self._nouns).get(stem)
            if slots:
                furthest = Lead.BARE if pronoun else Lead.ARTICLE  # of what may stand before a later word
                yield from (slot for slot, first in slots if first or lead <= furthest)
