"""Where WebSub hubs reach us: they verify that a wish was ours, and tell that a topic has news.

What they send is checked and thrown away: it only makes the feed due, and the poller fetches it as always. So nothing
that a stranger posts here is ever parsed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.logs import get_log
from bot.store import hubs
from bot.store.engine import Database
from bot.store.tables import HubSubscription
from bot.store.types import HubState
from feeds import websub
from feeds.websub import Signature

log = get_log(__name__)

PATH = "/websub/"
MAX_BYTES = 10 * 2**20
DENIED_FOR = timedelta(days=1)
MAX_CHALLENGE = 2048  # characters that are echoed
_EXPECTED = (HubState.ASKED, HubState.ACTIVE)
_NOBODY = Response(status_code=404)


def callback(path: str, database: Database, now: Callable[[], datetime]) -> list[Route]:
    """The routes below ``path``; a name that nobody was told is 404, and says no more."""

    async def verify(request: Request) -> Response:
        """A hub asks whether a wish was ours, or says that it will not tell."""
        asked = request.query_params
        async with database.write() as session:
            known = await hubs.find(session, request.path_params["token"])
            if known is None or asked.get("hub.topic") != known.topic:
                return _NOBODY
            if asked.get("hub.mode") == "denied":
                reason = f"denied: {asked.get('hub.reason', '')}"
                await hubs.deny(session, known.token, reason, now() + DENIED_FOR)
                log.warning("hub refused", hub=known.hub, topic=known.topic, detail=reason[:200])
                return Response()
            challenge = asked.get("hub.challenge", "")
            if asked.get("hub.mode") != "subscribe" or known.state not in _EXPECTED or not challenge:
                return _NOBODY
            if len(challenge) > MAX_CHALLENGE:
                return Response(status_code=413)
            lease = websub.lease_of(asked.get("hub.lease_seconds", ""))
            await hubs.confirm(session, known.token, now(), lease, websub.renewal_after(lease))
        log.info(
            "a hub tells of a feed's news", hub=known.hub, topic=known.topic, seconds=lease.total_seconds()
        )
        # it is echoed as text, so that no browser takes a stranger's words for a page of ours
        return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def receive(request: Request) -> Response:
        """A hub tells of news. Whoever does not know the secret gets the same answer, and nothing happens."""
        async with database.read() as session:
            known = await hubs.find(session, request.path_params["token"])
        if known is None or known.state not in _EXPECTED:
            return _NOBODY
        try:
            signed = await _is_signed(request, known)
        except ClientDisconnect:
            return Response(status_code=400)
        if signed is None:
            return Response(status_code=413)
        if not signed:
            log.warning("what a hub sent is not signed as agreed", hub=known.hub, topic=known.topic)
            return Response(status_code=202)
        async with database.write() as session:
            await hubs.notified(session, known.feed_id, now())
        return Response(status_code=202)

    return [
        Route(path + "{token}", verify, methods=["GET"]),
        Route(path + "{token}", receive, methods=["POST"]),
    ]


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
