"""A Bot API server with weather: faults come by themselves, by the dice, as often as they are asked to."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.fakes.bot_api import BotApiServer, Fault

_TOO_MANY = "Too Many Requests: retry later"
# What strikes a send, and how often among strikes. ``accept``: the message has arrived all the same.
KINDS: tuple[tuple[int, Fault], ...] = (
    (3, Fault("", "status", 429, "Too Many Requests: retry after 1", {"retry_after": 1})),
    (2, Fault("", "status", 429, _TOO_MANY)),
    (3, Fault("", "failing", 502)),
    (1, Fault("", "failing", 500, accept=False)),
    (3, Fault("", "reset")),
    (1, Fault("", "reset", accept=False)),
    (2, Fault("", "cut")),
    (1, Fault("", "garbage")),
    (1, Fault("", "portal")),
    (1, Fault("", "portal", accept=False)),
    (1, Fault("", "hang")),
    (1, Fault("", "hang", accept=False)),
    (4, Fault("", "delay", seconds=0.3)),
    (1, Fault("", "status", 400, "Bad Request: can't parse entities: Unsupported start tag")),
)


@dataclass
class Weather:
    """How foul it is: the part of all sends and edits that is struck."""

    dice: Random
    rate: float = 0.05
    struck: dict[str, int] = field(default_factory=dict)

    def strike(self, method: str) -> Fault | None:
        """What happens to a call; None for nothing."""
        if method.lower() not in ("sendmessage", "editmessagetext") or self.dice.random() >= self.rate:
            return None
        weights = [weight for weight, _ in KINDS]
        (_, fault), *_ = self.dice.choices(KINDS, weights)
        name = f"{fault.kind} {fault.code}" if fault.kind in ("status", "failing") else fault.kind
        self.struck[name] = self.struck.get(name, 0) + 1
        return fault


class FoulServer(BotApiServer):
    """The Bot API server under a weather."""

    def __init__(self, weather: Weather, transcript: Path) -> None:
        super().__init__(transcript=transcript)
        self.weather = weather

    def fault_for(self, method: str, chat_id: int | None) -> Fault | None:
        """A scripted fault, or what the weather brings."""
        return super().fault_for(method, chat_id) or self.weather.strike(method)
