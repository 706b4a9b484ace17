"""``rasid rules schema``: JSON Schemas for editors."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.rules_common import refuse, short_path


def schema(
    kind: Annotated[
        str, typer.Argument(help="Of which files: schema.json (rules), lexicon-schema.json, ...")
    ] = "schema.json",
    write: Annotated[
        Path | None,
        typer.Option(
            "--write", metavar="FOLDER", exists=True, file_okay=False, help="Write all of them there."
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of rule files (or lexicons, templates, filters): editors hint and check with it."""
    from rules.json_schema import FILES, text_of, write_all

    if write is not None:
        try:
            paths = write_all(write)
        except OSError as error:
            refuse(f"تعذرت الكتابة · cannot write: {error.strerror}")
        typer.echo("\n".join(map(short_path, paths)))
    elif kind in FILES:
        typer.echo(text_of(FILES[kind]), nl=False)
    else:
        raise typer.BadParameter(f"اختر من · one of: {', '.join(FILES)}")
