"""Every surface form that a name or phrase accepts: its spellings, and what Arabic writes onto them.

The forms are made from the same grammar that the finder reads by (``rules.phrases``), the other way round. Folded
differences (أ or ا, ة or ه, marks, tatweel) are no forms of their own: a form stands for all of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, product
from math import prod
from typing import NamedTuple

from rules.arabic import fold_word, word_spans, words
from rules.arabic.clitics import (
    ARTICLE,
    ARTICLES,
    CONJUNCTIONS,
    FUTURE,
    NAME_PREPOSITIONS,
    NOUN_PREPOSITIONS,
    PRONOUNS,
    before_pronoun,
    with_li,
)
from rules.arabic.nisba import nisba_forms
from rules.arabic.spelling import CONFUSED, spacings
from rules.finder import Finder
from rules.lexicons import NISBA, Lexicon
from rules.model import Document
from rules.phrases import Kind, Phrase, Term, names, noun
from rules.schema import Entity, WordList
from rules.slots import Slots

MOST_FORMS = 20_000  # that are listed; of more it is said that there are more
MOST_WORDS = 8  # of a bare phrase: what is longer is a sentence, and has forms without end
CONFUSED_LETTERS = tuple(sorted(CONFUSED))


@dataclass(frozen=True)
class Variant:
    """A spelling: its words, and for each of them every form that may stand in its place.

    ``confused``: the letters in it that desks write for one another (a foreign name).
    """

    words: tuple[str, ...]
    kind: Kind
    slots: tuple[tuple[str, ...], ...]
    confused: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The spelling as it is written plainly."""
        return " ".join(self.words)

    @property
    def size(self) -> int:
        """How many forms it has."""
        return prod(map(len, self.slots))

    def forms(self) -> Iterator[str]:
        """Every form of it."""
        return map(" ".join, product(*self.slots))


class Spelled(NamedTuple):
    """A term, and how its phrases and those that cancel it are written before they are folded."""

    term: Term
    texts: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Forms:
    """What some terms accept together. ``whole``: the lexicon's one-word names. ``ignore``: phrases that cancel."""

    def __init__(self, label: str, spelled: Sequence[Spelled], whole: Iterable[str] = ()) -> None:
        self.label = label
        self.terms = [one.term for one in spelled]
        self.ignore = tuple(dict.fromkeys(text for one in spelled for text in one.ignore))
        self._finder = Finder(self.terms, whole)
        slots = _slots(whole)
        self.variants = tuple(variant for one in spelled for variant in _variants(one, slots))
        self.complete = sum(variant.size for variant in self.variants) <= MOST_FORMS

    @cached_property
    def all(self) -> tuple[str, ...]:
        """The forms, each once, ``MOST_FORMS`` at most (all if ``complete``); what ``ignore`` covers is none."""
        made = chain.from_iterable(variant.forms() for variant in self.variants)
        return tuple(form for form in dict.fromkeys(islice(made, MOST_FORMS)) if self.accepts(form))

    def accepts(self, form: str) -> bool:
        """Whether the finder takes all of it for one of the terms."""
        whole = (0, 0, len(words(form)))
        return any(whole in hits for hits in self._finder.find([form]).values())

    def count(self, document: Document, seen: "Counter[str]") -> None:
        """Count the forms that stand in a document, as they are written there."""
        found = {hit for hits in self._finder.find(document.texts).values() for hit in hits}
        for field, first, after in sorted(found):
            text = document.texts[field]
            seen[" ".join(text[start:end] for start, end in word_spans(text)[first:after])] += 1


def forms_of(name: str, lexicon: Lexicon) -> Forms:
    """The forms of ``$name``, or of a bare phrase.

    KeyError: no lexicon has the name; ValueError: there is no word, or more than ``MOST_WORDS``.
    """
    if name.startswith("$"):
        members = lexicon.groups.get(name[1:], (name[1:],))
        return Forms(name, [_spelled(member, lexicon) for member in members], lexicon.whole)
    phrase = noun(name)
    if phrase is None or len(phrase.words) > MOST_WORDS:
        raise ValueError(name)
    return Forms(name, [Spelled(Term(name, (phrase,)), (name,))], lexicon.whole)


def clitics(kind: Kind) -> str:
    """In Arabic: what may be written onto a phrase of this kind, which is the same for all of them."""
    if kind is not Kind.NOUN:
        prepositions = " ".join(NAME_PREPOSITIONS)
        return f"قبلها: {' '.join(CONJUNCTIONS)}، ثم {prepositions}، ولل مكان ل + ال"
    before = " ".join((*ARTICLES, *NOUN_PREPOSITIONS, FUTURE))
    return f"قبلها: {' '.join(CONJUNCTIONS)}، ثم {before}؛ وبعدها، بلا ال: {' '.join(PRONOUNS)}"


def _spelled(name: str, lexicon: Lexicon) -> Spelled:
    definition = lexicon.definitions.get(name.removesuffix(NISBA))
    texts: Iterable[str] = ()
    if isinstance(definition, WordList):
        texts = definition.words
    elif isinstance(definition, Entity) and name.endswith(NISBA):
        texts = (form for adjective in definition.nisba for form in nisba_forms(adjective))
    elif isinstance(definition, Entity):
        texts = (definition.name, *definition.aliases)
    term = lexicon.terms[name]
    ignore = definition.ignore if isinstance(definition, Entity | WordList) and term.ignore else ()
    return Spelled(term, tuple(texts), tuple(ignore))


def _variants(spelled: Spelled, slots: Slots) -> Iterator[Variant]:
    written = _written(spelled.term, spelled.texts)
    for phrase in spelled.term.phrases:
        yield _variant(phrase, written.get(phrase, phrase.words), slots)


def _written(term: Term, texts: Iterable[str]) -> dict[Phrase, tuple[str, ...]]:
    """For the phrases of a term their words as somebody would write them."""
    found: dict[Phrase, tuple[str, ...]] = {}
    kinds = {phrase.kind for phrase in term.phrases}
    for text in texts:
        plain = [_bare(word) for word in words(text)]
        if Kind.NOUN in kinds:
            phrase = noun(text)
            found.update({phrase: tuple(plain)} if phrase else {})
            continue
        for spacing in (tuple(plain), *spacings(plain)):
            for phrase in names(" ".join(spacing), foreign=Kind.FOREIGN in kinds):
                if len(phrase.words) == len(spacing):
                    found.setdefault(phrase, spacing)
    return found


def _bare(word: str) -> str:
    """The word's letters and digits: marks and tatweel are left out."""
    return "".join(char for char in word if char.isalnum() and char != "\u0640") or word


def _slots(whole: Iterable[str]) -> Slots:
    slots = Slots()
    for word in whole:
        slots.keep_whole(word)
    return slots


def _variant(phrase: Phrase, written: Sequence[str], slots: Slots) -> Variant:
    numbers, last = slots.add(phrase), len(written) - 1
    made = (
        _noun_forms(word, first=at == 0, last=at == last)
        if phrase.kind is Kind.NOUN
        else _name_forms(word, first=at == 0, foreign=phrase.kind is Kind.FOREIGN)
        for at, word in enumerate(written)
    )
    kept = tuple(
        tuple(
            form for form in dict.fromkeys(islice(row, MOST_FORMS + 1)) if number in slots.of(fold_word(form))
        )
        for number, row in zip(numbers, made, strict=True)
    )
    confused = _confused("".join(written)) if phrase.kind is Kind.FOREIGN else ()
    return Variant(tuple(written), phrase.kind, kept, confused)


def _confused(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(char for char in text if fold_word(char) in CONFUSED))


def _name_forms(word: str, *, first: bool, foreign: bool) -> Iterator[str]:
    choices = (CONFUSED_LETTERS if foreign and fold_word(char) in CONFUSED else (char,) for char in word)
    for spelled in map("".join, product(*choices)):
        if not first:
            yield spelled
            continue
        for conjunction in ("", *CONJUNCTIONS):
            yield from (f"{conjunction}{one}{spelled}" for one in ("", *NAME_PREPOSITIONS))
            yield from _with_two_lams(conjunction, spelled)


def _with_two_lams(conjunction: str, word: str) -> Iterator[str]:
    if fold_word(word).startswith(ARTICLE):
        yield from (f"{conjunction}{form}" for form in with_li(ARTICLE + word[2:]))


def _noun_forms(word: str, *, first: bool, last: bool) -> Iterator[str]:
    ends = [f"{end}{pronoun}" for end in before_pronoun(word, word) for pronoun in PRONOUNS] if last else []
    yield from (word, f"{ARTICLE}{word}", *ends)
    if not first:
        return
    for conjunction in ("", *CONJUNCTIONS):
        for lead in ("", *ARTICLES, *NOUN_PREPOSITIONS, FUTURE):
            yield from (f"{conjunction}{lead}{form}" for form in (word, *ends))
        yield from _with_two_lams(conjunction, word)
