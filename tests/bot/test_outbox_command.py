"""`rasid outbox`: the operator's view of what failed, on both databases."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.store import chats
from bot.store.engine import Database
from bot.store.schema import upgrade
from bot.store.types import DeliveryState
from tests.bot.outbox import TITLE, alert, ends, follow

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


def test_a_database_that_is_not_rasids_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    code, _, err = _run("outbox")
    assert code == 1
    assert err.startswith("rasid: DATABASE_URL: no such table") and len(err.splitlines()) == 1
