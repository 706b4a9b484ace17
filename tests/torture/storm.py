"""The storm: processes under load, killed at random instants and at every failpoint; then calm, and the verdict."""

import asyncio
import signal
from collections.abc import Callable, Iterable

from tests.torture.nursery import Child
from tests.torture.points import BY_NAME
from tests.torture.stage import Stage, beside

SHORTEST, LONGEST = 0.15, 2.5  # seconds that a process lives in the storm
Tell = Callable[[int], None]


def nobody(_: int) -> None:
    """Progress that nobody watches."""


async def random_kills(stage: Stage, kills: int, tell: Tell = nobody) -> None:
    """``kill -9`` at random instants, in one process or in two, now and then with one more sender beside."""
    async with beside(stage.print_steadily(), stage.people.watch_forgetting()):
        while stage.kills < kills:
            await _live(stage)
            await _something_happens(stage, stage.kills / kills)
            for child in _victims(stage):
                await stage.kill(child)
            tell(stage.kills)


async def _live(stage: Stage) -> None:
    """Let processes live for a while, counted from their birth or from when they send."""
    since = stage.said_bytes()
    born = await _crew(stage)
    if born and stage.dice.random() < 0.6:
        await stage.at_work(born[-1], since)
    await asyncio.sleep(min(LONGEST, SHORTEST + stage.dice.expovariate(1.5)))


async def _crew(stage: Stage) -> list[Child]:
    """Somebody must poll and somebody must send."""
    commands = [child.command for child in stage.living()]
    if not commands:
        wanted = ["run"] if stage.dice.random() < 0.6 else ["clock", "bot"]
        wanted += ["bot"] if stage.dice.random() < 0.15 else []
    elif "run" in commands or {"clock", "bot"} <= set(commands):
        wanted = []
    else:
        wanted = [one for one in ("clock", "bot") if one not in commands]
    return [await stage.bear(command) for command in wanted]


def _victims(stage: Stage) -> list[Child]:
    living = list(stage.living())
    return living if stage.dice.random() < 0.7 else living[:1]


async def _something_happens(stage: Stage, part: float) -> None:
    """What chats do in the course of a run; ``part`` of it is over."""
    roll = stage.dice.random()
    if roll < 0.08:
        stage.people.block()
    elif roll < 0.25:
        stage.people.let_back_in()
    if part > 0.3 and not stage.people.moved:
        stage.people.migrate()
    if part > 0.45:
        stage.people.close_topic()
    if part > 0.6 and not stage.people.forgotten:
        await stage.people.forget()


async def failpoints(
    stage: Stage, points: Iterable[tuple[str, int]], tell: Tell = nobody, within: float = 60
) -> list[str]:
    """A process for each failpoint, until it dies there; the names of those that were not reached."""
    missed = []
    async with beside(stage.print_steadily(0.1), stage.people.watch_forgetting()):
        for number, (name, nth) in enumerate(points):
            if not await _die_at(stage, name, nth, within):
                missed.append(name)
            tell(number + 1)
    return missed


async def _die_at(stage: Stage, name: str, nth: int, within: float) -> bool:
    """Whether a process died at the failpoint."""
    since, rate = stage.said_bytes(), stage.api.weather.rate
    child = await stage.bear("run", point=name, nth=nth)
    async with beside(_provoke(stage, child, since, BY_NAME[name].needs)):
        await asyncio.wait([child.ended], timeout=within)
    stage.api.weather.rate = rate
    reached = not child.lives and child.ended.result() == -signal.SIGKILL
    stage.kills += reached
    await child.kill()
    return reached


async def _provoke(stage: Stage, child: Child, since: int, needs: str) -> None:
    """Bring about what a failpoint waits for, once the process is at work."""
    await stage.at_work(child, since)
    match needs:
        case "block":
            stage.people.block()
        case "fail":
            stage.api.weather.rate = 0.5
        case "migrate":
            stage.people.migrate()
        case "forget":
            await stage.people.forget()
        case "term":
            child.signal(signal.SIGTERM)
