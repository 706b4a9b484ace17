"""The test of the test: a protocol that is wrong in one place does not get past the checker."""

from pathlib import Path

import pytest

from tests.torture.mutants import MUTANTS, REVEALING
from tests.torture.nursery import Nursery
from tests.torture.stage import stage
from tests.torture.storm import failpoints

SEED = 20240618
pytestmark = pytest.mark.asyncio(loop_scope="session")
TELLTALE = {
    "split transaction": "lost: ",
    "sent before send": "not sent: ",
    "no intent row": "without a label",
    "blind retry": "without a label",
}


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_the_checker_goes_red_on_a_mutant(mutant: str, bench: Nursery, tmp_path: Path) -> None:
    """Each of the four, within a few kills, for the reason that it must."""
    async with stage(tmp_path, bench, seed=SEED, mutant=mutant, weather=0.0) as run:
        await failpoints(run, REVEALING[mutant])
        found, _ = await run.verdict(within=20)
    assert any(TELLTALE[mutant] in said for said in found), found[:10]


async def test_the_checker_stays_green_on_the_sound_protocol(bench: Nursery, tmp_path: Path) -> None:
    """The same load, the same seed, the same kills."""
    kills = dict.fromkeys(kill for revealing in REVEALING.values() for kill in revealing)
    async with stage(tmp_path, bench, seed=SEED, weather=0.0) as run:
        missed = await failpoints(run, kills)
        found, figures = await run.verdict()
    assert (missed, found) == ([], [])
    assert figures["kills"] == len(kills)
