"""What becomes of a message after it was sent: edits in place, replies in its thread; a real sender and server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from telegram import Bot

from bot.store import outgoing
from bot.store.engine import Database
from bot.store.types import DeliveryKind, DeliveryState, IfGone
from tests.bot.newsroom import Desk, make_rules, open_desk
from tests.bot.test_sender import OTHER, READER, TITLE, Post, sent
from tests.fakes.bot_api import TOKEN, BotApiServer, Fault, Sent
from tests.fakes.feed_server import NOW, Item, Outlet
from tests.fakes.web import RawServer

NEWER = "ثانيا: بوتين يغادر بيونغ يانغ"
KIRBY = "كيربي: نراقب الزيارة عن كثب"
PAUSED = timedelta(seconds=11)  # longer than an edit waits for others


@pytest.fixture
async def post(database: Database, bot_api: BotApiServer, tmp_path: Path) -> AsyncIterator[Post]:
    """Two readers on the server, an empty outbox."""
    for chat_id in (READER, OTHER):
        bot_api.world.add_chat(chat_id)
    async with Bot(TOKEN, base_url=f"{bot_api.url}/bot") as bot:
        yield Post(database, bot_api, bot, make_rules(tmp_path / "rules"))


async def edit(post: Post, *, if_gone: IfGone = IfGone.NOTHING, because: str = "critical") -> None:
    """Queue a rewriting of the first alert, of which something else is true now."""
    async with post.database.write() as session:
        await session.execute(text("UPDATE alert SET severity = :new"), {"new": because})
        await outgoing.plan_edit(session, 1, post.now(), if_gone=if_gone)
    post.ahead += PAUSED


async def reply(post: Post) -> None:
    """Queue a follow-up to the first alert that tells the entry of the newest."""
    async with post.database.write() as session:
        await outgoing.plan_reply(session, 1, 2, ["visits"], post.alerts, post.now())


async def only_message(post: Post) -> Sent:
    """Queue one alert for the reader and wait until it is sent."""
    await post.queue(READER)
    await post.until(sent)
    (message,) = post.api.sent
    return message


def edits_and_sends(api: BotApiServer) -> list[str]:
    """The methods that were called, in order."""
    return [call.method for call in api.calls if call.method in ("sendMessage", "editMessageText")]


async def test_an_edit_rewrites_the_message_and_does_not_ring(post: Post) -> None:
    """The message that was sent says the new state; there is no second one."""
    async with post.sending():
        message = await only_message(post)
        await edit(post)
        row = await post.until(sent, number=2)
    assert (row.kind, message.edits) == (DeliveryKind.EDIT, 1)
    assert "عاجل" in message.text
    assert edits_and_sends(post.api) == ["sendMessage", "editMessageText"]


async def test_an_edit_that_would_change_nothing_is_done(post: Post) -> None:
    """Telegram says "message is not modified", which is what was wanted."""
    async with post.sending():
        message = await only_message(post)
        await edit(post, because="high")
        row = await post.until(sent, number=2)
    assert (row.reason, message.edits) == ("", 0)


async def test_an_edit_of_a_deleted_message_ends_quietly(post: Post) -> None:
    """Who deleted the alert is not told again; the row says why."""
    async with post.sending():
        message = await only_message(post)
        post.api.world.delete(READER, message.message_id)
        await edit(post)
        row = await post.until(lambda row: row.state == DeliveryState.SUPPRESSED, number=2)
    assert "not found" in row.reason.lower()
    assert len(post.api.sent) == 1


async def test_an_edit_of_a_deleted_message_becomes_a_message_where_that_is_asked(post: Post) -> None:
    """It stands alone and says that it follows up."""
    async with post.sending():
        message = await only_message(post)
        post.api.world.delete(READER, message.message_id)
        await edit(post, if_gone=IfGone.REPLY)
        row = await post.until(sent, number=2)
    assert row.kind == DeliveryKind.REPLY
    second = post.api.sent[1]
    assert "متابعة لتنبيه سابق" in second.text
    assert second.reply_to is None


async def test_a_follow_up_stands_in_the_thread_of_its_alert(post: Post) -> None:
    """The server sees which message it answers; its title is the news."""
    async with post.sending():
        message = await only_message(post)
        await post.queue(OTHER, title=NEWER)
        await reply(post)
        await post.until(sent, number=3)
    told = next(one for one in post.api.sent if one.chat_id == READER and one is not message)
    assert told.reply_to == message.message_id
    assert told.text.split("\n")[0].endswith(NEWER)


async def test_a_follow_up_to_a_deleted_message_stands_alone(post: Post) -> None:
    """It is news all the same."""
    async with post.sending():
        message = await only_message(post)
        post.api.world.delete(READER, message.message_id)
        await post.queue(OTHER, title=NEWER)
        await reply(post)
        await post.until(sent, number=3)
    told = next(one for one in post.api.sent if one.chat_id == READER and one is not message)
    assert told.reply_to is None


async def test_a_follow_up_waits_for_its_alert(post: Post) -> None:
    """Queued before the alert has left, it leaves after it, and in its thread."""
    post.api.faults.append(Fault("sendMessage", "delay", chat_id=READER, seconds=0.5))
    await post.queue(READER)
    await reply(post)
    async with post.sending():
        await post.until(sent, number=2)
    first, second = post.api.sent
    assert second.reply_to == first.message_id


async def test_an_edit_delays_no_alert(post: Post) -> None:
    """Of an edit and an alert that could both go, the alert goes."""
    async with post.sending():
        await only_message(post)
    async with post.database.write() as session:
        await outgoing.plan_edit(session, 1, post.now() - PAUSED)
    await post.queue(READER, title=NEWER)
    async with post.sending():
        await post.until(sent, number=2)
        await post.until(sent, number=3)
    assert edits_and_sends(post.api) == ["sendMessage", "sendMessage", "editMessageText"]


@pytest.mark.parametrize("kind", ["reset", "garbage"])
async def test_an_edit_whose_answer_was_lost_is_made_again(post: Post, kind: str) -> None:
    """Once or twice is the same: no label, no doubt."""
    post.api.faults.append(Fault("editMessageText", kind))  # type: ignore[arg-type] # one of its kinds
    async with post.sending():
        message = await only_message(post)
        await edit(post)
        await post.until(lambda row: row.attempts > 0, number=2)
        post.ahead += timedelta(minutes=1)
        row = await post.until(sent, number=2)
    assert not row.may_be_duplicate
    assert "ربما وصلك" not in message.text
    assert edits_and_sends(post.api) == ["sendMessage", "editMessageText", "editMessageText"]


class Evening:
    """Outlets, a desk that polls them, and a reader; the sender's clock follows the desk's."""

    def __init__(self, post: Post, desk: Desk, outlets: list[Outlet]) -> None:
        self.post, self.desk, self.outlets = post, desk, outlets

    async def poll(self) -> None:
        """All outlets are read, an hour later."""
        await self.desk.poll()
        self.post.ahead = self.desk.time - NOW

    async def until_edited(self, message: Sent) -> None:
        """Wait until the message is rewritten."""
        self.post.ahead += PAUSED
        await self.post.api.wait_until(lambda: message.edits)


@pytest.fixture
async def evening(post: Post) -> AsyncIterator[Evening]:
    """Forty-one outlets without news, followed by a reader."""
    outlets = [Outlet([]) for _ in range(41)]
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(open_desk(post.database, post.rules, seconds=20))
        servers = [await stack.enter_async_context(RawServer(outlet)) for outlet in outlets]
        await desk.knows(*(server.url() for server in servers))
        await desk.follows(READER, "visits", "kirby")
        yield Evening(post, desk, outlets)


async def test_forty_outlets_that_join_are_one_edit(evening: Evening) -> None:
    """The first report rings; forty copies before the edit leaves rewrite it once, and name how many there are."""
    evening.outlets[0].items.append(Item("first", TITLE))
    await evening.poll()
    async with evening.post.sending():
        message = await evening.post.api.wait_for(lambda one: TITLE in one.text)
        await evening.post.until(sent)
    for number, outlet in enumerate(evening.outlets[1:]):
        outlet.items.append(Item(f"copy-{number}", TITLE))
    for _ in range(5):  # ten feeds are claimed at a time
        await evening.poll()
        evening.desk.time -= timedelta(hours=1)
    async with evening.post.sending():
        await evening.until_edited(message)
        await asyncio.sleep(0.3)
    assert "و40 مصدرًا آخر" in message.text
    assert message.edits == 1
    assert len(evening.post.api.sent) == 1


async def test_a_graver_copy_is_followed_up_and_the_first_message_says_it_too(evening: Evening) -> None:
    """A copy that fires a graver rule rings, in the thread; the alert itself is rewritten without ringing."""
    evening.outlets[0].items.append(Item("first", KIRBY))
    await evening.poll()
    async with evening.post.sending():
        first = await evening.post.api.wait_for(lambda one: KIRBY in one.text)
        evening.outlets[1].items.append(Item("copy", KIRBY, summary="وصل بوتين إلى بيونغ يانغ هذا المساء"))
        for _ in range(5):
            await evening.poll()
            evening.desk.time -= timedelta(hours=1)
        follow_up = await evening.post.api.wait_for(lambda one: one is not first)
        await evening.until_edited(first)
    assert (first.silent, follow_up.silent) == (True, False)
    assert follow_up.reply_to == first.message_id
    assert "ارتفعت درجة الخبر، وكانت: للعلم" in follow_up.text
    assert "مهم" in first.text.split("\n")[0]
