"""Notices when no feed at all can be reached: a machine without a network, most often."""

import asyncio
from datetime import datetime

from rich.console import Console

from bot.logs import get_log
from bot.store import feeds
from bot.store.engine import Database, is_passing

log = get_log(__name__)

REACH_SECONDS = 30.0  # how long a newcomer waits for the first answer
LOOK_SECONDS = 1.0
REPEAT_SECONDS = 300.0  # how often a bot without a network says so


async def any_answer(database: Database, since: datetime, *, within: float = REACH_SECONDS) -> bool:
    """Whether any feed was read well between ``since`` and ``within`` seconds from now; as soon as one was.

    Nothing can be said before one was asked: after a restart it may be a while until one is due.
    """
    deadline = asyncio.get_running_loop().time() + within
    while True:
        if await _answered(database, since):
            return True
        if asyncio.get_running_loop().time() >= deadline and await failures(database, since):
            return False
        await asyncio.sleep(LOOK_SECONDS)


async def _answered(database: Database, since: datetime) -> int:
    try:
        async with database.read() as session:
            return await feeds.answered_since(session, since)
    except Exception as error:
        if not is_passing(error):
            raise
        return 0  # the clock reports a database that does not answer; here it only means: not yet


async def say_until_answered(database: Database, since: datetime) -> None:
    """Say plainly, now and again, that no feed answers; end when one does."""
    while not await any_answer(database, since):
        log.error(
            "no feed can be reached: is there a network? trying again",
            failures=await failures(database, since),
        )
        if await any_answer(database, since, within=REPEAT_SECONDS):
            break
    log.info("feeds answer")


async def failures(database: Database, since: datetime) -> dict[str, int]:
    """How many feeds have failed since, by kind; a database that does not answer says nothing."""
    try:
        async with database.read() as session:
            return await feeds.failed_since(session, since)
    except Exception as error:
        if not is_passing(error):
            raise
        return {}


async def tell_answers(database: Database, since: datetime, console: Console) -> None:
    """Tell whoever watches the terminal how many feeds answer, once most have been asked."""
    await asyncio.sleep(REACH_SECONDS / 2)
    answered = await _answered(database, since)
    failing = ", ".join(f"{kind} {count}" for kind, count in (await failures(database, since)).items())
    console.print(
        f"أجابت {answered} خلاصة · {answered} feeds answered" + (f"; failing: {failing}" if failing else ""),
        style="dim",
    )
