"""``make torture``: on each database a storm of kills and every failpoint in turn; then the checker.

    python -m tests.torture --databases sqlite postgresql --kills 300 --seed 7

The seed is printed; the same seed throws the same dice, though the machine's timing is its own. The last line is JSON.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import Progress

from tests.torture import places
from tests.torture.nursery import Nursery, nursery
from tests.torture.points import POINTS
from tests.torture.stage import stage
from tests.torture.storm import failpoints, random_kills

CONSOLE = Console(stderr=True)


async def storm(kind: str, kills: int, seed: int, nursed: Nursery, progress: Progress) -> dict[str, Any]:
    """Kills at random instants, on one database."""
    task, began = progress.add_task(f"{kind}: kill -9 at random instants", total=kills), time.monotonic()
    with places.folder() as where, places.database(kind, where) as url:
        async with stage(where, nursed, seed=seed, database_url=url) as run:
            await random_kills(run, kills, lambda done: progress.update(task, completed=done))
            return await _result("random kills", kind, run, began)


async def points(kind: str, seed: int, nursed: Nursery, progress: Progress) -> dict[str, Any]:
    """A kill at each failpoint, on one database."""
    task, began = progress.add_task(f"{kind}: kill -9 at each failpoint", total=len(POINTS)), time.monotonic()
    dice = random.Random(seed)
    chosen = [(point.name, dice.randint(1, point.often)) for point in POINTS]
    with places.folder() as where, places.database(kind, where) as url:
        async with stage(where, nursed, seed=seed, database_url=url) as run:
            missed = await failpoints(run, chosen, lambda done: progress.update(task, completed=done))
            result = await _result("failpoints", kind, run, began)
    result["violations"] += [f"not reached: {name}" for name in missed]
    return result


async def _result(what: str, kind: str, run: Any, began: float) -> dict[str, Any]:
    found, figures = await run.verdict(within=180)
    return {
        "run": what,
        "database": kind,
        **figures,
        "seconds": round(time.monotonic() - began, 1),
        "violations": found,
    }


async def torture(arguments: argparse.Namespace, progress: Progress) -> list[dict[str, Any]]:
    """Everything, one after the other."""
    results = []
    async with nursery() as nursed:
        for kind in arguments.databases:
            results.append(_told(await points(kind, arguments.seed, nursed, progress)))
            results.append(_told(await storm(kind, arguments.kills, arguments.seed, nursed, progress)))
    return results


def _told(result: dict[str, Any]) -> dict[str, Any]:
    """Say how one run ended, as soon as it has."""
    found = result["violations"]
    CONSOLE.print(
        f"{result['database']}, {result['run']}: {result | {'violations': len(found)}}", markup=False
    )
    for said in found[:50]:
        CONSOLE.print(f"  {said}", markup=False)
    return result


def main() -> None:
    """Run, print what went wrong, and one JSON line last; exit code 1 when anything did."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--kills", type=int, default=300, help="at random instants, on each database")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    CONSOLE.print(f"seed {arguments.seed}")
    with Progress(console=CONSOLE) as progress:
        results = asyncio.run(torture(arguments, progress))
    sound = not any(result["violations"] for result in results)
    for result in results:
        result["violations"] = len(result["violations"])
    print(json.dumps({"torture": results, "seed": arguments.seed, "sound": sound}, ensure_ascii=False))
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()
