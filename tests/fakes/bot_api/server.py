"""A Bot API server on loopback: real HTTP, real long polling, Telegram's strictness, scripted faults."""

import asyncio
import json
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.fakes.bot_api.faults import Fault
from tests.fakes.bot_api.methods import Methods, Params, RefusedError
from tests.fakes.bot_api.world import Sent, World

TOKEN = "4242:AAtest-token-of-the-local-server_000"
LONGEST_POLL = 50.0
PORTAL = b"<html><body>Welcome to the hotel's network. Please log in.</body></html>"


@dataclass(frozen=True)
class Call:
    """One call as it came, and the status it was answered with (0: no answer)."""

    method: str
    params: Params
    status: int
    at: float


class BotApiServer:
    """Start it, point a bot at ``url`` with ``token``, drive it through ``world``, strike it through ``faults``.

    ``transcript`` (a path) gets a JSON line for every message that is accepted or rewritten, with its method and
    time, flushed before the answer leaves: a ledger that outlives whatever is killed. ``limits`` turns on
    Telegram's: 30 a second, 1 a second a chat, 20 a minute a group.
    """

    def __init__(
        self, *, token: str = TOKEN, transcript: Path | None = None, limits: bool = False, port: int = 0
    ) -> None:
        self.token, self.limits = token, limits
        self.world = World()
        self.methods = Methods(self.world)
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.url = ""
        self._port = port
        self._transcript = transcript
        self._runner: web.AppRunner | None = None
        self._polls = 0
        self._recent: deque[tuple[float, int]] = deque()

    @property
    def sent(self) -> list[Sent]:
        """Every message that was accepted, oldest first."""
        return self.world.sent

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        for path, handler in self.control_routes().items():
            app.router.add_post(f"/control/{path}", handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def control_routes(self) -> dict[str, Callable[[web.Request], Any]]:
        """What another process may ask of this one; overridden where the server is a process of its own."""
        return {}

    def fault_for(self, method: str, chat_id: int | None) -> Fault | None:
        """What strikes a call; overridden where faults are not scripted but come like the weather."""
        return next((one for one in self.faults if one.meets(method, chat_id)), None)

    async def wait_for(self, wanted: Callable[[Sent], bool], within: float = 10.0) -> Sent:
        """The first accepted message that ``wanted`` holds for, as soon as there is one; TimeoutError."""
        try:
            async with asyncio.timeout(within):
                while True:
                    found = next((one for one in self.sent if wanted(one)), None)
                    if found is not None:
                        return found
                    self.world.arrived.clear()
                    await self.world.arrived.wait()
        except TimeoutError:
            raise TimeoutError(f"no such message among {[one.text[:60] for one in self.sent]}") from None

    async def wait_until(self, holds: Callable[[], object], within: float = 10.0) -> None:
        """Wait until something about this server holds; TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                await asyncio.sleep(0.01)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = await _params(request)
        if request.match_info["token"] != self.token:
            return self._answer(method, params, _refusal(401, "Unauthorized"))
        if method.lower() == "getupdates":
            return await self._get_updates(params)
        if not self.methods.knows(method):
            return self._answer(method, params, _refusal(404, "Not Found: method not found"))
        chat_id = int(params["chat_id"]) if str(params.get("chat_id", "")).lstrip("-").isdecimal() else None
        fault = self.fault_for(method, chat_id)
        if fault is not None:
            return await self._strike(fault, request, method, params)
        return self._answer(method, params, self._obey(method, params))

    def _obey(self, method: str, params: Params) -> dict[str, Any]:
        try:
            if method.lower() in ("sendmessage", "editmessagetext"):
                self._keep_limits(params)
            before = len(self.sent)
            result = self.methods.obey(method, params)
        except RefusedError as refused:
            return _refusal(refused.code, refused.description, refused.parameters)
        for sent in self.sent[before:]:
            self._write(sent, "sendMessage", sent.at)
        if method.lower() == "editmessagetext":
            self._write(self._rewritten(params), "editMessageText", time.time())
        return {"ok": True, "result": result}

    def _keep_limits(self, params: Params) -> None:
        if not self.limits:
            return
        now, chat_id = time.monotonic(), int(params["chat_id"])
        while self._recent and self._recent[0][0] < now - 60:
            self._recent.popleft()
        second = [chat for at, chat in self._recent if at > now - 1]
        minute = [chat for _, chat in self._recent if chat == chat_id]
        if len(second) >= 30 or chat_id in second:
            raise RefusedError(429, "Too Many Requests: retry after 1", retry_after=1)
        if chat_id < 0 and len(minute) >= 20:
            raise RefusedError(429, "Too Many Requests: retry after 30", retry_after=30)
        self._recent.append((now, chat_id))

    def _rewritten(self, params: Params) -> Sent:
        key = (int(params["chat_id"]), int(params["message_id"]))
        return next(one for one in self.sent if (one.chat_id, one.message_id) == key)

    def _write(self, sent: Sent, method: str, at: float) -> None:
        if self._transcript is not None:
            line = asdict(sent) | {"method": method, "at": at}
            with self._transcript.open("a", encoding="utf-8") as ledger:
                ledger.write(json.dumps(line, ensure_ascii=False) + "\n")

    async def _strike(
        self, fault: Fault, request: web.Request, method: str, params: Params
    ) -> web.StreamResponse:
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return self._answer(method, params, self._obey(method, params))
        if fault.kind == "status":
            return self._answer(method, params, _refusal(fault.code, fault.description, fault.parameters))
        answer = self._obey(method, params) if fault.accept else {}
        self.calls.append(Call(method, params, 0, time.time()))
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds or 3600)
        if fault.kind == "failing":
            return web.json_response(_refusal(fault.code, "Bad Gateway"), status=fault.code)
        if fault.kind == "portal":
            return web.Response(body=PORTAL, content_type="text/html")
        if fault.kind == "garbage":
            return web.Response(body=b'{"ok": tru', content_type="application/json")
        return await _break_off(request, json.dumps(answer).encode() if fault.kind == "cut" else b"")

    async def _get_updates(self, params: Params) -> web.Response:
        """Long polling: what is confirmed by ``offset`` vanishes; a second poller is refused, as at Telegram."""
        if self._polls:
            says = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            return self._answer("getUpdates", params, _refusal(409, says))
        offset, limit = int(params.get("offset", 0)), int(params.get("limit", 100))
        if offset > 0:
            self.world.updates = [one for one in self.world.updates if one["update_id"] >= offset]
        self._polls += 1
        try:
            until = time.monotonic() + min(float(params.get("timeout", 0)), LONGEST_POLL)
            while not self.world.updates and time.monotonic() < until:
                await asyncio.sleep(0.01)
        finally:
            self._polls -= 1
        return self._answer("getUpdates", params, {"ok": True, "result": self.world.updates[:limit]})

    def _answer(self, method: str, params: Params, answer: dict[str, Any]) -> web.Response:
        status = answer.get("error_code", 200)
        self.calls.append(Call(method, params, status, time.time()))
        return web.json_response(answer, status=status)


def _refusal(code: int, description: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return answer | ({"parameters": parameters} if parameters else {})


async def _params(request: web.Request) -> Params:
    if request.content_type == "application/json":
        body: Params = await request.json()
        return {**request.query, **body}
    return {**request.query, **(await request.post())}


async def _break_off(request: web.Request, body: bytes) -> web.StreamResponse:
    """Cut the connection: with a reset, or after half of ``body``."""
    transport = request.transport
    assert transport is not None
    if body:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        transport.write(head.encode() + body[: len(body) // 2])
        await asyncio.sleep(0.05)
        transport.close()
    else:
        # SO_LINGER of zero seconds makes closing a reset
        transport.get_extra_info("socket").setsockopt(1, 13, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()
