"""Hits that stand close together: sorted merges, no products.

A row holds the ways (units) in which one element of ``near`` occurs; a combination takes one unit of each row. Its
distance is from the end of the earliest to the start of the latest, in words: neighbours are 1 apart. Everything
here costs O(n log n) for n units; ``tests/rules/slow_near.py`` is the obvious version that it is tested against.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from rules.conditions.base import Unit

Row = Sequence[Unit]
Combination = tuple[int, tuple[Unit, ...]]
"""Distance, and one unit of each row, in the order of the rows."""


def combinations(rows: Sequence[Row]) -> Iterator[Combination]:
    """In any order: for each place where a combination may begin (the end of some unit), the one that ends first."""
    by_end = [sorted(row, key=lambda unit: (unit.end, unit.start)) for row in rows]
    ends = [[unit.end for unit in row] for row in by_end]
    earliest = [_suffix_earliest(row) for row in by_end]
    for begin in sorted({end for row in ends for end in row}):
        picks = [bisect_left(row, begin) for row in ends]
        if any(pick == len(row) for pick, row in zip(picks, ends, strict=True)):
            return
        chosen = tuple(row[pick] for row, pick in zip(earliest, picks, strict=True))
        yield max(unit.start for unit in chosen) - begin + 1, chosen


def taking_part(rows: Sequence[Row], within: int) -> Iterator[Unit]:
    """In any order: every unit of every combination that is at most ``within`` wide."""
    begins = [
        max(u.start for u in chosen) - distance + 1
        for distance, chosen in combinations(rows)
        if distance <= within
    ]
    for row in rows:
        for unit in row:
            at = bisect_left(begins, unit.start - within + 1)
            if at < len(begins) and begins[at] <= unit.end:
                yield unit


def ordered_combinations(rows: Sequence[Row]) -> Iterator[Combination]:
    """As written: for each unit of the first row, the combination that begins with it and ends first."""
    ways = _ways_on(rows)
    for first, last_start, onward in ways[0]:
        chain, place = [first], onward
        for row in ways[1:]:
            chain.append(row[place][0])
            place = row[place][2]
        yield last_start - first.end + 1, tuple(chain)


def ordered_taking_part(rows: Sequence[Row], within: int) -> Iterator[Unit]:
    """As written: every unit of every combination that is at most ``within`` wide."""
    ways = _ways_on(rows)
    came = {
        unit: unit.end for unit, _, _ in ways[0]
    }  # the latest first end with which a chain may reach a unit
    for at, row in enumerate(ways):
        if at:
            came = _reach(came, [unit for unit, _, _ in row])
        yield from (unit for unit, last, _ in row if unit in came and last - came[unit] + 1 <= within)


def _suffix_earliest(row: Row) -> list[Unit]:
    """For each place in a row, the unit from there on that starts first."""

    def earlier(best: Unit, unit: Unit) -> Unit:
        return unit if unit.start <= best.start else best

    return list(accumulate(reversed(row), earlier))[::-1]


def _ways_on(rows: Sequence[Row]) -> list[list[tuple[Unit, int, int]]]:
    """Of each row the units that lead on through the later rows: unit, earliest last start, next one's place."""
    ways: list[list[tuple[Unit, int, int]]] = []
    for row in reversed(rows):
        by_start = sorted(row, key=lambda unit: (unit.start, unit.end))
        if not ways:
            ways.append([(unit, unit.start, -1) for unit in by_start])
            continue
        following = ways[-1]
        starts = [unit.start for unit, _, _ in following]
        best = _suffix_best([last for _, last, _ in following])
        found = ((unit, bisect_left(starts, unit.end)) for unit in by_start)
        ways.append([(unit, following[best[at]][1], best[at]) for unit, at in found if at < len(best)])
    return ways[::-1]


def _suffix_best(values: Sequence[int]) -> list[int]:
    """For each place, the place from there on that holds the least value; the first of equals."""

    def lesser(best: int, at: int) -> int:
        return at if values[at] <= values[best] else best

    return list(accumulate(range(len(values) - 1, -1, -1), lesser))[::-1]


def _reach(came: dict[Unit, int], row: Row) -> dict[Unit, int]:
    """The latest first end with which a chain may reach each unit of the next row."""
    before = sorted(came.items(), key=lambda item: item[0].end)
    ends = [unit.end for unit, _ in before]
    latest = list(accumulate((first_end for _, first_end in before), max))
    reached = ((unit, bisect_right(ends, unit.start)) for unit in row)
    return {unit: latest[at - 1] for unit, at in reached if at}
