"""``near``: one of each, close together, in one field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rules.conditions import windows
from rules.conditions.base import Element, Needs, Unit, View
from rules.finder import Hit, Hits

MOST_PAIRS = 5_000  # hits looked at side by side; where there are more, sorting them costs less


@dataclass(frozen=True, slots=True)
class Near:
    """Each element occurs, all in one field, at most ``within`` words from the first's end to the last's start.

    ``as_written``: one after the other, as listed, sharing no word. In any order two elements may share words.
    """

    within: int
    as_written: bool
    of: tuple[Element, ...]
    _needs: Needs = field(init=False, repr=False, compare=False)
    _plain: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)
    """The terms of each element that is nothing but terms."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_needs", tuple(need for element in self.of for need in element.needs()))
        plain = (element.any_of() for element in self.of)
        object.__setattr__(self, "_plain", tuple(terms for terms in plain if terms))

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """The closest combination of each field where there is one."""
        if not self._possible(view.hits):
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
        for number in view.filled() if self._possible(view.hits) else ():
            rows = self._rows(view, number)
            if rows:
                found.update(hit for unit in search(rows, self.within) for hit in unit.hits)
        return found

    def units(self, view: View, field: int) -> list[Unit]:
        """As an element of another ``near``: for each place where a combination begins, the one that ends first."""
        rows = self._rows(view, field) if self._possible(view.hits) else []
        if not rows:
            return []
        close = (units for distance, units in self._search(rows) if distance <= self.within)
        return list(dict.fromkeys(map(_joined, close)))

    def needs(self) -> Needs:
        """What each element needs."""
        return self._needs

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

    def _possible(self, hits: Hits) -> bool:
        """Whether the rarest term has one of every other near enough: false for most that fail, and cheap to ask."""
        rows = [_hits_of(terms, hits) for terms in self._plain]
        if len(rows) <= 1:
            return all(rows)
        counts = list(map(len, rows))
        at = counts.index(min(counts))
        if counts[at] * sum(counts) > MOST_PAIRS:
            return all(rows)
        earlier, later = rows[:at], rows[at + 1 :]
        for where, start, end in rows[at]:
            low, high = start - self.within, end + self.within
            if not self.as_written:
                start, end = high, low  # noqa: PLW2901
            if _between(where, low, start, earlier) and _between(where, end, high, later):
                return True
        return False

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


def _hits_of(terms: tuple[int, ...], hits: Hits) -> Sequence[Hit]:
    if len(terms) == 1:
        return hits.get(terms[0], ())
    return [hit for term in terms if term in hits for hit in hits[term]]


def _between(where: int, low: int, high: int, rows: list[Sequence[Hit]]) -> bool:
    """Whether each row has a hit of which something is between two words, the first of them left out."""
    for row in rows:
        for in_field, start, end in row:
            if start < high and end > low and in_field == where:
                break
        else:
            return False
    return True
