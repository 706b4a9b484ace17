"""Four ways to get the protocol wrong, each plausible; the checker must go red on every one.

They are put in place in the child, over the product's own functions.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.delivery import record, sender
from bot.delivery.outcomes import Outcome
from bot.delivery.record import Settled
from bot.pipeline import poll
from bot.pipeline import save as saving
from bot.pipeline.save import Reading, Saved
from bot.store import deliveries, entries, feeds, mailboxes
from bot.store.deliveries import Sent
from bot.store.dialect import one_at_a_time
from bot.store.engine import Database, Session
from bot.store.tables import Delivery
from bot.store.types import DeliveryKind, DeliveryState

DELIVERY = deliveries.DELIVERY


def split_transaction() -> None:
    """ "Seen" is committed before what it causes."""

    async def save(database: Database, reading: Reading, *, now: datetime, news_hours: float) -> Saved:
        assert reading.feed.id is not None
        async with database.write() as session:
            await feeds.settle(session, reading.feed.id, reading.feed.lease_epoch, **reading.columns)
            stored = await entries.add(session, reading.entries)
        told = []
        async with database.write() as session:
            await one_at_a_time(session, "stories")
            for entry in stored:
                if reading.fired.get(entry.identity):
                    told.append(await saving._tell(session, entry, reading, now, news_hours))
        return Saved(len(stored), len(told), sum(one.deliveries for one in told))

    poll.save = save  # type: ignore[attr-defined] # where the poller finds it


def sent_before_send() -> None:
    """The outcome is recorded before there is one."""
    deliver = sender.Sender._deliver

    async def wrongly(self: sender.Sender, claimed: sender._Claimed) -> None:
        delivery = claimed.delivery
        if delivery.kind == DeliveryKind.EDIT:
            return await deliver(self, claimed)
        await record.record_sent(self.database, [Sent(delivery, None, self.now())])
        await self._attempt.make(delivery, claimed.parcel)
        return None

    sender.Sender._deliver = wrongly  # type: ignore[method-assign] # the mutation


def no_intent_row() -> None:
    """What is being sent is known to the process alone."""
    flying: set[int] = set()
    heads_of = mailboxes.heads

    async def heads(session: Session, chats: Collection[int], now: datetime) -> dict[int, int]:
        found = await heads_of(session, chats, now)
        return {chat: one for chat, one in found.items() if chat not in flying}

    async def take(session: Session, heads: dict[int, int], epoch: int, now: datetime) -> list[Delivery]:
        rows = await session.scalars(select(Delivery).where(DELIVERY.c.id.in_(heads.values())))
        flying.update(heads)
        return list(rows)

    async def settle(session: Session, delivery: Delivery, now: datetime, **values: object) -> int | None:
        flying.discard(delivery.chat_id)
        mine = update(DELIVERY).where(DELIVERY.c.id == delivery.id, DELIVERY.c.state == DeliveryState.PENDING)
        chat_id: int | None = (
            await session.execute(mine.values(**values).returning(DELIVERY.c.chat_id))
        ).scalar()
        return chat_id

    async def settle_sent(session: Session, sent: Sequence[Sent]) -> dict[int, int]:
        found = {}
        for one in sent:
            arrived = {"state": DeliveryState.SENT, "message_id": one.message_id, "settled_at": one.at}
            chat_id = await settle(session, one.delivery, one.at, **arrived)
            if chat_id is not None:
                found[one.delivery.id or 0] = chat_id
        return found

    mailboxes.heads, deliveries._take = heads, take
    deliveries.settle, deliveries.settle_sent = settle, settle_sent


def blind_retry() -> None:
    """What is of unknown fate goes again as if nothing had been."""
    recover = deliveries.recover

    async def blindly(session: Session, epoch: int, now: datetime, *, pause: float) -> list[int]:
        back = await recover(session, epoch, now, pause=0.0)
        ours = update(DELIVERY).where(DELIVERY.c.reason == deliveries.LOST_SENDER)
        fresh = ours.values(state=DeliveryState.PENDING, may_be_duplicate=False, settled_at=None)
        await session.execute(
            fresh.where(DELIVERY.c.state.in_((DeliveryState.PENDING, DeliveryState.UNCERTAIN)))
        )
        await mailboxes.rebuild(session, now)
        return back

    def ambiguous(delivery: Delivery, outcome: Outcome, now: datetime, guarantee: str) -> Settled:
        return record._again(delivery, outcome, now)

    deliveries.recover, record._ambiguous = blindly, ambiguous


MUTANTS: dict[str, Callable[[], None]] = {
    "split transaction": split_transaction,
    "sent before send": sent_before_send,
    "no intent row": no_intent_row,
    "blind retry": blind_retry,
}
# Where a kill tells: the failpoints that a run of the mutant, and of the sound protocol beside it, passes.
REVEALING: dict[str, Sequence[tuple[str, int]]] = {
    "split transaction": [("before commit poll.save", 2), ("before commit poll.save", 4)],
    "sent before send": [("before Wire.send", 2), ("before Wire.send", 3)],
    "no intent row": [("after Wire.send", 2), ("after Wire.send", 3)],
    "blind retry": [("after Wire.send", 2), ("after Wire.send", 3)],
}


def mutate(name: str) -> Any:
    """Put a mutant in place; "" leaves the protocol sound."""
    return MUTANTS[name]() if name else None
