"""Between Telegram's updates and our answers: reads a place out of a message, and puts a reply on the wire."""

import asyncio
from collections.abc import Awaitable, Callable

from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.delivery import spent
from bot.delivery.outcomes import Verdict, classify
from bot.delivery.pace import CHAT_SECONDS
from bot.handlers.desk import CHANNEL, Desk, Place, Reply
from bot.handlers.presses import Pressed
from bot.logs import get_log
from bot.texts.clean import clip

log = get_log(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
LOOK_SECONDS = 0.2
NOTE_UNITS = 200  # Telegram's limit for the note that answers a press


def place_of(message: Message) -> Place:
    """Where a message stands. Threads of replies are no topics, and a forum's General topic is the chat itself."""
    thread = message.message_thread_id if message.is_accessible and message.is_topic_message else None
    return Place(message.chat.id, thread or 0, str(message.chat.type))


async def send(desk: Desk, bot: Bot, place: Place, reply: Reply, *, to: Message | None = None) -> None:
    """Send an answer to ``place``; in a group it hangs on the message ``to`` which it answers.

    Where an alert has just taken the chat's second, Telegram asks to wait for a moment: the answer comes after it,
    beside other answers. A longer wait is raised, as is everything else that Telegram refuses.
    """
    hangs = to is not None and not place.is_private and place.kind != CHANNEL
    parameters = ReplyParameters(to.message_id, allow_sending_without_reply=True) if to and hangs else None

    async def put(text: str, parse_mode: ParseMode | None) -> None:
        await bot.send_message(
            chat_id=place.chat_id,
            text=text,
            parse_mode=parse_mode,
            message_thread_id=place.thread_id or None,
            reply_markup=keyboard(reply),
            reply_parameters=parameters,
            link_preview_options=NO_PREVIEW,
        )

    async def write() -> None:
        try:
            await put(reply.message.html, ParseMode.HTML)
        except BadRequest as error:
            if not _is_about_markup(error):
                raise
            log.error("our markup was refused; answered plain", chat=place.chat_id, reason=error.message)
            await put(reply.message.plain, None)
        desk.beside(spent.note(desk.database, place.chat_id, desk.now()))

    try:
        await write()
    except TelegramError as error:
        seconds = _moment_asked(error)
        if not seconds:
            raise
        await spent.note(desk.database, place.chat_id, desk.now(), wait=seconds + CHAT_SECONDS)
        desk.beside(_later(desk, place, seconds, write))


def _moment_asked(error: TelegramError) -> float:
    """For how many seconds Telegram asks to wait, if they are few; else 0."""
    outcome = classify(error)
    return (
        outcome.seconds if outcome.verdict == Verdict.WAIT and outcome.seconds <= spent.LONGEST_TURN else 0.0
    )


async def _later(desk: Desk, place: Place, seconds: float, write: Callable[[], Awaitable[None]]) -> None:
    """Write after a while; once, and not while the bot stops."""
    until = asyncio.get_running_loop().time() + seconds
    while (left := until - asyncio.get_running_loop().time()) > 0:
        if desk.closing():
            return
        await asyncio.sleep(min(left, LOOK_SECONDS))
    try:
        await write()
    except TelegramError as error:
        log.info("an answer was refused twice", chat=place.chat_id, reason=error.message)


async def answer(desk: Desk, query: CallbackQuery, outcome: Pressed) -> None:
    """Answer a press, and change the message under the button.

    The press is answered first, since the button shows a clock until then. What Telegram refuses here (a press
    from before a long pause, a message deleted meanwhile) takes nothing back of what the press did.
    """
    try:
        await query.answer(clip(outcome.note, NOTE_UNITS) or None)
    except BadRequest as error:
        log.info("a press was answered too late", reason=error.message)
    if outcome.reply is None:
        return
    try:
        await query.edit_message_text(
            outcome.reply.message.html,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard(outcome.reply),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:
        if "not modified" not in error.message.lower():
            log.warning("the message under a button was not changed", reason=error.message)
        return
    if query.message is not None:
        desk.beside(spent.note(desk.database, query.message.chat.id, desk.now()))


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """The rows of buttons of a reply, or None for none."""
    rows = [[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in reply.buttons]
    return InlineKeyboardMarkup(rows) if rows else None


def _is_about_markup(error: BadRequest) -> bool:
    return "parse entities" in error.message.lower()
