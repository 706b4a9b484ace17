"""What another process may ask of the server: POST JSON to ``/control/<what>``."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.fakes.bot_api.faults import Fault
from tests.fakes.bot_api.server import BotApiServer


class ControlledServer(BotApiServer):
    """The server with its control calls: chat, member, say, press, becomes, topic, migrate, fault, sent."""

    def control_routes(self) -> dict[str, Callable[[web.Request], Awaitable[web.Response]]]:
        """Each call takes the arguments of the method that it stands for, as JSON."""
        return {
            "chat": self._plain(self.world.add_chat),
            "member": self._plain(self._member),
            "say": self._plain(self.world.say),
            "press": self._plain(self._press),
            "becomes": self._plain(self.world.bot_becomes),
            "topic": self._plain(self.world.topic),
            "delete": self._plain(self.world.delete),
            "migrate": self._plain(self.world.migrate),
            "fault": self._plain(lambda **fault: self.faults.append(Fault(**fault))),
            "sent": self._plain(lambda after=0: [asdict(one) for one in self.sent[after:]]),
        }

    def _member(self, chat_id: int, user_id: int, status: str = "member") -> None:
        self.world.chats[chat_id].members[user_id] = status

    def _press(self, chat_id: int, message_id: int, data: str, user_id: int | None = None) -> str:
        message = next(one for one in self.sent if (one.chat_id, one.message_id) == (chat_id, message_id))
        return self.world.press(message, data, user_id=user_id)

    @staticmethod
    def _plain(call: Callable[..., Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                result = call(**(await request.json() if request.can_read_body else {}))
            except (TypeError, KeyError, StopIteration) as error:
                return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
            return web.json_response(result if isinstance(result, list | dict | str) else {"ok": True})

        return handle
