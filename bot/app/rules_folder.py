"""What stands in the rules folder now: its fingerprint for a quick look, and its contents."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.logs import get_log
from rules.lexicons import MOST_BYTES
from rules.loader import FILTERS, is_rule_file
from rules.settle import Content

log = get_log(__name__)

FOLDERS = ("library", "lexicon", "templates")

Fingerprint = frozenset[tuple[str, int, int, int]]
"""Path, time of the last change in ns, size and inode of every file that rules are made of."""


def fingerprint(folder: Path) -> Fingerprint:
    """Changes whenever a file of the folder does; never raises."""
    try:
        return frozenset(_print_of(path) for path in _files(folder.absolute()))
    except OSError as error:
        return frozenset({(str(error), 0, 0, 0)})


def _print_of(path: Path) -> tuple[str, int, int, int]:
    try:
        known = path.stat()
    except OSError as error:
        return (str(path), -(error.errno or 1), 0, 0)
    return (str(path), known.st_mtime_ns, known.st_size, known.st_ino)


def contents(folder: Path) -> dict[Path, Content]:
    """What every file holds, or why it cannot be read, by absolute path. Never raises.

    A folder that cannot be listed has nothing to say, which is not taken for a deletion of everything.
    """
    found: dict[Path, Content] = {}
    try:
        for path in _files(folder.absolute()):
            try:
                found[path] = _content(path)
            except FileNotFoundError:
                if path.is_symlink():
                    found[path] = "a link that leads nowhere"  # and not a file that was deleted meanwhile
    except OSError as error:
        log.error("the rules folder cannot be read", folder=str(folder), error=str(error))
        return {}
    return found


def _content(path: Path) -> Content:
    """The bytes; of a file that is too large for any rule file, one too many."""
    if not stat.S_ISREG(path.stat().st_mode):
        return "not a regular file"  # a pipe would keep us waiting
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        return error.strerror or str(error)


def _files(folder: Path) -> Iterator[Path]:
    """The files that the loader would read; OSError when a folder cannot be listed."""
    for name in FOLDERS:
        if (folder / name).is_dir():
            for root, folders, files in os.walk(folder / name, onerror=_raise):
                folders[:] = [one for one in folders if not one.startswith(".")]
                yield from (Path(root, one) for one in files if is_rule_file(Path(one)))
    yield from (folder / name for name in FILTERS if (folder / name).exists())


def _raise(error: OSError) -> None:
    raise error
