"""``rasid rules check``: examples, lint, what an archive shows, and safe mending."""

import sys
from pathlib import Path

from bot.cli.matching import read_items, short_path
from rules import CheckResult
from rules.examples import check_loaded
from rules.fix import fix_folder
from rules.lint import lint
from rules.lint.archive import Archive
from rules.lint.base import Subject
from rules.loader import load_rules


def checked(folder: Path, items: Path | None) -> CheckResult:
    """Everything that can be said of a folder; with an archive of items, what that shows as well."""
    loaded = load_rules(folder)
    more = lint(loaded)
    if items:
        more += Archive(Subject(loaded)).read(read_items(items)).problems()
    return check_loaded(loaded, more)


def mend(folder: Path, *, quiet: bool) -> None:
    """Mend what is safe to mend, and say what was; in JSON output nothing but JSON may stand on stdout."""
    for change in fix_folder(folder):
        line = (
            f"{short_path(change.path)}:{change.line} {change.code} أُصلح: {change.arabic} · {change.english}"
        )
        print(line, file=sys.stderr if quiet else sys.stdout)
