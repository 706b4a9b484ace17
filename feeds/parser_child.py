"""What runs in a parser's process: reads tasks from its input, answers on its output, and can be killed at any time.

Run by ``feeds.parsers`` with the limits as arguments. Hostile bytes can take neither more memory nor more time than
that: then the process ends, and nothing else does. It ends by itself when its input does.
"""

import os
import signal
import sys

from feeds.confined import OUT_OF_MEMORY, confine, own_streams
from feeds.errors import FailureKind, ParseError
from feeds.parse import ParsedFeed, parse_task
from feeds.wire import LENGTH, pack_result, unpack_task


def serve(seconds: float, megabytes: int) -> None:
    """Answer tasks until the input ends."""
    confine(megabytes)
    tasks, answers = own_streams()
    while head := tasks.read(LENGTH.size):
        message = tasks.read(*LENGTH.unpack(head))
        signal.setitimer(signal.ITIMER_REAL, seconds)  # its default action ends the process, whatever it does
        answer = _answer(message)
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _answer(message: bytes) -> bytes:
    try:
        return pack_result(_result(message))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of the heap is nothing to go on with


def _result(message: bytes) -> ParsedFeed | ParseError:
    try:
        return parse_task(*unpack_task(message))
    except ParseError as error:
        if isinstance(error.__cause__, MemoryError):
            raise error.__cause__ from None
        return ParseError(FailureKind(error.kind), error.detail)


if __name__ == "__main__":
    serve(float(sys.argv[1]), int(sys.argv[2]))
