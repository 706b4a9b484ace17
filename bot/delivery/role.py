"""A role held by lease: one sender a database, whoever else is started by mistake."""

import os
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.logs import get_log
from bot.store import leases
from bot.store.engine import Database, Session

log = get_log(__name__)

LEASE_SECONDS = 15.0
REPORT_SECONDS = 60.0  # how often a process that stands by says so


def whoami() -> str:
    """A name for this process that no other has: host, process id, and a few random letters."""
    return f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(slots=True)
class Role:
    """Our hold on ``name``; ``epoch`` is None while another process has it."""

    database: Database
    name: str
    now: Callable[[], datetime]
    holder: str = field(default_factory=whoami)
    epoch: int | None = None
    _renewed: float = -LEASE_SECONDS
    _reported: float = -REPORT_SECONDS

    async def hold(self, on_taken: Callable[[Session, int], Awaitable[object]]) -> bool:
        """Be the holder, renewing in good time. ``on_taken(session, epoch)`` runs in the taking transaction."""
        if self.epoch is not None and time.monotonic() - self._renewed < LEASE_SECONDS / 3:
            return True
        async with self.database.write() as session:
            held = await self._renew(session) or await self._take(session, on_taken)
        if held:
            self._renewed = time.monotonic()
        return held

    async def _renew(self, session: Session) -> bool:
        if self.epoch is None:
            return False
        await leases.beat(session, self.name, self.now())
        return await leases.renew(session, self.name, self.epoch, self.now(), seconds=LEASE_SECONDS)

    async def _take(self, session: Session, on_taken: Callable[[Session, int], Awaitable[object]]) -> bool:
        epoch = await leases.acquire(session, self.name, self.holder, self.now(), seconds=LEASE_SECONDS)
        self.epoch = epoch
        if epoch is None:
            self._report_standby()
            return False
        await leases.beat(session, self.name, self.now())
        await on_taken(session, epoch)
        return True

    def _report_standby(self) -> None:
        if time.monotonic() - self._reported >= REPORT_SECONDS:
            self._reported = time.monotonic()
            log.warning(
                "another process holds this role for the database; this one stands by", role=self.name
            )

    async def leave(self) -> None:
        """Give the role back, so that the next holder need not wait for the lease to end."""
        if self.epoch is None:
            return
        async with self.database.write() as session:
            await leases.release(session, self.name, self.epoch, self.now())
        self.epoch = None
