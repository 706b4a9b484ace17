"""lemon24/reader as a contender, run by the Python of an environment that has it: PORT FEEDS.

Measured as ours is: a file for a store, every feed on a server of its own name (reader resolves names through the
standard library, which here knows loopback alone), fifty entries each already known where a poll finds nothing new.
Its session stays open from round to round, as in a program that uses it day after day.
"""

import json
import socket
import sys
import tempfile
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parents[2]))
from bench.feeds.spent import cpu_seconds  # this environment has nothing of ours but this file

warnings.simplefilter("ignore")
TIMES = 5


def loopback(_host: object, port: int, *_how: object, **_named: object) -> list[Any]:
    """Every name is this machine."""
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]


def main(port: int, count: int) -> dict[str, float]:
    """CPU seconds a feed of each kind of poll."""
    from reader import make_reader  # type: ignore[import-not-found] # stands in an environment of its own

    socket.getaddrinfo = loopback  # type: ignore[assignment] # of which only what is asked here is answered

    def turn(edition: int) -> None:
        with urlopen(f"http://127.0.0.1:{port}/edition/{edition}") as answer:  # loopback
            answer.read()

    def update(reader: Any) -> float:
        before = cpu_seconds()
        reader.update_feeds(scheduled=False)
        return (cpu_seconds() - before) / count

    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="reader-bench-") as folder, ExitStack() as opened:
        for kind in ("etag", "bare"):
            reader = opened.enter_context(make_reader(f"{folder}/{kind}.sqlite"))
            for number in range(count):
                reader.add_feed(f"http://outlet{number}.example:{port}/{kind}/{number}")
            first = update(reader)
            quiet = min(update(reader) for _ in range(TIMES))
            if kind == "etag":
                figures |= {"first": first, "unchanged_304": quiet}
                changed = []
                for edition in range(1, 4):
                    turn(edition)
                    changed.append(update(reader))
                figures["changed"] = min(changed)
                turn(0)
            else:
                figures["same_body"] = quiet
    return figures


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
