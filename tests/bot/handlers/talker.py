"""The bot's talking part, live on a local Bot API server, and the people who talk with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from telegram.ext import Application

from bot.handlers import ALLOWED_UPDATES, build_application
from bot.handlers.desk import Desk
from tests.fakes.bot_api import TOKEN, BotApiServer, Sent

ADMIN, MEMBER, READER = 7, 8, 42
GROUP, FORUM, CHANNEL = -100, -200, -300


@dataclass
class Talker:
    """Says things and hears what comes back."""

    server: BotApiServer
    heard: int = field(default=0)

    async def ask(
        self, chat_id: int, text: str, *, user: int | None = None, thread: int | None = None
    ) -> Sent:
        """Say ``text``; the answer."""
        self.server.world.say(chat_id, text, user_id=user, thread_id=thread)
        return await self.answer(chat_id)

    async def answer(self, chat_id: int) -> Sent:
        """The next message that the bot sends; it must be in this chat."""
        await self.server.wait_until(lambda: len(self.server.sent) > self.heard)
        sent = self.server.sent[self.heard]
        self.heard += 1
        assert sent.chat_id == chat_id, sent
        return sent

    async def press(self, message: Sent, data: str, *, user: int | None = None) -> str:
        """Press a button; the note that comes back."""
        callback = self.server.world.press(message, data, user_id=user)
        await self.server.wait_until(lambda: callback in self.server.methods.answered)
        return self.server.methods.answered[callback]

    async def nothing_came(self) -> None:
        """Fails if the bot has answered what was said last: a question after it is answered first."""
        assert "أوامر راصد" in (await self.ask(READER, "/help")).text


@asynccontextmanager
async def talking(server: BotApiServer, desk: Desk) -> AsyncIterator[Talker]:
    """The application on long polling, among a reader, a group, a forum and a channel."""
    server.world.add_chat(READER)
    for chat_id, kind in ((GROUP, "supergroup"), (FORUM, "supergroup"), (CHANNEL, "channel")):
        chat = server.world.add_chat(chat_id, kind, forum=chat_id == FORUM, bot_status="administrator")
        chat.members |= {ADMIN: "administrator", MEMBER: "member"}
    application: Application = build_application(  # type: ignore[type-arg] # six parameters that nobody here reads
        token=TOKEN,
        api_url=server.url,
        database=desk.database,
        rules=desk.rules,
        admins=desk.admins,
        now=desk.now,
    )
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling(poll_interval=0, timeout=1, allowed_updates=ALLOWED_UPDATES)
        try:
            yield Talker(server)
        finally:
            await application.updater.stop()
            await application.stop()
