"""``make soak``: every fault at a low rate for as long as asked, at accelerated waits; nothing may grow.

    python -m tests.torture.soak --minutes 10 --database sqlite --seed 7

One process lives through it all, beside outlets that fire rules some that need parsers of their own. Every two
seconds its resident memory, descriptors and tasks, those of its children, and the size of SQLite's write-ahead log are
noted. At the end it is killed, and its children have to follow. Flat means: of the samples after the first fifth
(caches fill then), the median of the last quarter exceeds the median of the first quarter by no more than ALLOWED. The
checker judges the run besides.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from tests.fakes.web import RawServer
from tests.torture import places
from tests.torture.hooks import children_of, lives
from tests.torture.nursery import nursery
from tests.torture.outskirts import Outskirts, list_in_catalogue
from tests.torture.stage import Stage, beside, stage

CONSOLE = Console(stderr=True)
WEATHER = 0.03  # of all sends and edits are struck
STEP = 1.0
ORPHANED = 35.0  # seconds that a child may outlive a process that was killed: its own limit, and a little


@dataclass(frozen=True)
class Allowed:
    """How much a figure may grow between the first and the last quarter: by a part of itself, and absolutely."""

    part: float
    absolute: float

    def holds(self, first: float, last: float) -> bool:
        """Whether the growth is within either."""
        return last - first <= max(self.part * first, self.absolute)


ALLOWED = {
    "rss_mb": Allowed(0.05, 6.0),
    "descriptors": Allowed(0.1, 6),
    "tasks": Allowed(0.1, 8),
    "children": Allowed(
        0.1, 1
    ),  # two parsers and a reader, each replaced after so many feeds or a hostile one
    "children_rss_mb": Allowed(0.15, 40.0),  # they grow until they are replaced, and not all at once
    "children_descriptors": Allowed(0.1, 6),
    "wal_mb": Allowed(0.1, 4.2),  # SQLite's log is begun anew at 1,000 pages, about 4 MB
}


def growth(samples: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """The medians of the first and of the last quarter, by figure; the warming up left out."""
    warm = samples[len(samples) // 5 :]
    quarter = max(1, len(warm) // 4)
    return {
        name: (
            statistics.median(one[name] for one in warm[:quarter]),
            statistics.median(one[name] for one in warm[-quarter:]),
        )
        for name in ALLOWED
        if warm and name in warm[0]
    }


def not_flat(samples: Sequence[dict[str, float]]) -> list[str]:
    """What grew, in words."""
    grown = growth(samples)
    return [
        f"not flat: {name} grew from {first:.1f} to {last:.1f}"
        for name, (first, last) in grown.items()
        if not ALLOWED[name].holds(first, last)
    ]


async def live(run: Stage, minutes: float, progress: Progress) -> list[dict[str, float]]:
    """Let one process live for so long, with things happening; its samples."""
    path, wal = run.folder / "samples.jsonl", run.folder / "rasid.db-wal"
    task, began = progress.add_task("soaking", total=minutes * 60), time.monotonic()
    child = await run.bear("run", hooks=["samples"], samples=str(path))
    logs: list[float] = []
    async with beside(run.print_steadily(0.3), run.people.watch_forgetting()):
        while (spent := time.monotonic() - began) < minutes * 60:
            assert child.lives, run.said()[-2000:]
            await asyncio.sleep(STEP)
            await _something(run, spent / (minutes * 60))
            logs.append(wal.stat().st_size / 1e6 if wal.exists() else 0.0)
            progress.update(task, completed=spent)
    return _joined(path, logs)


def _joined(path: Path, logs: Sequence[float]) -> list[dict[str, float]]:
    """The process's own samples, each with the log's size at about that moment."""
    samples = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    step = len(logs) / max(1, len(samples))
    return [one | {"wal_mb": logs[min(len(logs) - 1, int(n * step))]} for n, one in enumerate(samples)]


async def _something(run: Stage, part: float) -> None:
    """Chats come and go; the group moves once, one reader is forgotten."""
    roll = run.dice.random()
    if roll < 0.01:
        run.people.block()
    elif roll < 0.06:
        run.people.let_back_in()
    if part > 0.3 and not run.people.moved:
        run.people.migrate()
    if part > 0.6 and not run.people.forgotten:
        await run.people.forget()


async def orphans(run: Stage) -> list[str]:
    """Kill what lives with ``kill -9``; which of its children outlive it for longer than they may."""
    (child,) = run.living()
    left = children_of(child.pid)
    await run.kill(child)
    for _ in range(int(ORPHANED / STEP)):
        left = [pid for pid in left if lives(pid)]
        if not left:
            return []
        await asyncio.sleep(STEP)
    return [f"orphan: process {pid} outlived who started it by {ORPHANED:g} s" for pid in left]


async def soak(arguments: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """The whole run: figures, samples' summary, violations."""
    async with nursery() as nursed, RawServer(edge := Outskirts()) as server:
        with places.folder() as where, places.database(arguments.database, where) as url:
            async with stage(where, nursed, seed=arguments.seed, database_url=url, weather=WEATHER) as run:
                list_in_catalogue(where, server)
                samples = await live(run, arguments.minutes, progress)
                left = await orphans(run)
                found, figures = await run.verdict(within=180)
    if arguments.samples:
        arguments.samples.write_text(json.dumps(samples), encoding="utf-8")
    summary = {name: [round(one, 1) for one in pair] for name, pair in growth(samples).items()}
    return {
        "database": arguments.database,
        "minutes": arguments.minutes,
        **figures,
        "outskirts": {"large": edge.printed, "hostile": edge.hostile, "pages": edge.pages},
        "samples": len(samples),
        "first_and_last_quarter": summary,
        "violations": found + left + not_flat(samples),
    }


def main() -> None:
    """Run, print what went wrong, and one JSON line last; exit code 1 when anything did."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.soak")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--samples", type=Path, help="a file that gets every sample, as JSON")
    arguments = parser.parse_args()
    CONSOLE.print(f"seed {arguments.seed}")
    with Progress(console=CONSOLE) as progress:
        result = asyncio.run(soak(arguments, progress))
    for said in result["violations"][:50]:
        CONSOLE.print(said, markup=False)
    sound = not result["violations"]
    result["violations"] = len(result["violations"])
    print(json.dumps({"soak": result, "seed": arguments.seed, "sound": sound}, ensure_ascii=False))
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()
