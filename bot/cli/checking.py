"""``rasid rules check``: examples, lint, what an archive shows, and safe mending."""

import sys
from pathlib import Path

from bot.cli.rules_common import short_path
from bot.cli.rules_items import pour
from rules import CheckResult
from rules.examples import check_loaded
from rules.fix import fix_folder
from rules.lint import lint
from rules.lint.archive import Archive
from rules.lint.base import Subject
from rules.loader import load_rules


def checked(folder: Path, items: Path | None = None, days: int | None = None) -> CheckResult:
    """Everything that can be said of a folder; with a file of items or the last days' news, what that shows too."""
    loaded = load_rules(folder)
    more = lint(loaded)
    if items or days:
        archive = Archive(Subject(loaded))
        pour(items, days, lambda item: archive.read_one(item.document))
        more += archive.problems()
    return check_loaded(loaded, more)


def mend(folder: Path, *, quiet: bool) -> None:
    """Mend what is safe to mend, and say what was; in JSON output nothing but JSON may stand on stdout."""
    for change in fix_folder(folder):
        line = (
            f"{short_path(change.path)}:{change.line} {change.code} أُصلح: {change.arabic} · {change.english}"
        )
        print(line, file=sys.stderr if quiet else sys.stdout)
