"""How good the shipped rules are on labelled items: precision, recall and F1 a rule, and over all.

    python -m bench.quality [--rules FOLDER] [--data FILE] [--half even|odd] [--errors]

An item's line in the file is JSON: ``{id, title, summary, body, labels, unsure}``. A label that stands under
``unsure`` is left out of the count for that item. ``RULE-dprk`` labels count the rule's matches at its highest
severity, CRITICAL (Putin's trips to North Korea are such a subset); they are shown, and left out of the sum.
Beside each rule stands what plain substrings and a ``\\b`` regex would have found (``bench/baselines.yaml``), and
their sum over the rules that have a baseline. The last line is JSON, and holds all of it. The data lies outside the
project (``RASID_SHARED``, or ``shared`` beside the checkout); without it one line says so and the exit code is 0.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.baselines import KINDS, found_by, read_baselines
from rules import Document, RuleSet, Severity, load_rules

_CHECKOUT = Path(__file__).resolve().parents[1]
_ESCALATED = "-dprk"  # the suffix of labels that mean a rule's escalated severity, after the labelling guide
_SHOWN = 400  # characters of an item's text under --errors

Item = dict[str, Any]
Figures = dict[str, float | int]


@dataclass
class Tally:
    """Counts for one label, and the items that came out wrong."""

    right: int = 0
    false_alarms: list[Item] = field(default_factory=list)
    missed: list[Item] = field(default_factory=list)

    def note(self, item: Item, *, expected: bool, found: bool) -> None:
        """Count one item."""
        if expected and found:
            self.right += 1
        elif found:
            self.false_alarms.append(item)
        elif expected:
            self.missed.append(item)

    def figures(self) -> Figures:
        """Precision, recall and F1 (1.0 where there is nothing to divide by), and the counts behind them."""
        return _figures(self.right, len(self.false_alarms), len(self.missed))


def _figures(right: int, false_alarms: int, missed: int) -> Figures:
    precision = right / (right + false_alarms) if right + false_alarms else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
        "right": right,
        "false_alarms": false_alarms,
        "missed": missed,
    }


def found_labels(rule_set: RuleSet, item: Item) -> set[str]:
    """The labels that the rules give an item: a rule's id, and ``RULE-dprk`` where it fires as CRITICAL."""
    document = Document(title=item["title"], summary=item["summary"], body=item["body"])
    matches = rule_set.match(document)
    critical = {match.rule + _ESCALATED for match in matches if match.severity is Severity.CRITICAL}
    return {match.rule for match in matches} | critical


def measure(rule_set: RuleSet, items: Iterable[Item]) -> dict[str, Tally]:
    """A tally for each rule of the set, and for its escalated label."""
    labels = [label for info in rule_set.rules for label in (info.id, info.id + _ESCALATED)]
    return tallied(labels, items, lambda item: found_labels(rule_set, item))


def tallied(
    labels: Iterable[str], items: Iterable[Item], find: Callable[[Item], set[str]]
) -> dict[str, Tally]:
    """A tally a label, of what ``find`` finds in each item; a label that is unsure for an item is not counted."""
    tallies = {label: Tally() for label in labels}
    for item in items:
        found = find(item)
        for label, tally in tallies.items():
            if label not in item["unsure"]:
                tally.note(item, expected=label in item["labels"], found=label in found)
    return tallies


def baseline_summaries(items: Sequence[Item], labels: Iterable[str], rules: Sequence[str]) -> dict[str, Any]:
    """As ``summary``, for each kind of baseline, of those labels that have one."""
    baselines = read_baselines()
    known = [label for label in labels if label in baselines]
    return {
        kind: summary(tallied(known, items, lambda item: found_by(kind, baselines, item)), rules)  # noqa: B023
        for kind in KINDS
    }


def labelled_only(tallies: dict[str, Tally], items: Sequence[Item]) -> dict[str, Tally]:
    """Without the labels that no item bears: those were not judged."""
    judged = {label for item in items for label in item["labels"]}
    return {label: tally for label, tally in tallies.items() if label in judged}


def summary(tallies: dict[str, Tally], rules: Iterable[str]) -> dict[str, Any]:
    """What the last line says: figures a label, and ``micro`` over the rules (escalated labels left out)."""
    summed = [tallies[rule] for rule in rules if rule in tallies]
    micro = _figures(
        sum(tally.right for tally in summed),
        sum(len(tally.false_alarms) for tally in summed),
        sum(len(tally.missed) for tally in summed),
    )
    return {"rules": {label: tally.figures() for label, tally in tallies.items()}, "micro": micro}


def read_items(path: Path, half: str | None) -> list[Item]:
    """The items of a JSON Lines file; of its even or odd lines (the first line is 1) if a half is asked for."""
    lines = path.read_text(encoding="utf-8").splitlines()
    numbered = [{**json.loads(line), "line": number} for number, line in enumerate(lines, 1) if line.strip()]
    if half is None:
        return numbered
    return [item for item in numbered if item["line"] % 2 == (half == "odd")]


def _print_table(result: dict[str, Any]) -> None:
    baselines = result["baselines"]
    heads = "".join(f"{kind + ' P':>14}{'R':>7}" for kind in baselines)
    print(f"{'rule':<24}{'P':>7}{'R':>7}{'F1':>7}   right  false  missed{heads}")
    for label, row in result["rules"].items():
        beside = [summed["rules"].get(label) for summed in baselines.values()]
        print(_table_line(label, row, beside))
    print(_table_line("micro", result["micro"], [summed["micro"] for summed in baselines.values()]))


def _table_line(label: str, row: Figures, beside: Iterable[Figures | None]) -> str:
    counts = f"{row['right']:>8}{row['false_alarms']:>7}{row['missed']:>8}"
    others = "".join(
        f"{other['precision']:>14.3f}{other['recall']:>7.3f}" if other else f"{'-':>14}{'-':>7}"
        for other in beside
    )
    return f"{label:<24}{row['precision']:>7.3f}{row['recall']:>7.3f}{row['f1']:>7.3f}{counts}{others}"


def _print_errors(rule_set: RuleSet, tallies: dict[str, Tally]) -> None:
    for label, tally in tallies.items():
        for kind, wrong in (("false alarm", tally.false_alarms), ("missed", tally.missed)):
            for item in wrong:
                _print_error(rule_set, label, kind, item)


def _print_error(rule_set: RuleSet, label: str, kind: str, item: Item) -> None:
    document = Document(title=item["title"], summary=item["summary"], body=item["body"])
    shown = [
        f"{piece.field}: {piece.text}"
        for match in rule_set.match(document)
        if match.rule == label.removesuffix(_ESCALATED)
        for piece in match.evidence
    ]
    text = max(item["summary"], item["body"], key=len)[:_SHOWN].replace("\n", " ")
    print(f"\n{label}: {kind}, line {item['line']}, labels {item['labels']}")
    print(f"  {item['title']}\n  {text}")
    if shown:
        print(f"  evidence: {' | '.join(shown)}")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    shared = Path(os.environ.get("RASID_SHARED", _CHECKOUT.parent / "shared"))
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__.splitlines()[0])
    parser.add_argument("--rules", type=Path, default=_CHECKOUT / "rules", help="the folder of the rules")
    parser.add_argument("--data", type=Path, default=shared / "data" / "labelled-dev.jsonl")
    parser.add_argument("--half", choices=["even", "odd"], help="only the even or the odd lines")
    parser.add_argument("--errors", action="store_true", help="show every item that came out wrong")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures; 1 if the rules have errors, else 0."""
    arguments = _arguments(argv)
    if not arguments.data.exists():
        print(f"skipped: the labelled items are not on this machine ({arguments.data})")
        return 0
    loaded = load_rules(arguments.rules)
    for problem in loaded.problems:
        print(
            f"{problem.path}:{problem.line}:{problem.column} {problem.code} {problem.message_en}",
            file=sys.stderr,
        )
    items = read_items(arguments.data, arguments.half)
    tallies = labelled_only(measure(loaded.rule_set, items), items)
    rules = [info.id for info in loaded.rule_set.rules]
    result = {**summary(tallies, rules), "baselines": baseline_summaries(items, tallies, rules)}
    if arguments.errors:
        _print_errors(loaded.rule_set, tallies)
        print()
    _print_table(result)
    print(json.dumps({"bench": "quality", "items": len(items), **result}, ensure_ascii=False))
    return 1 if any(problem.level == "error" for problem in loaded.problems) else 0


if __name__ == "__main__":
    sys.exit(main())
