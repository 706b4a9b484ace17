"""What a process has spent: for every contender the same, so it imports the standard library alone."""

import contextlib
import os
import time
from pathlib import Path


def cpu_seconds() -> float:
    """User and system time of this process and of all its children, living or not."""
    reaped = os.times()
    living = sum(map(_spent, _children(os.getpid()))) / os.sysconf("SC_CLK_TCK")
    return time.process_time() + reaped.children_user + reaped.children_system + living


def _spent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:  # it has just ended: its parent has its time
        return 0
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) + sum(map(_spent, _children(pid)))


def _children(pid: int) -> list[int]:
    """Of every thread; where there is no /proc, living children are not counted."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, listed.read_text(encoding="ascii").split())
    return found
