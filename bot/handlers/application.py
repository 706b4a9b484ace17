"""Builds python-telegram-bot's application; starting and stopping it is the app's work."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import Application

from bot.handlers.desk import Desk, Work, leave_undone
from bot.handlers.hearing import HearingRequest
from bot.handlers.routes import routes
from bot.handlers.trouble import on_error
from bot.store.engine import Database
from rules import RuleSet

ALLOWED_UPDATES = [Update.MESSAGE, Update.CHANNEL_POST, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]

ANSWER_SECONDS = 60.0  # for Telegram to answer: a send that is given up too early may have arrived
CONNECT_SECONDS = 10.0
CONNECTIONS = 64  # more than the sender has under way at once, so that nothing waits for the pool
POLL_READ_SECONDS = 15.0  # on top of the long poll itself, which python-telegram-bot adds


def _hearing() -> HearingRequest:
    return HearingRequest(
        connection_pool_size=1,
        connect_timeout=CONNECT_SECONDS,
        pool_timeout=CONNECT_SECONDS,
        read_timeout=POLL_READ_SECONDS,
    )


def build_application(
    *,
    token: str,
    api_url: str,
    database: Database,
    rules: Callable[[], RuleSet],
    admins: frozenset[int],
    now: Callable[[], datetime],
) -> Application:  # type: ignore[type-arg] # six parameters that nobody here reads
    """The application with all handlers; nothing is sent before it is initialised.

    ``api_url`` is a Bot API server without a path; ``rules()`` is the rule set in force; ``admins`` are the user
    ids of the bot's own admins; ``now()`` is the present, aware.
    """
    application: Application[Any, Any, Any, Any, Any, Any] = (
        Application.builder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .connection_pool_size(CONNECTIONS)
        .connect_timeout(CONNECT_SECONDS)
        .pool_timeout(CONNECT_SECONDS)
        .read_timeout(ANSWER_SECONDS)
        .write_timeout(ANSWER_SECONDS)
        .get_updates_request(_hearing())
        .concurrent_updates(False)
        .job_queue(None)
        .build()
    )

    def beside(work: Work) -> None:
        if application.running:
            application.create_task(work)
        else:  # it stops: what would have to be done is done by the next process, or is not worth a wait
            leave_undone(work)

    desk = Desk(
        database=database,
        rules=rules,
        admins=admins,
        now=now,
        beside=beside,
        closing=lambda: not application.running,
    )
    application.add_handlers(routes(desk))
    application.add_error_handler(on_error(desk))
    return application
