"""What a watch is, what it looks at, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.model import RuleInfo, Severity


@dataclass(frozen=True, slots=True)
class Seen:
    """One match of a watched rule, or an earlier firing of the watch itself.

    ``story`` names the development: two matches that share it are one story, the later ones copies. ``news`` is
    False for what is known to have happened but did not arrive as news: a feed's backlog, what is long past; ``at``
    is then the date that the outlet gave.
    """

    at: datetime
    rule: str
    severity: Severity
    story: str
    source: str
    entry: int
    news: bool = True


@dataclass(frozen=True, slots=True)
class History:
    """What is stored of the watched rules, in the order of arrival: the last one is the newest.

    ``since``: when the first match of the watched rules was stored, however far back; None if there is none. It
    may lie long before the first of ``seen``, which need reach back as far as ``CompiledWatch.looks_back`` only.
    """

    seen: Sequence[Seen] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spike:
    """Many stories against the usual: in ``window``, at least ``times`` the mean of the windows of ``usual`` before."""

    window: timedelta
    usual: timedelta
    times: int
    stories: int  # the least that counts, however little is usual
    sources: int  # that report them


@dataclass(frozen=True, slots=True)
class FirstAfterQuiet:
    """A story, when there was none for ``quiet``."""

    quiet: timedelta


@dataclass(frozen=True, slots=True)
class QuietFor:
    """No story for ``quiet``, while the feeds were read."""

    quiet: timedelta


@dataclass(frozen=True, slots=True)
class CompiledWatch:
    """A watch that runs. ``rules``: the ids that it watches, all of which exist."""

    info: RuleInfo
    rules: tuple[str, ...]
    kind: Spike | FirstAfterQuiet | QuietFor

    @property
    def looks_back(self) -> timedelta:
        """How far back a history must reach for a verdict."""
        match self.kind:
            case Spike():
                return max(self.kind.usual + self.kind.window, self.cooldown)
            case FirstAfterQuiet() | QuietFor():
                return max(2 * self.kind.quiet, self.cooldown)

    @property
    def cooldown(self) -> timedelta:
        """The least time between two firings: what the file names, or for a spike its window, or nothing."""
        if self.info.cooldown is not None:
            return timedelta(seconds=self.info.cooldown)
        return self.kind.window if isinstance(self.kind, Spike) else timedelta(0)

    @property
    def by_the_clock(self) -> bool:
        """Whether time alone makes it fire; the others fire on a match."""
        return isinstance(self.kind, QuietFor)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold for a watch to fire, with its numbers in words."""

    holds: bool
    arabic: str
    english: str


@dataclass(frozen=True, slots=True)
class Firing:
    """A watch fires. ``entry``: the one that completed it, or of a silence the last before it.

    The reason stands after a colon: no capital, no full stop.
    """

    watch: str
    severity: Severity
    entry: int
    reason: str
    reason_en: str
