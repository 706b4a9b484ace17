"""``rasid rules check``: everything that can be said of a folder, and safe mending."""

import sys
from pathlib import Path

from bot.cli.rules_common import short_path
from bot.cli.rules_items import Item, pour
from rules import CheckResult
from rules.checking import check_folder
from rules.fix import fix_folder
from rules.lint.archive import Archive


def checked(folder: Path, items: Path | None = None, days: int | None = None) -> tuple[CheckResult, int]:
    """Everything that can be said of a folder; with a file of items or the last days' news, what that shows too.

    The second: how much was wrong with the news.
    """
    trouble = 0

    def read(archive: Archive) -> None:
        nonlocal trouble
        trouble = pour(items, days, lambda item: _read_item(archive, item)).trouble

    result = check_folder(folder, read if items is not None or days is not None else None)
    return result, trouble


def _read_item(archive: Archive, item: Item) -> None:
    archive.read_one(item.document)
    for rule, right in item.verdicts.items():
        archive.judge(rule, right=right)


def mend(folder: Path, *, quiet: bool) -> None:
    """Mend what is safe to mend, and say what was; in JSON output nothing but JSON may stand on stdout."""
    for path, change, written in fix_folder(folder):
        place = f"{short_path(path)}:{change.line}{f' {change.code}' if change.code else ''}"
        done = f"{place} أُصلح: {change.arabic} · {change.english}"
        refused = f"{place} تعذرت كتابة الملف · the file cannot be written"
        print(done if written else refused, file=sys.stderr if quiet or not written else sys.stdout)
