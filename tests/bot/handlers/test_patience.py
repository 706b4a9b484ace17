"""Who asks without end is heard a little, and makes nobody else wait."""

from dataclasses import dataclass, field

import pytest

from bot.handlers.desk import Desk
from bot.handlers.patience import GROUP, MEMBER, MOST_KEPT, PERSON, Ear, Patience
from tests.bot.handlers.talker import ADMIN, READER, talking
from tests.bot.handlers.talker import GROUP as GROUP_CHAT
from tests.bot.handlers.talker import MEMBER as MEMBER_OF_IT
from tests.fakes.bot_api import BotApiServer


@dataclass
class Clock:
    """A clock that tests move."""

    now: float = 100.0
    patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        self.patience = Patience(lambda: self.now)

    def asks(self, times: int, chat: int = 5, user: int | None = 5, *, private: bool = True) -> list[Ear]:
        """So many requests at once, and what became of each."""
        return [self.patience.listens(chat, user, private=private) for _ in range(times)]


def test_a_person_is_told_once_and_heard_again() -> None:
    """The burst is answered, the next request is told why not, the others meet silence until time has passed."""
    clock = Clock()
    heard = clock.asks(PERSON.burst + 3)
    assert heard == [Ear.OPEN] * PERSON.burst + [Ear.CLOSING, Ear.CLOSED, Ear.CLOSED]
    assert clock.asks(1, chat=6) == [Ear.OPEN]
    clock.now += PERSON.seconds
    assert clock.asks(2) == [Ear.OPEN, Ear.CLOSING]
    clock.now += PERSON.seconds * PERSON.burst * 9
    assert clock.asks(PERSON.burst + 1).count(Ear.OPEN) == PERSON.burst


def test_one_member_leaves_something_to_the_others_and_all_of_them_to_the_alerts() -> None:
    """In an hour of requests a group is answered less often than Telegram takes messages there."""
    clock = Clock()
    assert clock.asks(100, -9, 1, private=False).count(Ear.OPEN) == MEMBER.burst
    assert clock.asks(1, -9, 2, private=False) == [Ear.OPEN]
    answered = 0
    for _ in range(3600):
        clock.now += 1
        answered += sum(clock.asks(1, -9, user, private=False) == [Ear.OPEN] for user in range(30))
    assert answered / 60 <= 60 / GROUP.seconds + 1 < 20


def test_memory_is_bounded() -> None:
    """However many chats ask."""
    clock = Clock()
    for chat in range(MOST_KEPT + 50):
        clock.asks(1, chat)
    assert len(clock.patience._left) == MOST_KEPT


@pytest.mark.parametrize(
    ("chat", "user", "burst"), [(READER, READER, PERSON.burst), (GROUP_CHAT, MEMBER_OF_IT, MEMBER.burst)]
)
async def test_hundreds_of_commands(
    bot_api: BotApiServer, desk: Desk, chat: int, user: int, burst: int
) -> None:
    """A few are answered, one is told why not; whoever asks elsewhere after them is answered at once."""
    async with talking(bot_api, desk):
        other, by = (GROUP_CHAT, ADMIN) if chat == READER else (READER, READER)
        for _ in range(300):
            bot_api.world.say(chat, "/list", user_id=user)
        bot_api.world.say(other, "/help", user_id=by)
        await bot_api.wait_for(lambda one: one.chat_id == other)
        texts = [one.text for one in bot_api.sent if one.chat_id == chat]
        assert sum("لا قاعدة متابَعة" in text for text in texts) == burst
        assert sum("طلبات كثيرة" in text for text in texts) == 1
        assert len(texts) == burst + 1
