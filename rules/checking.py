"""All that can be said of a rules folder: what is wrong, what is weak, and what an archive of items shows."""

from collections.abc import Callable
from pathlib import Path

from rules.examples import CheckResult, counted, example_problems
from rules.lint import lint
from rules.lint.archive import Archive
from rules.lint.base import Subject
from rules.loader import load_rules
from rules.located import NOTHING, Instead
from rules.strays import strays


def check_folder(
    folder: Path, read_into: Callable[[Archive], None] | None = None, instead: Instead = NOTHING
) -> CheckResult:
    """Load a folder, run its examples and every check. ``read_into`` fills an archive with items, if there are any.

    A warning that its line accepts is not told; a line that accepts what nobody warns of is. ``instead``: see
    ``load_rules``.
    """
    loaded = load_rules(folder, instead)
    problems = [*loaded.problems, *example_problems(loaded), *lint(loaded), *strays(folder)]
    if read_into:
        archive = Archive(Subject(loaded))
        read_into(archive)
        problems += archive.problems()
    told, silenced = loaded.accepted.split(problems)
    told += loaded.accepted.needless([*silenced, *loaded.silenced])
    return counted(loaded, told)
