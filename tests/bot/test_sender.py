"""The sender against a strict Bot API server: whatever Telegram answers, the row ends right."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from telegram import Bot

from bot.delivery.sender import Sender
from bot.delivery.wire import Wire
from bot.store import chats, entries, feeds, outgoing
from bot.store.engine import Database
from bot.store.tables import Alert, Chat, Delivery, Entry, Match
from bot.store.types import ChatState, DeliveryState, Fate
from bot.texts.alert import Message
from rules import RuleSet
from tests.bot.newsroom import make_rules
from tests.fakes.bot_api import TOKEN, BotApiServer, Fault, refused, too_many_requests
from tests.fakes.feed_server import NOW

TITLE = "بوتين يصل إلى بيونغ يانغ"
READER, OTHER, GROUP = 7, 8, -50


@dataclass
class Post:
    """An outbox with a sender at work; its clock runs with the real one and can be moved ahead."""

    database: Database
    api: BotApiServer
    bot: Bot
    rules: RuleSet
    ahead: timedelta = timedelta()
    alerts: int = 0
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    def now(self) -> datetime:
        """June 2024, moving."""
        return NOW + timedelta(seconds=asyncio.get_running_loop().time() - self.began) + self.ahead

    async def queue(self, *to: int, title: str = TITLE) -> None:
        """One more alert, for these chats."""
        self.alerts += 1
        async with self.database.write() as session:
            for chat_id in to:
                await chats.meet(session, chat_id, "private" if chat_id > 0 else "group", self.now())
                await chats.follow(session, chat_id, 0, ["visits", f"alert-{self.alerts}"], self.now())
            await feeds.sync(session, [{"url": "https://a.example/", "outlet": "Outlet"}], self.now())
            (feed,) = await feeds.every(session)
            assert feed.id is not None
            row = Entry(feed_id=feed.id, identity=str(self.alerts), title=title, seen_at=self.now())
            (entry,) = await entries.add(session, [row])
            assert entry.id is not None
            alert = Alert(entry_id=entry.id, severity="high", severity_rank=2, created_at=self.now())
            alert_id = await entries.open_alert(session, alert)
            match = Match(
                entry_id=entry.id,
                rule="visits",
                rule_hash="h",
                severity="high",
                evidence=[{"field": "title", "start": 0, "end": 5, "text": "بوتين"}],
                matched_at=self.now(),
                fate=Fate.ALERTED,
                alert_id=alert_id,
            )
            await entries.add_matches(session, [match])
            await outgoing.plan(session, alert_id, 2, {f"alert-{self.alerts}"}, self.now())

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Sender]:
        """The sender, running."""
        sender = Sender(
            database=self.database, transport=Wire(self.bot), rules=lambda: self.rules, now=self.now
        )
        running = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            sender.stop()
            await running

    async def row(self, number: int = 1) -> Delivery:
        """A delivery, by its number."""
        async with self.database.read() as session:
            return await session.get_one(Delivery, number)

    async def chat(self, chat_id: int) -> Chat | None:
        """A chat's row."""
        async with self.database.read() as session:
            return await chats.find(session, chat_id)

    async def until(self, holds: Callable[[Delivery], bool], number: int = 1, within: float = 15) -> Delivery:
        """Wait until a delivery is as wanted."""
        async with asyncio.timeout(within):
            while not holds(row := await self.row(number)):
                await asyncio.sleep(0.05)
        return row


@pytest.fixture
async def post(database: Database, bot_api: BotApiServer, tmp_path: Path) -> AsyncIterator[Post]:
    """A reader, another and a group on the server; an empty outbox."""
    for chat_id in (READER, OTHER):
        bot_api.world.add_chat(chat_id)
    bot_api.world.add_chat(GROUP, "group")
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        yield Post(database, bot_api, bot, make_rules(tmp_path / "rules"))


def sent(row: Delivery) -> bool:
    """Whether a delivery arrived."""
    return row.state == DeliveryState.SENT


async def test_an_alert_arrives_and_is_recorded_with_its_message_id(post: Post) -> None:
    """Claimed, sent, recorded."""
    await post.queue(READER)
    async with post.sending():
        row = await post.until(sent)
    (message,) = post.api.sent
    assert (row.message_id, row.attempts, row.reason) == (message.message_id, 1, "")
    assert TITLE in message.text
    assert "bold" in [one["type"] for one in message.entities]


@pytest.mark.parametrize("seconds", [2.0, None])
async def test_429_makes_one_chat_wait_and_no_other(post: Post, seconds: float | None) -> None:
    """The chat that was refused waits as long as it was told, in order; the other has its alert meanwhile."""
    post.api.faults.append(too_many_requests(seconds, chat_id=READER))
    await post.queue(READER, OTHER)
    await post.queue(READER, title="ثانيا: بوتين يغادر بيونغ يانغ")
    async with post.sending():
        await post.until(sent, number=2)
        waiting = await post.row(1)
        assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, 0)
        await post.until(sent, number=3)
    assert [TITLE in one.text for one in post.api.sent if one.chat_id == READER] == [True, False]


async def test_a_blocked_bot_pauses_the_chat_and_keeps_its_settings(post: Post) -> None:
    """What waits for it ends suppressed with the reason; its subscriptions stay."""
    post.api.world.bot_becomes(READER, "kicked")
    await post.queue(READER)
    await post.queue(READER, title="ثانيا: بوتين يغادر بيونغ يانغ")
    async with post.sending():
        first = await post.until(lambda row: row.state == DeliveryState.DEAD)
        second = await post.until(lambda row: row.state == DeliveryState.SUPPRESSED, number=2)
    assert "blocked" in first.reason
    assert "blocked" in second.reason
    chat = await post.chat(READER)
    assert chat is not None
    assert chat.state == ChatState.PAUSED
    async with post.database.read() as session:
        assert "visits" in await chats.followed(session, READER, 0)


async def test_a_group_that_moved_gets_its_alert_at_the_new_address(post: Post) -> None:
    """The chat's rows move, and the very same delivery arrives."""
    post.api.world.migrate(GROUP, -100500)
    await post.queue(GROUP)
    async with post.sending():
        row = await post.until(sent)
    assert row.chat_id == -100500
    assert [one.chat_id for one in post.api.sent] == [-100500]
    assert await post.chat(GROUP) is None


async def test_refused_markup_is_sent_plain(post: Post) -> None:
    """A bug in our markup costs the subscriber nothing."""
    says = "Bad Request: can't parse entities: Unsupported start tag"
    post.api.faults.append(refused(400, says))
    await post.queue(READER)
    async with post.sending():
        await post.until(sent)
    (message,) = post.api.sent
    assert TITLE in message.text
    assert message.entities == []


async def test_no_rights_ends_dead_with_the_reason_and_the_chat_rests(post: Post) -> None:
    """Nobody tries for ever what cannot be."""
    post.api.faults.append(refused(400, "Bad Request: not enough rights to send text messages to the chat"))
    await post.queue(READER)
    async with post.sending():
        row = await post.until(lambda row: row.state == DeliveryState.DEAD)
    assert "not enough rights" in row.reason.lower()


@pytest.mark.parametrize("kind", ["reset", "cut", "garbage", "portal"])
async def test_an_answer_that_was_lost_is_followed_by_one_labelled_copy(post: Post, kind: str) -> None:
    """Accepted, and the answer never came: half a minute later one more copy, which says what it may be."""
    post.api.faults.append(Fault("sendMessage", kind))  # type: ignore[arg-type] # one of its kinds
    await post.queue(READER)
    async with post.sending():
        doubtful = await post.until(lambda row: row.may_be_duplicate)
        assert doubtful.state == DeliveryState.PENDING
        post.ahead = timedelta(seconds=31)
        await post.until(sent)
    assert ["ربما وصلك" in one.text for one in post.api.sent] == [False, True]


async def test_two_lost_answers_are_for_a_person_to_decide(post: Post) -> None:
    """There is no third copy."""
    post.api.faults.append(Fault("sendMessage", "reset", times=2))
    await post.queue(READER)
    async with post.sending():
        await post.until(lambda row: row.may_be_duplicate)
        post.ahead = timedelta(seconds=31)
        await post.until(lambda row: row.state == DeliveryState.UNCERTAIN)
        post.ahead = timedelta(seconds=300)
        await asyncio.sleep(0.6)
    assert len(post.api.sent) == 2


async def test_a_server_that_is_not_there_costs_a_plain_retry_and_no_label(post: Post) -> None:
    """Nothing was sent, so nothing may be double."""
    url = post.bot.base_url
    post.bot._base_url = f"http://127.0.0.1:1/bot{TOKEN}"  # the port of nobody
    await post.queue(READER)
    async with post.sending():
        await post.until(lambda row: row.attempts > 0)
        post.bot._base_url = url
        post.ahead = timedelta(seconds=10)
        row = await post.until(sent)
    assert not row.may_be_duplicate
    assert len(post.api.sent) == 1


async def test_a_token_that_is_refused_stops_all_sends_and_keeps_the_queue(post: Post) -> None:
    """After a rotation of the token nothing is lost."""
    post.api.token = "4242:another-token-altogether_000000"
    await post.queue(READER, OTHER)
    async with post.sending():
        await post.until(lambda row: row.reason == "Unauthorized")
        await asyncio.sleep(0.6)
    rows = [await post.row(number) for number in (1, 2)]
    assert {row.state for row in rows} == {DeliveryState.PENDING}
    assert len([call for call in post.api.calls if call.method == "sendMessage"]) <= 2


async def test_a_second_sender_stands_by_and_takes_over(post: Post) -> None:
    """Two by mistake send everything once; when the first goes, the second goes on at once."""
    async with post.sending() as first:
        await asyncio.sleep(0.2)
        async with post.sending() as second:
            await post.queue(READER)
            await post.until(sent)
            assert (first.role.epoch, second.role.epoch) == (1, None)
            first.stop()
            await post.queue(OTHER, title="ثانيا: بوتين يغادر بيونغ يانغ")
            await post.until(sent, number=2)
            assert second.role.epoch == 2
    assert len(post.api.sent) == 2


async def test_an_alert_that_cannot_be_put_into_words_is_dead_and_holds_nobody_up(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug in one message ends in its own row, and the next one goes."""

    def render(view: object, now: datetime) -> Message:
        if "مكسور" in getattr(view, "title", ""):
            raise KeyError("bug")
        return Message("خبر", "خبر")

    monkeypatch.setattr("bot.delivery.attempt.render", render)
    await post.queue(READER, title="خبر مكسور من بيونغ يانغ")
    await post.queue(READER)
    async with post.sending():
        await post.until(sent, number=2)
    broken = await post.row(1)
    assert (broken.state, broken.reason) == (DeliveryState.DEAD, "cannot be put into words: KeyError")
