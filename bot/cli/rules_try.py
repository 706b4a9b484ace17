"""``rasid rules try``: what a rule would have caught."""

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.rules_common import (
    AsJson,
    Folder,
    FolderOption,
    RuleName,
    chosen_rule,
    emphasised,
    leave,
    print_json,
    rules_folder,
)
from bot.cli.rules_items import DaysOption, ItemsOption, pour

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.replay import Catch, Trial

_EMPTY_DAYS = 3  # one after the other that are shown each


def try_rule(
    rule: RuleName,
    folder: Folder = None,
    rules: FolderOption = None,
    items: ItemsOption = None,
    days: DaysOption = None,
    most: Annotated[int, typer.Option("--most", min=0, help="How many titles are shown.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Try RULE (of any status) on news that has been: a count for each day, titles with the evidence marked, sources;
    how many alerts that is, and whether it is what the rule's ``expect`` says.

    The news is in a file (--items) or what Rasid has stored (--days). Days are those of UTC. Exit code 0: done; 1: the
    rule has errors, or is outside its ``expect``; 2: the command was not understood, or the news cannot be read.
    """
    from rules.replay import Trial

    chosen = chosen_rule(rule, rules_folder(folder, rules))
    trial = Trial(chosen.loaded.rule_set, chosen.id)
    poured = pour(items, days, lambda item: trial.look(item.id, item.document))
    if as_json:
        print_json(_as_json(trial))
    else:
        typer.echo("\n".join(_text(trial, most)))
    found = trial.measured()
    leave(findings=found is not None and not found.holds, trouble=poured.trouble > 0)


def _text(trial: "Trial", most: int) -> list[str]:
    from bot.cli.rings import alerts_of

    caught = trial.caught
    rest, alerts = len(caught) - most, alerts_of(caught)
    return [
        f"{trial.rule}: الأخبار {trial.looked_at}، ما طابق {len(caught)}، التنبيهات {alerts}"
        f" · holds for {len(caught)} of {trial.looked_at} items, in {alerts} alerts",
        *expectation_lines(trial),
        *_days(trial),
        *(catch_line(one) for one in caught[:most]),
        *([f"… {rest} غيرها · {rest} more (--most, --json)"] if rest > 0 else []),
        *_sources(trial),
        *(f"الخطر · severity {severity}: {count}" for severity, count in trial.severities().most_common()),
    ]


def expectation_lines(trial: "Trial") -> "Iterator[str]":
    """What the rule's ``expect`` says, beside what came of it."""
    found, expect = trial.measured(), trial.expect
    if not found or not expect:
        return
    if expect.per_day:
        low, high = expect.per_day
        wrong = [f"{day} {trial.days[day]}" for day in (*found.above, *found.below)]
        yield (
            f"{_sign(not wrong)} expect per_day {low}..{high}: الأيام {found.days}، ما خرج عن ذلك {len(wrong)}"
            f" · {len(wrong)} of {found.days} days are outside{_some(wrong)}"
        )
    if expect.at_least_every is not None:
        days = f"{expect.at_least_every / 86400:g}"
        yield (
            f"{_sign(not found.too_quiet)} expect at_least_one_every: أطول صمت بالأيام {found.silence}، والمقبول {days}"
            f" · longest silence {found.silence} days of {days}"
        )


def _sign(holds: bool) -> str:
    return "✓" if holds else "✗"


def _some(days: list[str]) -> str:
    return f": {'، '.join(days[:5])}{'…' if len(days) > 5 else ''}" if days else ""


def _days(trial: "Trial") -> "Iterator[str]":
    """The days, oldest first, each with a bar; a run of days on which nothing was caught is one line."""
    if not trial.caught:
        return
    widest = max(trial.days.values())
    for empty, run in groupby(sorted(trial.days.items()), key=lambda day: not day[1]):
        days = list(run)
        if empty and len(days) > _EMPTY_DAYS:
            yield f"{'…':>10} {0:>5} (الأيام · days: {len(days)})"
            continue
        for day, count in days:
            bar = "█" * round(20 * count / widest)
            yield f"{day or 'بلا تاريخ · undated':>10} {count:>5} {bar}".rstrip()


def catch_line(one: "Catch") -> str:
    """An item that was caught, in a line: id, day, severity, marked text, source."""
    head = " ".join(part for part in (str(one.id), one.day, f"({one.match.severity})") if part)
    return f"  {head} {emphasised(one.text)}" + (f" — {one.source}" if one.source else "")


def _sources(trial: "Trial") -> list[str]:
    counts = [f"{source or '؟'} {count}" for source, count in trial.sources().most_common(15)]
    return [f"المصادر · sources: {'، '.join(counts)}"] if counts else []


def _as_json(trial: "Trial") -> dict[str, Any]:
    from bot.cli.rings import alerts_of

    return {
        "rule": trial.rule,
        "looked_at": trial.looked_at,
        "total": len(trial.caught),
        "alerts": alerts_of(trial.caught),
        "expect": _expect_json(trial),
        "days": dict(sorted(trial.days.items())),
        "sources": dict(trial.sources().most_common()),
        "severities": {severity.value: count for severity, count in trial.severities().most_common()},
        "caught": [catch_json(one) for one in trial.caught],
    }


def _expect_json(trial: "Trial") -> dict[str, Any] | None:
    found = trial.measured()
    names = ("days", "above", "below", "silence", "too_quiet", "holds")
    return {name: getattr(found, name) for name in names} if found else None


def catch_json(one: "Catch") -> dict[str, Any]:
    """An item that was caught, for programs."""
    from bot.cli.matching import as_item

    (match,) = as_item(one.id, [one.match])["matches"]
    return {
        "id": one.id,
        "day": one.day,
        "source": one.source,
        "text": one.text,
        "severity": match["severity"],
        "evidence": match["evidence"],
    }
