"""A phrase or a ``$name``: the leaves of the tree."""

from dataclasses import dataclass

from rules.conditions.base import Unit, View
from rules.conditions.ways import Ways
from rules.finder import Hit


@dataclass(frozen=True, slots=True)
class TermFound:
    """A term, by its number, occurs. ``label``: how the maintainer wrote it."""

    number: int
    label: str

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """Its first hit in each field."""
        firsts: dict[int, Hit] = {}
        for hit in view.of(self.number):
            firsts.setdefault(hit[0], hit)
        return tuple(firsts.values()) or None

    def taking_part(self, view: View) -> set[Hit]:
        """All its hits."""
        return set(view.of(self.number))

    def units(self, view: View, field: int) -> list[Unit]:
        """All its hits in a field."""
        found = view.hits.get(self.number)
        return [Unit(hit[1], hit[2], (hit,)) for hit in found if hit[0] == field] if found else []

    def any_of(self) -> tuple[int, ...]:
        """Itself."""
        return (self.number,)

    def ways(self) -> Ways:
        """Itself."""
        return ((frozenset((self.number,)),),)

    def terms(self) -> frozenset[int]:
        """Itself."""
        return frozenset((self.number,))

    def shows(self) -> bool:
        """Yes."""
        return True

    def only_loses(self) -> bool:
        """Yes."""
        return True
