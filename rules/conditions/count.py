"""``at_least``, ``score`` and ``context``: conditions on how many of their parts hold, or on nothing but that."""

from dataclasses import dataclass

from rules.conditions.base import Condition, Needs, View
from rules.conditions.logic import terms_of, union
from rules.finder import Hit


def any_need(parts: tuple[Condition, ...]) -> Needs:
    """What must have been found if at least one of some conditions holds; nothing if one of them needs nothing."""
    needs = [part.needs() for part in parts]
    if not parts or not all(needs):
        return ()
    return (frozenset[int]().union(*(min(need, key=len) for need in needs)),)


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

    def needs(self) -> Needs:
        """Of any so many parts that too few are left without them, at least one holds."""
        easiest = sorted(self.parts, key=lambda part: sum(map(len, part.needs()[:1])))
        return any_need(tuple(easiest[: len(self.parts) - self.count + 1]))

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

    def needs(self) -> Needs:
        """What each required part needs; and something of the heaviest parts, if the others alone are too light."""
        required = tuple(need for one in self.of if one.required for need in one.part.needs())
        left = sorted((one for one in self.of if one.points > 0), key=lambda one: one.points)
        light = 0
        while left and light + left[0].points < self.least:
            light += left.pop(0).points
        return required + any_need(tuple(one.part for one in left))

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

    def needs(self) -> Needs:
        """What each part needs."""
        return tuple(need for part in self.parts for need in part.needs())

    def terms(self) -> frozenset[int]:
        """Those of its parts."""
        return terms_of(self.parts)

    def shows(self) -> bool:
        """No."""
        return False

    def only_loses(self) -> bool:
        """If its parts do."""
        return all(part.only_loses() for part in self.parts)
