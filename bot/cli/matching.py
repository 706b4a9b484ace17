"""Items in, matches out: the stable JSON lines of ``rasid rules match``."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from rules import Document, Match, RuleSet, Status


class BadLine(ValueError):
    """A line that is no item; the text says why."""


def match_lines(rule_set: RuleSet, file: Path, *, as_json: bool, shadow: bool) -> int:
    """Match every line of a file (``-``: stdin) and print what was found; returns how many lines were bad."""
    bad = 0
    live_input = str(file) == "-"
    if not as_json:
        _tell_untried(rule_set, shadow=shadow)
    try:
        with opened(file) as lines:
            for number, line in with_numbers(lines):
                try:
                    item = parse_line(line)
                except BadLine as error:
                    bad += 1
                    print(f"{file}:{number}: {error}", file=sys.stderr)
                    continue
                _print_found(rule_set, item, as_json=as_json, shadow=shadow, flush=live_input)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough; Python must not complain at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return bad


def _tell_untried(rule_set: RuleSet, *, shadow: bool) -> None:
    """Say which rules are not tried: nobody should wonder why a draft finds nothing."""
    tried = (Status.LIVE, Status.SHADOW) if shadow else (Status.LIVE,)
    for rule in rule_set.rules:
        if rule.kind == "rule" and rule.status not in tried:
            how = "--shadow" if rule.status is Status.SHADOW else "status: shadow + --shadow"
            print(f"لم تُجرَّب القاعدة {rule.id} ({rule.status}) · not tried; {how}", file=sys.stderr)


@contextmanager
def opened(file: Path) -> Iterator[IO[bytes]]:
    """A file, or stdin for ``-``."""
    if str(file) == "-":
        yield sys.stdin.buffer
    else:
        with file.open("rb") as stream:
            yield stream


def with_numbers(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1."""
    for number, line in enumerate(lines, start=1):
        bare = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if bare:
            yield number, bare


def parse_line(line: bytes) -> dict[str, Any]:
    """An item from its line; BadLine if it is none. Missing fields and nulls are empty."""
    try:
        item = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadLine(f"ليس JSON · not JSON: {error}") from error
    if not isinstance(item, dict):
        raise BadLine("ليس كائن JSON · not a JSON object")
    for name in ("title", "summary", "body", "published", "source"):
        if not isinstance(item.get(name) or "", str):
            raise BadLine(f"قيمة {name} ليست نصا · {name} is not text")
    verdicts = item.get("verdicts") or {}
    if not isinstance(verdicts, dict) or not all(isinstance(one, bool) for one in verdicts.values()):
        raise BadLine("قيمة verdicts ليست true أو false لكل قاعدة · verdicts are not true or false a rule")
    return item


def verdicts_of(item: dict[str, Any]) -> dict[str, bool]:
    """What readers said of an item: whether each of these rules was right to match it."""
    return item.get("verdicts") or {}


def document_of(item: dict[str, Any]) -> Document:
    """The document that an item stands for."""
    return Document(
        title=item.get("title") or "",
        summary=item.get("summary") or "",
        body=item.get("body") or "",
        feed=item.get("source") or "",
        published=_instant(item.get("published") or ""),
    )


def _instant(text: str) -> datetime | None:
    """An ISO date or time, in UTC if it names no zone; None for anything else, since no date is a good date."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


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
