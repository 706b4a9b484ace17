"""From what happened to a delivery to what its row says: a pure decision, and its writing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.outcomes import Outcome, Verdict
from bot.delivery.pace import rest_after
from bot.store import chats, deliveries, mailboxes
from bot.store.deliveries import Sent
from bot.store.engine import Database, Session
from bot.store.tables import Delivery, Mailbox
from bot.store.types import DeliveryKind, DeliveryState, Guarantee, IfGone

AMBIGUOUS_PAUSE = 30.0  # seconds before the one labelled resend of a message whose fate is unknown
LONGEST_BACKOFF = 60.0  # so that after an hour without a network an alert is told within a minute
HALT_SECONDS = 60.0  # how long all sends rest when Telegram does not accept the token


@dataclass(frozen=True, slots=True)
class Arrived:
    """The far end took the message, under this id."""

    message_id: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery's new state; ``not_before`` and ``hush_until`` hold its row and its chat back."""

    state: DeliveryState
    reason: str = ""
    not_before: datetime | None = None
    hush_until: datetime | None = None
    may_be_duplicate: bool = False
    tries: int = 1  # how many tries this outcome spends
    kind: DeliveryKind | None = None  # what it becomes, if something else


def settle(
    delivery: Delivery, outcome: Outcome, now: datetime, guarantee: str = Guarantee.AT_LEAST_ONCE
) -> Settled:
    """What becomes of ``delivery`` after a send that failed with ``outcome``; ``guarantee`` is its chat's choice."""
    doubtful = delivery.may_be_duplicate
    match outcome.verdict:
        case Verdict.WAIT | Verdict.HALT | Verdict.MOVED:  # not tried: at once, or when Telegram says
            until = now + timedelta(seconds=outcome.seconds)
            return _again(delivery, outcome, until, hush_until=until, tries=0)
        case Verdict.RETRY:
            # the whole chat waits, so that what is younger does not overtake
            until = now + timedelta(seconds=backoff(delivery.attempts))
            return _again(delivery, outcome, until, hush_until=until)
        case Verdict.AMBIGUOUS:
            return _ambiguous(delivery, outcome, now, guarantee)
        case Verdict.DONE:
            return Settled(DeliveryState.SENT, may_be_duplicate=doubtful)
        case Verdict.MESSAGE_GONE | Verdict.NEEDLESS:
            return _cannot_be_told(delivery, outcome, now)
        case _:
            return Settled(DeliveryState.DEAD, outcome.reason, may_be_duplicate=doubtful)


def _ambiguous(delivery: Delivery, outcome: Outcome, now: datetime, guarantee: str) -> Settled:
    """An edit may simply be made again; a message goes once more, labelled, unless its chat wants nothing twice."""
    if delivery.kind == DeliveryKind.EDIT:
        return _again(delivery, outcome, now + timedelta(seconds=backoff(delivery.attempts)))
    if delivery.may_be_duplicate or guarantee == Guarantee.AT_MOST_ONCE:
        return Settled(DeliveryState.UNCERTAIN, outcome.reason, may_be_duplicate=True)
    return _again(delivery, outcome, now + timedelta(seconds=AMBIGUOUS_PAUSE), may_be_duplicate=True)


def _cannot_be_told(delivery: Delivery, outcome: Outcome, now: datetime) -> Settled:
    if outcome.verdict == Verdict.MESSAGE_GONE and delivery.if_gone == IfGone.REPLY:
        return Settled(DeliveryState.PENDING, outcome.reason, now, kind=DeliveryKind.REPLY)
    return Settled(
        DeliveryState.SUPPRESSED, outcome.reason, tries=0, may_be_duplicate=delivery.may_be_duplicate
    )


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


def backoff(attempts: int) -> float:
    """Seconds before the next try after ``attempts`` that never left: 2, 4, 8 ... up to a minute."""
    return min(LONGEST_BACKOFF, 2.0 ** min(attempts + 1, 12))


async def record_sent(database: Database, sent: Sequence[Sent]) -> set[int]:
    """Write that deliveries arrived, and let their chats rest, in one transaction.

    The ids of those that are written now, or were before: the others have been taken over by another sender.
    """
    async with database.write() as session:
        boxes = await mailboxes.lock_all(session, {one.delivery.chat_id for one in sent})
        chat_of = await deliveries.settle_sent(session, sent)
        before = await deliveries.recorded(session, [one for one in sent if one.delivery.id not in chat_of])
        moved = set(chat_of.values()) - boxes.keys()  # groups that moved while they were written to
        freed: dict[int, dict[str, object]] = {
            chat: {"in_flight": await mailboxes.flying(session, chat)}
            for chat in await mailboxes.lock_all(session, moved)
        }
        for one in sent:
            if (box := boxes.get(one.delivery.chat_id)) is None or one.delivery.id in before:
                continue
            freed[box.chat_id] = _rest(box, one.at)  # whoever has the delivery now, Telegram has counted this
            if chat_of.get(one.delivery.id or 0) == box.chat_id:
                freed[box.chat_id]["in_flight"] = None
        await mailboxes.refresh_all(session, freed, max(one.at for one in sent))
    return set(chat_of) | before


def _rest(box: Mailbox, at: datetime) -> dict[str, object]:
    """What a message that was sent at ``at`` means for its chat; the terminal needs no rest."""
    if box.chat_id == mailboxes.TERMINAL_CHAT:
        return {}
    rest = rest_after(box.chat_id, box.recent, at)
    return {"free_at": rest.free_at, "recent": list(rest.recent)}


async def rest_doubtful(session: Session, chats: Collection[int], now: datetime) -> None:
    """Let chats rest to which a message may have gone that nobody recorded: Telegram counts it if it arrived."""
    boxes = await mailboxes.lock_all(session, chats)
    await mailboxes.refresh_all(session, {chat: _rest(box, now) for chat, box in boxes.items()}, now)


async def record_failure(database: Database, delivery: Delivery, outcome: Outcome, now: datetime) -> Settled:
    """Write what a failed send means for the delivery and its chat, in one transaction."""
    async with database.write() as session:
        chat = await chats.find(session, delivery.chat_id)
        settled = settle(delivery, outcome, now, chat.guarantee if chat else Guarantee.AT_MOST_ONCE)
        await _write(
            session,
            delivery,
            now,
            rests=settled.tries > 0,
            hush_until=settled.hush_until,
            state=settled.state,
            kind=settled.kind or delivery.kind,
            reason=settled.reason,
            attempts=delivery.attempts + settled.tries,
            may_be_duplicate=settled.may_be_duplicate,
            not_before=settled.not_before or delivery.not_before,
            claimed_at=now if settled.not_before else delivery.claimed_at,  # by whose clock it is reckoned
            settled_at=None if settled.state == DeliveryState.PENDING else now,
        )
        await _tell_the_chat(session, delivery, outcome, now)
    return settled


async def _write(
    session: Session,
    delivery: Delivery,
    now: datetime,
    *,
    rests: bool,
    hush_until: datetime | None = None,
    **values: object,
) -> bool:
    """Settle the row and put its chat's mailbox right; mailboxes are locked before deliveries, always."""
    box = await mailboxes.lock(session, delivery.chat_id)
    chat_id = await deliveries.settle(session, delivery, now, **values)
    if chat_id is None:
        if box is not None and rests:  # whoever has it now, Telegram may have counted this
            await mailboxes.refresh(session, box.chat_id, now, **_rest(box, now))
        return False
    if delivery.kind == DeliveryKind.EDIT:
        await deliveries.supersede(session, delivery, now)
    if box is not None and chat_id == box.chat_id:
        held: dict[str, object] = {"in_flight": None, **(_rest(box, now) if rests else {})}
        if hush_until is not None:
            held["free_at"] = max(hush_until, mailboxes.rests_until(box, now))
        await mailboxes.refresh(session, chat_id, now, **held)
    elif await mailboxes.lock(session, chat_id):  # the group moved while this was being sent
        await mailboxes.refresh(session, chat_id, now, in_flight=await mailboxes.flying(session, chat_id))
    return True


async def _tell_the_chat(session: Session, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    if outcome.verdict == Verdict.PAUSE_TOPIC:
        await chats.pause_topic(session, delivery.chat_id, delivery.thread_id, outcome.reason, now)
    elif outcome.verdict == Verdict.PAUSE_CHAT:
        await chats.pause(session, delivery.chat_id, outcome.reason, now)
    elif outcome.verdict == Verdict.MOVED:
        await chats.migrate(session, delivery.chat_id, outcome.chat_id, now)
