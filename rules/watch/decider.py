"""Whether a watch fires now: pure, from what is stored."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from rules.watch import spike
from rules.watch.model import Check, CompiledWatch, Firing, FirstAfterQuiet, History, QuietFor, Seen, Spike
from rules.watch.stories import Stories
from rules.watch.wording import Said, duration


def judge(watch: CompiledWatch, history: History, now: datetime, feeds_healthy: bool = True) -> Firing | None:
    """The firing of a watch at ``now``, or None.

    Where a match has just been stored it is the last of ``history``, and the firing is its. ``feeds_healthy``:
    whether the feeds were read all through the quiet that the watch speaks of; a spike does not ask.
    It fires once an event: that it has fired is in ``history`` too.
    """
    stories, now = Stories.of(history, watch.rules, watch.info.id), _present(history, now)
    last = _completing(watch, history, stories)
    if last is None or last.entry in {one.entry for one in stories.fired}:
        return None
    if not all(check.holds for check in _checks(watch, stories, history, now, feeds_healthy)):
        return None
    reason = _reason(watch, stories, now)
    return Firing(watch.info.id, watch.info.severity, last.entry, reason.arabic, reason.english)


def weigh(watch: CompiledWatch, history: History, now: datetime, feeds_healthy: bool = True) -> list[Check]:
    """Everything that must hold for a firing at ``now``, with its numbers: for people who wonder."""
    stories, now = Stories.of(history, watch.rules, watch.info.id), _present(history, now)
    return list(_checks(watch, stories, history, now, feeds_healthy))


def _present(history: History, now: datetime) -> datetime:
    """Not before what is stored: another's clock may run a moment ahead of ours."""
    return max((now, *(one.at for one in history.seen)))


def _completing(watch: CompiledWatch, history: History, stories: Stories) -> Seen | None:
    """The match that would make it fire: the newest, or before a silence the last story's first report."""
    if watch.by_the_clock:
        return stories.first[-1] if stories.first else None
    newest = _newest(watch, history)
    return newest if newest and newest.news else None


def _newest(watch: CompiledWatch, history: History) -> Seen | None:
    return next((one for one in reversed(history.seen) if one.rule in watch.rules), None)


def _checks(
    watch: CompiledWatch, stories: Stories, history: History, now: datetime, healthy: bool
) -> Iterable[Check]:
    match watch.kind:
        case Spike():
            reach = reaches_back(history.since, now, watch.kind.usual + watch.kind.window)
            return (*spike.checks(watch.kind, stories, reach, now), *_rested(watch, stories, now))
        case FirstAfterQuiet():
            fresh = _fresh(_newest(watch, history), stories)
            quiet = _first(watch.kind, stories, history, now)
            return (fresh, *quiet, _read(healthy), *_rested(watch, stories, now))
        case QuietFor():
            return (*_silent(watch.kind, stories, now), _read(healthy), *_rested(watch, stories, now))


def _fresh(newest: Seen | None, stories: Stories) -> Check:
    opens = newest is not None and stories.first[-1].entry == newest.entry
    return Check(opens, "الخبر الأخير قصة جديدة لا نسخة", "the newest match is a story and no copy")


def _first(kind: FirstAfterQuiet, stories: Stories, history: History, now: datetime) -> Iterable[Check]:
    """The story before the newest must be long past, and the quiet within what is stored."""
    asked = duration(kind.quiet)
    earlier = [one.at for one in stories.first[:-1]]
    gap = now - earlier[-1] if earlier else None
    known = duration(gap) if gap else Said("غير معروف", "unknown")
    yield Check(
        gap is None or gap >= kind.quiet,
        f"ما مضى على القصة السابقة: {known.arabic} (المطلوب {asked.arabic})",
        f"since the story before: {known.english} (needed {asked.english})",
    )
    yield reaches_back(history.since, now, kind.quiet)


def _silent(kind: QuietFor, stories: Stories, now: datetime) -> Iterable[Check]:
    """The last story must be long past, and its silence not told yet."""
    asked = duration(kind.quiet)
    if not stories.first:
        yield Check(False, "لم ترد قصة بعد، فلا يُعرف انقطاع", "there is no story yet, so there is no silence")
        return
    last = stories.first[-1].at
    gone = duration(now - last)
    yield Check(
        now - last >= kind.quiet,
        f"ما مضى على آخر قصة: {gone.arabic} (المطلوب {asked.arabic})",
        f"since the last story: {gone.english} (needed {asked.english})",
    )
    told = stories.last_fired is not None and stories.last_fired >= last
    yield Check(not told, "لم يُنبَّه إلى هذا الانقطاع من قبل", "this silence was not told before")


def reaches_back(since: datetime | None, now: datetime, needed: timedelta) -> Check:
    """What is stored must reach back far enough: of a young history nobody knows what is usual."""
    asked = duration(needed)
    reach = duration(now - since) if since else Said("لا شيء", "nothing")
    return Check(
        since is not None and now - since >= needed,
        f"المحفوظ يرجع إلى الوراء: {reach.arabic} (المطلوب {asked.arabic})",
        f"what is stored reaches back: {reach.english} (needed {asked.english})",
    )


def _read(healthy: bool) -> Check:
    return Check(healthy, "الخلاصات كانت تُقرأ طوال المدة", "the feeds were read all the time")


def _rested(watch: CompiledWatch, stories: Stories, now: datetime) -> Iterable[Check]:
    if not watch.cooldown or stories.last_fired is None:
        return
    asked, gone = duration(watch.cooldown), duration(now - stories.last_fired)
    yield Check(
        now - stories.last_fired >= watch.cooldown,
        f"ما مضى على تنبيهها السابق: {gone.arabic} (المطلوب {asked.arabic})",
        f"since it fired last: {gone.english} (needed {asked.english})",
    )


def _reason(watch: CompiledWatch, stories: Stories, now: datetime) -> Said:
    match watch.kind:
        case Spike():
            return spike.reason(watch.kind, stories, now)
        case FirstAfterQuiet():
            earlier = stories.first[:-1]
            quiet = duration(now - earlier[-1].at if earlier else watch.looks_back)
            more = ("", "") if earlier else ("أكثر من ", "more than ")
            return Said(
                f"أول خبر من نوعه منذ {more[0]}{quiet.arabic}",
                f"the first of its kind for {more[1]}{quiet.english}",
            )
        case QuietFor():
            quiet = duration(now - stories.first[-1].at)
            return Said(
                f"لا جديد منذ {quiet.arabic}، وهذا آخر ما ورد",
                f"nothing new for {quiet.english}; this came last",
            )
