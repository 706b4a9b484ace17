"""What a process for hostile bytes does first: it bounds itself, and keeps its pipes from whatever prints.

Apart from ``feeds.children``, since a child that is to be there soon imports little.
"""

import contextlib
import os
import resource
import signal
import sys
from typing import BinaryIO

OUT_OF_MEMORY = 77  # the exit code that says so


def confine(megabytes: int) -> None:
    """Take no more address space than this, die of one's own alarm, and leave Ctrl-C to the process that asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS knows the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def own_streams() -> tuple[BinaryIO, BinaryIO]:
    """The pipes, in and out, out of reach of whatever prints."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, answers
