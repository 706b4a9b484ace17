"""`rasid feeds`: look at feeds from the command line."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import feeds_add, feeds_check, feeds_list

if TYPE_CHECKING:
    from feeds.errors import ParseError
    from feeds.parse import ParsedEntry, ParsedFeed

app = typer.Typer(no_args_is_help=True)


@app.callback()
def feeds() -> None:
    """Work with feeds."""
    from bot.cli.rules_common import as_utf8

    as_utf8()


@app.command()
def parse(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A feed's bytes as they were served; - reads them from stdin."),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of a listing.")
    ] = False,
    content_type: Annotated[
        str, typer.Option(metavar="CT", help="The HTTP Content-Type header it came with.")
    ] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Where it came from, for relative links.")] = "",
) -> None:
    """Show what Rasid reads in a feed: entries with ids, dates and plain text.

    Nothing is fetched. The reason why it is no readable feed is one line on stderr.

    Exit code 0: it is a feed; 1: it is none that can be read; 2: the file cannot be read.
    """
    from feeds.errors import ParseError
    from feeds.parse import parse_feed

    try:
        parsed = parse_feed(_read(file), content_type=content_type, url=url)
    except ParseError as error:
        _refuse(error, as_json=as_json)
        raise typer.Exit(1) from None
    if as_json:
        _print_json(_document(parsed))
    else:
        _print_listing(parsed)


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        typer.echo(f"rasid: {file}: {error.strerror} / تعذرت قراءة الملف", err=True)
        raise typer.Exit(2) from None


def _refuse(error: "ParseError", *, as_json: bool) -> None:
    typer.echo(f"rasid: {error.detail} ({error.kind}) / هذه ليست خلاصة يمكن قراءتها", err=True)
    if as_json:
        _print_json({"error": {"kind": error.kind, "detail": error.detail}})


def _document(parsed: "ParsedFeed") -> dict[str, Any]:
    """The JSON that stays stable: scripts read it."""
    return {
        "feed": {
            "title": parsed.feed.title,
            "link": parsed.feed.link,
            "language": parsed.feed.language,
            "description": parsed.feed.description,
        },
        "entries": [_entry(entry) for entry in parsed.entries],
        "encoding": parsed.encoding,
        "problems": list(parsed.problems),
    }


def _entry(entry: "ParsedEntry") -> dict[str, Any]:
    dates = {"published": _moment(entry.published), "updated": _moment(entry.updated)}
    return asdict(entry) | dates


def _moment(date: datetime | None) -> str | None:
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if date else None


def _print_json(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _print_listing(parsed: "ParsedFeed") -> None:
    typer.echo(f"{parsed.feed.title or '-'}  {parsed.feed.link}")
    typer.echo(f"{len(parsed.entries)} entries, read as {parsed.encoding}")
    for problem in parsed.problems:
        typer.echo(f"! {problem}")
    for entry in parsed.entries:
        typer.echo(f"\n{_moment(entry.published) or 'undated'}  {entry.title or '-'}")
        typer.echo(f"  {entry.link or entry.id}")
        text = entry.summary or entry.content
        if text:
            typer.echo(f"  {' '.join(text.split())[:160]}")


app.command()(feeds_check.check)
app.command()(feeds_add.add)
app.command()(feeds_add.discover)
app.command("import")(feeds_add.import_opml)
app.command()(feeds_add.remove)
app.command("list")(feeds_list.list_feeds)
app.command()(feeds_list.show)
app.command()(feeds_list.export)
