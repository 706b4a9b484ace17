"""The chats of a run and what they do in its course, at Telegram's side and at ours."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

from bot.store import chats
from bot.store.engine import TROUBLE, Database
from bot.store.schema import upgrade
from bot.store.types import Guarantee
from bot.times import utc_now
from tests.fakes.bot_api.world import World
from tests.torture.evidence import Wanted

READERS = (101, 102, 103, 104, 105, 106)
ONCE, FICKLE = 109, 110  # wants nothing twice; blocks us and returns
LEAVERS = (111, 112, 113, 114)  # say /forget, one after the other
GROUP, SUPERGROUP, FORUM, OPEN_TOPIC, CLOSING_TOPIC = -50, -100500, -100777, 11, 12
_EVERYTHING = frozenset({"*"})
PLACES = (
    *(Wanted(chat, 0, _EVERYTHING) for chat in READERS[:3]),
    Wanted(READERS[3], 0, frozenset({"visits"})),
    Wanted(READERS[4], 0, frozenset({"kirby"})),
    Wanted(READERS[5], 0, frozenset({"visits", "kirby"})),
    *(Wanted(chat, 0, _EVERYTHING) for chat in (ONCE, FICKLE, *LEAVERS, GROUP)),
    Wanted(FORUM, OPEN_TOPIC, frozenset({"visits"})),
    Wanted(FORUM, CLOSING_TOPIC, frozenset({"kirby"})),
)


@dataclass
class People:
    """Everybody whom the tortured processes write to. ``forgotten``: who said so, and when nothing more may come."""

    database: Database
    world: World
    moved: dict[int, int] = field(default_factory=dict)
    forgotten: dict[int, float] = field(default_factory=dict)

    async def come(self) -> None:
        """Chats at Telegram's side, and their subscriptions at ours."""
        for chat_id in (*READERS, ONCE, FICKLE, *LEAVERS):
            self.world.add_chat(chat_id)
        self.world.add_chat(GROUP, "group")
        self.world.add_chat(FORUM, "supergroup", forum=True)
        await upgrade(self.database)
        async with self.database.write() as session:
            for place in PLACES:
                kind = self.world.chats[place.chat_id].type
                await chats.meet(session, place.chat_id, kind, utc_now())
                await chats.follow(session, place.chat_id, place.thread_id, place.rules, utc_now())
            await chats.choose_guarantee(session, ONCE, Guarantee.AT_MOST_ONCE)

    @property
    def are_leaving(self) -> bool:
        """Whether somebody is still to be forgotten."""
        return any(at == float("inf") for at in self.forgotten.values())

    def block(self) -> None:
        """The fickle reader blocks us."""
        self.world.bot_becomes(FICKLE, "kicked")

    def let_back_in(self) -> None:
        """The fickle reader lets us back in."""
        if self.world.chats[FICKLE].bot_status == "kicked":
            self.world.bot_becomes(FICKLE, "member")

    def migrate(self) -> None:
        """The group becomes a supergroup; if it is one, it moves once more."""
        old, new = GROUP, SUPERGROUP
        while old in self.moved:
            old, new = new, new - 1
        self.moved[old] = new
        self.world.migrate(old, new)

    def close_topic(self) -> None:
        """One topic of the forum is closed."""
        self.world.chats[FORUM].closed_topics.add(CLOSING_TOPIC)

    async def forget(self) -> None:
        """The next leaver says /forget; from when the erasure is complete nothing may come."""
        leaver = next((one for one in LEAVERS if one not in self.forgotten), None)
        if leaver is None:
            return
        # Noted first, and said in one piece: a process may act on it, and die of it, before we hear of our own commit.
        self.forgotten[leaver] = float("inf")
        await asyncio.shield(self._say_forget(leaver))

    async def _say_forget(self, leaver: int) -> None:
        async with self.database.write() as session:
            await chats.begin_forgetting(session, leaver, utc_now())

    async def watch_forgetting(self) -> None:
        """Note when leavers are gone."""
        while True:
            await asyncio.sleep(0.1)
            for leaver in [one for one, at in self.forgotten.items() if at == float("inf")]:
                with contextlib.suppress(*TROUBLE):
                    await self._note_if_gone(leaver)

    async def _note_if_gone(self, leaver: int) -> None:
        async with self.database.read() as session:
            if await chats.find(session, leaver) is None:
                self.forgotten[leaver] = time.time()
