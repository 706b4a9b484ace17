"""The health page, the metrics, and what counts as trouble."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.delivery.endings import REFUSED
from bot.errors import RasidError
from bot.store import chats, feeds, leases, rule_files
from bot.store import troubles as outbox_troubles
from bot.store.engine import Database
from bot.store.feeds import FeedCounts
from bot.store.tables import RuleBookState
from bot.store.types import DeliveryState
from bot.times import utc_now
from bot.web.health import TOKEN_REFUSED, look, troubles
from bot.web.site import WebServer, site
from tests.bot.outbox import alert, ends, follow

ALIVE = {"clock": 1.0, "sender": 1.0}


@asynccontextmanager
async def served(database: Database) -> AsyncIterator[str]:
    """A real server on a free port of loopback; its address."""
    server = WebServer(site(database, utc_now), "127.0.0.1", 0)
    running = asyncio.create_task(server.run())
    try:
        yield server.url
    finally:
        server.stop()
        await running


async def test_a_healthy_rasid_answers_200_and_a_silent_one_503(database: Database) -> None:
    """A monitor needs nothing but the status; a person reads the troubles."""
    async with served(database) as url, aiohttp.ClientSession() as client:
        async with client.get(f"{url}/health") as answer:
            assert answer.status == 503
            assert (await answer.json())["troubles"] == ["clock: has never run", "sender: has never run"]
        async with database.write() as session:
            await leases.beat(session, "clock", utc_now())
            await leases.beat(session, "sender", utc_now())
        async with client.get(url) as answer:
            assert (answer.status, (await answer.json())["ok"]) == (200, True)


async def test_metrics_are_prometheus_text(database: Database) -> None:
    """Feeds by state and signs of life can be scraped from any process."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": "https://a.example/"}], utc_now())
        await leases.beat(session, "clock", utc_now())
    async with (
        served(database) as url,
        aiohttp.ClientSession() as client,
        client.get(f"{url}/metrics") as answer,
    ):
        text = await answer.text()
    assert 'rasid_feeds{state="new"} 1.0' in text
    assert "# TYPE rasid_pages gauge" in text
    assert 'rasid_silent_seconds{part="clock"}' in text


async def test_a_database_that_is_gone_is_503_and_not_a_traceback() -> None:
    """The page outlives its database."""
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    async with served(gone) as url, aiohttp.ClientSession() as client:
        for path in ("/health", "/metrics"):
            async with client.get(url + path) as answer:
                assert answer.status == 503
                assert "database: does not answer" in await answer.text()
    await gone.dispose()


def test_a_busy_port_is_one_clear_line(database: Database) -> None:
    """The setting to change is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(RasidError, match="PORT: cannot listen on"):
            WebServer(site(database, utc_now), "127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("counts", "outbox", "silent", "says"),
    [
        (FeedCounts({"ok": 3}, 3, 0), {}, ALIVE, []),
        (FeedCounts({"failing": 3, "gone": 1}, 0, 0), {}, ALIVE, ["feeds: none answers"]),
        (FeedCounts({"ok": 3}, 3, 500), {}, ALIVE, ["feeds: the most overdue one waits for 500 s"]),
        (FeedCounts({}, 0, 0), {"dead": 2, "sent": 9}, ALIVE, ["deliveries: 2 dead; see rasid outbox"]),
        (FeedCounts({}, 0, 0), {}, {"clock": 61.0, "sender": 1.0}, ["clock: no sign of life for 61 s"]),
    ],
)
def test_what_counts_as_trouble(
    counts: FeedCounts, outbox: dict[str, int], silent: dict[str, float], says: list[str]
) -> None:
    """Silence is not success; what ended badly is said."""
    assert troubles(counts, outbox, silent) == says


def test_a_message_that_waits_too_long_is_a_trouble() -> None:
    """Whatever the parts say of themselves."""
    counts = FeedCounts({"ok": 3}, 3, 0)
    assert troubles(counts, {}, ALIVE, waiting=301) == [
        "deliveries: the oldest that waits has waited for 301 s"
    ]
    assert troubles(counts, {}, ALIVE, waiting=299) == []


async def test_how_long_the_oldest_message_waits(database: Database, now: datetime) -> None:
    """From when it was queued; what an admin sends again, from then on."""
    await follow(database, now, 1)
    (first,) = await alert(database, now)
    later = now + timedelta(seconds=400)
    assert (await look(database, later)).waiting_seconds == 400
    await ends(database, now, first, DeliveryState.DEAD, "no")
    assert (await look(database, later)).waiting_seconds == 0
    async with database.write() as session:
        await outbox_troubles.resend(session, first, later)
    assert (await look(database, later + timedelta(seconds=7))).waiting_seconds == 7


async def test_a_reader_who_blocks_the_bot_is_no_trouble(database: Database, now: datetime) -> None:
    """Nobody can do anything about it, so a monitor is not told for ever; the count stands beside it all the same."""
    for chat_id in (1, 2):
        await follow(database, now, chat_id)
    for number in await alert(database, now):
        await ends(database, now, number, DeliveryState.DEAD, "no")
    async with database.write() as session:
        await chats.pause(session, 1, "blocked", now)
    found = await look(database, now)
    assert found.deliveries == {"dead": 2}
    assert [one for one in found.troubles if "deliveries" in one] == ["deliveries: 1 dead; see rasid outbox"]


async def test_health_counts_what_the_database_holds(database: Database, now: datetime) -> None:
    """Overdue feeds and signs of life are measured against the present."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": "https://a.example/"}], now)
        await leases.beat(session, "clock", now)
    found = await look(database, now + timedelta(seconds=300))
    assert (found.feeds, found.overdue_seconds, found.silent_seconds) == ({"new": 1}, 300, {"clock": 300})
    assert found.as_json()["ok"] is False


async def test_the_rules_in_force_are_shown(database: Database) -> None:
    """By part: the set's hash, since when, and how many files run in their last good version; no trouble in itself."""
    at = datetime(2024, 6, 18, 18, 0, tzinfo=UTC)
    async with database.write() as session:
        state = RuleBookState(part="clock", hash="abc", rules=9, files=12, kept=1, loaded_at=at)
        await rule_files.note_book(session, state)
    health = await look(database, utc_now())
    assert health.as_json()["rules"] == {
        "clock": {
            "hash": "abc",
            "loaded_at": "2024-06-18T18:00:00+00:00",
            "rules": 9,
            "files": 12,
            "files_on_last_good": 1,
        }
    }
    assert not any("rule" in trouble for trouble in health.troubles)
    async with served(database) as url, aiohttp.ClientSession() as client:
        async with client.get(f"{url}/metrics") as answer:
            text = await answer.text()
        async with client.get(f"{url}/health") as answer:
            assert (await answer.json())["rules"]["clock"]["hash"] == "abc"
    assert 'rasid_rule_files_on_last_good{part="clock"} 1.0' in text
    assert 'rasid_rules{part="clock"} 9.0' in text


async def test_a_refused_token_is_told_once(database: Database, now: datetime) -> None:
    """By the sender that lives, or else by the queue that waits for it."""
    await follow(database, now, 7)
    (number,) = await alert(database, now)
    await ends(database, now, number, DeliveryState.PENDING, "Unauthorized")

    async def told(detail: str) -> list[str]:
        async with database.write() as session:
            await leases.beat(session, "sender", now, detail)
        found = await look(database, now)
        return [line for line in found.troubles if "TELEGRAM_BOT_TOKEN" in line]

    assert await told("") == [TOKEN_REFUSED]
    assert await told(REFUSED) == [f"sender: {REFUSED}"]
