"""Where WebSub hubs reach us: they verify that a wish was ours, and tell that a topic has news.

What they send is checked and thrown away: it only makes the feed due, and the poller fetches it as always. So nothing
that a stranger posts here is ever parsed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.logs import get_log
from bot.pipeline.hubs import PATH
from bot.store import hubs
from bot.store.engine import Database, Session
from bot.store.tables import HubSubscription
from bot.store.types import HubState
from feeds import websub
from feeds.websub import Signature

log = get_log(__name__)

MAX_BYTES = 10 * 2**20
DENIED_FOR = timedelta(days=1)
MAX_CHALLENGE = 2048  # characters that are echoed
_EXPECTED = (HubState.ASKED, HubState.ACTIVE)
_NOBODY = Response(status_code=404)


def callback(database: Database, now: Callable[[], datetime]) -> list[Route]:
    """The routes of the callbacks; a name that nobody was told is 404, and says no more."""
    ear = _Ear(database, now)
    path = PATH + "{token}"
    return [Route(path, ear.verify, methods=["GET"]), Route(path, ear.receive, methods=["POST"])]


@dataclass(frozen=True, slots=True)
class _Ear:
    database: Database
    now: Callable[[], datetime]

    async def verify(self, request: Request) -> Response:
        """A hub asks whether a wish was ours, or says that it will not tell."""
        asked = request.query_params
        async with self.database.write() as session:
            known = await hubs.find(session, request.path_params["token"])
            if known is None or asked.get("hub.topic") != known.topic:
                return _NOBODY
            if asked.get("hub.mode") == "denied":
                return await self._deny(session, known, asked.get("hub.reason", ""))
            if asked.get("hub.mode") != "subscribe" or known.state not in _EXPECTED:
                return _NOBODY
            lease = websub.lease_of(asked.get("hub.lease_seconds", ""))
            return await self._confirm(session, known, lease, asked.get("hub.challenge", ""))

    async def _deny(self, session: Session, known: HubSubscription, said: str) -> Response:
        reason = f"denied: {said[:200]}"
        await hubs.deny(session, known.token, reason, self.now() + DENIED_FOR)
        log.warning("hub refused", hub=known.hub, topic=known.topic, detail=reason)
        return Response()

    async def _confirm(
        self, session: Session, known: HubSubscription, lease: timedelta, challenge: str
    ) -> Response:
        if not 0 < len(challenge) <= MAX_CHALLENGE:
            return Response(status_code=400)
        await hubs.confirm(session, known.token, self.now(), lease, websub.renewal_after(lease))
        log.info(
            "a hub tells of a feed's news", hub=known.hub, topic=known.topic, seconds=lease.total_seconds()
        )
        # it is echoed as text, so that no browser takes a stranger's words for a page of ours
        return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def receive(self, request: Request) -> Response:
        """A hub tells of news. Whoever does not know the secret gets the same answer, and nothing happens."""
        async with self.database.read() as session:
            known = await hubs.find(session, request.path_params["token"])
        if known is None or known.state not in _EXPECTED:
            return _NOBODY
        try:
            signed = await _is_signed(request, known)
        except ClientDisconnect:
            return Response(status_code=400)
        if signed is None:
            return Response(status_code=413)
        if signed:
            async with self.database.write() as session:
                await hubs.notified(session, known.feed_id, self.now())
        else:
            log.warning("what a hub sent is not signed as agreed", hub=known.hub, topic=known.topic)
        return Response(status_code=202)


async def _is_signed(request: Request, known: HubSubscription) -> bool | None:
    """Whether the body bears the hub's signature; None when it is larger than may be."""
    signature = Signature.of(request.headers.get("X-Hub-Signature", ""), known.secret)
    said = request.headers.get("Content-Length", "0")
    if not said.isdigit() or int(said) > MAX_BYTES:
        return None
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            return None
        signature.update(part)
    return signature.holds()
