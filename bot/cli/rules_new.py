"""``rasid rules new``: the file of a new rule, ready to be filled in."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.rules_common import Folder, FolderOption, refuse, rules_folder, short_path


def new(
    rule: Annotated[str, typer.Argument(metavar="ID", help="Small Latin letters, digits and dashes.")],
    folder: Folder = None,
    rules: FolderOption = None,
    topic: Annotated[str, typer.Option("--topic", help="The folder under library/.")] = "",
) -> None:
    """Write a commented skeleton for a new rule: library/TOPIC/ID.yaml, a draft that loads. Nothing is overwritten.

    Exit code 0: written; 2: nothing was written, since the id is taken or the command was not understood.
    """
    place = rules_folder(folder, rules)
    path = _path(place / "library", rule, topic)
    _refuse_known(place, rule)
    _write(path, rule)
    shown = short_path(path)
    typer.echo(
        f"كُتبت {shown}: املأها، ثم .venv/bin/rasid rules check · written {shown}: fill it in, then check"
    )


def _path(library: Path, rule: str, topic: str) -> Path:
    from rules.skeleton import is_id

    if not is_id(rule):
        raise typer.BadParameter(
            f"معرّف القاعدة حروف لاتينية صغيرة وأرقام وشرطات · an id is like putin-visits, not {rule!r}"
        )
    if topic and not is_id(topic):
        raise typer.BadParameter(
            f"الموضوع اسم مجلد: حروف لاتينية صغيرة وأرقام وشرطات، مثل economy · a topic is like economy, not {topic!r}"
            f"؛ there are: {_topics(library)}"
        )
    if not topic:
        raise typer.BadParameter(
            f"أي موضوع؟ · which topic? --topic NAME; هنا · there are: {_topics(library)}"
        )
    return library / topic / f"{rule}.yaml"


def _topics(library: Path) -> str:
    return "، ".join(sorted(path.name for path in library.glob("*") if path.is_dir())) or "—"


def _refuse_known(folder: Path, rule: str) -> None:
    """A rule's id is used once, whatever its topic."""
    for path in sorted((folder / "library").rglob("*")):
        if path.stem == rule and path.suffix in {".yaml", ".yml"}:
            shown = short_path(path)
            refuse(
                f"المعرّف «{rule}» مستعمل في {shown}، ولم يُكتب شيء: افتحها، أو اختر معرّفا آخر"
                f" · {shown} is there already; nothing was written"
            )


def _write(path: Path, rule: str) -> None:
    from rules.skeleton import skeleton

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(skeleton(rule))
    except OSError as error:
        refuse(f"تعذرت كتابة الملف · {short_path(path)} cannot be written: {error.strerror}")
