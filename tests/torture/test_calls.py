"""Every database call of the whole journey fails once, every commit twice: nothing is lost and nobody gives up."""

import asyncio
from pathlib import Path

import pytest

from tests.torture.form import LONG
from tests.torture.nursery import Nursery
from tests.torture.stage import Stage, beside, stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
SITES, PATIENCE = (10_000, 30.0) if LONG else (45, 20.0)  # distinct calls; seconds without a new one


def sites(failed: Path) -> list[str]:
    """The calls that have failed so far."""
    return failed.read_text("utf-8").splitlines() if failed.exists() else []


async def until_all_failed(failed: Path) -> None:
    """Wait until enough distinct calls have failed, or no new one has for a while."""
    loop = asyncio.get_running_loop()
    count, since = 0, loop.time()
    while len(sites(failed)) < SITES and loop.time() - since < PATIENCE:
        if len(sites(failed)) > count:
            count, since = len(sites(failed)), loop.time()
        await asyncio.sleep(0.2)


async def fail_everywhere(run: Stage, failed: Path) -> None:
    """Under load, with a group that moves and a reader who leaves, let calls fail."""
    child = await run.bear("run", hooks=["fail each call"], failed=str(failed))
    async with beside(run.print_steadily(), run.people.watch_forgetting()):
        await asyncio.sleep(3)
        run.people.block()
        run.people.migrate()
        await run.people.forget()
        await until_all_failed(failed)
    assert child.lives, run.said()[-3000:]
    await run.kill_all()


async def test_each_database_call_fails_once(bench: Nursery, tmp_path: Path, database_url: str) -> None:
    """It stays alive, says so, goes on; the checker finds nothing."""
    failed = tmp_path / "failed"
    async with stage(tmp_path, bench, seed=11, database_url=database_url, weather=0.02) as run:
        await fail_everywhere(run, failed)
        found, figures = await run.verdict()
    assert found == [], found[:10]
    assert len(sites(failed)) >= 40, sites(failed)
    assert figures["deliveries"] > 20
