"""``rasid rules try``: what a rule would have caught."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.rules_common import (
    AsJson,
    Folder,
    FolderOption,
    RuleName,
    chosen_rule,
    print_json,
    rules_folder,
)
from bot.cli.rules_items import DaysOption, ItemsOption, pour

if TYPE_CHECKING:
    from rules.replay import Catch, Trial

_DAYS_SHOWN = 60


def try_rule(
    rule: RuleName,
    folder: Folder = None,
    rules: FolderOption = None,
    items: ItemsOption = None,
    days: DaysOption = None,
    most: Annotated[int, typer.Option("--most", min=0, help="How many titles are shown.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Try RULE (of any status) on news that has been: a count for each day, titles with the evidence marked, sources.

    The news is in a file (--items) or what Rasid has stored (--days). Days are those of UTC.
    """
    from rules.replay import Trial

    chosen = chosen_rule(rule, rules_folder(folder, rules))
    trial = Trial(chosen.loaded.rule_set, chosen.id)
    pour(items, days, lambda item: trial.look(item.id, item.document))
    if as_json:
        print_json(_as_json(trial))
    else:
        typer.echo("\n".join(_text(trial, most)))


def _text(trial: "Trial", most: int) -> list[str]:
    caught = trial.caught
    rest = len(caught) - most
    return [
        f"{trial.rule}: طابقت {len(caught)} من {trial.looked_at} خبرا"
        f" · holds for {len(caught)} of {trial.looked_at} items",
        *_days(trial),
        *(catch_line(one) for one in caught[:most]),
        *([f"… {rest} غيرها · {rest} more (--most, --json)"] if rest > 0 else []),
        *_sources(trial),
        *(f"الخطر · severity {severity}: {count}" for severity, count in trial.severities().most_common()),
    ]


def _days(trial: "Trial") -> list[str]:
    """The days, oldest first, each with a bar; of many the last ones."""
    shown = sorted(trial.days.items())[-_DAYS_SHOWN:]
    widest = max(trial.days.values(), default=0)
    if not trial.caught:
        return []
    return [
        f"{day or 'بلا تاريخ · undated':>10} {count:>5} {'█' * round(20 * count / widest)}".rstrip()
        for day, count in shown
    ]


def catch_line(one: "Catch") -> str:
    """An item that was caught, in a line: id, day, severity, marked text, source."""
    head = " ".join(part for part in (str(one.id), one.day, f"({one.match.severity})") if part)
    return f"  {head} {one.text}" + (f" — {one.source}" if one.source else "")


def _sources(trial: "Trial") -> list[str]:
    counts = [f"{source or '؟'} {count}" for source, count in trial.sources().most_common(15)]
    return [f"المصادر · sources: {'، '.join(counts)}"] if counts else []


def _as_json(trial: "Trial") -> dict[str, Any]:
    return {
        "rule": trial.rule,
        "looked_at": trial.looked_at,
        "total": len(trial.caught),
        "days": dict(sorted(trial.days.items())),
        "sources": dict(trial.sources().most_common()),
        "severities": {severity.value: count for severity, count in trial.severities().most_common()},
        "caught": [catch_json(one) for one in trial.caught],
    }


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
