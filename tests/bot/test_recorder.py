"""The pace of sends as they reach Telegram, fair turns, and the writing down of what arrived."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from bot.delivery.pace import WINDOW_SENDS, Window
from bot.delivery.recorder import Recorder
from bot.store import chats, deliveries, entries, mailboxes, outgoing
from bot.store.deliveries import Sent
from bot.store.dialect import table_of
from bot.store.engine import Database
from bot.store.tables import Alert, Delivery, Mailbox
from bot.store.types import DeliveryState
from tests.bot.test_store import given_alert, given_chats

MAILBOX = table_of(Mailbox)


def arrivals(delays: list[float]) -> list[float]:
    """When sends arrive that are begun as early as the window allows, each answered after its delay."""
    window, now, arrived = Window(), 0.0, list[float]()
    answers: list[tuple[float, int]] = []
    for number, delay in enumerate(delays):
        while not window.begin(number, now):
            now = min([window.free_at(now), *(at for at, _ in answers)])
            for at, send in [one for one in sorted(answers) if one[0] <= now]:
                window.answered(send, at)
            answers = [one for one in answers if one[0] > now]
        answers.append((now + delay, number))
        arrived.append(now + delay)
    return sorted(arrived)


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.3, 0.9])
def test_no_more_than_thirty_arrive_in_any_second(delay: float) -> None:
    """However the line holds single sends up, and however many could go at once."""
    at = arrivals([delay * (number * 7 % 5) / 4 for number in range(300)])
    assert all(later - earlier > 1.0 for earlier, later in zip(at, at[WINDOW_SENDS:], strict=False))


def test_a_send_without_an_answer_holds_its_place_for_two_seconds_at_most() -> None:
    """A server that hangs does not stop everything."""
    window = Window()
    assert all(window.begin(number, 0.0) for number in range(WINDOW_SENDS))
    assert not window.begin(99, 1.9)
    assert window.begin(99, 2.1)


async def claimed(database: Database, now: datetime, *chats: int) -> list[Delivery]:
    """An alert for these chats, claimed."""
    alert = await given_alert(database, now)
    await given_chats(database, now, *chats)
    async with database.write() as session:
        await outgoing.plan(session, alert, 1, {"r"}, now)
        return await deliveries.claim(session, now, epoch=1, limit=10, terminal=False)


async def states(database: Database) -> dict[str, int]:
    """How many deliveries are in each state."""
    async with database.read() as session:
        return await deliveries.counts(session)


async def test_what_arrives_together_is_written_together(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three outcomes at once are one transaction, and each sender of them learns of its own."""
    batches: list[int] = []
    write = deliveries.settle_sent

    async def counted(session: object, sent: list[Sent]) -> dict[int, int]:
        batches.append(len(sent))
        return await write(session, sent)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(deliveries, "settle_sent", counted)
    mine = await claimed(database, now, 1, 2, 3)
    stranger = mine[2].model_copy(update={"epoch": 9})
    recorder = Recorder(database, lambda: True)
    outcomes = await asyncio.gather(
        *(recorder.record(Sent(one, 5, now)) for one in (mine[0], mine[1], stranger))
    )
    assert outcomes == [True, True, False]
    assert batches == [3]
    assert await states(database) == {DeliveryState.SENT: 2, DeliveryState.SENDING: 1}


async def test_a_failed_record_is_everybodys_to_repeat(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database does not answer each is told so; asked again, nothing is missing."""
    mine = await claimed(database, now, 1, 2)
    recorder = Recorder(database, lambda: False)

    async def fails(*_: object) -> set[int]:
        raise OperationalError("", None, Exception("database is locked"))

    with monkeypatch.context() as broken:
        broken.setattr("bot.delivery.recorder.record_sent", fails)
        failed = await asyncio.gather(
            *(recorder.record(Sent(one, 5, now)) for one in mine), return_exceptions=True
        )
    assert [type(one) for one in failed] == [OperationalError, OperationalError]
    assert await asyncio.gather(*(recorder.record(Sent(one, 5, now)) for one in mine)) == [True, True]
    assert await states(database) == {DeliveryState.SENT: 2}


async def test_a_stall_puts_nobody_behind_a_broadcast(database: Database, now: datetime) -> None:
    """An alert for one chat that comes an hour into a broadcast of which little was sent goes next."""
    first = await given_alert(database, now)
    await given_chats(database, now, *range(1, 40))
    async with database.write() as session:
        await outgoing.plan(session, first, 1, {"r"}, now)
        served = await deliveries.claim(session, now, epoch=1, limit=5, terminal=False)
    assert len(served) == 5
    later = now + timedelta(hours=1)
    async with database.write() as session:
        told = await session.get_one(Alert, first)
        second = await entries.open_alert(session, Alert(**told.model_dump(exclude={"id"})))
        await chats.meet(session, 99, "private", later)
        await chats.follow(session, 99, 0, ["alone"], later)
        await outgoing.plan(session, second, 1, {"alone"}, later)
        following = await deliveries.claim(session, later, epoch=1, limit=3, terminal=False)
    assert 99 in [one.chat_id for one in following]


async def test_a_commit_whose_answer_was_lost_is_told_as_done(database: Database, now: datetime) -> None:
    """The record is repeated: it stands, and nothing else of the chat is touched; another message is another matter."""
    mine, other = await claimed(database, now, -1, 2)
    recorder = Recorder(database, lambda: False)
    assert await recorder.record(Sent(mine, 5, now))
    async with database.write() as session:
        await session.execute(update(MAILBOX).where(MAILBOX.c.chat_id == -1).values(in_flight=77))
    assert await recorder.record(Sent(mine, 5, now))
    async with database.write() as session:
        box = await mailboxes.lock(session, -1)
        assert box is not None
        assert (box.in_flight, len(box.recent)) == (77, 1)
    assert not await recorder.record(Sent(mine, 6, now))
    assert not await recorder.record(Sent(other.model_copy(update={"epoch": 9}), 5, now))
