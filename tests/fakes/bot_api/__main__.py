"""The local Bot API server as a process of its own, for driving the bot by hand.

    python -m tests.fakes.bot_api --port 8081 --chat 1            the server, with a private chat 1
    python -m tests.fakes.bot_api.say --url http://127.0.0.1:8081 --chat 1 "/start"

The bot: ``TELEGRAM_API_URL`` is the address printed first, ``TELEGRAM_BOT_TOKEN`` the token printed second.
"""

import argparse
import asyncio
from pathlib import Path

from tests.fakes.bot_api.control import ControlledServer
from tests.fakes.bot_api.server import TOKEN


async def _serve(arguments: argparse.Namespace) -> None:
    server = ControlledServer(
        token=arguments.token, transcript=arguments.transcript, limits=arguments.limits, port=arguments.port
    )
    for chat_id in arguments.chat:
        server.world.add_chat(chat_id)
    async with server:
        print(server.url, flush=True)
        print(server.token, flush=True)
        await asyncio.Event().wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.bot_api")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--transcript", type=Path, help="a file that gets a JSON line a message")
    parser.add_argument("--limits", action="store_true", help="enforce Telegram's limits of pace")
    parser.add_argument("--chat", type=int, action="append", default=[], help="a private chat that is there")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        asyncio.run(_serve(_arguments()))
    except KeyboardInterrupt:
        print("stopped")
