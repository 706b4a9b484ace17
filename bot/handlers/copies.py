"""/copies: what a chat wants of an alert of which nobody knows whether it arrived."""

from bot.handlers import keys
from bot.handlers.desk import Button, Call, Desk, Reply
from bot.handlers.keys import Deed
from bot.store import chats
from bot.store.types import Guarantee
from bot.texts.markup import Message
from bot.texts.replies import below, say, typed
from bot.texts.wishes import copies_page

_MEANT = dict.fromkeys(("yes", "on", "twice", "نعم", "نسخة"), Guarantee.AT_LEAST_ONCE) | dict.fromkeys(
    ("no", "off", "once", "never", "لا", "بلا", "أبدا", "أبدًا"), Guarantee.AT_MOST_ONCE
)


async def copies(desk: Desk, call: Call) -> Reply:
    """/copies [yes | no]: choose, or show the choice with its two buttons."""
    if not call.argument:
        return Reply(await _page(desk, call), _offer(call))
    chosen = _MEANT.get(call.argument.casefold())
    if chosen is None:
        asked = say(call.words.wishes.copies_unknown, asked=typed(call.argument, call.words))
        return Reply(below(asked, await _page(desk, call)), _offer(call))
    return await choose_copies(desk, call, chosen)


async def choose_copies(desk: Desk, call: Call, chosen: Guarantee) -> Reply:
    """Set what the chat wants; what to say about it."""
    async with desk.database.write() as session:
        await chats.meet(session, call.place.chat_id, call.place.kind, desk.now())
        await chats.choose_guarantee(session, call.place.chat_id, chosen)
    wishes = call.words.wishes
    return Reply(say(wishes.copies_set_yes if chosen == Guarantee.AT_LEAST_ONCE else wishes.copies_set_no))


async def _page(desk: Desk, call: Call) -> Message:
    async with desk.database.read() as session:
        chat = await chats.find(session, call.place.chat_id)
    return copies_page(call.language, sends_copies=not chat or chat.guarantee == Guarantee.AT_LEAST_ONCE)


def _offer(call: Call) -> tuple[tuple[Button, ...], ...]:
    buttons = call.words.buttons
    return (
        (Button(buttons.copies_yes, keys.write(Deed.COPIES, Guarantee.AT_LEAST_ONCE)),),
        (Button(buttons.copies_no, keys.write(Deed.COPIES, Guarantee.AT_MOST_ONCE)),),
    )
