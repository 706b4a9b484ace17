"""What the sender's process sees to now and then, besides sending."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.logs import get_log
from bot.store import chats, mailboxes
from bot.store.engine import Database
from bot.store.forgetting import erase_if_still

log = get_log(__name__)

FORGET_SECONDS = 5.0  # how often chats that are to be forgotten are looked for
AUDIT_SECONDS = 300.0  # how often mailboxes are held against deliveries


@dataclass(slots=True)
class Upkeep:
    """Finishes what an interrupted /forget began, and holds the mailboxes against the deliveries."""

    database: Database
    now: Callable[[], datetime]
    _forget_at: float = 0.0
    _audit_at: float = 0.0
    _log_is_clean: bool = False  # a process that died while it erased may have left the erased in the log

    async def when_due(self) -> None:
        """Do what is due."""
        now = time.monotonic()
        if now >= self._forget_at:
            self._forget_at = now + FORGET_SECONDS
            await self._forget()
        if now >= self._audit_at:
            self._audit_at = now + AUDIT_SECONDS
            await self._audit()

    async def _forget(self) -> None:
        async with self.database.read() as session:
            waiting = await chats.being_forgotten(session)
        for chat_id in waiting:
            if await erase_if_still(self.database, chat_id):
                log.info("a chat that wished to be forgotten is erased")
        if not self._log_is_clean:
            self._log_is_clean = await self.database.checkpoint()

    async def _audit(self) -> None:
        """A mailbox that does not know of a delivery would lose it: it is mended, and told as the bug that it is."""
        async with self.database.read() as session:
            astray = await mailboxes.drifted(session)
        for chat_id in astray:
            async with self.database.write() as session:
                await mailboxes.lock(session, chat_id)
                await mailboxes.refresh(session, chat_id, self.now())
            log.error("a mailbox did not know what waits for its chat; mended", chat=chat_id)
