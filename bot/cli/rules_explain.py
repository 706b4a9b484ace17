"""``rasid rules explain``: why a rule holds for a piece of news, or what it lacks."""

import os
import re
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
    leave,
    print_json,
    refuse,
    rules_folder,
    short_path,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.cli.rules_items import Item
    from rules import Document, LoadResult, Match, RuleInfo

_FOLDED = 20  # lines of a tree from which it is shown only when asked for
_NEAREST = 3  # ways that nearly held which are shown
_MISSING = 8  # names that gave no word and whose place is told
_NAME = re.compile(r"\$([a-z][a-z0-9_]*(?:\.nisba)?)")
_FIELDS = {"title": "العنوان", "summary": "الملخص", "body": "المتن"}


def explain(  # noqa: PLR0913 - the options of a command
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
    everything: Annotated[bool, typer.Option("--all", help="The whole tree, however long.")] = False,
) -> None:
    """Explain why RULE (of any status) holds for ITEM or not: its tree, with the distances of what nearly held.

    Of a stored entry also what became of it when it came. Exit code 0: done, whether the rule holds or not; 1: the rule
    has errors; 2: the command was not understood, or the item cannot be had.
    """
    if entry is not None and item is not None:
        folder, item = _folder_instead(item, folder), None
    chosen = chosen_rule(rule, rules_folder(folder, rules))
    found, trouble = _found(chosen, item, item_id, entry)
    if as_json:
        print_json(_as_json(found))
    else:
        typer.echo("\n".join(map(emphasised, _lines(found, everything=everything))))
    leave(trouble=trouble > 0)


class _Found(NamedTuple):
    """A rule and an item, what the rule finds in it and why; ``then``: what became of a stored entry."""

    info: "RuleInfo"
    item: "Item"
    match: "Match | None"
    tree: list[str]
    then: str = ""
    loaded: "LoadResult | None" = None


def _found(chosen: Chosen, item: str | None, item_id: str | None, entry: str | None) -> tuple[_Found, int]:
    """What is explained, and how much was wrong in the file that it came from."""
    from bot.cli.rules_stored import is_address, stored, then

    rule_set, info = chosen.loaded.rule_set, chosen.loaded.rule_set.compiled(chosen.id).info
    address = entry or (item if item and is_address(item) else None)
    past = stored(address, chosen.id) if address else None
    one, trouble = (past.item, 0) if past else _item(item, item_id)
    match, tree = rule_set.verdict(chosen.id, one.document), rule_set.explain(chosen.id, one.document)
    return _Found(info, one, match, tree, then(past, info) if past else "", chosen.loaded), trouble


def _folder_instead(item: str, folder: Path | None) -> Path:
    """With --entry the one argument after the rule is the folder."""
    if folder is not None or not Path(item).is_dir():
        raise typer.BadParameter("خبر واحد يكفي · one item is enough: ITEM or --entry")
    return Path(item)


def _item(item: str | None, item_id: str | None) -> "tuple[Item, int]":
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
    return Item("-", Document(title=as_typed(item))), 0


def _is_path(item: str) -> bool:
    there = os.path.isfile(item)  # noqa: PTH113 - as above
    return there or (item.endswith((".json", ".jsonl")) and not any(map(str.isspace, item)))


def _from_stdin() -> "tuple[Item, int]":
    """One JSON item, or a text."""
    import sys

    from bot.cli.item_lines import BadLine, document_of, parse_line, unknown_keys
    from bot.cli.rules_items import Item
    from rules import Document

    raw = sys.stdin.buffer.read().removeprefix(b"\xef\xbb\xbf").strip()
    if not raw.startswith(b"{"):
        return Item("-", Document(title=_as_text(raw))), 0
    try:
        item = parse_line(raw, first=True)
    except BadLine as error:
        refuse(f"-:1: {error}")
    slips = [slip for _, slip in unknown_keys(item)]
    for slip in slips:
        typer.echo(f"-:1: {slip}", err=True)
    return Item(item.get("id", "-"), document_of(item)), len(slips)


def _as_text(raw: bytes) -> str:
    from bot.cli.item_lines import BadLine, decoded

    try:
        text = decoded(raw, first=True)
    except BadLine as error:
        refuse(f"-:1: {error}")
    return text or refuse("لا نص هنا · there is no text on stdin")


def _from_file(file: Path, item_id: str | None) -> "tuple[Item, int]":
    """The first item of that id; the file is read to its end, since what is wrong further down may concern it."""
    from bot.cli.rules_items import items_in

    items, lines = items_in(file)
    found = None
    for item in items:
        if found is None and item_id in {None, str(item.id)}:
            found = item
    if found is None:
        refuse(f"لا خبر «{item_id or ''}» في الملف · {file} has no item {item_id or ''}".rstrip())
    return found, lines.trouble


def _lines(found: _Found, *, everything: bool) -> list[str]:
    info, item, match, tree = found.info, found.item, found.match, found.tree
    verdict = f"✓ تطابق · holds ({match.severity})" if match else "✗ لا تطابق · does not hold"
    nearly = [] if match else _nearly(found)
    folded = bool(nearly) and len(tree) > _FOLDED and not everything
    cancelled = [line for line in tree if line.startswith("- ")]
    shown = [*cancelled, *nearly, f"الشجرة كلها ({len(tree)}) · the whole tree: --all"] if folded else []
    if not folded:
        shown = [*nearly, *(["الشجرة كلها · the whole tree:"] if nearly else []), *tree]
    return [
        f"{info.id} ({info.status}، {info.severity}): {verdict}",
        f"{item.id}  {_shown(item.document)}",
        *([found.then] if found.then else []),
        *shown,
        *(_evidence(match) if match else ()),
        *_names(found, shown),
    ]


def _as_json(found: _Found) -> dict[str, Any]:
    from bot.cli.matching import as_item

    info, item, match, tree = found.info, found.item, found.match, found.tree
    (shown,) = as_item(item.id, [match])["matches"] if match else (None,)
    return {
        "rule": info.id,
        "status": info.status.value,
        "id": item.id,
        "holds": match is not None,
        "severity": shown["severity"] if shown else None,
        "evidence": shown["evidence"] if shown else [],
        "then": found.then,
        "tree": tree,
    }


def _nearly(found: _Found) -> list[str]:
    """The ways that lacked least, in a long tree what is looked for; in a short one what lacked only nearness."""
    from rules.conditions import Page
    from rules.explain import Explainer

    if found.loaded is None:
        return []
    document, rule_set = found.item.document, found.loaded.rule_set
    explainer = Explainer(Page(document), rule_set.hits(document), found.loaded.filters)
    ways = list(explainer.nearest(rule_set.compiled(found.info.id)))
    is_long = len(found.tree) > _FOLDED
    close = [way for way in ways if way[0] < 1] or (ways if is_long else [])
    lines = [
        line for lacks, tree in close[:_NEAREST] for line in _way(lacks, tree, found.tree, shown=is_long)
    ]
    return ["كاد يطابق · nearly:", *lines] if lines else []


def _way(lacks: float, tree: list[str], whole: list[str], *, shown: bool) -> "Iterator[str]":
    """A way that nearly held; what the whole tree says more of a line is said here as well."""
    if shown and lacks >= 1:
        yield f"  ينقصه {lacks:g} · lacks {lacks:g}:"
    known = [line.strip() for line in whole]
    for line in tree:
        more = next((one for one in known if one.startswith(line.strip())), line.strip())
        yield f"  {line[: _depth(line)]}{more}"


def _names(found: _Found, shown: list[str]) -> list[str]:
    """Which lexicon's text gave a word, and where the names are defined that are shown and gave none."""
    from rules.whence import names_of, sources

    if found.loaded is None:
        return []
    rule = next(one for one in found.loaded.loaded if one.shape.rule == found.info.id)
    told = {name for line in shown for name in _NAME.findall(line)}
    known = list(sources(list(dict.fromkeys(names_of(rule))), found.loaded.lexicon, found.item.document))
    gave = [f"  ${one.name}: «{one.text}» {short_path(one.path)}:{one.line}" for one in known if one.text]
    gave_none = [
        f"  ${one.name}: لم يوجد · not found; {short_path(one.path)}:{one.line}"
        for one in known
        if not one.text and one.name in told
    ]
    lines = [*gave, *gave_none[:_MISSING], *(["  …"] if len(gave_none) > _MISSING else [])]
    return ["من القواميس · from the lexicons:", *lines] if lines else []


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
