"""``rasid rules diff``: what a changed set of rules would do otherwise."""

import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from bot.cli.rules_common import (
    AsJson,
    Folder,
    FolderOption,
    leave,
    print_json,
    problem_text,
    refuse,
    rules_folder,
    short_path,
)
from bot.cli.rules_items import DaysOption, ItemsOption, pour
from bot.cli.rules_try import catch_json, catch_line

if TYPE_CHECKING:
    from rules import LoadResult
    from rules.replay import Changed, Comparison

_WORDS = {
    "added": "جديدة · added",
    "removed": "حُذفت · removed",
    "status": "تغيرت حالتها · status",
    "changed": "تغيرت · changed",
    "broken": "لا تعمل، فيها خطأ · broken",
}


class _Old(NamedTuple):
    """The folder to compare with, and what it is called."""

    folder: Path
    name: str


def diff(
    folder: Folder = None,
    rules: FolderOption = None,
    against: Annotated[
        str, typer.Option(metavar="FOLDER|REF", help="A rules folder, or a commit of the folder's git.")
    ] = "HEAD",
    items: ItemsOption = None,
    days: DaysOption = None,
    most: Annotated[int, typer.Option("--most", min=0, help="How many items of a kind are shown.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Compare the rules of FOLDER with others on the same news: rules added and changed, items gained and lost.

    Rules that run (live and shadow) are compared. Exit code 0: done, whether anything differs or not; 1: rules of
    FOLDER have errors; 2: the command was not understood, or what it is about cannot be read.
    """
    from rules.replay import Comparison

    place = rules_folder(folder, rules)
    with _other(against, place) as old:
        new = _loaded(place)
        comparison = Comparison(_loaded(old.folder).rule_set, new.rule_set, _broken(new))
        poured = pour(items, days, lambda item: comparison.look(item.id, item.document))
    if as_json:
        print_json(_as_json(comparison, old.name))
    else:
        typer.echo("\n".join(_text(comparison, old.name, most)))
    leave(findings=bool(comparison.broken), trouble=poured.trouble > 0)


def _loaded(folder: Path) -> "LoadResult":
    """The rules that are right; what is wrong is told."""
    from rules import load_rules

    result = load_rules(folder)
    for problem in result.problems:
        if problem.level == "error":
            typer.echo(problem_text(problem), err=True)
    return result


def _broken(loaded: "LoadResult") -> frozenset[str]:
    """The names of the files that something is wrong in."""
    return frozenset(problem.path.stem for problem in loaded.problems if problem.level == "error")


@contextmanager
def _other(against: str, folder: Path) -> Iterator[_Old]:
    """The folder to compare with: one that is there, or the same folder as a commit has it."""
    if against and Path(against).is_dir():
        yield _Old(Path(against), short_path(Path(against)))
        return
    top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
    inside = folder.resolve().relative_to(top.resolve())
    commit = _commit(top, against)
    archive = _git(top, "archive", "--format=tar", f"{commit}:{_as_tree(inside)}")
    dated = _git(top, "show", "--no-patch", "--format=%h %cs", commit).decode().strip()
    with tempfile.TemporaryDirectory(prefix="rasid-rules-") as place:
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            tar.extractall(place, filter="data")
        yield _Old(Path(place), f"{against} ({dated})")


def _as_tree(inside: Path) -> str:
    return "" if inside == Path() else inside.as_posix()


def _commit(top: Path, name: str) -> str:
    """The commit that a name stands for; a name that begins with a dash is no option of git's."""
    return _git(top, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}").decode().strip()


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - git with our arguments
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's git
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        refuse("لم يوجد git؛ أعط مجلدا آخر · git is not installed; give a folder: --against FOLDER")
    if done.returncode:
        reason = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["?"])[-1]
        refuse(f"لا يوجد مجلد ولا إيداع بهذا الاسم · there is no such folder or commit: {reason}")
    return done.stdout


def _text(comparison: "Comparison", against: str, most: int) -> list[str]:
    rules = [f"{rule}: {_WORDS[what]}" for rule, what in comparison.rules()]
    lines = [
        f"المقارنة مع · against: {against}",
        f"الأخبار · items: {comparison.looked_at}",
        *(rules or ["لم تتغير قاعدة · no rule has changed"]),
    ]
    for rule, changed in sorted(comparison.changed.items()):
        lines += _changed(rule, changed, most)
    if not comparison.changed:
        lines.append("ولا فرق في النتيجة · the same items match")
    return lines


def _changed(rule: str, changed: "Changed", most: int) -> Iterator[str]:
    yield (
        f"{rule}: كسبت {len(changed.gained)}، وفقدت {len(changed.lost)}، وتغير خطر {len(changed.severity)}"
        f" · gained {len(changed.gained)}, lost {len(changed.lost)}, severity {len(changed.severity)}"
    )
    yield from (f"+{catch_line(one)}" for one in changed.gained[:most])
    yield from (f"-{catch_line(one)}" for one in changed.lost[:most])
    yield from (f"~{catch_line(one)} (كان · was {was})" for one, was in changed.severity[:most])
    hidden = sum(max(len(row) - most, 0) for row in changed)
    if hidden:
        yield f"  … {hidden} غيرها · {hidden} more (--most, --json)"


def _as_json(comparison: "Comparison", against: str) -> dict[str, Any]:
    items = {
        rule: {
            "gained": [catch_json(one) for one in changed.gained],
            "lost": [catch_json(one) for one in changed.lost],
            "severity": [{**catch_json(one), "was": was.value} for one, was in changed.severity],
        }
        for rule, changed in sorted(comparison.changed.items())
    }
    return {
        "against": against,
        "looked_at": comparison.looked_at,
        "rules": dict(comparison.rules()),
        "items": items,
    }
