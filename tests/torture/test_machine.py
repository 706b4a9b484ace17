"""A model of the outbox: whatever is done to it in whatever order, its invariants hold.

Hypothesis chooses the steps; every step goes through the functions that the product uses, on a real database.
"""

import asyncio
import os
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import select

from bot.delivery.outcomes import Outcome, Verdict
from bot.delivery.record import record_failure, record_sent
from bot.store import chats, deliveries, entries, feeds, outgoing, troubles
from bot.store.deliveries import Sent
from bot.store.engine import Database
from bot.store.forgetting import erase_if_still
from bot.store.schema import upgrade
from bot.store.tables import Alert, Chat, Delivery, Entry, Mailbox
from bot.store.troubles import Resent
from bot.store.types import ChatState, DeliveryKind, DeliveryState, Guarantee, IfGone
from tests.fakes.feed_server import NOW
from tests.torture.form import LONG, long_form

T = TypeVar("T")
READER, ONCE, GROUP, FORUM = 1, 2, -3, -4
TOPICS = {FORUM: (0, 11)}
ARROWS = {
    ("pending", "sending"), ("pending", "suppressed"), ("sending", "sent"), ("sending", "pending"),
    ("sending", "uncertain"), ("sending", "dead"), ("sending", "suppressed"), ("uncertain", "pending"),
    ("dead", "pending"),
}  # fmt: skip
CHATS = st.sampled_from((READER, ONCE, GROUP, FORUM))


@dataclass
class Copies:
    """What went out of one delivery, as the far end saw it."""

    plain: int = 0
    labelled: int = 0
    resent: int = 0  # by an admin


@dataclass
class Model:
    """What the machine remembers beside the database."""

    now: datetime = NOW
    epoch: int = 1
    alerts: list[int] = field(default_factory=list)
    planned: set[tuple[int, int, int]] = field(default_factory=set)  # alert, chat, topic
    copies: dict[int, Copies] = field(default_factory=lambda: defaultdict(Copies))
    states: dict[int, str] = field(default_factory=dict)
    flying: dict[int, Delivery] = field(default_factory=dict)  # what the sender of this epoch holds
    moves: dict[int, int] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)


class Outbox(RuleBasedStateMachine):
    """Steps and invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory(prefix="rasid-model-")
        self.database = Database(self.new_url())
        self.model = Model()

    def new_url(self) -> str:
        """An empty database with the schema, copied from one that was made once."""
        path = Path(self.folder.name) / "rasid.db"
        shutil.copy(template(), path)
        return f"sqlite+aiosqlite:///{path}"

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.do(self.database.dispose())
        self.loop.close()
        self.folder.cleanup()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run one asynchronous step to its end."""
        return self.loop.run_until_complete(work)

    @initialize()
    def people(self) -> None:
        """Four chats that follow everything; one wants nothing twice, one has a topic."""
        self.do(self._people())

    async def _people(self) -> None:
        async with self.database.write() as session:
            for chat_id in (READER, ONCE, GROUP, FORUM):
                await chats.meet(session, chat_id, "private" if chat_id > 0 else "group", self.model.now)
                for topic in TOPICS.get(chat_id, (0,)):
                    await chats.follow(session, chat_id, topic, ["*"], self.model.now)
            await chats.choose_guarantee(session, ONCE, Guarantee.AT_MOST_ONCE)
            await feeds.sync(session, [{"url": "https://a.example/", "outlet": "A"}], self.model.now)

    def home(self, chat_id: int) -> int:
        """Where a chat is now."""
        while chat_id in self.model.moves:
            chat_id = self.model.moves[chat_id]
        return chat_id

    # -- what comes in

    @rule(rank=st.integers(0, 3))
    def plan(self, rank: int) -> None:
        """An alert for everybody."""
        self.do(self._plan(rank))

    async def _plan(self, rank: int) -> None:
        number = len(self.model.alerts) + 1
        async with self.database.write() as session:
            row = Entry(feed_id=1, identity=str(number), title="t", seen_at=self.model.now)
            (entry,) = await entries.add(session, [row])
            alert = Alert(
                entry_id=entry.id or 0, severity="high", severity_rank=rank, created_at=self.model.now
            )
            alert_id = await entries.open_alert(session, alert)
            await outgoing.plan(session, alert_id, rank, {"r"}, self.model.now)
            rows = await session.scalars(select(Delivery).where(Delivery.alert_id == alert_id))  # type: ignore[arg-type]
            self.model.planned |= {(alert_id, one.chat_id, one.thread_id) for one in rows}
        self.model.alerts.append(alert_id)

    @precondition(lambda self: self.model.alerts)
    @rule(data=st.data(), rank=st.integers(1, 3))
    def follow_up(self, data: st.DataObject, rank: int) -> None:
        """Graver news of a story that stands."""
        self.do(self._follow_up(data.draw(st.sampled_from(self.model.alerts)), rank))

    async def _follow_up(self, alert_id: int, rank: int) -> None:
        async with self.database.write() as session:
            await outgoing.raise_rank(session, alert_id, rank, self.model.now)
            await outgoing.plan_reply(session, alert_id, rank, {"r"}, 1, self.model.now)

    @precondition(lambda self: self.model.alerts)
    @rule(data=st.data(), if_gone=st.sampled_from(IfGone))
    def rewrite(self, data: st.DataObject, if_gone: IfGone) -> None:
        """One more source of a story that stands."""
        self.do(self._rewrite(data.draw(st.sampled_from(self.model.alerts)), if_gone))

    async def _rewrite(self, alert_id: int, if_gone: IfGone) -> None:
        async with self.database.write() as session:
            await outgoing.plan_edit(session, alert_id, self.model.now, if_gone=if_gone)

    # -- the sender

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        """The sender takes what may go."""
        self.do(self._claim(limit))

    async def _claim(self, limit: int) -> None:
        async with self.database.write() as session:
            taken = await deliveries.claim(
                session, self.model.now, epoch=self.model.epoch, limit=limit, terminal=False
            )
            for one in taken:
                chat = await session.get_one(Chat, one.chat_id)
                assert chat.state == ChatState.ACTIVE, f"{one.id} goes to a chat that is {chat.state}"
                assert not await chats.topic_paused(session, one.chat_id, one.thread_id), "a stopped topic"
                await self._follows_its_send(session, one)
        self.model.flying |= {one.id or 0: one for one in taken}

    async def _follows_its_send(self, session: Any, one: Delivery) -> None:
        if one.kind == DeliveryKind.SEND:
            return
        send = await session.scalars(
            select(Delivery.state).where(  # type: ignore[call-overload]
                Delivery.alert_id == one.alert_id,
                Delivery.chat_id == one.chat_id,
                Delivery.thread_id == one.thread_id,
                Delivery.kind == DeliveryKind.SEND,
            )
        )
        assert not {"pending", "sending"} & set(send.all()), f"the {one.kind} {one.id} goes before its alert"

    @precondition(lambda self: self.model.flying)
    @rule(data=st.data())
    def arrives(self, data: st.DataObject) -> None:
        """A send succeeds and is recorded."""
        one = self._landing(data)
        self._carried(one)
        self.do(record_sent(self.database, [Sent(one, one.id, self.model.now)]))

    @precondition(lambda self: self.model.flying)
    @rule(data=st.data(), verdict=st.sampled_from([one for one in Verdict if one != Verdict.MOVED]))
    def fails(self, data: st.DataObject, verdict: Verdict) -> None:
        """A send fails with any verdict, and that is recorded."""
        one = self._landing(data)
        if verdict == Verdict.AMBIGUOUS:
            self._carried(one)
        self.do(record_failure(self.database, one, Outcome(verdict, "said so", seconds=2), self.model.now))

    @precondition(lambda self: self.model.flying)
    @rule(data=st.data())
    def dies_unrecorded(self, data: st.DataObject) -> None:
        """A message arrives, and its sender dies before it writes that down."""
        self._carried(self._landing(data))
        self.takes_over()

    @rule()
    def takes_over(self) -> None:
        """Another sender takes the role: what the last one held is of unknown fate."""
        self.model.epoch += 1
        self.model.flying.clear()
        self.do(self._recover())

    async def _recover(self) -> None:
        async with self.database.write() as session:
            await deliveries.recover(session, self.model.epoch, self.model.now, pause=30)

    @rule(data=st.data())
    def gives_back(self, data: st.DataObject) -> None:
        """The sender gives back what it has claimed and not sent."""
        held = data.draw(st.sets(st.sampled_from(sorted(self.model.flying)))) if self.model.flying else set()
        self.model.flying = {key: one for key, one in self.model.flying.items() if key in held}
        self.do(self._unclaim(held))

    async def _unclaim(self, held: set[int]) -> None:
        async with self.database.write() as session:
            await deliveries.unclaim(session, self.model.epoch, self.model.now, held=held)

    @precondition(lambda self: self.model.flying)
    @rule(data=st.data())
    def is_late(self, data: st.DataObject) -> None:
        """A sender that lost its role records what it did: nothing of it is taken."""
        one = data.draw(st.sampled_from(sorted(self.model.flying)))
        late = self.model.flying[one].model_copy(update={"epoch": self.model.epoch - 1})
        assert not self.do(record_sent(self.database, [Sent(late, 1, self.model.now)]))

    def _landing(self, data: st.DataObject) -> Delivery:
        return self.model.flying.pop(data.draw(st.sampled_from(sorted(self.model.flying))))

    def _carried(self, one: Delivery) -> None:
        copies = self.model.copies[one.id or 0]
        if one.may_be_duplicate:
            copies.labelled += 1
        else:
            copies.plain += 1

    # -- chats and their people

    @rule(chat=CHATS, deed=st.sampled_from(("pause", "stop", "resume", "meet")))
    def turns(self, chat: int, deed: str) -> None:
        """A chat blocks us, says /stop, follows again, or speaks."""
        if self.home(chat) not in self.model.erased:
            self.do(self._turns(self.home(chat), deed))

    async def _turns(self, chat: int, deed: str) -> None:
        async with self.database.write() as session:
            match deed:
                case "pause":
                    await chats.pause(session, chat, "blocked", self.model.now)
                case "stop":
                    await chats.stop(session, chat, self.model.now)
                case "resume":
                    await chats.resume(session, chat)
                case _:
                    await chats.meet(session, chat, "group", self.model.now)

    @rule(paused=st.booleans())
    def topic(self, paused: bool) -> None:
        """A topic is closed, or opened again."""
        self.do(self._topic(self.home(FORUM), paused=paused))

    async def _topic(self, chat: int, *, paused: bool) -> None:
        async with self.database.write() as session:
            if paused:
                await chats.pause_topic(session, chat, 11, "closed", self.model.now)
            else:
                await chats.wake_topic(session, chat, 11)

    @precondition(lambda self: len(self.model.moves) < 2)
    @rule(chat=st.sampled_from((GROUP, FORUM)), known=st.booleans())
    def migrates(self, chat: int, known: bool) -> None:
        """A group becomes a supergroup, which may have spoken to us already."""
        old = self.home(chat)
        new = old - 100
        if old in self.model.erased:
            return
        self.do(self._migrate(old, new, known=known))
        self.model.moves[old] = new
        self.model.planned = {(a, new if c == old else c, t) for a, c, t in self.model.planned}

    async def _migrate(self, old: int, new: int, *, known: bool) -> None:
        async with self.database.write() as session:
            if known:
                await chats.meet(session, new, "supergroup", self.model.now)
                await chats.follow(session, new, 0, ["*"], self.model.now)
            await chats.migrate(session, old, new, self.model.now)

    @rule(chat=CHATS)
    def forget(self, chat: int) -> None:
        """A chat says /forget; it is erased unless something flies to it."""
        home = self.home(chat)
        if self.do(self._forget(home)):
            self.model.erased.add(home)
            self.model.planned = {one for one in self.model.planned if one[1] != home}

    async def _forget(self, chat: int) -> bool:
        async with self.database.write() as session:
            if await chats.find(session, chat) is None:
                return False
            await chats.begin_forgetting(session, chat, self.model.now)
        return await erase_if_still(self.database, chat)

    @precondition(lambda self: self.model.states)
    @rule(data=st.data())
    def resend(self, data: st.DataObject) -> None:
        """An admin lets a troubled delivery go once more."""
        number = data.draw(st.sampled_from(sorted(self.model.states)))
        if self.do(self._resend(number)):
            self.model.copies[number].resent += 1

    async def _resend(self, number: int) -> bool:
        async with self.database.write() as session:
            return (await troubles.resend(session, number, self.model.now)).outcome == Resent.QUEUED

    @rule(seconds=st.sampled_from((0.3, 2, 11, 31, 61, 400, -1, -3600)))
    def time_passes(self, seconds: float) -> None:
        """Forwards; or the clock is set back."""
        self.model.now += timedelta(seconds=seconds)

    # -- what always holds

    @invariant()
    def all_is_well(self) -> None:
        """Read everything, and compare."""
        rows, boxes, states = self.do(self._everything())
        self._one_in_flight(rows)
        self._nothing_lost(rows)
        self._mailboxes_agree(rows, boxes)
        self._arrows(rows)
        self._copies(rows, states)

    async def _everything(self) -> tuple[Sequence[Delivery], Sequence[Mailbox], dict[int, Chat]]:
        async with self.database.read() as session:
            rows = (await session.scalars(select(Delivery))).all()
            boxes = (await session.scalars(select(Mailbox))).all()
            return rows, boxes, {chat.id: chat for chat in await session.scalars(select(Chat))}

    def _one_in_flight(self, rows: Sequence[Delivery]) -> None:
        flying = Counter(one.chat_id for one in rows if one.state == DeliveryState.SENDING)
        merged = set(self.model.moves.values())  # two chats that became one may both have had one in the air
        assert all(count == 1 or chat in merged for chat, count in flying.items()), flying

    def _nothing_lost(self, rows: Sequence[Delivery]) -> None:
        there = {(one.alert_id, one.chat_id, one.thread_id) for one in rows if one.kind == DeliveryKind.SEND}
        assert self.model.planned <= there, self.model.planned - there

    def _mailboxes_agree(self, rows: Sequence[Delivery], boxes: Sequence[Mailbox]) -> None:
        by_chat = {box.chat_id: box for box in boxes}
        flying = {one.id for one in rows if one.state == DeliveryState.SENDING}
        for one in rows:
            box = by_chat.get(one.chat_id)
            if one.state == DeliveryState.PENDING:
                assert box is not None, f"{one.id} waits for a chat without a mailbox"
                assert box.rank is not None or box.in_flight in flying, f"nobody knows that {one.id} waits"
        for box in boxes:
            assert box.in_flight is None or box.in_flight in flying, f"{box.chat_id} is shut for nothing"

    def _arrows(self, rows: Sequence[Delivery]) -> None:
        for one in rows:
            before = self.model.states.get(one.id or 0, one.state)
            passed = {(before, one.state)} | {(before, "sending"), ("sending", one.state)}
            allowed = (
                before == one.state
                or (before, one.state) in ARROWS
                or passed - {(before, one.state)} <= ARROWS
            )
            assert allowed, f"{one.id}: {before} -> {one.state}"
        self.model.states = {one.id or 0: one.state for one in rows}

    def _copies(self, rows: Sequence[Delivery], states: dict[int, Chat]) -> None:
        for one in rows:
            if one.kind == DeliveryKind.EDIT:
                continue
            copies = self.model.copies[one.id or 0]
            assert copies.plain <= 1 + copies.resent, f"{one.id} came {copies.plain} times without a label"
            assert copies.labelled <= 1 + copies.resent, f"{one.id} came {copies.labelled} times, labelled"
            wants_once = states[one.chat_id].guarantee == Guarantee.AT_MOST_ONCE
            if wants_once and not copies.resent:
                assert copies.plain + copies.labelled <= 1, (
                    f"{one.id} came twice to a chat that wants it once"
                )


@cache
def template() -> Path:
    """A database file with the schema and nothing in it."""
    path = Path(tempfile.mkdtemp(prefix="rasid-model-")) / "rasid.db"
    database = Database(f"sqlite+aiosqlite:///{path}")

    async def make() -> None:
        await upgrade(database)
        await database.checkpoint()
        await database.dispose()

    asyncio.run(make())
    return path


def play(machine: type[Outbox], examples: int, steps: int) -> None:
    """So many games of so many steps."""
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_machine(machine, settings=how)


def test_the_outbox_keeps_its_invariants_whatever_happens() -> None:
    """Nothing lost, one in flight a chat, no unlabelled copy, no send to who does not want it; on SQLite."""
    play(Outbox, int(os.environ.get("TORTURE_GAMES", "100" if LONG else "12")), 40)


@long_form
def test_the_outbox_keeps_its_invariants_on_postgresql_too(new_postgres: Callable[[], str]) -> None:
    """The same games, on a database of its own each."""

    class OnPostgres(Outbox):
        def new_url(self) -> str:
            url = new_postgres()
            self.do(_upgraded(url))
            return url

    play(OnPostgres, int(os.environ.get("TORTURE_GAMES", "100" if LONG else "12")), 40)


async def _upgraded(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.dispose()
