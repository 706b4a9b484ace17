"""What the commands of ``rasid rules`` share: options, the folder that is meant, problems in words, a rule by name."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feeds.errors import CatalogueProblem
    from rules import LoadResult, Problem

Folder = Annotated[Path | None, typer.Argument(help="The rules folder: library/ and lexicon/. RASID_RULES.")]
FolderOption = Annotated[Path | None, typer.Option("--rules", help="The same, as an option.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RuleName = Annotated[
    str, typer.Argument(metavar="RULE", help="A rule's id, or the path of a rule file; of any status.")
]
_CONTROLS = frozenset(map(chr, (*range(32), *range(127, 160))))


class Chosen(NamedTuple):
    """A rule that a command is about, among all those of its folder."""

    id: str
    loaded: "LoadResult"


def rules_folder(folder: Path | None, option: Path | None) -> Path:
    """The rules folder that was asked for: argument, option, RASID_RULES, else the one that is shipped."""
    import rules

    shipped = Path(rules.__file__).parent
    if folder is not None and option is not None:
        raise typer.BadParameter("أُعطي مجلد القواعد مرتين · the rules folder was given twice")
    given = folder or option or Path(os.environ.get("RASID_RULES") or shipped)
    if given.is_file():
        whole = "مجلد القواعد كله · the folder of all rules: library/ and lexicon/"
        raise typer.BadParameter(f"هذا ملف لا مجلد؛ أعط {whole}, not the file {given}")
    if given.name in {"library", "lexicon", "templates"} and not (given / "library").is_dir():
        above = given.absolute().parent
        raise typer.BadParameter(f"أعط المجلد الذي فوقه · give the folder above it: {short_path(above)}")
    if not given.is_dir():
        where = "" if folder or option else "RASID_RULES: "
        raise typer.BadParameter(f"{where}لا يوجد مجلد هنا · there is no folder {given}")
    return given


def chosen_rule(name: str, folder: Path) -> Chosen:
    """The rule that is called so, or stands in the file of that name, in or outside the folder.

    A rule that cannot run is refused with what is wrong in it (exit code 1), a name that nobody knows as usage (2).
    """
    from rules import load_rules

    file = Path(name)
    is_file = file.suffix in {".yaml", ".yml"}
    if is_file and not file.is_file():
        raise typer.BadParameter(f"لا يوجد ملف هنا · there is no file {file}")
    if not is_file:
        loaded = load_rules(folder)
        _require(name, loaded, [p for p in loaded.problems if p.path.stem == name])
        return Chosen(name, loaded)
    stands_at = _place_in(folder, file)
    loaded = load_rules(folder, {stands_at.absolute(): file.read_bytes()})
    _require(file.stem, loaded, [p for p in loaded.problems if p.path.absolute() == stands_at.absolute()])
    return Chosen(file.stem, loaded)


def _place_in(folder: Path, file: Path) -> Path:
    """Where a file counts as lying: where it is, if in the library; else in place of the rule of its name."""
    library = folder / "library"
    if file.absolute().is_relative_to(library.absolute()):
        return library / file.absolute().relative_to(library.absolute())
    same = sorted(path for path in library.rglob(file.name))
    return same[0] if same else library / "given" / file.name


def _require(rule_id: str, loaded: "LoadResult", problems: "list[Problem]") -> None:
    known = [rule.id for rule in loaded.rule_set.rules if rule.kind == "rule"]
    if rule_id in known:
        return
    if rule_id in {watch.info.id for watch in loaded.rule_set.watches}:
        raise typer.BadParameter(
            f"{rule_id} مراقبة لا تقرأ النصوص؛ يجرب أمثلتها rasid rules check · "
            "a watch reads no texts; `rasid rules check` plays its timelines"
        )
    if problems:
        for problem in problems:
            typer.echo(problem_text(problem), err=True)
        leave(findings=True)
    raise typer.BadParameter(f"لا توجد قاعدة بهذا الاسم · there is no rule {rule_id}{_near(rule_id, known)}")


def _near(name: str, known: "Iterable[str]") -> str:
    from rules.refusals import close_to

    close = close_to(name, known)
    return f" ← هل قصدت «{close}»؟ · did you mean {close}?" if close else ""


def problem_text(problem: "Problem") -> str:
    """A problem for people: place, code, Arabic; then English, then the hint."""
    head = f"{short_path(problem.path)}:{problem.line}:{problem.column} {problem.code} {problem.message}"
    lines = [*head.splitlines(), problem.message_en, *([f"← {problem.hint}"] if problem.hint else [])]
    return "\n    ".join(lines)


def emphasised(text: str) -> str:
    """A line from outside for people: the marks of ``rules.replay`` bold on a terminal; no controls, which it obeys."""
    from rules.replay import BOLD

    plain = "".join(" " if char in _CONTROLS else char for char in text)
    if sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        return plain.replace(BOLD[0], "\x1b[1m").replace(BOLD[1], "\x1b[22m")
    return plain


def short_path(path: Path) -> str:
    """The path from here if it lies below, else as it is."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def as_utf8() -> None:
    """Arabic goes out as UTF-8 whatever the terminal claims; a lone surrogate as its escape, which JSON reads."""
    from io import TextIOWrapper

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def as_typed(argument: str) -> str:
    """An argument as it was typed: Arabic is UTF-8 whatever the locale says."""
    return os.fsencode(argument).decode("utf-8", "replace")


def problem_json(problem: "Problem | CatalogueProblem") -> dict[str, Any]:
    """Something wrong in a file, of rules or of the catalogue; see docs/json.md."""
    names = ("line", "column", "code", "level", "message", "message_en", "hint")
    return {"path": str(problem.path), **{name: getattr(problem, name) for name in names}}


def print_json(shown: Any) -> None:
    """One JSON document, for people as well."""
    import json

    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))


def leave(*, findings: bool = False, trouble: bool = False) -> NoReturn:
    """End with what a hook or a script goes by: 0 all is well; 1 ``findings``: something is wrong with the rules;
    2 ``trouble``: not all could be looked at, so that neither of the other two can be said."""
    raise typer.Exit(2 if trouble else 1 if findings else 0)


def refuse(line: str) -> NoReturn:
    """End with a line on stderr and exit code 2: what was asked cannot be had."""
    typer.echo(f"rasid: {line}", err=True)
    leave(trouble=True)
