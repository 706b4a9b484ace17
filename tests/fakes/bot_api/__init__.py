"""A local Bot API server for tests and for driving the bot by hand: ``python -m tests.fakes.bot_api``."""

from tests.fakes.bot_api.faults import Fault, refused, too_many_requests
from tests.fakes.bot_api.server import TOKEN, BotApiServer, Call
from tests.fakes.bot_api.world import ANONYMOUS_ADMIN, BOT, Sent

__all__ = [
    "ANONYMOUS_ADMIN",
    "BOT",
    "TOKEN",
    "BotApiServer",
    "Call",
    "Fault",
    "Sent",
    "refused",
    "too_many_requests",
]
