"""What a process has spent: for every contender the same, so it imports the standard library alone."""

import os
from pathlib import Path


def cpu_seconds() -> float:
    """User and system time of this process and of all its children, living or not."""
    return (
        _spent(os.getpid()) / os.sysconf("SC_CLK_TCK")
        if Path("/proc/self/stat").exists()
        else sum(os.times()[:4])
    )


def _spent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:  # it has just ended: its parent has its time
        return 0
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) + sum(_spent(int(child)) for child in children)
