"""From what happened to a delivery to what its row says: a pure decision, and its writing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.outcomes import Outcome, Verdict
from bot.store import chats, deliveries
from bot.store.engine import Database
from bot.store.tables import Delivery
from bot.store.types import DeliveryState

AMBIGUOUS_PAUSE = 30.0  # seconds before the one labelled resend of a message whose fate is unknown
LONGEST_BACKOFF = 300.0
HALT_SECONDS = 60.0  # how long all sends rest when Telegram does not accept the token


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery's new state; ``not_before`` and ``hush_until`` hold its row and its chat back."""

    state: DeliveryState
    reason: str = ""
    not_before: datetime | None = None
    hush_until: datetime | None = None
    may_be_duplicate: bool = False
    tries: int = 1  # how many tries this outcome spends


def settle(delivery: Delivery, outcome: Outcome, now: datetime) -> Settled:
    """What becomes of ``delivery`` after a send that failed with ``outcome``."""
    match outcome.verdict:
        case Verdict.WAIT:
            until = now + timedelta(seconds=outcome.seconds)
            return _again(delivery, outcome, until, hush_until=until, tries=0)
        case Verdict.HALT:
            return _again(delivery, outcome, now + timedelta(seconds=HALT_SECONDS), tries=0)
        case Verdict.MOVED:
            return _again(delivery, outcome, now, tries=0)
        case Verdict.RETRY:
            return _again(delivery, outcome, now + timedelta(seconds=backoff(delivery.attempts)))
        case Verdict.AMBIGUOUS if delivery.may_be_duplicate:
            return Settled(DeliveryState.UNCERTAIN, outcome.reason, may_be_duplicate=True)
        case Verdict.AMBIGUOUS:
            until = now + timedelta(seconds=AMBIGUOUS_PAUSE)
            return _again(delivery, outcome, until, may_be_duplicate=True)
        case _:
            return Settled(DeliveryState.DEAD, outcome.reason, may_be_duplicate=delivery.may_be_duplicate)


def _again(
    delivery: Delivery,
    outcome: Outcome,
    not_before: datetime,
    *,
    hush_until: datetime | None = None,
    may_be_duplicate: bool = False,
    tries: int = 1,
) -> Settled:
    doubtful = may_be_duplicate or delivery.may_be_duplicate
    return Settled(DeliveryState.PENDING, outcome.reason, not_before, hush_until, doubtful, tries)


def backoff(tries: int) -> float:
    """Seconds until the next plain retry: 2, 4, 8 ... up to five minutes."""
    return float(min(LONGEST_BACKOFF, 2.0 ** (min(tries, 20) + 1)))


async def record_sent(
    database: Database, delivery: Delivery, message_id: int | None, now: datetime, *, rest: float
) -> bool:
    """Write that a delivery arrived, and let its chat rest for ``rest`` seconds.

    False when another sender holds the row now.
    """
    assert delivery.id is not None
    async with database.write() as session:
        await deliveries.hush(session, delivery.chat_id, now + timedelta(seconds=rest))
        return await deliveries.settle(
            session,
            delivery.id,
            delivery.epoch,
            state=DeliveryState.SENT,
            reason="",
            attempts=delivery.attempts + 1,
            message_id=message_id,
            settled_at=now,
        )


async def record_failure(database: Database, delivery: Delivery, outcome: Outcome, now: datetime) -> Settled:
    """Write what a failed send means for the delivery and its chat, in one transaction."""
    assert delivery.id is not None
    settled = settle(delivery, outcome, now)
    async with database.write() as session:
        await deliveries.settle(
            session,
            delivery.id,
            delivery.epoch,
            state=settled.state,
            reason=settled.reason,
            attempts=delivery.attempts + settled.tries,
            may_be_duplicate=settled.may_be_duplicate,
            not_before=settled.not_before or delivery.not_before,
            settled_at=None if settled.state == DeliveryState.PENDING else now,
        )
        if settled.hush_until:
            await deliveries.hush(session, delivery.chat_id, settled.hush_until)
        if outcome.verdict == Verdict.PAUSE_CHAT:
            await chats.pause(session, delivery.chat_id, outcome.reason, now)
        if outcome.verdict == Verdict.MOVED:
            await chats.migrate(session, delivery.chat_id, outcome.chat_id, now)
    return settled
