"""Which update goes to which answer. Edited messages go nowhere: what was said once is done once."""

import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from telegram import Bot, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.handlers import keys, membership
from bot.handlers.commands import COMMANDS, Command, nearest_command
from bot.handlers.desk import Call, Desk, Place, Reply, Standing, standing_at
from bot.handlers.keys import Press
from bot.handlers.menus import publish_menu_of
from bot.handlers.patience import Ear, Patience
from bot.handlers.pausing import resume
from bot.handlers.presses import Pressed, pressed
from bot.handlers.privacy import finish_forgetting
from bot.handlers.rights import presser_may, writer_may
from bot.handlers.shell import answer, place_of, send
from bot.logs import get_log
from bot.texts.replies import below, say
from bot.texts.speech import command as command_run
from bot.texts.speech import words_of

log = get_log(__name__)
Context = ContextTypes.DEFAULT_TYPE
Shell = Callable[[Update, Context], Coroutine[Any, Any, None]]

# A channel's post that Telegram copies into its discussion group was answered in the channel.
FRESH = (filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST) & ~filters.IS_AUTOMATIC_FORWARD
PRIVATE = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE


def routes(desk: Desk) -> list[BaseHandler[Any, Any, Any]]:
    """Every handler; the first that fits an update takes it."""
    admins = PRIVATE & filters.User(desk.admins)
    patience = Patience(time.monotonic)
    topics = filters.StatusUpdate.FORUM_TOPIC_CLOSED | filters.StatusUpdate.FORUM_TOPIC_REOPENED
    return [
        MessageHandler(filters.StatusUpdate.MIGRATE, membership.on_migration(desk)),
        MessageHandler(topics, membership.on_topic(desk)),
        *(
            CommandHandler(
                one.name,
                patiently(desk, patience, on_command(desk, one)),
                filters=FRESH & admins if one.is_for_bot_admins else FRESH,
            )
            for one in COMMANDS
        ),
        CallbackQueryHandler(patiently(desk, patience, on_press(desk))),
        ChatMemberHandler(membership.on_membership(desk), ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(PRIVATE & filters.COMMAND, patiently(desk, patience, on_stray(desk, is_command=True))),
        MessageHandler(
            PRIVATE & ~filters.StatusUpdate.ALL, patiently(desk, patience, on_stray(desk, is_command=False))
        ),
    ]


def patiently(desk: Desk, patience: Patience, shell: Shell) -> Shell:
    """``shell``, for whoever does not ask without end; whoever does is told once, and then not heard for a while."""

    async def run(update: Update, context: Context) -> None:
        message, user = update.effective_message, update.effective_user
        if not isinstance(message, Message):  # a button that cannot be placed, which costs nothing
            await shell(update, context)
            return
        place = place_of(message)
        ear = patience.listens(place.chat_id, user.id if user else None, private=place.is_private)
        if ear is Ear.OPEN:
            await shell(update, context)
        elif ear is Ear.CLOSING:
            log.info("a chat asks too much at once; not answered for a while", chat=place.chat_id)
            said = say(words_of((await standing_at(desk, place)).language).talk.patience)
            if update.callback_query is not None:
                await answer(desk, update.callback_query, Pressed(said.plain))
            else:
                await send(desk, context.bot, place, Reply(said), to=message)

    return run


def on_command(desk: Desk, command: Command) -> Shell:
    """The shell of a command: who asks, may they, what is the answer, send it."""

    async def run(update: Update, context: Context) -> None:
        message = update.effective_message
        assert message is not None  # CommandHandler takes nothing else
        place = place_of(message)
        standing = await standing_at(desk, place)
        call = _call(desk, place, standing, message.from_user, " ".join(context.args or ()))
        if standing.forgetting:
            reply = Reply(say(call.words.wishes.being_forgotten))
        else:
            reply = await _answered(desk, command, call, message)
        await send(desk, context.bot, place, reply, to=message)
        if command.name == "start" and place.is_private and call.by_admin:
            desk.beside(_give_menu(context.bot, place.chat_id))

    return run


async def _give_menu(bot: Bot, admin: int) -> None:
    """An admin who had not written to the bot when it started could have no menu then."""
    try:
        await publish_menu_of(bot, admin)
    except TelegramError as error:
        log.warning("an admin's menu was not published", admin=admin, error=error.message)


def _call(desk: Desk, place: Place, standing: Standing, user: User | None, argument: str = "") -> Call:
    by_admin = desk.is_admins(place, user.id if user else None)
    return Call(place, standing.language, argument, stopped=standing.stopped, by_admin=by_admin)


async def _answered(desk: Desk, command: Command, call: Call, message: Message) -> Reply:
    if command.needs_rights(call.argument) and not await writer_may(message):
        return Reply(say(call.words.talk.admins_only))
    if not (command.resumes and call.stopped and await writer_may(message)):
        return await command.answer(desk, call)
    back = await resume(desk, call)
    reply = await command.answer(desk, replace(call, stopped=False))
    return Reply(below(back, reply.message), reply.buttons)


def on_press(desk: Desk) -> Shell:
    """The shell of a button. Under a message that Telegram no longer shows us, it cannot be placed: it is old."""

    async def run(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # CallbackQueryHandler takes nothing else
        message = query.message
        if not isinstance(message, Message):  # a button outside of any chat: none of ours
            await query.answer()
            return
        place = place_of(message)
        standing = await standing_at(desk, place)
        call = _call(desk, place, standing, query.from_user)
        press = keys.read(query.data or "") if message.is_accessible else None
        refusal = await _refusal(context.bot, call, press, query.from_user, standing)
        if press is None or refusal:
            await answer(desk, query, Pressed(refusal))
            return
        outcome = await pressed(desk, call, press)
        await answer(desk, query, outcome)
        if outcome.forgets:
            desk.beside(finish_forgetting(desk, call, lambda reply: _tell(desk, context.bot, place, reply)))

    return run


async def _refusal(bot: Bot, call: Call, press: Press | None, user: User, standing: Standing) -> str:
    """Why a press does nothing, or "". What is for the bot's admins is for others data that was never ours."""
    words = words_of(call.language)
    if press is None or (press.is_for_bot_admins and not call.by_admin):
        return words.talk.old_button
    if standing.forgetting:
        return words.wishes.being_forgotten
    place = call.place
    if press.changes_settings and not await presser_may(bot, place.kind, place.chat_id, user):
        return words.talk.admins_only
    return ""


async def _tell(desk: Desk, bot: Bot, place: Place, reply: Reply) -> None:
    """Send what nobody waits for; a chat that does not want it any more goes without."""
    try:
        await send(desk, bot, place, reply)
    except TelegramError as error:
        log.info("a last message did not arrive", reason=error.message)


def on_stray(desk: Desk, *, is_command: bool) -> Shell:
    """What is no command of ours, in a private chat: a line that helps on. To other bots we say nothing."""

    async def run(update: Update, context: Context) -> None:
        message = update.effective_message
        if message is None or (message.from_user and message.from_user.is_bot):
            return
        place = place_of(message)
        talk = words_of((await standing_at(desk, place)).language).talk
        sentence = talk.unknown_command if is_command else talk.not_a_command
        said = [say(sentence, command=command_run("help"))]
        by_admin = desk.is_admins(place, message.from_user.id if message.from_user else None)
        if is_command and (meant := nearest_command(message.text or "", by_admin=by_admin)):
            said.insert(0, say(talk.command_meant, command=command_run(meant)))
        await send(desk, context.bot, place, Reply(below(*said)))

    return run
