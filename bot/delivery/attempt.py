"""One try at one delivery: put it into words, carry it, and say what came of it. Whatever happens is an outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram.error import TelegramError

from bot.delivery.letters import RulesInForce, view_of
from bot.delivery.outcomes import Outcome, Verdict, classify
from bot.delivery.record import Arrived
from bot.delivery.transport import Transport
from bot.logs import get_log
from bot.store import parcels
from bot.store.engine import Database, first_line, is_passing
from bot.store.parcels import Parcel
from bot.store.tables import Delivery
from bot.store.types import DeliveryKind
from bot.texts.alert import Message, render

log = get_log(__name__)


@dataclass(slots=True)
class Attempt:
    """Carries deliveries through ``transport``.

    ``may_send`` is asked at the last moment: False when the sender's role may have passed to another, or it is
    stopping; then the delivery is not carried and the outcome is None.
    """

    database: Database
    transport: Transport
    rules: RulesInForce
    now: Callable[[], datetime]
    may_send: Callable[[Delivery], bool]

    async def load(self, claimed: Sequence[Delivery]) -> dict[int, Parcel]:
        """What each tells, read at once; what is missing here is read, or found to be wrong, by ``make``."""
        try:
            async with self.database.read() as session:
                return await parcels.load(session, claimed)
        except Exception as error:
            log.warning("what was claimed is read one by one", error=first_line(error))
            return {}

    async def make(self, delivery: Delivery, parcel: Parcel | None = None) -> Arrived | Outcome | None:
        """What came of it."""
        try:
            if parcel is None:
                async with self.database.read() as session:
                    parcel = (await parcels.load(session, [delivery])).get(delivery.id or 0)
            if parcel is None or not parcel.wanted:
                return Outcome(Verdict.NEEDLESS, "the chat wants nothing any more")
            message = render(view_of(parcel, self.rules()), self.now())
        except Exception as error:
            if is_passing(error):
                return Outcome(Verdict.RETRY, "the database did not answer")
            log.exception("an alert cannot be put into words", delivery=delivery.id)
            return Outcome(Verdict.DEAD, f"cannot be put into words: {type(error).__name__}")
        return await self._carry(delivery, parcel, message) if self.may_send(delivery) else None

    async def _carry(self, delivery: Delivery, parcel: Parcel, message: Message) -> Arrived | Outcome:
        if delivery.kind == DeliveryKind.EDIT and parcel.message_id is None:
            return Outcome(Verdict.MESSAGE_GONE, "nobody knows the number of the message")
        try:
            return Arrived(await self._formatted(delivery, parcel, message))
        except TelegramError as error:
            return classify(error)
        except Exception as error:
            log.exception("a send broke off", delivery=delivery.id)
            return Outcome(Verdict.AMBIGUOUS, f"the send broke off: {type(error).__name__}")

    async def _formatted(self, delivery: Delivery, parcel: Parcel, message: Message) -> int | None:
        """Carry; a refusal of our own markup is a bug of ours, reported, and costs the subscriber nothing."""
        try:
            return await self._put(delivery, parcel, message, plain=False)
        except TelegramError as error:
            refused = classify(error)
            if refused.verdict != Verdict.BAD_MARKUP:
                raise
            log.error("our markup was refused; sent plain", alert=delivery.alert_id, reason=refused.reason)
        return await self._put(delivery, parcel, message, plain=True)

    async def _put(self, delivery: Delivery, parcel: Parcel, message: Message, *, plain: bool) -> int | None:
        if delivery.kind == DeliveryKind.EDIT and parcel.message_id is not None:
            return await self.transport.edit(delivery, parcel.message_id, message, plain=plain)
        reply_to = parcel.message_id if delivery.kind == DeliveryKind.REPLY else None
        return await self.transport.send(delivery, message, reply_to=reply_to, plain=plain)
