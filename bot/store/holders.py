"""Who holds a role: a name for this process, from which its own machine can tell whether it still lives."""

import os
import secrets
import time
from pathlib import Path

_SEPARATOR = "|"


def awake_seconds() -> float:
    """A clock that nobody sets and that goes on while the machine sleeps, in seconds since some moment."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def whoami() -> str:
    """A name for this process that no other has: its machine, process id, when it began, a few random letters."""
    pid = os.getpid()
    return _SEPARATOR.join((_machine(), str(pid), _began(pid), secrets.token_hex(4)))


def shown(holder: str) -> str:
    """A holder as people know it: its machine, and its process there."""
    machine, _, rest = holder.partition(_SEPARATOR)
    return f"{machine.split('/')[0]}, process {rest.split(_SEPARATOR)[0]}"


def is_dead(holder: str) -> bool:
    """Whether the process of that name is known to have ended; of another machine's nobody knows from here."""
    machine, *rest = holder.split(_SEPARATOR)
    if len(rest) != 3 or machine != _machine() or not rest[0].isdecimal() or not rest[1]:
        return False
    return _began(int(rest[0])) != rest[1]


def _machine() -> str:
    """This boot of this machine, and this space of process ids in it: a container has one of its own."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{os.uname().nodename}/{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:  # not Linux: then a lease has to run out
        return f"{os.uname().nodename}/{secrets.token_hex(4)}"


def _began(pid: int) -> str:
    """When a process began, in the kernel's ticks; "" when there is none, or only what is left of one."""
    try:
        # the second field is the command's name in brackets and may hold anything
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[19]
