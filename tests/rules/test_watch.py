"""The decider of watches: what makes one fire, what cannot, and that an event is told once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import Severity, Status
from rules.model import RuleInfo
from rules.watch import (
    CompiledWatch,
    Firing,
    FirstAfterQuiet,
    History,
    QuietFor,
    Seen,
    Spike,
    judge,
    weigh,
)

START = datetime(2024, 6, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SPIKE = Spike(window=DAY, usual=4 * DAY, times=3, stories=3, sources=2)
QUIET = FirstAfterQuiet(7 * DAY)
SILENCE = QuietFor(7 * DAY)


def watch(kind: Spike | FirstAfterQuiet | QuietFor, cooldown: timedelta | None = None) -> CompiledWatch:
    """A watch of this kind over the rule ``r``."""
    info = RuleInfo(
        id="w",
        title="مراقبة",
        title_en="",
        why="",
        owner="desk",
        severity=Severity.HIGH,
        status=Status.LIVE,
        hash="0",
        topic="topic",
        path=Path("w.yaml"),
        cooldown=cooldown.total_seconds() if cooldown else None,
        kind="watch",
    )
    return CompiledWatch(info, ("r",), kind)


def seen(hours: float, story: str, source: str = "a", *, rule: str = "r", news: bool = True) -> Seen:
    """A match so many hours after the start; its entry is named for story and source."""
    entry = sum(map(ord, f"{story}/{source}")) * 1000 + int(hours)
    return Seen(START + hours * HOUR, rule, Severity.LOW, story, source, entry, news)


def since_start(*matches: Seen) -> History:
    """A history of rules that have been matching since the start."""
    return History(matches, START)


def daily(days: int) -> list[Seen]:
    """A story at the beginning of each day."""
    return [seen(24 * day, f"day {day}") for day in range(days)]


def fires(kind: Spike | FirstAfterQuiet | QuietFor, matches: Sequence[Seen], now: datetime) -> Firing | None:
    """What the watch says of a history that reaches back to the start."""
    return judge(watch(kind), since_start(*matches), now)


BURST = [seen(126, "x", "a"), seen(127, "y", "b"), seen(128, "z", "a")]


def test_a_spike_names_its_numbers_and_the_entry_that_completes_it() -> None:
    """Stories, sources, window and the usual, in both languages."""
    firing = fires(SPIKE, [*daily(5), *BURST], BURST[-1].at)
    assert firing == Firing(
        "w",
        Severity.HIGH,
        BURST[-1].entry,
        "3 قصص من مصدرين في يوم، والمعتاد في مثلها 1",
        "3 stories from 2 sources in 1 day, where 1 is usual",
    )


def test_it_takes_as_many_stories_as_the_factor_asks() -> None:
    """Twice the usual is no spike where three times is asked, however many that is."""
    busy = [seen(24 * day + hour, f"{day}-{hour}", "ab"[hour % 2]) for day in range(6) for hour in range(6)]
    more = [seen(144 + hour, f"x{hour}", "ab"[hour % 2]) for hour in range(18)]
    assert [fires(SPIKE, [*busy, *more[: n + 1]], more[n].at) is not None for n in (11, 16, 17)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("matches", "why"),
    [
        ([*daily(5), *BURST[:2]], "stories in the last 1 day: 2"),
        ([*daily(5), *(replace(one, source="a") for one in BURST)], "sources that report them: 1"),
        ([*daily(5), *(replace(one, story="x") for one in BURST)], "stories in the last 1 day: 1"),
        ([*daily(5), *(replace(one, news=False) for one in BURST)], "stories in the last 1 day: 0"),
        ([*daily(5), seen(120, "s"), *BURST[:1], seen(128, "z", news=False)], "stories in the last 1 day"),
    ],
)
def test_what_is_no_spike(matches: list[Seen], why: str) -> None:
    """Too few stories, one source, copies, a backlog: and the account says which."""
    history, now = since_start(*matches), matches[-1].at
    assert judge(watch(SPIKE), history, now) is None
    assert any(one.english.startswith(why) for one in weigh(watch(SPIKE), history, now) if not one.holds)


def test_a_young_history_never_spikes() -> None:
    """What is stored must reach back over all the time that shows the usual, and the window."""
    matches = (*daily(5), *BURST)
    since = BURST[-1].at - 5 * DAY
    assert judge(watch(SPIKE), History(matches, since), BURST[-1].at) is not None
    assert judge(watch(SPIKE), History(matches, since + HOUR), BURST[-1].at) is None
    assert judge(watch(SPIKE), History((), None), START) is None


def test_the_first_after_quiet() -> None:
    """Seven days and no hour less; the gap is told as it was."""
    assert fires(QUIET, [seen(0, "old"), seen(167, "new")], START + 167 * HOUR) is None
    firing = fires(QUIET, [seen(0, "old"), seen(220, "new")], START + 220 * HOUR)
    assert firing is not None
    assert (firing.reason, firing.reason_en) == (
        "أول خبر من نوعه منذ 9 أيام",
        "the first of its kind for 9 days",
    )


def test_a_quiet_longer_than_the_look_back_is_told_as_more() -> None:
    """The story before it is not read any more; that there was one is known."""
    firing = fires(QUIET, [seen(900, "new")], START + 900 * HOUR)
    assert firing is not None
    assert firing.reason == "أول خبر من نوعه منذ أكثر من 14 يومًا"


def test_the_very_first_match_follows_no_known_quiet() -> None:
    """Nobody knows what was before it."""
    first = seen(0, "first")
    assert judge(watch(QUIET), History((first,), first.at), first.at) is None


def test_a_backlog_breaks_a_quiet_and_opens_none() -> None:
    """What an added feed brings from last week happened last week."""
    late = replace(seen(100, "found later"), news=False)
    assert fires(QUIET, [seen(0, "old"), late, seen(200, "new")], START + 200 * HOUR) is None
    assert fires(QUIET, [seen(0, "old"), replace(seen(200, "new"), news=False)], START + 200 * HOUR) is None


def test_a_late_copy_is_no_first_word() -> None:
    """Nor does it break the quiet."""
    matches = [seen(0, "old"), seen(170, "old", "b")]
    assert fires(QUIET, matches, START + 170 * HOUR) is None
    assert fires(QUIET, [*matches, seen(171, "new")], START + 171 * HOUR) is not None


def test_one_entry_of_two_watched_rules_is_one_story() -> None:
    """Whichever rule is stored last."""
    both = replace(watch(QUIET), rules=("r", "q"))
    new = seen(200, "new")
    history = since_start(seen(0, "old"), new, replace(new, rule="q"))
    assert judge(both, history, new.at) is not None


def test_a_silence_is_about_the_last_story() -> None:
    """Its first report, though copies came later; from the seventh day on."""
    matches = [seen(0, "old"), seen(1, "last"), seen(9, "last", "b")]
    assert fires(SILENCE, matches, START + 168 * HOUR) is None
    firing = fires(SILENCE, matches, START + 169 * HOUR)
    assert firing is not None
    assert (firing.entry, firing.reason) == (matches[1].entry, "لا جديد منذ 7 أيام، وهذا آخر ما ورد")
    assert fires(SILENCE, [], START + 999 * HOUR) is None


@pytest.mark.parametrize("kind", [QUIET, SILENCE])
def test_nobody_knows_of_a_quiet_while_the_feeds_are_not_read(kind: FirstAfterQuiet | QuietFor) -> None:
    """Our own absence is no silence of theirs."""
    history = since_start(seen(0, "old"), *([seen(300, "new")] if kind is QUIET else []))
    now = START + 300 * HOUR
    assert judge(watch(kind), history, now) is not None
    assert judge(watch(kind), history, now, feeds_healthy=False) is None


def test_a_cooldown_is_kept() -> None:
    """Also where the event itself would allow a second firing."""
    own = replace(seen(190, "", rule="w"), story="")
    history = since_start(seen(0, "a"), seen(190, "b"), own, seen(400, "c"))
    assert judge(watch(QUIET, 10 * DAY), history, START + 400 * HOUR) is None
    assert judge(watch(QUIET, 8 * DAY), history, START + 400 * HOUR) is not None


def test_a_clock_that_runs_behind_sees_no_silence() -> None:
    """Another worker's clock may be ahead; what it has stored is not unseen."""
    matches = [seen(0, "old"), seen(200, "new")]
    assert fires(SILENCE, matches, START + 199 * HOUR) is None


_MATCHES = st.lists(
    st.builds(
        seen,
        st.integers(0, 60 * 24),
        st.sampled_from([f"story {n}" for n in range(30)]),
        st.sampled_from("abcd"),
        news=st.sampled_from([True, True, True, False]),
    ),
    max_size=40,
    unique_by=lambda one: (one.at, one.story, one.source),
).map(lambda found: [replace(one, entry=n) for n, one in enumerate(sorted(found, key=lambda one: one.at))])
_KINDS = st.sampled_from([SPIKE, replace(SPIKE, window=6 * HOUR), QUIET, FirstAfterQuiet(2 * DAY)])


def _looks(kind: Spike | FirstAfterQuiet | QuietFor) -> tuple[timedelta, ...]:
    return (kind.quiet - HOUR, kind.quiet, kind.quiet + DAY) if isinstance(kind, QuietFor) else ()


def played(kind: Spike | FirstAfterQuiet | QuietFor, matches: Sequence[Seen]) -> list[datetime]:
    """When a watch fires as matches arrive, its firings stored like them; the clock looks when it may matter."""
    one, stored, found = watch(kind), list[Seen](), list[datetime]()
    arrivals = [(match.at, match) for match in matches]
    ticks = [(match.at + delay, None) for match in matches for delay in _looks(kind)]
    for now, match in sorted([*arrivals, *ticks], key=lambda pair: pair[0]):
        stored += [match] if match else []
        if (match is None) is not one.by_the_clock:
            continue
        firing = judge(one, since_start(*stored), now)
        if firing:
            found.append(now)
            stored.append(Seen(now, "w", Severity.HIGH, "", "", firing.entry))
    return found


@given(_MATCHES, _KINDS)
def test_asked_again_it_does_not_fire_again(matches: list[Seen], kind: Spike | FirstAfterQuiet) -> None:
    """Once its firing is stored, the same history says nothing new at the same moment."""
    one = watch(kind)
    for n in range(1, len(matches) + 1):
        history, now = since_start(*matches[:n]), matches[n - 1].at
        firing = judge(one, history, now)
        if firing:
            own = Seen(now, "w", Severity.HIGH, "", "", firing.entry)
            assert judge(one, since_start(*matches[:n], own), now) is None


@given(_MATCHES, _KINDS, st.data())
def test_a_copy_from_a_source_that_has_the_story_changes_nothing(
    matches: list[Seen], kind: Spike | FirstAfterQuiet, data: st.DataObject
) -> None:
    """However often an outlet prints a story again."""
    if not matches:
        return
    original = data.draw(st.sampled_from(matches))
    delay = data.draw(st.integers(1, 48))
    copy = replace(original, at=original.at + delay * HOUR, entry=-1)
    copied = sorted([*matches, copy], key=lambda one: one.at)
    assert played(kind, copied) == played(kind, matches)


@given(_MATCHES, st.sampled_from([SILENCE, QuietFor(2 * DAY)]))
def test_a_silence_is_told_once_a_silence(matches: list[Seen], kind: QuietFor) -> None:
    """As often as the stories' own gaps say, and each time when the gap has lasted long enough."""
    firsts: dict[str, datetime] = {}
    for one in matches:
        firsts.setdefault(one.story, one.at)
    starts = sorted(set(firsts.values()))
    ends = [*starts[1:], START + 70 * DAY]
    expected = [at + kind.quiet for at, end in zip(starts, ends, strict=False) if end - at > kind.quiet]
    assert [at for at in played(kind, matches) if at not in starts] == [
        at for at in expected if at not in starts
    ]


@given(_MATCHES, st.integers(2, 10))
def test_first_after_quiet_fires_exactly_after_gaps(matches: list[Seen], days: int) -> None:
    """Where a story that is news follows the story before it by so many days; nowhere else."""
    firsts: dict[str, Seen] = {}
    for one in matches:
        firsts.setdefault(one.story, one)
    found = played(FirstAfterQuiet(days * DAY), matches)
    before, expected = START, list[datetime]()
    for one in firsts.values():
        if one.at - before >= days * DAY and one.news:
            expected.append(one.at)
        before = one.at
    assert found == expected


@given(_MATCHES, st.integers(1, 48))
def test_spikes_keep_their_distance(matches: list[Seen], hours: int) -> None:
    """Two firings are never nearer than the window."""
    kind = replace(SPIKE, window=timedelta(hours=hours), usual=timedelta(hours=4 * hours))
    found = played(kind, matches)
    assert all(later - earlier >= kind.window for earlier, later in pairwise(found))


def test_a_surge_of_many_days_is_one_event_and_the_next_another() -> None:
    """It must calm down first; more of the same is no news, even after the cooldown."""
    surge = [
        seen(24 * day + hour, f"{day}/{hour}", "ab"[hour % 2])
        for day in range(6, 9)
        for hour in range(0, 24, 3)
    ]
    calm = [seen(24 * day, f"day {day}") for day in range(9, 16)]
    again = [seen(24 * 16 + hour, f"again {hour}", "ab"[hour % 2]) for hour in range(6)]
    found = played(SPIKE, [*daily(6), *surge, *calm, *again])
    assert [int((at - START) / DAY) for at in found] == [6, 16]
