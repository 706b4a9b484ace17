"""What runs in a reader's process: pages on its input, what they say on its output; it can be killed at any time."""

import json
import os
import signal
import struct
import sys
from dataclasses import astuple
from typing import Any

from feeds.confined import OUT_OF_MEMORY, confine, own_streams

LENGTH = struct.Struct(">I")


def serve(megabytes: int, seconds: float) -> None:
    """Answer pages until the input ends. A page that breaks the parser is answered, one that eats memory ends us.

    So does one that takes ``seconds``: whoever asked kills us before, unless it was killed itself.
    """
    confine(megabytes)
    pages, answers = own_streams()
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
        os._exit(OUT_OF_MEMORY)  # what is left of the heap is nothing to go on with
    except Exception as error:  # hostile markup: the parsers may raise anything
        return {"error": type(error).__name__}


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]))
