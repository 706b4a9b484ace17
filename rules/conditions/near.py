"""``near``: one of each, close together, in one field."""

import dataclasses
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from sys import intern
from typing import NamedTuple

from rules.conditions import windows
from rules.conditions.base import Element, Unit, View
from rules.conditions.ways import Ways, each
from rules.finder import Hit, Hits


@dataclass(frozen=True, slots=True)
class Near:
    """Each element occurs, all in one field, at most ``within`` words from the first's end to the last's start.

    ``as_written``: one after the other, as listed, sharing no word. In any order two elements may share words.
    """

    within: int
    as_written: bool
    of: tuple[Element, ...]
    _ways: Ways = dataclasses.field(init=False, repr=False, compare=False)
    _pairs: tuple["_Pair", ...] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ways", each(element.ways() for element in self.of))
        cheapest_first = sorted(_pairs(self), key=lambda pair: len(pair.first) + len(pair.second))
        object.__setattr__(self, "_pairs", tuple(cheapest_first))

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """The closest combination of each field where there is one."""
        if not self._possible(view):
            return None
        closest = [self._closest(view, number) for number in view.filled()]
        found = tuple(hit for units in closest if units for unit in units for hit in unit.hits)
        return found or None

    def distance(self, view: View) -> int | None:
        """How far apart its elements are where they are closest, whatever ``within`` allows; None if one is missing."""
        distances = [distance for number in view.fields for distance, _ in self._combinations(view, number)]
        return min(distances, default=None)

    def taking_part(self, view: View) -> set[Hit]:
        """Every hit of every combination that is close enough."""
        search = windows.ordered_taking_part if self.as_written else windows.taking_part
        found: set[Hit] = set()
        for number in view.filled() if self._possible(view) else ():
            rows = self._rows(view, number)
            if rows:
                found.update(hit for unit in search(rows, self.within) for hit in unit.hits)
        return found

    def units(self, view: View, field: int) -> list[Unit]:
        """As an element of another ``near``: for each place where a combination begins, the one that ends first."""
        rows = self._rows(view, field) if self._possible(view) else []
        if not rows:
            return []
        close = (units for distance, units in self._search(rows) if distance <= self.within)
        return list(dict.fromkeys(map(_joined, close)))

    def ways(self) -> Ways:
        """One of each element, together."""
        return self._ways

    def terms(self) -> frozenset[int]:
        """Those of its elements."""
        return frozenset[int]().union(*(element.terms() for element in self.of))

    def shows(self) -> bool:
        """Yes."""
        return True

    def only_loses(self) -> bool:
        """Yes."""
        return True

    def any_of(self) -> tuple[int, ...]:
        """None: it is more than a term."""
        return ()

    def _possible(self, view: View) -> bool:
        """Whether its elements may be there, and each two neighbours are near enough: false for most that fail."""
        if view.lacks(self._ways):
            return False
        known = view.known
        for pair in self._pairs:
            near = known.get(pair.key)
            if near is None:
                near = known[pair.key] = self._meet(pair, view.hits)
            if not near:
                return False
        return True

    def _meet(self, pair: "_Pair", hits: Hits) -> bool:
        first, second = _row(pair.first, hits), _row(pair.second, hits)
        if self.as_written:
            return _follows(first, second, self.within, clear=True)
        return _follows(first, second, self.within) or _follows(second, first, self.within)

    def _rows(self, view: View, field: int) -> list[list[Unit]]:
        """The units of each element; nothing if one has none."""
        rows: list[list[Unit]] = []
        for element in self.of:
            row = element.units(view, field)
            if not row:
                return []
            rows.append(row)
        return rows

    def _combinations(self, view: View, field: int) -> Iterator[windows.Combination]:
        rows = self._rows(view, field)
        return self._search(rows) if rows else iter(())

    def _closest(self, view: View, field: int) -> tuple[Unit, ...] | None:
        rows = self._rows(view, field)
        if not rows:
            return None
        distance, units = min(self._search(rows), key=lambda found: found[0], default=(0, None))
        return units if distance <= self.within else None

    def _search(self, rows: list[list[Unit]]) -> Iterator[windows.Combination]:
        return windows.ordered_combinations(rows) if self.as_written else windows.combinations(rows)


def _joined(units: tuple[Unit, ...]) -> Unit:
    hits = tuple(hit for unit in units for hit in unit.hits)
    return Unit(min(unit.start for unit in units), max(unit.end for unit in units), hits)


class _Pair(NamedTuple):
    """Two elements that are nothing but terms. ``key``: the same for all that ask the same of the same terms."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    key: str


def _pairs(near: Near) -> Iterator[_Pair]:
    plain = [terms for element in near.of if (terms := element.any_of())]
    for first, second in pairwise(plain):
        yield _Pair(first, second, intern(f"{near.within} {near.as_written} {first} {second}"))


def _row(terms: tuple[int, ...], hits: Hits) -> Sequence[Hit]:
    rows = [hits[term] for term in terms if term in hits]
    if len(rows) <= 1:
        return rows[0] if rows else ()
    return sorted(hit for row in rows for hit in row)


def _follows(first: Sequence[Hit], second: Sequence[Hit], within: int, *, clear: bool = False) -> bool:
    """Whether a hit of the second row begins near enough after the beginning of one of the first; or after its end."""
    for field, start, end in first:
        at = bisect_left(second, (field, end if clear else start, 0))
        if at < len(second) and second[at][0] == field and second[at][1] < end + within:
            return True
    return False
