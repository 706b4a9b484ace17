"""``rasid rules explain``: why a rule holds for a piece of news, or what it lacks."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from bot.cli.rules_common import (
    AsJson,
    Chosen,
    Folder,
    FolderOption,
    RuleName,
    as_typed,
    chosen_rule,
    emphasised,
    print_json,
    refuse,
    rules_folder,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.cli.rules_items import Item
    from rules import Document, Match, RuleInfo

_FIELDS = {"title": "العنوان", "summary": "الملخص", "body": "المتن"}


def explain(
    rule: RuleName,
    item: Annotated[
        str | None,
        typer.Argument(
            help="A text; the address of a stored entry's page; a file of JSON lines, with --id; - for stdin."
        ),
    ] = None,
    folder: Folder = None,
    rules: FolderOption = None,
    item_id: Annotated[str | None, typer.Option("--id", help="Which item of the file.")] = None,
    entry: Annotated[
        str | None, typer.Option("--entry", help="A stored entry: its number, or its page's address.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain why RULE (of any status) holds for ITEM or not: its tree, with the distances of what nearly held.

    Of a stored entry also what became of it when it came. Exit code 0 whether the rule holds or not; 1: the rule or
    the item cannot be had; 2: the command was not understood.
    """
    if entry is not None and item is not None:
        folder, item = _folder_instead(item, folder), None
    chosen = chosen_rule(rule, rules_folder(folder, rules))
    found = _found(chosen, item, item_id, entry)
    if as_json:
        print_json(_as_json(found))
    else:
        typer.echo("\n".join(map(emphasised, _lines(found))))


class _Found(NamedTuple):
    """A rule and an item, what the rule finds in it and why; ``then``: what became of a stored entry."""

    info: "RuleInfo"
    item: "Item"
    match: "Match | None"
    tree: list[str]
    then: str = ""


def _found(chosen: Chosen, item: str | None, item_id: str | None, entry: str | None) -> _Found:
    from bot.cli.rules_stored import is_address, stored, then

    rule_set, info = chosen.loaded.rule_set, chosen.loaded.rule_set.compiled(chosen.id).info
    address = entry or (item if item and is_address(item) else None)
    past = stored(address, chosen.id) if address else None
    one = past.item if past else _item(item, item_id)
    match, tree = rule_set.verdict(chosen.id, one.document), rule_set.explain(chosen.id, one.document)
    return _Found(info, one, match, tree, then(past, info.hash) if past else "")


def _folder_instead(item: str, folder: Path | None) -> Path:
    """With --entry the one argument after the rule is the folder."""
    if folder is not None or not Path(item).is_dir():
        raise typer.BadParameter("خبر واحد يكفي · one item is enough: ITEM or --entry")
    return Path(item)


def _item(item: str | None, item_id: str | None) -> "Item":
    from bot.cli.rules_items import Item
    from rules import Document

    if item is None:
        raise typer.BadParameter("أي خبر؟ · which item? a text, a file, - or --entry N")
    if item == "-":
        return _from_stdin()
    if os.path.isdir(item):  # noqa: PTH112 - pathlib raises where a text is too long for a path
        raise typer.BadParameter("هذا مجلد لا خبر · that is a folder and no item: RULE ITEM FOLDER")
    if _is_path(item) or item_id is not None:
        return _from_file(Path(item), item_id)
    return Item("-", Document(title=as_typed(item)))


def _is_path(item: str) -> bool:
    there = os.path.isfile(item)  # noqa: PTH113 - as above
    return there or (item.endswith((".json", ".jsonl")) and not any(map(str.isspace, item)))


def _from_stdin() -> "Item":
    """One JSON item, or a text."""
    import sys

    from bot.cli.matching import BadLine, document_of, parse_line
    from bot.cli.rules_items import Item
    from rules import Document

    raw = sys.stdin.buffer.read().removeprefix(b"\xef\xbb\xbf").strip()
    if not raw.startswith(b"{"):
        return Item("-", Document(title=raw.decode("utf-8", "replace")))
    try:
        item = parse_line(raw)
    except BadLine as error:
        refuse(str(error))
    return Item(item.get("id", "-"), document_of(item))


def _from_file(file: Path, item_id: str | None) -> "Item":
    from bot.cli.rules_items import items_in

    found = next((item for item in items_in(file) if item_id in {None, str(item.id)}), None)
    if found is None:
        refuse(f"لا خبر «{item_id or ''}» في الملف · {file} has no item {item_id or ''}".rstrip())
    return found


def _lines(found: _Found) -> list[str]:
    info, item, match, tree, then = found
    verdict = f"✓ تطابق · holds ({match.severity})" if match else "✗ لا تطابق · does not hold"
    return [
        f"{info.id} ({info.status}، {info.severity}): {verdict}",
        f"{item.id}  {_shown(item.document)}",
        *([then] if then else []),
        *([] if match else _nearly(tree)),
        *tree,
        *(_evidence(match) if match else ()),
    ]


def _as_json(found: _Found) -> dict[str, Any]:
    from bot.cli.matching import as_item

    info, item, match, tree, then = found
    (shown,) = as_item(item.id, [match])["matches"] if match else (None,)
    return {
        "rule": info.id,
        "status": info.status.value,
        "id": item.id,
        "holds": match is not None,
        "severity": shown["severity"] if shown else None,
        "evidence": shown["evidence"] if shown else [],
        "then": then,
        "tree": tree,
    }


def _nearly(tree: list[str]) -> list[str]:
    """What lacked nothing but nearness, with its parts: in a long tree that is what is looked for."""
    from rules.explain import CLOSEST, NO

    found: list[str] = []
    for number, line in enumerate(tree):
        if line.lstrip().startswith(NO) and CLOSEST in line:
            found += [part[_depth(line) :] for part in (line, *_under(tree, number))]
    return (
        ["كاد يطابق · nearly:", *(f"  {line}" for line in found), "الشجرة كلها · the whole tree:"]
        if found
        else []
    )


def _under(tree: list[str], number: int) -> "Iterator[str]":
    from itertools import takewhile

    return takewhile(lambda part: _depth(part) > _depth(tree[number]), tree[number + 1 :])


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _shown(document: "Document") -> str:
    text = " ".join((document.title or document.summary or document.body).split())
    return text if len(text) <= 120 else f"{text[:119]}…"


def _evidence(match: "Match") -> list[str]:
    return [
        "الدليل · evidence:",
        *(f"  {_FIELDS[one.field]} {one.start}–{one.end}: «{one.text}»" for one in match.evidence),
    ]
