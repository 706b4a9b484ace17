"""When a handler fails: the log gets the details, the chat gets one line; nobody is left without an answer."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Conflict, NetworkError, TelegramError
from telegram.ext import ContextTypes

from bot.delivery import spent
from bot.delivery.outcomes import Outcome, Verdict, classify
from bot.handlers.desk import Desk, Place, Reply
from bot.handlers.shell import place_of, send
from bot.logs import get_log
from bot.store import chats
from bot.texts.language import DEFAULT, Language, language_of
from bot.texts.replies import say
from bot.texts.speech import words_of

log = get_log(__name__)
ErrorShell = Callable[[object, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]


def on_error(desk: Desk) -> ErrorShell:
    """The last resort for what a handler, or the polling itself, raises."""

    async def run(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        assert error is not None  # an error handler is called with one
        if not isinstance(update, Update):
            _polling(error)
        elif not await _refused(desk, update, error):
            await _apologise(desk, update, context, error)

    return run


def _polling(error: Exception) -> None:
    if isinstance(error, Conflict):
        log.error("another process listens with this token, or a webhook is set; stop one of them")
    elif isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        log.warning("Telegram cannot be reached; trying on", error=error.message)
    else:
        log.error("listening to Telegram failed", exc_info=error)


_CHAT_SAYS_NO = (Verdict.PAUSE_CHAT, Verdict.PAUSE_TOPIC, Verdict.MOVED, Verdict.WAIT)


async def _refused(desk: Desk, update: Update, error: Exception) -> bool:
    """Telegram did not take our answer: that is no failure of ours, and an apology would be refused as well."""
    chat, outcome = update.effective_chat, classify(error) if isinstance(error, TelegramError) else None
    if chat is None or outcome is None or outcome.verdict not in _CHAT_SAYS_NO:
        return False
    log.info("an answer was refused", chat=chat.id, reason=outcome.reason)
    if outcome.verdict == Verdict.WAIT:  # then its alerts wait as well
        await spent.note(desk.database, chat.id, desk.now(), wait=outcome.seconds)
    else:
        await _note_refusal(desk, update, outcome, chat.id)
    return True


async def _note_refusal(desk: Desk, update: Update, outcome: Outcome, chat_id: int) -> None:
    """What the refusal of an answer means for alerts: the same as if they had been refused."""
    async with desk.database.write() as session:
        if outcome.verdict == Verdict.PAUSE_CHAT:
            await chats.pause(session, chat_id, outcome.reason, desk.now())
        elif outcome.verdict == Verdict.MOVED:
            await chats.migrate(session, chat_id, outcome.chat_id, desk.now())
        elif outcome.verdict == Verdict.PAUSE_TOPIC and update.effective_message is not None:
            place = place_of(update.effective_message)
            await chats.pause_topic(session, chat_id, place.thread_id, outcome.reason, desk.now())


async def _apologise(
    desk: Desk, update: Update, context: ContextTypes.DEFAULT_TYPE, error: Exception
) -> None:
    chat = update.effective_chat
    chat_id = chat.id if chat else None
    log.error("an update was not handled", chat=chat_id, update=update.update_id, exc_info=error)
    try:
        await _say_sorry(desk, update, context, await _language(desk, chat_id))
    except TelegramError as second:
        log.error("the apology was not sent either", chat=chat_id, error=second.message)


async def _say_sorry(
    desk: Desk, update: Update, context: ContextTypes.DEFAULT_TYPE, language: Language
) -> None:
    sorry = say(words_of(language).talk.sorry)
    message = update.effective_message
    if update.callback_query is not None:
        await update.callback_query.answer(sorry.plain, show_alert=True)
    elif message is not None:
        await send(desk, context.bot, place_of(message), Reply(sorry))
    elif update.effective_chat is not None and update.my_chat_member is None:
        place = Place(update.effective_chat.id, 0, str(update.effective_chat.type))
        await send(desk, context.bot, place, Reply(sorry))


async def _language(desk: Desk, chat_id: int | None) -> Language:
    """The chat's language; when it is the database that fails, the usual one."""
    try:
        async with desk.database.read() as session:
            chat = await chats.find(session, chat_id) if chat_id is not None else None
    except Exception as error:
        log.warning("the chat's language cannot be read", chat=chat_id, error=type(error).__name__)
        return DEFAULT
    return language_of(chat.language) if chat else DEFAULT
