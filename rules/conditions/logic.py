"""``all``, ``any``, ``none`` and ``in``."""

from collections.abc import Iterable
from dataclasses import dataclass

from rules.conditions.base import Condition, Element, Unit, View
from rules.conditions.ways import ANYWHERE, Ways, each, either
from rules.finder import Hit


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds, wherever in the document."""

    parts: tuple[Condition, ...]

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """What satisfied each part."""
        found: list[Hit] = []
        for part in self.parts:
            hits = part.find(view)
            if hits is None:
                return None
            found.extend(hits)
        return tuple(found)

    def taking_part(self, view: View) -> set[Hit]:
        """What takes part in its parts, if they all hold."""
        if self.find(view) is None:
            return set()
        return union(part.taking_part(view) for part in self.parts)

    def ways(self) -> Ways:
        """One of each part, together."""
        return each(part.ways() for part in self.parts)

    def terms(self) -> frozenset[int]:
        """Those of its parts."""
        return terms_of(self.parts)

    def shows(self) -> bool:
        """If one of its parts does."""
        return any(part.shows() for part in self.parts)

    def only_loses(self) -> bool:
        """If its parts do."""
        return all(part.only_loses() for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """What satisfied every part that holds."""
        found = [hits for part in self.parts if (hits := part.find(view)) is not None]
        return tuple(hit for hits in found for hit in hits) if found else None

    def taking_part(self, view: View) -> set[Hit]:
        """What takes part in any of its parts."""
        return union(part.taking_part(view) for part in self.parts)

    def ways(self) -> Ways:
        """Those of all its parts."""
        return either(part.ways() for part in self.parts)

    def terms(self) -> frozenset[int]:
        """Those of its parts."""
        return terms_of(self.parts)

    def shows(self) -> bool:
        """If all of its parts do, since any may be the one that holds."""
        return all(part.shows() for part in self.parts)

    def only_loses(self) -> bool:
        """If its parts do."""
        return all(part.only_loses() for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyElement(AnyOf):
    """``any`` inside ``near``: all its parts have a place in the text. ``label``: ``$name``, if it is a group."""

    parts: tuple[Element, ...]
    label: str = ""

    def units(self, view: View, field: int) -> list[Unit]:
        """Those of all its parts."""
        rows = [row for part in self.parts if (row := part.units(view, field))]
        if len(rows) <= 1:
            return rows[0] if rows else []
        return list(dict.fromkeys(unit for row in rows for unit in row))

    def any_of(self) -> tuple[int, ...]:
        """Those of all its parts, if each is nothing but terms."""
        terms = [part.any_of() for part in self.parts]
        return tuple(number for numbers in terms for number in numbers) if all(terms) else ()


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No part holds. It has no evidence, and it needs nothing to be found."""

    parts: tuple[Condition, ...]

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """Nothing, if it holds."""
        return () if all(part.find(view) is None for part in self.parts) else None

    def taking_part(self, view: View) -> set[Hit]:
        """Nothing: what is absent covers no word."""
        return set()

    def ways(self) -> Ways:
        """It may hold where nothing was found."""
        return ANYWHERE

    def terms(self) -> frozenset[int]:
        """Those of its parts."""
        return terms_of(self.parts)

    def shows(self) -> bool:
        """No."""
        return False

    def only_loses(self) -> bool:
        """No: it holds where something is missing."""
        return False


@dataclass(frozen=True, slots=True)
class Inside:
    """``in``: a condition that looks at some fields only."""

    fields: tuple[int, ...]
    part: Condition

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """What satisfied its part in those fields."""
        return self.part.find(view.within(self.fields))

    def taking_part(self, view: View) -> set[Hit]:
        """What takes part in those fields."""
        return self.part.taking_part(view.within(self.fields))

    def ways(self) -> Ways:
        """Those of its part."""
        return self.part.ways()

    def terms(self) -> frozenset[int]:
        """Those of its part."""
        return self.part.terms()

    def shows(self) -> bool:
        """If its part does."""
        return self.part.shows()

    def only_loses(self) -> bool:
        """If its part does."""
        return self.part.only_loses()


def union(sets: Iterable[set[Hit]]) -> set[Hit]:
    """Every hit of some sets."""
    return set[Hit]().union(*sets)


def terms_of(parts: Iterable[Condition]) -> frozenset[int]:
    """Every term of some conditions."""
    return frozenset[int]().union(*(part.terms() for part in parts))
