"""The sender: claims deliveries, sends them, has what happened recorded. One at a time per database.

The protocol: a row is claimed in a transaction of its own before anything is sent; the outcome is recorded
after. What a dead sender left claimed is taken back under a new epoch, as of unknown fate.

A claim takes what fits into the next quarter of a second of Telegram's pace. What is claimed waits here for its
moment, in no task, so that a stop gives it back at once.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from bot.delivery.attempt import Attempt
from bot.delivery.endings import REFUSED, Endings
from bot.delivery.letters import RulesInForce
from bot.delivery.pace import Window
from bot.delivery.record import AMBIGUOUS_PAUSE, rest_doubtful
from bot.delivery.transport import Transport
from bot.delivery.upkeep import Upkeep
from bot.logs import get_log
from bot.store import deliveries, mailboxes, pace
from bot.store.engine import Database, Session, first_line, is_passing
from bot.store.outage import Outage
from bot.store.parcels import Parcel
from bot.store.role import Role
from bot.store.tables import Delivery
from bot.times import utc_now

log = get_log(__name__)

IDLE_SECONDS = 0.2  # how soon a sender in a process of its own sees what the clock's process queued
AHEAD_SECONDS = 0.25  # of the pace that one claim takes: what comes then waits no longer than this
IN_FLIGHT = 60  # sends under way at once: two seconds' worth at Telegram's limit
STOP_GRACE_SECONDS = 1.5  # with the clock's, less than the 5 s after which process runners kill
CLAIM_PAUSE = 1.0  # between two tries of a database that does not answer


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A delivery that is ours, the moment to begin with it, and what it tells, if that could be read."""

    moment: float
    delivery: Delivery
    parcel: Parcel | None


@dataclass(slots=True)
class Sender:
    """Sends what is queued through ``transport`` until stopped."""

    database: Database
    transport: Transport
    rules: RulesInForce
    now: Callable[[], datetime] = utc_now
    role: Role = field(init=False)
    _attempt: Attempt = field(init=False)
    _upkeep: Upkeep = field(init=False)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False
    _endings: Endings = field(init=False)
    _claimed: deque[_Claimed] = field(default_factory=deque)
    _window: Window = field(default_factory=Window)
    _flying: dict[asyncio.Task[None], Delivery] = field(default_factory=dict)
    _carried: set[int] = field(default_factory=set)  # deliveries that may have reached the far end
    _outage: Outage = field(
        default_factory=lambda: Outage("the database does not answer; nothing is sent until it does")
    )
    _in_doubt: bool = False  # a claim broke off: rows may stand as ours that we do not know of
    _idle: bool = False
    _next_claim: float = 0.0

    def __post_init__(self) -> None:
        self.role = Role(self.database, "sender", self.now)
        self._attempt = Attempt(self.database, self.transport, self.rules, self.now, self._may_send)
        self._upkeep = Upkeep(self.database, self.now)
        self._endings = Endings(self.database, self.now, lambda: len(self._flying) + len(self._claimed) > 1)

    @property
    def trouble(self) -> str:
        """What the health page should show of the sender; "" when all is well."""
        return REFUSED if self._endings.refused else ""

    def wake(self) -> None:
        """Something was queued: look at once."""
        self._idle = False
        self._wake.set()

    def stop(self) -> None:
        """Ask ``run()`` to end."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Send until ``stop()``; a database that does not answer only makes it wait."""
        while not self._stopping:
            if not await self._turn():
                await self._rest()
        await self._leave()

    async def _turn(self) -> bool:
        """One round; whether to look again at once."""
        try:
            if not await self.role.hold(self._take_back):
                self._claimed.clear()  # whoever has the role now has taken them back
                return False
            await self._upkeep.when_due()
            self._begin_due()
            more = await self._claim_some()
        except Exception as error:
            if not is_passing(error):
                raise
            self._in_doubt = True
            self._outage.note(error)
            await self._pause()
            return False
        self._outage.over()
        return more

    async def _pause(self) -> None:
        """Between two tries of a database that does not answer; a stop ends it."""
        until = time.monotonic() + CLAIM_PAUSE
        while not self._stopping and (left := until - time.monotonic()) > 0:
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), left)

    async def _take_back(self, session: Session, epoch: int) -> None:
        self._claimed.clear()
        self._in_doubt = False
        doubtful = await deliveries.recover(session, epoch, self.now(), pause=AMBIGUOUS_PAUSE)
        await rest_doubtful(session, doubtful, self.now())
        log.info("this process sends", epoch=epoch, taken_back=len(doubtful))

    async def _rest(self) -> None:
        """Sleep until something is queued, a claimed delivery's moment comes, or it is time to look."""
        moments = [time.monotonic() + IDLE_SECONDS]
        if self._claimed:
            moments.append(max(self._claimed[0].moment, self._window.free_at(time.monotonic())))
        if not self._idle and self._next_claim > time.monotonic():
            moments.append(self._next_claim)
        try:
            await asyncio.wait_for(self._wake.wait(), max(0.0, min(moments) - time.monotonic()))
        except TimeoutError:
            return
        self._wake.clear()

    def _begin_due(self) -> None:
        """Begin the sends whose moment has come, if the role is surely ours."""
        while self._claimed and self.role.is_fresh:
            claimed, now = self._claimed[0], time.monotonic()
            if now < claimed.moment or not self._may_begin(claimed.delivery, now):
                return
            self._claimed.popleft()
            task = asyncio.create_task(self._deliver(claimed))
            self._flying[task] = claimed.delivery
            task.add_done_callback(self._landed)

    def _may_begin(self, delivery: Delivery, now: float) -> bool:
        return self.transport.terminal or self._window.begin(delivery.id or 0, now)

    def _answered(self, delivery: Delivery) -> None:
        if not self.transport.terminal:
            self._window.answered(delivery.id or 0, time.monotonic())
            self._wake.set()

    async def _claim_some(self) -> bool:
        """Claim what may go within the next moment; whether there was anything."""
        room = IN_FLIGHT - len(self._flying) - len(self._claimed)
        if self._endings.are_halting:
            await self._give_back()
            return False
        if room <= 0 or time.monotonic() < self._next_claim:
            return False
        if self._in_doubt:
            await self._settle_doubts()
        if self._idle and not await self._anything_open():
            return False
        claimed = await self._claim(room)
        self._idle = not claimed
        return bool(claimed)

    async def _anything_open(self) -> bool:
        async with self.database.read() as session:
            return await mailboxes.any_open(session, self.now(), terminal=self.transport.terminal)

    async def _claim(self, room: int) -> int:
        """Claim into ``_claimed``, each with its moment at Telegram's pace; how many."""
        assert self.role.epoch is not None
        now, began = self.now(), time.monotonic()
        at = now.timestamp()
        async with self.database.write() as session:
            first = at if self.transport.terminal else await pace.next_slot(session, at)
            fits = room if self.transport.terminal else int((at + AHEAD_SECONDS - first) * pace.A_SECOND) + 1
            taken = await deliveries.claim(
                session, now, epoch=self.role.epoch, limit=min(room, fits), terminal=self.transport.terminal
            )
            if taken and not self.transport.terminal:
                await pace.take(session, first, len(taken))
        loaded = await self._attempt.load(taken) if taken else {}
        for number, delivery in enumerate(taken):
            wait = 0.0 if self.transport.terminal else first - at + number / pace.A_SECOND
            self._claimed.append(_Claimed(began + wait, delivery, loaded.get(delivery.id or 0)))
        ahead = first - at + len(taken) / pace.A_SECOND
        self._next_claim = began if self.transport.terminal else began + max(0.0, ahead - AHEAD_SECONDS / 2)
        self._begin_due()
        return len(taken)

    def _may_send(self, delivery: Delivery) -> bool:
        """Asked right before a message leaves; from then on its fate is unknown until it is recorded."""
        if not self.role.is_fresh or self._stopping:
            return False
        assert delivery.id is not None
        self._carried.add(delivery.id)
        return True

    def _landed(self, task: asyncio.Task[None]) -> None:
        delivery = self._flying.pop(task)
        self._carried.discard(delivery.id or 0)
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            log.error("an outcome was not recorded; the next sender takes the delivery back", exc_info=error)

    async def _deliver(self, claimed: _Claimed) -> None:
        delivery = claimed.delivery
        try:
            outcome = await self._attempt.make(delivery, claimed.parcel)
        finally:
            self._answered(delivery)
        if outcome is None:  # not carried: whoever holds the role next, or we ourselves, give it back
            self._in_doubt = True
            return
        await self._endings.write(delivery, outcome)

    async def _give_back(self) -> None:
        """What is claimed and has not begun goes back as it was."""
        if self._claimed:
            self._claimed.clear()
            await self._settle_doubts()

    async def _settle_doubts(self) -> None:
        """Rows that stand as claimed by us and are not under way were never sent: they wait again."""
        assert self.role.epoch is not None
        held = [one.id or 0 for one in (*self._flying.values(), *(one.delivery for one in self._claimed))]
        async with self.database.write() as session:
            back = await deliveries.unclaim(session, self.role.epoch, self.now(), held=held)
        self._in_doubt = False
        if back:
            log.info("deliveries that were claimed and not sent wait again", deliveries=back)

    async def _leave(self) -> None:
        """Let running sends end within the grace, give back what never left, then the role."""
        self._claimed.clear()
        if self._flying:
            await asyncio.wait(self._flying, timeout=STOP_GRACE_SECONDS)
        held = sorted(self._carried)  # their fate is unknown: the next holder takes them back as such
        for task in list(self._flying):
            task.cancel()
        if self.role.epoch is None:
            return
        try:
            async with asyncio.timeout(STOP_GRACE_SECONDS):
                await self._hand_back(self.role.epoch, held)
        except Exception as error:
            if not (is_passing(error) or isinstance(error, TimeoutError)):
                raise
            said = first_line(error)
            log.warning(
                "the database does not answer; the next sender takes back what this one held", error=said
            )

    async def _hand_back(self, epoch: int, held: Collection[int]) -> None:
        async with self.database.write() as session:
            await deliveries.unclaim(session, epoch, self.now(), held=held)
        await self.role.leave()
