"""Items in, matches out: the stable JSON lines of ``rasid rules match``."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.cli.item_lines import ItemLines, document_of
from rules import Match, RuleSet, Status


def match_lines(rule_set: RuleSet, file: Path, *, as_json: bool, shadow: bool) -> int:
    """Match every item of a file (``-``: stdin) and print what was found; returns how much was wrong in the file."""
    live_input = str(file) == "-"
    if not as_json:
        _tell_untried(rule_set, shadow=shadow)
    items = ItemLines(file)
    try:
        for _, item in items:
            _print_found(rule_set, item, as_json=as_json, shadow=shadow, flush=live_input)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough; Python must not complain at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return items.trouble


def _tell_untried(rule_set: RuleSet, *, shadow: bool) -> None:
    """Say which rules are not tried: nobody should wonder why a draft finds nothing."""
    tried = (Status.LIVE, Status.SHADOW) if shadow else (Status.LIVE,)
    for rule in rule_set.rules:
        if rule.kind == "rule" and rule.status not in tried:
            how = "--shadow" if rule.status is Status.SHADOW else "status: shadow + --shadow"
            print(f"لم تُجرَّب القاعدة {rule.id} ({rule.status}) · not tried; {how}", file=sys.stderr)


def _print_found(
    rule_set: RuleSet, item: dict[str, Any], *, as_json: bool, shadow: bool, flush: bool
) -> None:
    found = [one for one in rule_set.match(document_of(item)) if shadow or one.status is Status.LIVE]
    if as_json:
        print(json.dumps(as_item(item.get("id"), found), ensure_ascii=False), flush=flush)
    elif found:
        print("\n".join(_as_text(item, found)), flush=flush)


def as_item(item_id: Any, found: Iterable[Match]) -> dict[str, Any]:
    """The JSON form of what was found in an item. It is stable: people pipe it."""
    return {
        "id": item_id,
        "matches": [
            {
                "rule": match.rule,
                "severity": match.severity.value,
                "evidence": [
                    {"field": one.field, "start": one.start, "end": one.end, "text": one.text}
                    for one in match.evidence
                ],
            }
            for match in found
        ],
    }


def _as_text(item: dict[str, Any], found: Iterable[Match]) -> Iterator[str]:
    title = " ".join((item.get("title") or item.get("summary") or item.get("body") or "").split())
    yield f"{item.get('id', '')}  {title[:100]}"
    for match in found:
        words = dict.fromkeys(" ".join(one.text.split()) for one in match.evidence)
        yield f"    {match.rule} ({match.severity.value}): {' · '.join(words)}"
