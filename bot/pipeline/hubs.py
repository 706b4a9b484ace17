"""Asks WebSub hubs to tell of news, and again before their promises end. What they tell comes in by ``bot.web``."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.logs import get_log
from bot.store import hubs
from bot.store.engine import Database
from bot.store.hubs import Wish
from bot.times import utc_now
from feeds import websub
from feeds.errors import FetchError
from feeds.fetch import Fetcher

log = get_log(__name__)

PATH = "/websub/"  # of the callbacks, below the public address; bot.web.callback listens there
UNVERIFIED = timedelta(
    minutes=10
)  # after which a hub that accepted a wish and then said nothing is asked again


@dataclass(frozen=True, slots=True)
class Hubs:
    """Subscribes to the hubs that feeds name. ``public_url``: where ``bot.web`` is reached from outside."""

    database: Database
    fetcher: Fetcher
    public_url: str
    now: Callable[[], datetime] = utc_now

    async def look(self) -> None:
        """Ask what there is to ask now. It is written down first: the hub may answer before it has replied."""
        now = self.now()
        async with self.database.write() as session:
            await hubs.note_offers(session, now)
            wishes = await hubs.take_due(session, now, again_at=now + UNVERIFIED)
        await asyncio.gather(*(self._ask(wish) for wish in wishes))

    async def _ask(self, wish: Wish) -> None:
        refusal = await self._refusal(wish)
        if not refusal:
            log.debug("hub asked", hub=wish.hub, topic=wish.topic)
            return
        again_at = self.now() + websub.retry_after(wish.attempts)
        log.warning(
            "hub refused", hub=wish.hub, topic=wish.topic, detail=refusal, next_try=again_at.isoformat()
        )
        async with self.database.write() as session:
            await hubs.refuse(session, wish.token, refusal, again_at)

    async def _refusal(self, wish: Wish) -> str:
        form = websub.wish(
            topic=wish.topic, callback=f"{self.public_url}{PATH}{wish.token}", secret=wish.secret
        )
        try:
            status = await self.fetcher.post(wish.hub, form)
        except FetchError as error:
            return error.detail
        return "" if status in (202, 204) else f"answered {status}"
