"""Files of a rules folder as bytes: plain files only, so much of them and no more; written whole or not at all."""

import os
import stat
import tempfile
from pathlib import Path


class NotAFile(OSError):
    """A pipe, device or the like, which would keep its reader waiting or never end."""


def read_up_to(path: Path, most: int) -> bytes:
    """The bytes of a plain file, and of one with more than ``most`` one too many; OSError if it cannot be read."""
    with open(path, "rb", opener=_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotAFile("no plain file")
        return file.read(most + 1)


def _at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe that nobody writes to would keep us for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def replace_with(path: Path, content: bytes) -> None:
    """Put the content in place of a file at once, with the file's rights; OSError, and nothing done, if that fails.

    Of a link the file that it leads to is replaced, and the link stays.
    """
    target = path.resolve(strict=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(stat.S_IMODE(target.stat().st_mode))
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
