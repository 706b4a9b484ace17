"""A001: a text of a lexicon that another text of its name finds already."""

from collections import defaultdict
from collections.abc import Iterator

from rules.arabic import words
from rules.arabic.clitics import ARTICLE, CONJUNCTIONS
from rules.finder import Finder
from rules.lint.base import Check, Spelled, Subject
from rules.model import Problem
from rules.phrases import Term

Found = list[tuple[int, str]]
"""Numbers of texts that add nothing, each with a text that stands in for it."""


class Redundant(Check):
    """A001: the same whatever its hamzas, marks and spaces, or with an article that the other takes anyway."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """The later of two texts that come to the same, and القرار in a list that has قرار."""
        same = _same(subject)
        for number, first in sorted([*same, *_with_article(subject, {number for number, _ in same})]):
            one = subject.spelled[number]
            arabic, english = f"«{one.text}» تغني عنها «{first}»", f"'{first}' covers '{one.text}'"
            yield subject.in_lexicon("A001", one, arabic, english, "احذفها.")


def _same(subject: Subject) -> Found:
    """Texts all of whose phrases earlier texts of the name have."""
    known: defaultdict[str, dict[object, str]] = defaultdict(dict)
    found = []
    for number, one in enumerate(subject.spelled):
        covering = {known[one.name].get(phrase) for phrase in one.phrases}
        if one.phrases and None not in covering:
            found.append((number, min(text for text in covering if text)))
        for phrase in one.phrases:
            known[one.name].setdefault(phrase, one.text)
    return found


def _with_article(subject: Subject, gone: set[int]) -> Found:
    """Words of lists with an article, whose every form another word of the list takes. Names take no article."""
    asked = {n: one for n, one in enumerate(subject.spelled) if _is_definite(one) and n not in gone}
    if not asked:
        return []
    listed = {one.name for one in asked.values()}
    others = [n for n, one in enumerate(subject.spelled) if one.name in listed and n not in asked]
    terms = [Term(subject.spelled[n].text, tuple(subject.spelled[n].phrases)) for n in others]
    finder = Finder(terms, subject.lexicon.whole)
    found = []
    for number, one in asked.items():
        covering = [
            {others[term] for term in _taking(finder, form) if subject.spelled[others[term]].name == one.name}
            for form in _definite_forms(one.text)
        ]
        if all(covering):
            found.append((number, subject.spelled[min(covering[0])].text))
    return found


def _is_definite(one: Spelled) -> bool:
    """Whether it is a list's word with the article, as it is written: not إلهام, which is no ال + هام."""
    return not one.entity and one.text.startswith(ARTICLE)


def _definite_forms(text: str) -> Iterator[str]:
    """What is written onto a word with its article; a pronoun never is."""
    for conjunction in ("", *CONJUNCTIONS):
        yield from (f"{conjunction}{lead}{text}" for lead in ("", "ب", "ك"))
        yield f"{conjunction}لل{text.removeprefix(ARTICLE)}"


def _taking(finder: Finder, form: str) -> set[int]:
    """The terms that take all of a text for themselves."""
    whole = (0, 0, len(words(form)))
    return {term for term, hits in finder.find([form]).items() if whole in hits}
