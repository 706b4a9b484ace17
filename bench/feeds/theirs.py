"""lemon24/reader as a contender, run by the Python of an environment that has it: PORT FEEDS."""

import json
import sys
import tempfile
import warnings
from pathlib import Path
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parents[2]))
from bench.feeds.spent import cpu_seconds  # this environment has nothing of ours but this file

warnings.simplefilter("ignore")
TIMES = 3


def main(port: int, count: int) -> dict[str, float]:
    """CPU seconds a feed of each kind of poll."""
    from reader import make_reader  # type: ignore[import-not-found] # stands in an environment of its own

    def turn(edition: int) -> None:
        with urlopen(f"http://127.0.0.1:{port}/edition/{edition}") as answer:  # loopback
            answer.read()

    def update(reader: object) -> float:
        before = cpu_seconds()
        reader.update_feeds(scheduled=False)  # type: ignore[attr-defined]
        return (cpu_seconds() - before) / count

    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="reader-bench-") as folder:
        for kind in ("etag", "bare"):
            reader = make_reader(f"{folder}/{kind}.sqlite")
            for number in range(count):
                reader.add_feed(f"http://127.0.0.1:{port}/{kind}/{number}")
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
            reader.close()
    return figures


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
