"""The sender: claims deliveries, sends them, records what happened. One at a time per database.

The protocol: a row is claimed in a transaction of its own before anything is sent; the outcome is recorded
after. What a dead sender left claimed is taken back under a new epoch, as of unknown fate.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from telegram.error import TelegramError

from bot.delivery.letters import RulesInForce, view_of
from bot.delivery.outcomes import Outcome, Verdict, classify
from bot.delivery.pace import Budget
from bot.delivery.record import AMBIGUOUS_PAUSE, HALT_SECONDS, record_failure, record_sent
from bot.delivery.role import Role
from bot.delivery.transport import Transport
from bot.logs import get_log
from bot.store import deliveries, parcels
from bot.store.engine import Database, Session, first_line, is_passing
from bot.store.tables import Delivery
from bot.texts.alert import Message, render
from bot.times import utc_now

log = get_log(__name__)

IDLE_SECONDS = 0.5  # how soon a sender in a process of its own sees what the clock's process queued
IN_FLIGHT = 60  # sends under way at once: two seconds' worth at Telegram's limit
STOP_GRACE_SECONDS = 1.5  # with the clock's, less than the 5 s after which process runners kill
RECORD_PAUSE = 1.0  # between two tries to record an outcome while the database does not answer


@dataclass(frozen=True, slots=True)
class Arrived:
    """The far end took the message, under this id."""

    message_id: int | None


@dataclass(slots=True)
class Sender:
    """Sends what is queued through ``transport`` until stopped."""

    database: Database
    transport: Transport
    rules: RulesInForce
    now: Callable[[], datetime] = utc_now
    role: Role = field(init=False)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False
    _budget: Budget = field(default_factory=Budget)
    _flying: set[asyncio.Task[None]] = field(default_factory=set)
    _halted_until: float = 0.0

    def __post_init__(self) -> None:
        self.role = Role(self.database, "sender", self.now)

    def wake(self) -> None:
        """Something was queued: look at once."""
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
        """One round; whether there was anything to send."""
        try:
            return await self.role.hold(self._take_back) and await self._send_some()
        except Exception as error:
            if not is_passing(error):
                raise
            log.error("the database does not answer; nothing is sent until it does", error=first_line(error))
            return False

    async def _take_back(self, session: Session, epoch: int) -> None:
        doubtful = await deliveries.recover(session, epoch, self.now(), pause=AMBIGUOUS_PAUSE)
        log.info("this process sends", epoch=epoch, taken_back=doubtful)

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), IDLE_SECONDS)
        except TimeoutError:
            return
        self._wake.clear()

    async def _send_some(self) -> bool:
        """Claim what may go now and start its sends."""
        now = time.monotonic()
        room = min(self._budget.left(now), IN_FLIGHT - len(self._flying))
        if room <= 0 or now < self._halted_until:
            return False
        claimed = await self._claim(room)
        self._budget.spend(now, len(claimed))
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery))
            self._flying.add(task)
            task.add_done_callback(self._landed)
        return bool(claimed)

    async def _claim(self, limit: int) -> list[Delivery]:
        assert self.role.epoch is not None
        async with self.database.write() as session:
            return await deliveries.claim(
                session, self.now(), epoch=self.role.epoch, limit=limit, terminal=self.transport.terminal
            )

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("an outcome was not recorded; the next sender takes the delivery back", exc_info=error)

    async def _deliver(self, delivery: Delivery) -> None:
        outcome = await self._attempt(delivery)
        while True:
            try:
                return await self._record(delivery, outcome)
            except Exception as error:
                if not is_passing(error):
                    raise
                log.error("an outcome waits for the database", delivery=delivery.id, error=first_line(error))
                await asyncio.sleep(RECORD_PAUSE)

    async def _attempt(self, delivery: Delivery) -> Arrived | Outcome:
        """Compose and send; whatever happens has an outcome."""
        try:
            message = await self._compose(delivery)
        except Exception as error:
            if is_passing(error):
                return Outcome(Verdict.RETRY, "the database did not answer")
            log.exception("an alert cannot be put into words", delivery=delivery.id)
            return Outcome(Verdict.DEAD, f"cannot be put into words: {type(error).__name__}")
        try:
            return Arrived(await self._send(delivery, message))
        except TelegramError as error:
            return classify(error)
        except Exception as error:
            log.exception("a send broke off", delivery=delivery.id)
            return Outcome(Verdict.AMBIGUOUS, f"the send broke off: {type(error).__name__}")

    async def _compose(self, delivery: Delivery) -> Message:
        async with self.database.read() as session:
            parcel = await parcels.load(session, delivery)
        return render(view_of(parcel, self.rules()), self.now())

    async def _send(self, delivery: Delivery, message: Message) -> int | None:
        """Send; a refusal of our own markup is a bug of ours, reported, and costs the subscriber nothing."""
        try:
            return await self.transport.send(delivery, message)
        except TelegramError as error:
            refused = classify(error)
            if refused.verdict != Verdict.BAD_MARKUP:
                raise
            log.error("our markup was refused; sent plain", alert=delivery.alert_id, reason=refused.reason)
        return await self.transport.send(delivery, message, plain=True)

    async def _record(self, delivery: Delivery, outcome: Arrived | Outcome) -> None:
        about = {"delivery": delivery.id, "alert": delivery.alert_id, "chat": delivery.chat_id}
        if isinstance(outcome, Arrived):
            rest = self.transport.rest(delivery.chat_id)
            if await record_sent(self.database, delivery, outcome.message_id, self.now(), rest=rest):
                log.info("alert sent", **about)
            else:
                log.error("alert sent, but another sender has taken the delivery over", **about)
            return
        settled = await record_failure(self.database, delivery, outcome, self.now())
        log.warning(
            "alert not sent", verdict=outcome.verdict, reason=outcome.reason, state=settled.state, **about
        )
        if outcome.verdict == Verdict.HALT:
            self._halted_until = time.monotonic() + HALT_SECONDS
            log.error("Telegram refuses TELEGRAM_BOT_TOKEN; nothing is sent, the queue is kept")

    async def _leave(self) -> None:
        """Let running sends end within the grace; then give the role back."""
        if self._flying:
            await asyncio.wait(self._flying, timeout=STOP_GRACE_SECONDS)
        for task in list(self._flying):
            task.cancel()
        await self.role.leave()
