"""From a token to the places it can take in the phrases: the part of the search that is remembered per word."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import TypeVar

from rules.arabic.clitics import Lead, name_stems, noun_readings
from rules.arabic.spelling import sound
from rules.phrases import Kind, Phrase

LONGEST = 40  # letters; a longer token is no word

Key = TypeVar("Key", bound=Hashable)

NounSlot = tuple[int, bool]  # slot, and whether it is the first of its phrase


class Slots:
    """Numbers for every distinct (word, grammar, place in the phrase), and which of them a token can take.

    Filled by ``add`` while compiling, then only read.
    """

    def __init__(self) -> None:
        self._count = 0
        self._names: dict[str, int] = {}
        self._later: dict[str, int] = {}
        self._sounds: dict[str, int] = {}
        self._later_sounds: dict[str, int] = {}
        self._noun_numbers: dict[tuple[str, bool, tuple[str, ...]], int] = {}
        self._nouns: defaultdict[str, set[NounSlot]] = defaultdict(set)
        self._before_pronoun: defaultdict[str, set[NounSlot]] = defaultdict(set)
        self._whole: set[str] = set()

    def add(self, phrase: Phrase) -> tuple[int, ...]:
        """The slots of a phrase's words, in order."""
        last = len(phrase.words) - 1
        return tuple(
            self._noun(phrase, at == 0, at == last, word)
            if phrase.kind is Kind.NOUN
            else self._name(phrase.kind, at == 0, word)
            for at, word in enumerate(phrase.words)
        )

    def keep_whole(self, word: str) -> None:
        """Remember a one-word name: a token that is this word is never taken for clitics and another word."""
        self._whole.add(word)

    def _number(self, key: Key, numbers: dict[Key, int]) -> int:
        slot = numbers.get(key)
        if slot is None:
            slot = numbers[key] = self._count
            self._count += 1
        return slot

    def _name(self, kind: Kind, first: bool, word: str) -> int:
        if kind is Kind.FOREIGN:
            return self._number(word, self._sounds if first else self._later_sounds)
        return self._number(word, self._names if first else self._later)

    def _noun(self, phrase: Phrase, first: bool, last: bool, word: str) -> int:
        endings = phrase.endings if last else ()
        slot = self._number((word, first, endings), self._noun_numbers)
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
