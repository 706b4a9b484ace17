"""Whether a feed has moved for good. Pure.

One "moved permanently" may be a slip, a captive portal, or somebody's trick; one that holds for days is meant.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

HOLDS_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Move:
    """Where a feed's server has sent us, permanently, at every good answer since ``since``; "" for nowhere."""

    to: str = ""
    since: datetime | None = None

    def is_meant(self, now: datetime) -> bool:
        """Whether it has held long enough to be believed."""
        return bool(self.to) and self.since is not None and now - self.since >= HOLDS_FOR


def seen(known: Move, moved_to: str, now: datetime) -> Move:
    """What is known of a feed's move after a good answer that came from ``moved_to`` ("": no permanent redirect)."""
    if not moved_to:
        return Move()
    clock_was_set_back = known.since is not None and known.since > now
    return known if known.to == moved_to and not clock_was_set_back else Move(moved_to, now)
