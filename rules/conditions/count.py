"""``at_least``, ``score`` and ``context``: conditions on how many of their parts hold, or on nothing but that."""

from dataclasses import dataclass
from math import inf

from rules.conditions.base import Condition, View
from rules.conditions.logic import terms_of, union
from rules.conditions.ways import Ways, coarse, each, either
from rules.finder import Hit


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least ``count`` of the parts hold."""

    count: int
    parts: tuple[Condition, ...]

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """What satisfied the parts that hold."""
        found = [hits for part in self.parts if (hits := part.find(view)) is not None]
        return tuple(hit for hits in found for hit in hits) if len(found) >= self.count else None

    def taking_part(self, view: View) -> set[Hit]:
        """What takes part in any of its parts, if enough of them hold."""
        return union(part.taking_part(view) for part in self.parts) if self.find(view) is not None else set()

    def ways(self) -> Ways:
        """Of any so many parts that too few are left without them, at least one holds."""
        rarest = sorted((part.ways() for part in self.parts), key=_breadth)
        return either(rarest[: len(rarest) - self.count + 1])

    def terms(self) -> frozenset[int]:
        """Those of its parts."""
        return terms_of(self.parts)

    def shows(self) -> bool:
        """If more parts show than may be left out."""
        return sum(part.shows() for part in self.parts) > len(self.parts) - self.count

    def only_loses(self) -> bool:
        """If its parts do."""
        return all(part.only_loses() for part in self.parts)


@dataclass(frozen=True, slots=True)
class Scored:
    """A part of a score: its points if it holds; without a ``required`` one there is no score."""

    part: Condition
    points: int
    required: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """The points of the parts that hold come to ``least`` or more, and every required part holds."""

    least: int
    of: tuple[Scored, ...]

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """What satisfied the parts that add points."""
        found: list[Hit] = []
        points = 0
        for one in self.of:
            hits = one.part.find(view)
            if hits is None and one.required:
                return None
            if hits is not None:
                points += one.points
                found.extend(hits if one.points >= 0 else ())
        return tuple(found) if points >= self.least else None

    def points(self, view: View) -> int:
        """The points of the parts that hold, whether or not a required one is missing."""
        return sum(one.points for one in self.of if one.part.find(view) is not None)

    def taking_part(self, view: View) -> set[Hit]:
        """What takes part in the parts that add points, if the score is reached."""
        if self.find(view) is None:
            return set()
        return union(one.part.taking_part(view) for one in self.of if one.points >= 0)

    def ways(self) -> Ways:
        """Those of each required part, with one of the heaviest parts, if the others alone are too light."""
        required = [one.part.ways() for one in self.of if one.required]
        left = sorted((one for one in self.of if one.points > 0), key=lambda one: one.points)
        light = 0
        while left and light + left[0].points < self.least:
            light += left.pop(0).points
        return each([*required, either(one.part.ways() for one in left)])

    def terms(self) -> frozenset[int]:
        """Those of its parts."""
        return terms_of(one.part for one in self.of)

    def shows(self) -> bool:
        """If the parts that show nothing are too light without the others."""
        silent = sum(one.points for one in self.of if one.points > 0 and not one.part.shows())
        return silent < self.least or any(
            one.required and one.points >= 0 and one.part.shows() for one in self.of
        )

    def only_loses(self) -> bool:
        """If its parts do, and none takes points away."""
        return all(one.part.only_loses() and one.points >= 0 for one in self.of)


@dataclass(frozen=True, slots=True)
class Context:
    """Every part holds, but none is shown as evidence: the alert is about something else."""

    parts: tuple[Condition, ...]

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """Nothing, if it holds."""
        return () if all(part.find(view) is not None for part in self.parts) else None

    def taking_part(self, view: View) -> set[Hit]:
        """Nothing: it covers no word."""
        return set()

    def ways(self) -> Ways:
        """One of each part, together."""
        return each(part.ways() for part in self.parts)

    def terms(self) -> frozenset[int]:
        """Those of its parts."""
        return terms_of(self.parts)

    def shows(self) -> bool:
        """No."""
        return False

    def only_loses(self) -> bool:
        """If its parts do."""
        return all(part.only_loses() for part in self.parts)


def _breadth(ways: Ways) -> float:
    """Among how many terms one must have been found, at the least."""
    return min((len(way[0]) if way else inf for way in coarse(ways)), default=0)
