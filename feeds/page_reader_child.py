"""What runs in a reader's process: pages on its input, what they say on its output; it can be killed at any time."""

import contextlib
import json
import os
import resource
import signal
import struct
import sys
from dataclasses import astuple
from typing import Any

LENGTH = struct.Struct(">I")


def serve(megabytes: int, seconds: float) -> None:
    """Answer pages until the input ends. A page that breaks the parser is answered, one that eats memory ends us.

    So does one that takes ``seconds``: whoever asked kills us before, unless it was killed itself.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS knows the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not print into the answers
    pages = sys.stdin.buffer
    while head := pages.read(LENGTH.size):
        signal.setitimer(signal.ITIMER_REAL, seconds)
        task = json.loads(pages.read(*LENGTH.unpack(head)))
        page = pages.read(task["bytes"])
        answer = json.dumps(_answer(task["what"], page, task["content_type"], task["url"])).encode()
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(what: str, page: bytes, content_type: str, url: str) -> dict[str, Any]:
    from feeds.article import extract
    from feeds.discover import feeds_named

    try:
        if what == "feeds":
            return {what: [astuple(one) for one in feeds_named(page, content_type, url)]}
        return {what: extract(page, content_type, url)}
    except MemoryError:
        os._exit(77)  # what is left of the heap is nothing to go on with
    except Exception as error:  # hostile markup: the parsers may raise anything
        return {"error": type(error).__name__}


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]))
