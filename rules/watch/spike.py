"""A spike: what came in a window, against what is usual in as long a time."""

from collections.abc import Iterable
from datetime import datetime
from math import ceil

from rules.watch.model import Check, Seen, Spike
from rules.watch.stories import Stories
from rules.watch.wording import Said, duration, rate, sources, stories


def checks(kind: Spike, known: Stories, reach: Check, now: datetime) -> Iterable[Check]:
    """What must hold. ``reach``: whether what is stored reaches back far enough to know the usual."""
    fresh, asked = _fresh(kind, known, now), needed(kind, known, now)
    window = duration(kind.window)
    count, mean = len(fresh), rate(usual(kind, known, now))
    yield Check(
        count >= asked,
        f"القصص في آخر {window.arabic}: {count} (المطلوب {asked}: "
        f"لا أقل من {kind.stories}، ولا من {kind.times} أضعاف المعتاد وهو {mean})",
        f"stories in the last {window.english}: {count} (needed {asked}: "
        f"no fewer than {kind.stories}, nor than {kind.times} times the usual, which is {mean})",
    )
    told = known.sources(fresh, now)
    yield Check(
        told >= kind.sources,
        f"المصادر التي روتها: {told} (المطلوب {kind.sources})",
        f"sources that report them: {told} (needed {kind.sources})",
    )
    yield reach
    yield Check(
        _calmed(kind, known, now),
        "هدأ الأمر منذ آخر تنبيه لها",
        "it has calmed down since it fired last",
    )


def usual(kind: Spike, known: Stories, now: datetime) -> float:
    """The mean number of stories of the windows before this one. The median of a sparse rule would be 0."""
    start = now - kind.window
    return known.count(start - kind.usual, start) / (kind.usual / kind.window)


def needed(kind: Spike, known: Stories, now: datetime) -> int:
    """How many stories make a spike at that moment."""
    return max(kind.stories, ceil(kind.times * usual(kind, known, now)))


def reason(kind: Spike, known: Stories, now: datetime) -> Said:
    """Why it fires, in numbers."""
    fresh = _fresh(kind, known, now)
    count, told = stories(len(fresh)), sources(known.sources(fresh, now))
    window, mean = duration(kind.window), usual(kind, known, now)
    return Said(
        f"{count.arabic} من {told.arabic} في {window.arabic}، والمعتاد في مثلها {rate(mean)}",
        f"{count.english} from {told.english} in {window.english}, where {rate(mean)} is usual",
    )


def _fresh(kind: Spike, known: Stories, now: datetime) -> tuple[Seen, ...]:
    """The stories of the window that arrived as news, without those that an earlier firing has told."""
    start = max(now - kind.window, known.last_fired or now - kind.window)
    return tuple(one for one in known.within(start, now) if one.news)


def _calmed(kind: Spike, known: Stories, now: datetime) -> bool:
    """Whether some window since the last firing held less than a spike: one surge of many days is one event."""
    if known.last_fired is None:
        return True
    since = [one.at for one in known.within(known.last_fired, now)]
    return any(known.just_before(at, kind.window) < needed(kind, known, at) for at in since)
