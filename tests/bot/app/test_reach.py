"""Is there a network? What feeds answered since the start, and what may be said before any was asked."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.app import reach
from bot.store import feeds
from bot.store.dialect import within
from bot.store.engine import Database


async def polled(database: Database, at: datetime, failure: str) -> None:
    """The one feed was asked, and failed or did not."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": "https://a.example/"}], at)
        (feed,) = await within(session, feeds.claim_due, at, limit=1, lease_seconds=60)
        state = "failing" if failure else "ok"
        columns = {"state": state, "failure": failure, "polled_at": at}
        await feeds.settle(session, feed.id or 0, feed.lease_epoch, **columns)


@pytest.mark.parametrize(("failure", "answers"), [("", True), ("timeout", False)])
async def test_one_that_was_asked_answers_or_does_not(
    database: Database, now: datetime, failure: str, answers: bool
) -> None:
    """As soon as it does; at the end of the time when it does not."""
    await polled(database, now, failure)
    assert await reach.any_answer(database, now, within=0.1) is answers


async def test_nothing_is_said_before_one_was_asked(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart, nothing may be due for minutes: that is no machine without a network."""
    monkeypatch.setattr(reach, "LOOK_SECONDS", 0.05)
    await polled(database, now - timedelta(seconds=20), "timeout")
    looking = asyncio.create_task(reach.any_answer(database, now, within=0.1))
    await asyncio.sleep(0.5)
    assert not looking.done()
    async with database.write() as session:
        await session.execute(text("UPDATE feed SET lease_until = NULL"))
    await polled(database, now + timedelta(seconds=90), "")
    assert await asyncio.wait_for(looking, 5) is True
