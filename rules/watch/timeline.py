"""The timelines that every watch carries, played: a watch proves itself in its own file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from rules.codes import problem
from rules.located import Located, Where
from rules.model import Problem
from rules.watch.decider import judge, weigh
from rules.watch.model import Check, CompiledWatch, History, Seen
from rules.watch.schema import Step, TimelineExample, WatchFile

DAY_ONE = datetime(2024, 6, 1, tzinfo=UTC)  # any day would do
MOST_REPORTS = 1000  # of one timeline: every one is judged against all before it


@dataclass(frozen=True, slots=True)
class LoadedWatch:
    """A watch with its file."""

    shape: WatchFile
    located: Located
    compiled: CompiledWatch


@dataclass(slots=True)
class _Play:
    """One timeline on its way. ``fired``, ``judged``: of the step that was played last."""

    watch: CompiledWatch
    seen: list[Seen] = field(default_factory=list)
    stories: int = 0
    now: datetime = DAY_ONE
    fired: bool = False
    judged: tuple[History, datetime, bool] = (History(), DAY_ONE, True)

    def checks(self) -> list[Check]:
        """What was weighed when it fired, or last when it did not."""
        return weigh(self.watch, *self.judged)

    def step(self, step: Step) -> bool:
        """Let a step happen; whether the watch fired in it."""
        self.fired = False
        for moment in step.moments():
            self.now = DAY_ONE + moment
            self._moment(step)
        return self.fired

    def _moment(self, step: Step) -> None:
        """One moment: the clock's look, the new stories one by one, then the copies of the last."""
        self._judge(step, on_match=False)
        for number in range(step.stories):
            self.stories += 1
            self._report(step, number % step.sources)
        for number in range(step.stories, step.sources if step.sources > 1 else 0):
            self._report(step, number)

    def _report(self, step: Step, source: int) -> None:
        severity, entry = self.watch.info.severity, len(self.seen) + 1
        rule, story = self.watch.rules[0], str(self.stories)
        self.seen.append(Seen(self.now, rule, severity, story, f"source {source}", entry))
        self._judge(step, on_match=True)

    def _judge(self, step: Step, *, on_match: bool) -> None:
        history = History(tuple(self.seen), self.seen[0].at if self.seen else None)
        if not self.fired:
            self.judged = (history, self.now, step.healthy)
        if on_match is self.watch.by_the_clock:
            return
        firing = judge(self.watch, history, self.now, step.healthy)
        if firing:
            self.fired = True
            self.seen.append(Seen(self.now, firing.watch, firing.severity, "", "", firing.entry))


def run_timelines(watch: LoadedWatch) -> Iterator[Problem]:
    """What is wrong with a watch's timelines."""
    shape, located = watch.shape, watch.located
    kinds = {any(step.fires for step in example.steps) for example in shape.timeline}
    hint = "اكتب مثالا واحدا على الأقل فيه fires: true، ومثالا لا تنبه فيه أبدا."
    at = located.at(("timeline",), key=True)
    if True not in kinds:
        yield problem("T005", located.path, at, "لا مثال تنبه فيه", "none in which it fires", hint)
    if False not in kinds:
        yield problem("T005", located.path, at, "لا مثال تسكت فيه", "none in which it stays silent", hint)
    for number, example in enumerate(shape.timeline):
        yield from _run(watch, example, ("timeline", number))


def _run(watch: LoadedWatch, example: TimelineExample, where: Where) -> Iterator[Problem]:
    wrong = list(_impossible(watch.located, example, where))
    yield from wrong
    if wrong:
        return
    play = _Play(watch.compiled)
    for number, step in enumerate(example.steps):
        if play.step(step) != step.fires:
            yield _differs(watch.located, example, step, play.checks(), (*where, "steps", number))
            return  # what follows rests on it


def _impossible(located: Located, example: TimelineExample, where: Where) -> Iterator[Problem]:
    """The first step that cannot follow what stands before it."""
    last, stories, reports = timedelta(0), 0, 0
    for number, step in enumerate(example.steps):
        moments = step.moments()
        stories += step.stories
        reports += max(step.stories, step.sources) * len(moments)
        key, arabic, english = "", "", ""
        if not moments or moments[0] < last:
            key, arabic, english = (
                "day",
                "الخطوات ليست بترتيب الزمن",
                "the steps are not in the order of time",
            )
        elif step.sources > 1 and not stories:
            key, arabic, english = "sources", "مصادر بلا قصة", "sources without a story"
        elif reports > MOST_REPORTS:
            arabic, english = f"أكثر من {MOST_REPORTS} خبر", f"more than {MOST_REPORTS} reports"
            key = "stories"
        if key:
            at = located.at((*where, "steps", number, key))
            yield problem("T007", located.path, at, arabic, english)
            return
        last = moments[-1]


def _differs(
    located: Located, example: TimelineExample, step: Step, checks: list[Check], where: Where
) -> Problem:
    arabic, english = "نبهت وكان ينتظر السكوت", "fires and should not"
    if step.fires:
        arabic, english = "ينتظر التنبيه ولم يقع", "should fire and does not"
    lines = [f"«{example.about}»، اليوم {step.day} في {step.at}: {arabic}"]
    lines += [f"  {'✓' if one.holds else '✗'} {one.arabic}" for one in checks]
    shown = "".join(f"; {one.english}" for one in checks if one.holds != step.fires)
    text = f"day {step.day} at {step.at} {english}{shown}"
    return problem("T006", located.path, located.at(where), "\n".join(lines), text)
