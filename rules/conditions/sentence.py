"""``same_sentence``: one of each in one sentence, however far apart."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rules.conditions.base import Element, Unit, View
from rules.conditions.ways import Ways, each
from rules.finder import Hit


@dataclass(frozen=True, slots=True)
class SameSentence:
    """Each element occurs, all in one sentence. An element that runs over a full stop is in no sentence."""

    of: tuple[Element, ...]

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """The first of each element, in the first sentence of each field that has them all."""
        if view.lacks(self.ways()):
            return None
        found = [next(self._sentences(view, number), None) for number in view.filled()]
        return tuple(hit for rows in found if rows for row in rows for hit in row[0].hits) or None

    def taking_part(self, view: View) -> set[Hit]:
        """Every hit of the elements in every sentence that has them all."""
        if view.lacks(self.ways()):
            return set()
        sentences = (rows for number in view.filled() for rows in self._sentences(view, number))
        return {hit for rows in sentences for row in rows for unit in row for hit in unit.hits}

    def units(self, view: View, field: int) -> list[Unit]:
        """As an element of ``near``: from the first of its words to the last, in each sentence."""
        return [_spanned([row[0] for row in rows]) for rows in self._sentences(view, field)]

    def _sentences(self, view: View, field: int) -> Iterator[list[list[Unit]]]:
        """For each sentence that has them all, in order, the units of each element there."""
        rows: list[dict[int, list[Unit]]] = []
        for element in self.of:
            units = element.units(view, field)
            if not units:
                return
            rows.append(_by_sentence(units, view.page.sentences(field)))
        for sentence in sorted(set(rows[0]).intersection(*rows[1:])):
            yield [row[sentence] for row in rows]

    def any_of(self) -> tuple[int, ...]:
        """None: it is more than a term."""
        return ()

    def ways(self) -> Ways:
        """One of each element, together."""
        return each(element.ways() for element in self.of)

    def terms(self) -> frozenset[int]:
        """Those of its elements."""
        return frozenset[int]().union(*(element.terms() for element in self.of))

    def shows(self) -> bool:
        """Yes."""
        return True

    def only_loses(self) -> bool:
        """Yes."""
        return True


def _by_sentence(units: list[Unit], sentences: list[int]) -> dict[int, list[Unit]]:
    found: defaultdict[int, list[Unit]] = defaultdict(list)
    for unit in sorted(units, key=lambda unit: (unit.start, unit.end)):
        if sentences[unit.start] == sentences[unit.end - 1]:
            found[sentences[unit.start]].append(unit)
    return found


def _spanned(units: list[Unit]) -> Unit:
    hits = tuple(hit for unit in units for hit in unit.hits)
    return Unit(min(unit.start for unit in units), max(unit.end for unit in units), hits)
