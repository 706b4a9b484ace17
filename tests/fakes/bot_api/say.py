"""A person at the terminal: says something to the bot and prints what it answers.

python -m tests.fakes.bot_api.say --url http://127.0.0.1:8081 --chat 1 "/start"
python -m tests.fakes.bot_api.say --url http://127.0.0.1:8081 --chat 1 --press 12 "f:1"   (a button)
"""

import argparse
import asyncio
from typing import Any

import aiohttp


async def _talk(arguments: argparse.Namespace) -> None:
    async with aiohttp.ClientSession(f"{arguments.url}/control/") as control:
        before = len(await _post(control, "sent"))
        about = {"chat_id": arguments.chat, "user_id": arguments.user}
        if arguments.press:
            await _post(control, "press", message_id=arguments.press, data=arguments.text, **about)
        else:
            await _post(control, "say", text=arguments.text, thread_id=arguments.thread, **about)
        await asyncio.sleep(arguments.seconds)
        for message in await _post(control, "sent", after=before):
            _show(message)


async def _post(control: aiohttp.ClientSession, what: str, **arguments: Any) -> Any:
    async with control.post(what, json=arguments) as answer:
        body = await answer.json()
        if answer.status != 200:
            raise SystemExit(body["error"])
        return body


def _show(message: dict[str, Any]) -> None:
    print(f"--- message {message['message_id']} in chat {message['chat_id']}, topic {message['thread_id']}")
    print(message["text"])
    for row in message["buttons"]:
        print("   ".join(f"[{one['text']} | {one.get('callback_data', one.get('url'))}]" for one in row))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.bot_api.say")
    parser.add_argument("--url", required=True)
    parser.add_argument("--chat", type=int, required=True)
    parser.add_argument("--user", type=int)
    parser.add_argument("--thread", type=int)
    parser.add_argument(
        "--press", type=int, metavar="MESSAGE", help="press that message's button with data TEXT"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="how long to listen")
    parser.add_argument("text")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(_talk(_arguments()))
