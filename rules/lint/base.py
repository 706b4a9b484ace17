"""What a check sees, and what it is."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple

from rules.codes import problem
from rules.finder import Finder
from rules.lexicons import Lexicon
from rules.loader import LoadedRule, LoadResult
from rules.located import Where
from rules.model import Document, Problem
from rules.phrases import Phrase, Term, names, noun
from rules.schema import Entity, WordList


class Spelled(NamedTuple):
    """A text of a lexicon: whose it is, where it stands, what it says, and the phrases that it becomes."""

    name: str
    where: Where
    text: str
    phrases: frozenset[Phrase]
    entity: bool


class Subject:
    """The folder under a check: rules and lexicons that have loaded, with the places of everything."""

    def __init__(self, result: LoadResult) -> None:
        self.rules: tuple[LoadedRule, ...] = result.loaded
        self.rule_set = result.rule_set
        self.lexicon: Lexicon = result.lexicon
        self.files = result.files
        self.told = (*result.problems, *result.silenced)
        self.groups = {
            f"${name}": frozenset(f"${member}" for member in members)
            for name, members in self.lexicon.groups.items()
        }
        self.spelled: tuple[Spelled, ...] = tuple(spelled_in(self.lexicon))

    def texts_in(self, document: Document) -> Collection[int]:
        """The numbers of the lexicons' texts (see ``spelled``) that stand in a document."""
        return self._finder.find(document.texts).keys()

    @cached_property
    def _finder(self) -> Finder:
        terms = [Term(one.text, tuple(one.phrases)) for one in self.spelled]
        return Finder(terms, self.lexicon.whole)

    def in_lexicon(self, code: str, one: Spelled, arabic: str, english: str, hint: str = "") -> Problem:
        """A problem with a text of a lexicon."""
        located = self.lexicon.files[self.lexicon.places[one.name][0]]
        return problem(code, located.path, located.at(one.where), arabic, english, hint)


class Check(ABC):
    """One kind of weakness. A check is made for one folder and looks once."""

    @abstractmethod
    def look(self, subject: Subject) -> Iterator[Problem]:
        """What it finds."""


def spelled_in(lexicon: Lexicon) -> Iterator[Spelled]:
    """Every name and word of the lexicons."""
    for name, definition in lexicon.definitions.items():
        if isinstance(definition, Entity):
            foreign = definition.spelling == "foreign"
            texts: list[tuple[Where, str]] = [(("name",), definition.name)]
            texts += [(("aliases", n), text) for n, text in enumerate(definition.aliases)]
            for where, text in texts:
                phrases = frozenset(names(text, foreign=foreign))
                yield Spelled(name, ("entities", name, *where), text, phrases, entity=True)
        elif isinstance(definition, WordList):
            for number, text in enumerate(definition.words):
                phrase = noun(text)
                phrases = frozenset([phrase] if phrase else [])
                yield Spelled(name, ("lists", name, "words", number), text, phrases, entity=False)
