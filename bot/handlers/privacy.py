"""/privacy and /forget: what is kept, and erasing it.

A chat that is to be forgotten is silent at once: what waits for it ends, and nothing new is queued. It is erased as
soon as nothing is being sent to it, so that no alert comes after the message that says so. Who waits for that is a
task beside the answering; should this process stop first, the process that sends erases the chat.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.handlers import keys
from bot.handlers.desk import Button, Call, Desk, Reply, is_known
from bot.handlers.keys import Deed
from bot.logs import get_log
from bot.store import chats
from bot.store.engine import is_passing
from bot.store.forgetting import erase_if_still
from bot.texts.replies import say
from bot.texts.wishes import forget_page, forgotten_page, privacy_page

log = get_log(__name__)

ASKED_FOR = timedelta(minutes=10)  # how long the question may be answered: a stale button must not erase
LOOK_SECONDS = 0.2
GIVE_UP_SECONDS = 90.0  # a send ends within a minute, or its sender is dead and another takes it back


async def privacy(_desk: Desk, call: Call) -> Reply:
    """/privacy: what is kept of a chat."""
    return Reply(privacy_page(call.language))


async def forget(desk: Desk, call: Call) -> Reply:
    """/forget: say what will be erased, and ask."""
    if not await is_known(desk, call.place):
        return Reply(say(call.words.wishes.nothing_kept))
    asked = str(int(desk.now().timestamp()))
    yes = Button(call.words.buttons.forget_yes, keys.write(Deed.FORGET, asked))
    no = Button(call.words.buttons.forget_no, keys.write(Deed.KEEP, asked))
    return Reply(forget_page(call.language, call.place.kind), ((yes,), (no,)))


def is_still_asked(desk: Desk, target: str) -> bool:
    """Whether a button's question was asked a short while ago."""
    if not (target.isdecimal() and len(target) < 12):
        return False
    return timedelta(seconds=-60) <= timedelta(seconds=desk.now().timestamp() - int(target)) <= ASKED_FOR


async def begin_to_forget(desk: Desk, call: Call) -> Reply:
    """From here on nothing is queued for the chat; what to say about it."""
    async with desk.database.write() as session:
        await chats.begin_forgetting(session, call.place.chat_id, desk.now())
    log.info("a chat wishes to be forgotten", chat=call.place.chat_id)
    return Reply(say(call.words.wishes.forgetting))


async def finish_forgetting(desk: Desk, call: Call, tell: Callable[[Reply], Awaitable[None]]) -> None:
    """Erase the chat as soon as nothing is being sent to it, then ``tell`` it. Ends soon when the desk closes."""
    deadline = asyncio.get_running_loop().time() + GIVE_UP_SECONDS
    while not await _erased(desk, call.place.chat_id):
        if desk.closing():
            return
        if asyncio.get_running_loop().time() >= deadline:
            await tell(Reply(say(call.words.wishes.forget_delayed)))
            return
        await asyncio.sleep(LOOK_SECONDS)
    await tell(Reply(forgotten_page(call.language)))


async def _erased(desk: Desk, chat_id: int) -> bool:
    try:
        return await erase_if_still(desk.database, chat_id)
    except Exception as error:
        if not is_passing(error):
            raise
        return False  # the database does not answer: it may again
