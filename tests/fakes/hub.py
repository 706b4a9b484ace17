"""A WebSub hub on loopback: it is asked, it verifies, and it tells what a test wants told.

async with RawServer(hub := Hub()) as server: ...; hub.wishes; await hub.verify(); await hub.tell(b"...")
"""

import hashlib
import hmac
import io
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import aiohttp

from tests.fakes.web import Visit


@dataclass
class Hub:
    """``status``: what it answers to a wish. ``wishes``: the forms that came, oldest first."""

    status: str = "202 Accepted"
    wishes: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, visit: Visit) -> None:
        """A wish comes."""
        self.wishes.append(dict(parse_qsl(visit.body.decode())))
        await visit.answer(self.status)

    async def verify(self, lease: int = 1000, challenge: str = "c4", **changed: str) -> tuple[int, str]:
        """Ask the subscriber whether the last wish was its own; status and body of its answer."""
        wish = self.wishes[-1]
        query = {
            "hub.mode": "subscribe",
            "hub.topic": wish["hub.topic"],
            "hub.challenge": challenge,
            "hub.lease_seconds": str(lease),
        } | {f"hub.{name}": value for name, value in changed.items()}
        async with (
            aiohttp.ClientSession() as client,
            client.get(wish["hub.callback"], params=query) as answer,
        ):
            return answer.status, await answer.text()

    async def tell(self, body: bytes, *, method: str = "sha256", secret: str = "", url: str = "") -> int:
        """Send news, signed with the secret of the last wish or with another; the answer's status."""
        wish = self.wishes[-1]
        key = (secret or wish["hub.secret"]).encode()
        digest = hmac.new(key, body, getattr(hashlib, method, hashlib.md5)).hexdigest()
        headers = {"X-Hub-Signature": f"{method}={digest}"}
        async with (
            aiohttp.ClientSession() as client,
            client.post(url or wish["hub.callback"], data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status
