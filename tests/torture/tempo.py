"""How fast a tortured Rasid lives: its waits, so that a run of minutes sees what otherwise takes hours."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from tests.torture.evidence import Limits


@dataclass(frozen=True)
class Tempo:
    """The waits of a child in seconds. The pace of all chats together is never changed."""

    ambiguous: float = 1.5  # before the one labelled copy; 30 in the product
    edit: float = 0.5  # before an edit; 10
    read: float = 2.0  # for Telegram to answer; 45
    lease: float = 15.0  # of a role; as it is, since a killed holder is seen to be dead at once
    fresh: float = 10.0  # after a renewal; as it is: shorter than a turn, and a busy machine sends nothing
    feed_lease: float = 6.0  # of a feed; 60
    chat: float = 0.21  # between two messages to a chat; 1.05
    group: float = 12.1  # in which a group takes twenty; 60.5
    backoff: float = 1.0  # the longest; 300
    unsaid: float = 0.5  # on a 429 that says no time; 5
    halt: float = 1.0  # after a refused token; 60
    forget: float = 0.5  # between two looks for whom to forget; 5
    tick: float = 0.2  # of the clock; 1
    poll: float = 0.4  # between two polls of a feed; 60

    def constants(self) -> dict[str, Any]:
        """By the places where the product reads them."""
        longest = self.backoff
        return {
            "bot.pipeline.decide:MOST_ALERTS": 10
            ** 9,  # an outlet of the press brings more in a minute than any in an hour
            "bot.delivery.record:AMBIGUOUS_PAUSE": self.ambiguous,
            "bot.delivery.sender:AMBIGUOUS_PAUSE": self.ambiguous,
            "bot.delivery.sender:CLAIM_PAUSE": 0.2,
            "bot.delivery.endings:HALT_SECONDS": self.halt,
            "bot.delivery.endings:RECORD_PAUSE": 0.2,
            "bot.delivery.record:backoff": lambda attempts: min(longest, 0.2 * 2.0 ** min(attempts, 9)),
            "bot.delivery.outcomes:UNSAID_WAIT": self.unsaid,
            "bot.delivery.pace:CHAT_SECONDS": self.chat,
            "bot.delivery.pace:GROUP_SECONDS": self.group,
            "bot.delivery.upkeep:FORGET_SECONDS": self.forget,
            "bot.delivery.wire:READ_SECONDS": self.read,
            "bot.store.outgoing:EDIT_PAUSE": timedelta(seconds=self.edit),
            "bot.store.role:LEASE_SECONDS": self.lease,
            "bot.store.role:FRESH_SECONDS": self.fresh,
            "bot.store.role:LOOK_SECONDS": 0.2,
            "bot.app.parts:lease_seconds": lambda _: self.feed_lease,
        }

    def limits(self) -> Limits:
        """Telegram's limits as they are at this tempo."""
        return Limits(chat=(1, self.chat - 0.01), group=(20, self.group - 0.1))

    def as_order(self) -> dict[str, float]:
        """For the child."""
        return asdict(self)
