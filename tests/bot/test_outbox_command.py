"""`rasid outbox`: the operator's view of what failed, on both databases."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import BindParameter, bindparam, text
from typer.testing import CliRunner

from bot.cli.main import app
from bot.delivery.outcomes import Outcome, Verdict
from bot.delivery.record import record_failure, record_sent
from bot.store import chats, deliveries
from bot.store.deliveries import Sent
from bot.store.engine import Database
from bot.store.schema import upgrade
from bot.store.tables import Delivery
from bot.store.types import DeliveryState, UTCDateTime
from tests.bot.outbox import TITLE, alert, ends, follow, row

NOW = datetime(2024, 6, 18, 18, 30, tzinfo=UTC)
READER, OTHER = 7_123_456_789, 7_123_456_790


def _run(*words: str) -> tuple[int, str, str]:
    ran = CliRunner().invoke(app, list(words))
    return ran.exit_code, ran.stdout, ran.stderr


async def _prepare(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    for chat_id in (READER, OTHER):
        await follow(database, NOW, chat_id)
    for state, reason in ((DeliveryState.DEAD, "no"), (DeliveryState.UNCERTAIN, "hm")):
        mine, theirs = await alert(database, NOW)
        await ends(database, NOW, mine, state, reason, twice=state == DeliveryState.UNCERTAIN)
        await ends(
            database, NOW, theirs, state if state == DeliveryState.DEAD else DeliveryState.SENT, reason
        )
    async with database.write() as session:
        await chats.stop(session, OTHER, NOW)
    await database.dispose()


def test_listing_and_sending_again(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is listed can be sent again; each number that cannot go says why, and the others go."""
    asyncio.run(_prepare(database_url))
    plain = database_url.replace("+aiosqlite", "").replace("+psycopg", "")
    monkeypatch.setenv("DATABASE_URL", plain)
    code, out, _ = _run("outbox", "--json")
    document = json.loads(out)
    assert (code, document["counts"]) == (0, {"uncertain": 1, "dead": 2})
    assert [(one["id"], one["state"], one["chat_id"]) for one in document["deliveries"]] == [
        (3, "uncertain", READER),
        (2, "dead", OTHER),
        (1, "dead", READER),
    ]
    assert document["deliveries"][0]["title"] == TITLE
    code, out, _ = _run("outbox")
    assert (code, out.count(TITLE)) == (0, 3)
    code, out, err = _run("outbox", "resend", "3", "1", "2", "4", "99")
    assert (code, out) == (1, "3: waits again, labelled as a possible copy\n1: waits again\n")
    assert err.splitlines() == [
        "rasid: delivery 2: nothing is sent to its chat at present (stopped: by its own wish)",
        "rasid: delivery 4 is sent; only dead and uncertain ones can be sent again",
        "rasid: there is no delivery 99; `rasid outbox` lists those that can be sent again",
    ]
    assert _run("outbox", "resend", "x")[0] == 2


def test_letting_go(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person has looked at is listed no more, and keeps what it was as its reason; the others are named."""
    asyncio.run(_prepare(database_url))
    monkeypatch.setenv("DATABASE_URL", database_url.replace("+aiosqlite", "").replace("+psycopg", ""))
    code, out, err = _run("outbox", "dismiss", "1", "3", "4", "99")
    assert (code, out) == (1, "1: let go\n3: let go\n")
    assert err.splitlines() == [
        f"rasid: there is no dead or uncertain delivery {number}" for number in (4, 99)
    ]
    assert json.loads(_run("outbox", "--json")[1])["counts"] == {"uncertain": 0, "dead": 1}
    left = asyncio.run(_row(database_url, 3))
    assert (left.state, left.reason) == (DeliveryState.SUPPRESSED, "let go by an admin; it was uncertain: hm")


async def _row(url: str, number: int) -> Delivery:
    database = Database(url)
    found = await row(database, number)
    await database.dispose()
    return found


async def _late(url: str) -> None:
    """An alert that was published at half past, read five minutes later, and sent after a minute without a network."""
    database = Database(url)
    await upgrade(database)
    await follow(database, NOW, READER)
    read = NOW + timedelta(minutes=5)
    (mine,) = await alert(database, read)
    async with database.write() as session:
        await session.execute(text("UPDATE entry SET published_at = :at").bindparams(_at(NOW)))
        (delivery,) = await deliveries.claim(session, read, epoch=1, limit=1, terminal=False)
    assert delivery.id == mine
    await record_failure(database, delivery, Outcome(Verdict.RETRY, "telegram cannot be reached"), read)
    later = read + timedelta(seconds=60)
    async with database.write() as session:
        (delivery,) = await deliveries.claim(session, later, epoch=1, limit=1, terminal=False)
    await record_sent(database, [Sent(delivery, 77, later)])
    await alert(database, later, title="خبر آخر 100%")
    await database.dispose()


def _at(now: datetime) -> BindParameter[datetime]:
    return bindparam("at", now, type_=UTCDateTime())


def test_why_an_alert_came_late(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the delivery's number, which the log has, or by words of the title: each step, and what held it up."""
    asyncio.run(_late(database_url))
    monkeypatch.setenv("DATABASE_URL", database_url.replace("+aiosqlite", "").replace("+psycopg", ""))
    code, said, _ = _run("outbox", "trace", "1")
    assert code == 0
    lines = [" ".join(line.split()) for line in said.splitlines() if line]
    assert lines[2:7] == [
        "2024-06-18 18:30:00 published, says the feed of Outlet",
        "2024-06-18 18:35:00 +300.0 s read; how the feed is asked: rasid feeds show https://a.example/",
        "- no match is stored",
        "2024-06-18 18:35:00 +0.0 s alert opened",
        f"delivery 1: send to private {READER}",
    ]
    assert lines[-1] == (
        "2024-06-18 18:36:00 +60.0 s sent after 2 tries; held up last by: telegram cannot be reached"
    )
    assert _run("outbox", "trace", TITLE[:9])[1] == said
    document = json.loads(_run("outbox", "trace", "0%", "--json")[1])
    assert (document["alert_id"], document["published_at"], document["of_how_many"]) == (2, None, 1)
    assert document["legs"][0]["state"] == "pending"
    assert "still pending" in _run("outbox", "trace", "2")[1]


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("99", "there is no delivery 99"),
        ("xyz", "no alert's title holds 'xyz'"),
        ("%", "no alert's title holds '%'"),
    ],
)
def test_what_is_not_there_is_said(
    database_url: str, monkeypatch: pytest.MonkeyPatch, what: str, says: str
) -> None:
    """One line, exit code 1."""
    asyncio.run(_prepare(database_url))
    monkeypatch.setenv("DATABASE_URL", database_url.replace("+aiosqlite", "").replace("+psycopg", ""))
    assert _run("outbox", "trace", what) == (1, "", f"rasid: {says}\n")


def test_a_database_that_is_not_rasids_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    code, _, err = _run("outbox")
    assert code == 1
    assert err.startswith("rasid: DATABASE_URL: no such table") and len(err.splitlines()) == 1
