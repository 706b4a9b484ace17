"""The obvious version of ``near``: every combination there is, tried one by one."""

from collections.abc import Sequence
from itertools import pairwise, product

from rules.conditions.base import Unit

Chosen = tuple[Unit, ...]


def close(rows: Sequence[Sequence[Unit]], within: int, *, as_written: bool) -> list[tuple[int, Chosen]]:
    """Every combination that is close enough, with its distance."""
    found = []
    for chosen in product(*rows):
        if as_written and any(one.end > other.start for one, other in pairwise(chosen)):
            continue
        distance = max(unit.start for unit in chosen) - min(unit.end for unit in chosen) + 1
        if distance <= within:
            found.append((distance, chosen))
    return found
