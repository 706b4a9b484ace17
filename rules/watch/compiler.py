"""From the shape of a watch to something that runs."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

from rules.codes import problem
from rules.compiler import digest_of
from rules.located import Located
from rules.model import Problem, RuleInfo, Status
from rules.refusals import did_you_mean
from rules.watch.model import CompiledWatch, FirstAfterQuiet, QuietFor, Spike
from rules.watch.schema import WatchFile, length_of

LANGUAGE = 1  # part of every hash: raise it when the same watch comes to fire differently
RULE_IS_BROKEN = (
    "في ملفها خطأ؛ أصلحه أولا."  # the hint where a watch only suffers from what is wrong elsewhere
)
KINDS = ("spike", "first_after_quiet", "quiet_for")
_DECIDES = {"watch", "status", "severity", "rules", "alert", *KINDS}
FEWEST_WINDOWS = 4  # of the usual: fewer make no mean


def compile_watch(
    shape: WatchFile, located: Located, rules: Mapping[str, RuleInfo], broken: Collection[str] = ()
) -> tuple[CompiledWatch | None, list[Problem]]:
    """The runnable watch (None if an error stands against it), and what is wrong.

    ``rules``: those that there are; ``broken``: the ids of files that could not be read as rules.
    """
    problems = [*_kinds(shape, located), *_watched(shape, located, rules, broken), *_lengths(shape, located)]
    if any(found.level == "error" for found in problems):
        return None, problems
    return CompiledWatch(_info(shape, located), tuple(dict.fromkeys(shape.rules)), _kind(shape)), problems


def _kinds(shape: WatchFile, located: Located) -> Iterator[Problem]:
    given = [name for name in KINDS if getattr(shape, name) is not None]
    if len(given) != 1:
        hint = f"اكتب واحدا منها: {'، '.join(KINDS)}."
        at = located.at((given[1],), key=True) if given else located.at(("watch",), key=True)
        yield problem("T001", located.path, at, "، ".join(given), ", ".join(given), hint)


def _watched(
    shape: WatchFile, located: Located, rules: Mapping[str, RuleInfo], broken: Collection[str]
) -> Iterator[Problem]:
    for number, rule in enumerate(shape.rules):
        at = located.at(("rules", number))
        if rule in rules:
            if shape.status in (Status.LIVE, Status.SHADOW) and rules[rule].status not in (
                Status.LIVE,
                Status.SHADOW,
            ):
                hint = "قاعدة لا تعمل لا تطابق شيئا، فلن تنبه هذه المراقبة."
                yield problem("T003", located.path, at, f"«{rule}»", f"'{rule}'", hint)
            continue
        hint = RULE_IS_BROKEN if rule in broken else did_you_mean(rule, rules)
        yield problem("T002", located.path, at, f"«{rule}»", f"'{rule}'", hint or "اكتب معرّف قاعدة موجودة.")


def _lengths(shape: WatchFile, located: Located) -> Iterator[Problem]:
    """The usual must be several windows long; a mean of one is none."""
    if shape.spike and length_of(shape.spike.usual) < FEWEST_WINDOWS * length_of(shape.spike.window):
        at = located.at(("spike", "usual"))
        hint = f"اجعلها {FEWEST_WINDOWS} أضعاف window على الأقل، مثل 14d إذا كانت window يوما."
        yield problem("T004", located.path, at, hint=hint)


def _kind(shape: WatchFile) -> Spike | FirstAfterQuiet | QuietFor:
    if shape.spike:
        body = shape.spike
        return Spike(length_of(body.window), length_of(body.usual), body.times, body.stories, body.sources)
    if shape.first_after_quiet:
        return FirstAfterQuiet(length_of(shape.first_after_quiet))
    return QuietFor(length_of(shape.quiet_for) if shape.quiet_for else timedelta(0))


def _info(shape: WatchFile, located: Located) -> RuleInfo:
    decides = shape.model_dump(mode="json", by_alias=True, include=_DECIDES)
    return RuleInfo(
        id=shape.watch,
        title=shape.title,
        title_en=shape.title_en,
        why=shape.why,
        owner=shape.owner,
        severity=shape.severity,
        status=shape.status,
        hash=digest_of({"watches": LANGUAGE, "watch": decides}),
        topic=located.path.parent.name,
        path=located.path,
        cooldown=shape.alert.cooldown_seconds(),
        kind="watch",
    )
