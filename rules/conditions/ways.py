"""What must have been found for a condition to hold: worked out once, and asked of every document before all else.

A need is a set of terms of which one must be there. A way is some needs that must all be met; a condition has one or
more, and where none of them is open it does not hold, whatever else it asks. One open proves nothing yet.
"""

from collections.abc import Iterable, Set

Way = tuple[frozenset[int], ...]
Ways = tuple[Way, ...]
"""Empty: it never holds. With an empty way among them: it may hold where nothing was found."""

ANYWHERE: Ways = ((),)
MOST = 200  # ways of one condition; of more it would take longer to ask than to judge
MOST_NEEDS = (
    12  # of one way; to leave one out opens it more often, and of thousands the joining would take minutes
)


def any_open(ways: Ways, found: Set[int]) -> bool:
    """Whether some way is open, so that the condition may hold, where these terms were found."""
    missing = found.isdisjoint
    for way in ways:  # noqa: SIM110 - it is asked so often that a generator is felt
        if not any(map(missing, way)):
            return True
    return False


def either(parts: Iterable[Ways]) -> Ways:
    """The ways of a condition that holds if one of its parts does. Those of a single need are one way."""
    ways = dict.fromkeys(way for part in parts for way in part)
    if () in ways:
        return ANYWHERE
    single = frozenset[int]().union(*(way[0] for way in ways if len(way) == 1))
    more = tuple(way for way in ways if not any(need <= single for need in way))
    found = (*more, (single,)) if single else more
    return found if len(found) <= MOST else coarse(found)


def each(parts: Iterable[Ways]) -> Ways:
    """The ways of a condition that holds only if all of its parts do: one of each, joined."""
    found = ANYWHERE
    for part in sorted(parts, key=_breadth):
        if all(len(way) == MOST_NEEDS for way in found):
            break
        onward = part if len(found) * len(part) <= MOST else coarse(part)
        found = tuple(dict.fromkeys(_joined(way, other) for way in found for other in onward))
    return found


def coarse(ways: Ways) -> Ways:
    """The same in one way of one need: true wherever they are, and more often."""
    if not all(ways):
        return ANYWHERE
    return ways and ((frozenset[int]().union(*(min(way, key=len) for way in ways)),),)


def _breadth(ways: Ways) -> tuple[int, int]:
    """How many ways, and by how many terms their hardest need is met."""
    return len(ways), min((len(need) for way in ways for need in way), default=0)


def _joined(way: Way, other: Way) -> Way:
    """Both ways as one, without what is met whenever another of its needs is; of very many, those hardest to meet."""
    needs = dict.fromkeys((*way, *other))
    least = [need for need in needs if not any(less < need for less in needs)]
    return tuple(sorted(least, key=len)[:MOST_NEEDS])
