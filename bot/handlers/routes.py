"""Which update goes to which answer. Edited messages go nowhere: what was said once is done once."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Message, Update
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
from bot.handlers.commands import COMMANDS, Command
from bot.handlers.desk import Call, Desk, Reply, language_at
from bot.handlers.presses import Pressed, pressed
from bot.handlers.rights import presser_may, writer_may
from bot.handlers.shell import answer, place_of, send
from bot.texts.replies import say
from bot.texts.speech import command as command_run

Context = ContextTypes.DEFAULT_TYPE
Shell = Callable[[Update, Context], Coroutine[Any, Any, None]]

# A channel's post that Telegram copies into its discussion group was answered in the channel.
FRESH = (filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST) & ~filters.IS_AUTOMATIC_FORWARD
PRIVATE = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE


def routes(desk: Desk) -> list[BaseHandler[Any, Any, Any]]:
    """Every handler; the first that fits an update takes it."""
    return [
        MessageHandler(filters.StatusUpdate.MIGRATE, membership.on_migration(desk)),
        *(CommandHandler(command.name, on_command(desk, command), filters=FRESH) for command in COMMANDS),
        CallbackQueryHandler(on_press(desk)),
        ChatMemberHandler(membership.on_membership(desk), ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(PRIVATE & filters.COMMAND, on_stray(desk, is_command=True)),
        MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, on_stray(desk, is_command=False)),
    ]


def on_command(desk: Desk, command: Command) -> Shell:
    """The shell of a command: who asks, may they, what is the answer, send it."""

    async def run(update: Update, context: Context) -> None:
        message = update.effective_message
        assert message is not None  # CommandHandler takes nothing else
        place = place_of(message)
        call = Call(place, await language_at(desk, place), " ".join(context.args or ()))
        reply = await _answered(desk, command, call, message)
        await send(context.bot, place, reply, to=message)

    return run


async def _answered(desk: Desk, command: Command, call: Call, message: Message) -> Reply:
    if command.needs_rights(call.argument) and not await writer_may(message):
        return Reply(say(call.words.talk.admins_only))
    return await command.answer(desk, call)


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
        call = Call(place, await language_at(desk, place))
        press = keys.read(query.data or "") if message.is_accessible else None
        if press is None:
            await answer(query, Pressed(call.words.talk.old_button))
        elif press.changes_settings and not await presser_may(
            context.bot, place.kind, place.chat_id, query.from_user
        ):
            await answer(query, Pressed(call.words.talk.admins_only))
        else:
            await answer(query, await pressed(desk, call, press))

    return run


def on_stray(desk: Desk, *, is_command: bool) -> Shell:
    """What is no command of ours, in a private chat: a line that helps on. To other bots we say nothing."""

    async def run(update: Update, context: Context) -> None:
        message = update.effective_message
        if message is None or (message.from_user and message.from_user.is_bot):
            return
        place = place_of(message)
        talk = Call(place, await language_at(desk, place)).words.talk
        sentence = talk.unknown_command if is_command else talk.not_a_command
        await send(context.bot, place, Reply(say(sentence, command=command_run("help"))))

    return run
