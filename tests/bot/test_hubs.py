"""WebSub, whole: a feed names a hub, the hub is asked, verifies, and tells; and when it stops, polling goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.pipeline.hubs import Hubs
from bot.store import hubs
from bot.store.engine import Database
from bot.store.types import HubState
from bot.web.callback import MAX_BYTES
from bot.web.site import WebServer, site
from feeds.cadence import CadenceReason
from tests.bot.newsroom import Desk, make_rules, open_desk
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.hub import Hub
from tests.fakes.web import RawServer

NEWS = "بوتين يصل إلى بيونغ يانغ في زيارة رسمية"
MINUTE = timedelta(minutes=1)


@dataclass
class Office:
    """A desk whose outlet has a hub, and the callback under which the hub reaches us."""

    desk: Desk
    outlet: Outlet
    hub: Hub
    hubs: Hubs

    async def look(self) -> None:
        """Ask what there is to ask."""
        await self.hubs.look()

    async def state(self) -> tuple[str, str]:
        """Of the only subscription, with what the hub said."""
        async with self.desk.database.read() as session:
            (one,) = await hubs.every(session)
        return one.state, one.detail

    async def wait_of_a_poll(self) -> float:
        """Poll, and say in how many seconds the feed is due again."""
        await self.desk.poll()
        feed = await self.desk.feed()
        assert feed.due_at is not None
        return (feed.due_at - self.desk.time).total_seconds()


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """One feed, read once, with a hub in its head."""
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(open_desk(database, make_rules(tmp_path / "rules")))
        web = WebServer(site(database, lambda: desk.time, hubs=True), "127.0.0.1", 0)
        serving = asyncio.create_task(web.run())
        stack.push_async_callback(asyncio.wait, [serving])
        stack.callback(web.stop)
        hub = Hub()
        hub_server = await stack.enter_async_context(RawServer(hub))
        outlet = Outlet(
            [Item("1", NEWS, hours_old=0.1)], head=f"<link rel='hub' href='{hub_server.url('/')}'/>"
        )
        outlet_server = await stack.enter_async_context(RawServer(outlet))
        await desk.knows(outlet_server.url())
        await desk.poll()
        yield Office(desk, outlet, hub, Hubs(database, desk.fetcher, web.url, lambda: desk.time))


async def test_a_hub_is_asked_once_verified_and_relied_on(office: Office) -> None:
    """The wish names topic, callback and secret; the challenge is echoed; from then on the feed is asked hourly."""
    assert await office.wait_of_a_poll() < 3600
    await office.look()
    await office.look()
    (wish,) = office.hub.wishes
    assert wish["hub.mode"] == "subscribe"
    assert wish["hub.topic"] == (await office.desk.feed()).url
    assert len(wish["hub.secret"]) >= 32
    assert await office.hub.verify() == (200, "c4")
    assert await office.state() == (HubState.ACTIVE, "")
    await office.hub.verify(lease=86_400)
    assert await office.wait_of_a_poll() == 3600
    assert (await office.desk.feed()).due_reason == CadenceReason.PUSHED


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_what_a_hub_signs_makes_the_feed_due_at_once(office: Office, method: str) -> None:
    """However quiet the cadence; what it sent is not parsed: the news is fetched as always."""
    await office.look()
    await office.hub.verify()
    assert await office.desk.claim() == []
    office.outlet.items.insert(0, Item("2", "كيربي: نراقب الزيارة"))
    assert await office.hub.tell(b"<not even xml", method=method) == 202
    office.desk.time += timedelta(seconds=10)
    (feed,) = await office.desk.claim()
    assert feed.due_reason == CadenceReason.NOTIFIED
    assert (await office.desk.poller.poll(feed)).entries == 1
    office.desk.time += timedelta(seconds=20)
    assert await office.desk.claim() == []


async def test_a_hub_that_never_stops_telling_does_not_hasten_a_feed_without_end(office: Office) -> None:
    """Signed or not, it is a stranger: what it tells meanwhile counts once, ten seconds after the last poll."""
    await office.look()
    await office.hub.verify(lease=86_400)
    polls = 0
    for _ in range(60):
        office.desk.time += timedelta(seconds=1)
        await office.hub.tell(b"x")
        for feed in await office.desk.claim():
            polls += 1
            await office.desk.poller.poll(feed)
            await office.desk.poller.flush()
    assert polls == 6


async def test_a_hub_does_not_overrule_the_feed_s_own_server(office: Office) -> None:
    """A server that wants to be left alone for a day is, whatever a hub tells of it; then the news is fetched."""
    await office.look()
    await office.hub.verify(lease=10 * 86_400)
    office.outlet.status, office.outlet.headers = "429 Too Many Requests", {"Retry_After": "86400"}
    assert await office.wait_of_a_poll() == 86_400
    await office.hub.tell(b"x")
    office.desk.time += timedelta(hours=23)
    assert await office.desk.claim() == []
    office.desk.time += timedelta(hours=1)
    assert len(await office.desk.claim()) == 1


async def test_news_behind_a_slow_cache_is_asked_for_again(office: Office) -> None:
    """A hub that told of what is not there yet does not make the feed wait for an hour."""
    await office.look()
    await office.hub.verify(lease=86_400)
    await office.hub.tell(b"x")
    office.desk.time += timedelta(seconds=10)
    (feed,) = await office.desk.claim()
    await office.desk.poller.poll(feed)
    await office.desk.poller.flush()
    due = (await office.desk.feed()).due_at
    assert due is not None
    assert due - office.desk.time < timedelta(minutes=16)


@pytest.mark.parametrize(
    ("method", "secret"), [("sha256", "not the secret"), ("md5", ""), ("", ""), ("sha1", "not the secret")]
)
async def test_what_is_not_signed_as_agreed_changes_nothing(office: Office, method: str, secret: str) -> None:
    """The answer is the same, so that nobody learns by trying."""
    await office.look()
    await office.hub.verify()
    assert await office.hub.tell(b"x", method=method, secret=secret) == 202
    office.desk.time += timedelta(seconds=20)
    assert await office.desk.claim() == []


async def test_the_callback_is_guarded(office: Office) -> None:
    """Unknown names, other topics, modes that nobody asked for, too much of anything."""
    await office.look()
    assert (await office.hub.verify(topic="https://other.example/"))[0] == 404
    assert (await office.hub.verify(mode="unsubscribe"))[0] == 404
    assert (await office.hub.verify(challenge=""))[0] == 400
    assert (await office.hub.verify(challenge="x" * 3000))[0] == 400
    callback = office.hub.wishes[-1]["hub.callback"]
    for url in (f"{callback}x", callback.rpartition("/")[0] + "/", callback.replace("websub", "sub")):
        assert await office.hub.tell(b"x", url=url) == 404
    assert (await office.state())[0] == HubState.ASKED
    await office.hub.verify()
    assert await office.hub.tell(bytes(MAX_BYTES + 1)) == 413
    assert await office.desk.claim() == []


async def test_a_lease_is_renewed_before_its_end_and_polling_goes_on_if_it_is_not(office: Office) -> None:
    """At four fifths of it the hub is asked again; a hub that says nothing any more loses its feed to polling."""
    await office.look()
    await office.hub.verify(lease=86_400)
    office.desk.time += timedelta(hours=18)
    await office.look()
    assert len(office.hub.wishes) == 1
    office.desk.time += timedelta(hours=2)
    await office.look()
    assert len(office.hub.wishes) == 2
    assert office.hub.wishes[0]["hub.callback"] == office.hub.wishes[1]["hub.callback"]
    assert (await office.state())[0] == HubState.ACTIVE
    office.desk.time += timedelta(hours=4)
    assert await office.wait_of_a_poll() < 3600
    await office.look()
    assert (await office.state())[0] == HubState.ASKED
    await office.hub.verify(lease=86_400)
    assert await office.wait_of_a_poll() == 3600


async def test_a_hub_that_refuses_is_asked_less_and_less(office: Office) -> None:
    """Why is kept; the feed is polled as if there were no hub."""
    office.hub.status = "503 Busy"
    await office.look()
    assert await office.state() == (HubState.REFUSED, "answered 503")
    await office.look()
    assert len(office.hub.wishes) == 1
    office.desk.time += MINUTE
    await office.look()
    office.desk.time += MINUTE
    await office.look()
    assert len(office.hub.wishes) == 2
    office.hub.status = "202 Accepted"
    office.desk.time += MINUTE
    await office.look()
    assert (await office.hub.verify(mode="denied", reason="no"))[0] == 200
    assert await office.state() == (HubState.REFUSED, "denied: no")
    assert await office.wait_of_a_poll() < 3600


async def test_a_hub_passes_the_same_guard_as_a_feed(office: Office) -> None:
    """A feed cannot make us post to where no feed may lead."""
    office.outlet.head = "<link rel='hub' href='http://169.254.169.254/latest/'/>"
    office.outlet.items.insert(0, Item("2", "خبر"))
    await office.desk.poll()
    await office.look()
    assert office.hub.wishes == []
    state, detail = await office.state()
    assert state == HubState.REFUSED
    assert "not a public address" in detail


async def test_a_hub_that_is_named_no_more_is_let_go(office: Office) -> None:
    """Its callback is nobody's then, and the feed is polled as before."""
    await office.look()
    await office.hub.verify(lease=86_400)
    office.outlet.head = ""
    office.outlet.items.insert(0, Item("2", "خبر"))
    await office.desk.poll()
    await office.look()
    assert await office.hub.tell(b"x") == 404
    assert await office.wait_of_a_poll() < 3600


async def test_without_a_public_address_there_is_no_callback(database: Database) -> None:
    """Nothing listens where nobody is told to come."""
    web = WebServer(site(database, lambda: None), "127.0.0.1", 0)  # type: ignore[arg-type,return-value]
    serving = asyncio.create_task(web.run())
    hub = Hub(wishes=[{"hub.callback": f"{web.url}/websub/x", "hub.topic": "t", "hub.secret": "s"}])
    assert (await hub.verify())[0] == 404
    assert await hub.tell(b"x") == 404
    web.stop()
    await serving
