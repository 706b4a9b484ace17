"""When a handler fails: the log gets the details, the chat gets one line; nobody is left without an answer."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, TelegramError
from telegram.ext import ContextTypes

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
        elif isinstance(error, Forbidden):
            await _locked_out(desk, update, error)
        else:
            await _apologise(desk, update, context, error)

    return run


def _polling(error: Exception) -> None:
    if isinstance(error, Conflict):
        log.error("another process listens with this token, or a webhook is set; stop one of them")
    elif isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        log.warning("Telegram cannot be reached; trying on", error=error.message)
    else:
        log.error("listening to Telegram failed", exc_info=error)


async def _locked_out(desk: Desk, update: Update, error: Forbidden) -> None:
    """The chat does not want our answer: that is no failure of ours, but nothing may be sent there any more."""
    chat = update.effective_chat
    log.info("an answer was refused", chat=chat.id if chat else None, reason=error.message)
    if chat is not None:
        async with desk.database.write() as session:
            await chats.pause(session, chat.id, error.message, desk.now())


async def _apologise(
    desk: Desk, update: Update, context: ContextTypes.DEFAULT_TYPE, error: Exception
) -> None:
    chat = update.effective_chat
    chat_id = chat.id if chat else None
    log.error("an update was not handled", chat=chat_id, update=update.update_id, exc_info=error)
    try:
        await _say_sorry(update, context, await _language(desk, chat_id))
    except TelegramError as second:
        log.error("the apology was not sent either", chat=chat_id, error=second.message)


async def _say_sorry(update: Update, context: ContextTypes.DEFAULT_TYPE, language: Language) -> None:
    sorry = say(words_of(language).talk.sorry)
    message = update.effective_message
    if update.callback_query is not None:
        await update.callback_query.answer(sorry.plain, show_alert=True)
    elif message is not None:
        await send(context.bot, place_of(message), Reply(sorry))
    elif update.effective_chat is not None and update.my_chat_member is None:
        await send(
            context.bot, Place(update.effective_chat.id, 0, str(update.effective_chat.type)), Reply(sorry)
        )


async def _language(desk: Desk, chat_id: int | None) -> Language:
    """The chat's language; when it is the database that fails, the usual one."""
    try:
        async with desk.database.read() as session:
            chat = await chats.find(session, chat_id) if chat_id is not None else None
    except Exception as error:
        log.warning("the chat's language cannot be read", chat=chat_id, error=type(error).__name__)
        return DEFAULT
    return language_of(chat.language) if chat else DEFAULT
