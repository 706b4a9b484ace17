"""To which servers a line is kept open until the next request. Pure: the clock is a value.

A feed that is asked every minute need not shake hands every minute, which costs its server more than the answer does.
But lines are few and servers may be many, and who moves to another address must be found there.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

IDLE_SECONDS = (
    75.0  # a minute between two requests, and some; servers that like it shorter close it themselves
)
LONGEST_SECONDS = 3600.0  # then the name is resolved anew


@dataclass(slots=True)
class Lines:
    """At most ``most`` servers at a time; whoever comes later gets a line of its own for each request."""

    most: int
    idle_seconds: float = IDLE_SECONDS
    longest_seconds: float = LONGEST_SECONDS
    _open: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)  # since when, last used

    def keeps(self, server: str, now: float) -> bool:
        """Whether the request to ``server`` that is made now goes over a line that stays open after it."""
        self._forget(now)
        since, _ = self._open.get(server, (now, now))
        if now - since >= self.longest_seconds:
            return False  # and so until it has fallen idle and is forgotten
        if server not in self._open and len(self._open) >= self.most:
            return False
        self._open[server] = (since, now)
        self._open.move_to_end(server)
        return True

    def _forget(self, now: float) -> None:
        while self._open:
            server, (_, used) = next(iter(self._open.items()))
            if now - used <= self.idle_seconds:
                return
            del self._open[server]
