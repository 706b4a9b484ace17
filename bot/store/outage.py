"""What the log says of a database that does not answer: once when it begins, now and then, and when it is over."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.logs import get_log
from bot.store.engine import first_line

log = get_log(__name__)

AGAIN_SECONDS = 30.0  # a full disk needs no line for every try


@dataclass(slots=True)
class Outage:
    """``what``: the sentence that says what stands still meanwhile; ``clock`` is one that nobody sets."""

    what: str
    clock: Callable[[], float] = time.monotonic
    _since: float | None = field(default=None)
    _said: float = field(default=float("-inf"))

    def note(self, error: BaseException) -> None:
        """It did not answer."""
        now = self.clock()
        if self._since is None:
            self._since, self._said = now, float("-inf")
        if now - self._said >= AGAIN_SECONDS:
            self._said = now
            log.error(self.what, error=first_line(error), seconds=round(now - self._since))

    def over(self) -> None:
        """It answered."""
        if self._since is not None:
            log.warning(
                "the database answers again", after=self.what, seconds=round(self.clock() - self._since)
            )
            self._since = None
