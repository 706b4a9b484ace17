"""``near``: the fast search agrees with the obvious one, and stays fast where there are many hits."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.conditions import AnyElement, Near, TermFound, View
from rules.conditions.base import Unit
from rules.conditions.windows import combinations, ordered_combinations, ordered_taking_part, taking_part
from tests.rules.slow_near import close


def unit(start: int, length: int, row: int = 0) -> Unit:
    """A unit of so many words; its hit names its row, so that equal places in two rows are two units."""
    return Unit(start, start + length, ((row, start, start + length),))


@st.composite
def rows_of_units(draw: st.DrawFn) -> list[list[Unit]]:
    """Two to four rows of a few units each, close enough to each other to get in each other's way."""
    place = st.tuples(st.integers(0, 14), st.integers(1, 3))
    rows = draw(st.lists(st.lists(place, min_size=1, max_size=5, unique=True), min_size=2, max_size=4))
    return [[unit(start, length, row) for start, length in places] for row, places in enumerate(rows)]


@given(rows_of_units(), st.integers(1, 10))
def test_the_closest_combination_is_found(rows: list[list[Unit]], within: int) -> None:
    """In any order: the least distance is that of the obvious search, and the combination has it."""
    expected = min((distance for distance, _ in close(rows, 99, as_written=False)), default=None)
    distance, chosen = min(combinations(rows), key=lambda found: found[0])
    assert distance == expected
    assert max(one.start for one in chosen) - min(one.end for one in chosen) + 1 == distance
    assert all(one in row for one, row in zip(chosen, rows, strict=True))


@given(rows_of_units(), st.integers(1, 10))
def test_all_that_take_part_are_found(rows: list[list[Unit]], within: int) -> None:
    """In any order: exactly the units of the combinations that are close enough."""
    expected = {one for _, chosen in close(rows, within, as_written=False) for one in chosen}
    assert set(taking_part(rows, within)) == expected


@given(rows_of_units())
def test_the_closest_as_written_is_found(rows: list[list[Unit]]) -> None:
    """As written: the least distance is that of the obvious search, in order and without overlap."""
    expected = min((distance for distance, _ in close(rows, 99, as_written=True)), default=None)
    distance, chosen = min(ordered_combinations(rows), key=lambda found: found[0], default=(None, ()))
    assert distance == expected
    assert all(one.end <= other.start for one, other in itertools.pairwise(chosen))
    assert all(one in row for one, row in zip(chosen, rows, strict=bool(chosen)))


@given(rows_of_units(), st.integers(1, 10))
def test_all_that_take_part_as_written_are_found(rows: list[list[Unit]], within: int) -> None:
    """As written: exactly the units of the combinations that are close enough."""
    expected = {one for _, chosen in close(rows, within, as_written=True) for one in chosen}
    assert set(ordered_taking_part(rows, within)) == expected


def view(**hits: list[tuple[int, int, int]]) -> View:
    """A view of terms a, b, c (numbers 0, 1, 2)."""
    return View({"abc".index(name): places for name, places in hits.items()})


A, B, C = TermFound(0, "a"), TermFound(1, "b"), TermFound(2, "c")


def test_neighbours_are_one_apart() -> None:
    """The distance counts from the end of the first to the start of the last."""
    both = view(a=[(0, 3, 5)], b=[(0, 5, 6)])
    assert Near(1, False, (A, B)).find(both) == ((0, 3, 5), (0, 5, 6))
    apart = view(a=[(0, 3, 5)], b=[(0, 8, 9)])
    assert Near(3, False, (A, B)).find(apart) is None
    assert Near(4, False, (A, B)).find(apart) is not None
    assert Near(3, False, (A, B)).distance(apart) == 4


def test_all_in_one_field() -> None:
    """A title's last word is not near a summary's first."""
    assert Near(5, False, (A, B)).find(view(a=[(0, 3, 4)], b=[(1, 0, 1)])) is None


def test_order_counts_only_where_it_is_asked() -> None:
    """``as_written`` wants the elements in their order."""
    backwards = view(a=[(0, 5, 6)], b=[(0, 3, 4)])
    assert Near(5, True, (A, B)).find(backwards) is None
    assert Near(5, False, (A, B)).find(backwards) is not None


def test_as_written_shares_no_word() -> None:
    """A word cannot be two elements at once."""
    assert Near(5, True, (A, B)).find(view(a=[(0, 3, 5)], b=[(0, 4, 6)])) is None
    assert Near(5, False, (A, B)).find(view(a=[(0, 3, 5)], b=[(0, 4, 6)])) is not None


def test_evidence_is_the_closest_in_each_field() -> None:
    """Of several combinations in a field the closest one is shown; each field that has one shows one."""
    many = view(a=[(0, 0, 1), (0, 9, 10), (1, 2, 3)], b=[(0, 4, 5), (0, 11, 12), (1, 3, 4)])
    assert Near(5, False, (A, B)).find(many) == ((0, 9, 10), (0, 11, 12), (1, 2, 3), (1, 3, 4))


def test_any_inside_near() -> None:
    """One of several may stand for an element."""
    near = Near(3, False, (A, AnyElement((B, C))))
    assert near.find(view(a=[(0, 0, 1)], c=[(0, 2, 3)])) == ((0, 0, 1), (0, 2, 3))
    assert near.find(view(a=[(0, 0, 1)])) is None


def test_near_inside_near() -> None:
    """A nested ``near`` counts as one element that spans its words."""
    inner = Near(2, True, (A, B))
    outer = Near(3, True, (inner, C))
    assert outer.find(view(a=[(0, 0, 1)], b=[(0, 2, 3)], c=[(0, 5, 6)])) == ((0, 0, 1), (0, 2, 3), (0, 5, 6))
    assert outer.find(view(a=[(0, 0, 1)], b=[(0, 2, 3)], c=[(0, 6, 7)])) is None
    assert outer.find(view(a=[(0, 0, 1)], b=[(0, 4, 5)], c=[(0, 6, 7)])) is None
    assert outer.taking_part(view(a=[(0, 0, 1)], b=[(0, 2, 3)], c=[(0, 5, 6), (0, 9, 10)])) == {
        (0, 0, 1),
        (0, 2, 3),
        (0, 5, 6),
    }


@pytest.mark.parametrize("as_written", [False, True])
def test_many_hits_stay_cheap(as_written: bool) -> None:
    """Five elements with six thousand hits each: sorted merges, no products."""
    rows = {row: [(0, at, at + 1) for at in range(row, 30_000, 5)] for row in range(5)}
    near = Near(6, as_written, tuple(TermFound(row, "x") for row in range(5)))
    nested = Near(20, as_written, (near, near))
    started = time.thread_time()
    assert near.find(View(rows)) is not None
    assert len(near.taking_part(View(rows))) == 30_000
    assert nested.find(View(rows)) is not None
    assert time.thread_time() - started < 5
