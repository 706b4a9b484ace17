"""A role held by lease: one sender and one clock a database, whoever else is started by mistake.

No wall clock decides who holds a role. The holder counts its renewals in the lease's row; who waits for the role
watches that count, and takes over when it has stood still for as long as a lease lasts by the waiter's own clock, which
nobody sets. A process that froze for so long finds the epoch changed, and nothing that it writes is taken.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.logs import get_log
from bot.store import leases
from bot.store.engine import Database, Session
from bot.store.holders import awake_seconds, is_dead, shown, whoami
from bot.store.leases import Standing

log = get_log(__name__)

LEASE_SECONDS = 15.0
FRESH_SECONDS = 10.0  # after a renewal: what a holder may begin without asking; then others may take over
LOOK_SECONDS = 1.0  # how often who waits looks at the lease
REPORT_SECONDS = 60.0  # how often a process that stands by says so


@dataclass(slots=True)
class Role:
    """Our hold on ``name``; ``epoch`` is None while another process has it."""

    database: Database
    name: str
    now: Callable[[], datetime]
    detail: Callable[[], str] = lambda: ""  # what the health page shows of the holder
    awake: Callable[[], float] = awake_seconds
    holder: str = field(default_factory=whoami)
    epoch: int | None = None
    _renewed: float = float("-inf")
    _looked: float = float("-inf")
    _seen: tuple[Standing, float] | None = None  # the other holder's standing, and since when it is so
    _reported: float = float("-inf")

    @property
    def is_fresh(self) -> bool:
        """Whether the role is surely ours at this moment, however long we may have been frozen."""
        return self.epoch is not None and self.awake() - self._renewed < FRESH_SECONDS

    async def hold(self, on_taken: Callable[[Session, int], Awaitable[object]]) -> bool:
        """Be the holder, renewing in good time. ``on_taken(session, epoch)`` runs in the taking transaction."""
        at = self.awake()
        if self.epoch is not None and at - self._renewed < LEASE_SECONDS / 3:
            return True
        if self.epoch is None and at - self._looked < LOOK_SECONDS:
            return False
        self._looked = at
        async with self.database.write() as session:
            held = await self._renew(session) or await self._take(session, on_taken, at)
        if held:
            self._renewed = at
        return held

    async def _renew(self, session: Session) -> bool:
        if self.epoch is None:
            return False
        await leases.beat(session, self.name, self.now(), self.detail())
        return await leases.renew(session, self.name, self.epoch, self.now(), seconds=LEASE_SECONDS)

    async def _take(
        self, session: Session, on_taken: Callable[[Session, int], Awaitable[object]], at: float
    ) -> bool:
        self.epoch = None
        standing = await leases.standing(session, self.name, self.now())
        if not self._is_free(standing, at):
            self._report_standby(standing)
            return False
        self.epoch = await leases.take(session, standing, self.holder, self.now(), seconds=LEASE_SECONDS)
        if self.epoch is None:
            return False
        self._seen = None
        await leases.beat(session, self.name, self.now(), self.detail())
        await on_taken(session, self.epoch)
        return True

    def _is_free(self, standing: Standing, at: float) -> bool:
        if not standing.holder or standing.holder == self.holder or is_dead(standing.holder):
            return True
        if self._seen is None or self._seen[0] != standing:
            self._seen = (standing, at)
        return at - self._seen[1] >= LEASE_SECONDS

    def _report_standby(self, standing: Standing) -> None:
        if self.awake() - self._reported >= REPORT_SECONDS:
            self._reported = self.awake()
            log.warning(
                "another process holds this role for the database; this one stands by",
                role=self.name,
                holder=shown(standing.holder),
            )

    async def leave(self) -> None:
        """Give the role back, so that the next holder need not wait for the lease to end."""
        if self.epoch is None:
            return
        async with self.database.write() as session:
            await leases.release(session, self.name, self.epoch, self.now())
        self.epoch = None
