"""The terms of all rules, numbered: a name or phrase that two rules use is one term, looked for once."""

from rules.conditions import AnyElement, TermFound
from rules.lexicons import Lexicon
from rules.phrases import Term, noun


class Terms:
    """Numbers terms as rules ask for them."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.filters = ""  # stands for the filters that hold for every rule
        self.all: list[Term] = []
        self._numbers: dict[object, int] = {}

    def name(self, name: str) -> TermFound | AnyElement:
        """The term of a lexicon's name, or for a group any of its members; KeyError if there is none."""
        if name in self.lexicon.groups:
            members = tuple(map(self.name, self.lexicon.groups[name]))
            return AnyElement(members, f"${name}")
        return self._found(f"${name}", self.lexicon.terms[name])

    def phrase(self, text: str) -> TermFound | None:
        """The term of a bare phrase; None if it has no word."""
        phrase = noun(text)
        return self._found(phrase, Term(text, (phrase,))) if phrase else None

    def _found(self, key: object, term: Term) -> TermFound:
        if key not in self._numbers:
            self._numbers[key] = len(self.all)
            self.all.append(term)
        return TermFound(self._numbers[key], term.label)
