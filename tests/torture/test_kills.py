"""The short storm: kills at random instants and at failpoints, on both databases; the long one is ``make torture``."""

from pathlib import Path
from random import Random

import pytest

from tests.torture.nursery import Nursery
from tests.torture.points import POINTS
from tests.torture.stage import stage
from tests.torture.storm import failpoints, random_kills

SEED = 20240619
KILLS, POINTS_TRIED = 6, 5
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_kill_9_is_an_ordinary_stop(bench: Nursery, tmp_path: Path, database_url: str) -> None:
    """A few kills at random instants, in foul weather, then a few failpoints by the dice: nothing is amiss."""
    tried = [(point.name, 1) for point in Random(SEED).sample(POINTS, POINTS_TRIED)]
    async with stage(tmp_path, bench, seed=SEED, database_url=database_url) as run:
        await random_kills(run, KILLS)
        missed = await failpoints(run, tried, within=60)
        found, figures = await run.verdict(within=180)
    assert found == [], found[:10]
    assert missed == []
    assert figures["kills"] >= KILLS + POINTS_TRIED
    assert figures["ledger_lines"] > 0
