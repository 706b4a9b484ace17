"""What every condition can do, and what it looks at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from rules.conditions.page import Page
from rules.conditions.ways import Ways, any_open
from rules.finder import Hit, Hits
from rules.model import Document

ALL_FIELDS = (0, 1, 2)


class Unit(NamedTuple):
    """One way in which an element of ``near`` occurs: the words it spans, and its hits."""

    start: int
    end: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What a condition looks at: the hits of a document in some of its fields (0 title, 1 summary, 2 body).

    ``page`` is the document itself, for the few conditions that look past the words; ``taken`` are the words, each as
    field and number, that exclusions cover: of these no hits are left, and nobody else may count them either.
    """

    hits: Hits
    fields: tuple[int, ...] = ALL_FIELDS
    page: Page = field(default_factory=lambda: Page(Document()))
    taken: frozenset[tuple[int, int]] = frozenset()
    known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)
    """What a condition has found out that others will ask again of the same hits."""

    def of(self, term: int) -> Sequence[Hit]:
        """The hits of a term here, in the order of the text."""
        found = self.hits.get(term, ())
        if len(self.fields) == len(ALL_FIELDS):
            return found
        return [hit for hit in found if hit[0] in self.fields]

    def filled(self) -> Sequence[int]:
        """Those of its fields that have a text: it is no use to look at the others."""
        filled = self.page.filled
        return [number for number in self.fields if number in filled] if filled else self.fields

    def lacks(self, ways: Ways) -> bool:
        """Whether each of some ways needs something that has not been found: a cheap first question."""
        return not any_open(ways, self.hits.keys())

    def within(self, fields: tuple[int, ...]) -> "View":
        """The same, in those of its fields that are among ``fields``."""
        mine = tuple(number for number in self.fields if number in fields)
        return View(self.hits, mine, self.page, self.taken, self.known)


class Condition(Protocol):
    """A node of a rule's tree. Stateless: everything comes from the view."""

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """The hits that satisfy it (in each field the first, or the closest together), or None if it does not hold."""

    def taking_part(self, view: View) -> set[Hit]:
        """Every hit that takes part in any way of satisfying it."""

    def ways(self) -> Ways:
        """What must have been found for it to hold."""

    def terms(self) -> frozenset[int]:
        """Every term that it or its parts name."""

    def shows(self) -> bool:
        """Whether there is evidence where it holds, as there is not of what is absent."""

    def only_loses(self) -> bool:
        """Whether taking hits away can never make it hold: so of everything but ``none``."""


class Element(Condition, Protocol):
    """A condition that has a place in the text, so that it may stand in ``near``."""

    def units(self, view: View, field: int) -> list[Unit]:
        """The ways in which it occurs in a field, which is one of the view's."""

    def any_of(self) -> tuple[int, ...]:
        """The terms any of which it is, if it is nothing but that."""
