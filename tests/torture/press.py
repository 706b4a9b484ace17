"""Outlets that never rest: new stories, copies of them by others, and graver copies; all over real HTTP.

A story is one headline, which names it. Its first report fires one rule; copies repeat it elsewhere, which rewrites
messages; a graver copy fires a graver rule as well, which is told as a follow-up.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random

from tests.fakes.web import Visit
from tests.torture.evidence import Shown

PUTIN, KIRBY = "بوتين يصل إلى بيونغ يانغ في الزيارة {}", "كيربي يتحدث عن الزيارة في البيان {}"
GRAVER = "وقد رد بوتين على ذلك"
RULE_OF = {PUTIN: "visits", KIRBY: "kirby"}
WINDOW = 40  # items that a feed shows; the newest first


@dataclass(frozen=True)
class Item:
    """One item of a feed."""

    guid: str
    title: str
    summary: str

    def xml(self) -> str:
        """As RSS."""
        link = f"https://outlet.example/{self.guid}"
        return (
            f"<item><guid isPermaLink='false'>{self.guid}</guid><title>{self.title}</title><link>{link}</link>"
            f"<description>{self.summary}</description><pubDate>{format_datetime(datetime.now(UTC))}</pubDate></item>"
        )


@dataclass
class Outlet:
    """One feed: its items as they are, with an ETag that changes when they do."""

    name: str
    items: list[str] = field(default_factory=list)  # as XML, the newest first
    asked: int = 0
    conditional: int = 0

    @property
    def etag(self) -> str:
        """Grows with the items."""
        return f'"{self.name}-{len(self.items)}"'

    def body(self) -> bytes:
        """The feed's bytes."""
        inner = "".join(self.items[:WINDOW])
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>o</title>{inner}</channel></rss>".encode()


@dataclass
class Press:
    """All outlets behind one server: ``/0`` to ``/n``. ``troubles`` is how often an answer goes wrong."""

    dice: Random
    outlets: list[Outlet]
    troubles: float = 0.02
    graver: float = 0.25  # of the stories that begin mild
    shown: list[Shown] = field(default_factory=list)
    stories: int = 0
    _copies: list[tuple[int, Item, frozenset[str], str]] = field(default_factory=list)

    def print_something(self) -> None:
        """A new story, or a copy of one that stands."""
        if self._copies and self.dice.random() < 0.6:
            outlet, item, rules, story = self._copies.pop(self.dice.randrange(len(self._copies)))
            self._print(outlet, item, rules, story)
        else:
            self._break_news()

    def print_the_rest(self) -> None:
        """Every copy that is still to come."""
        for outlet, item, rules, story in self._copies:
            self._print(outlet, item, rules, story)
        self._copies.clear()

    def _break_news(self) -> None:
        self.stories += 1
        story = f"k{self.stories:06d}"
        shape = self.dice.choice((PUTIN, KIRBY))
        title, rules = shape.format(story), frozenset({RULE_OF[shape]})
        first, *others = self.dice.sample(range(len(self.outlets)), self.dice.randint(1, 3))
        self._print(first, Item(f"{story}-{first}", title, ""), rules, story)
        for outlet in others:
            graver = shape == KIRBY and self.dice.random() < self.graver
            item = Item(f"{story}-{outlet}", title, GRAVER if graver else "")
            self._copies.append((outlet, item, rules | {"visits"} if graver else rules, story))

    def _print(self, outlet: int, item: Item, rules: frozenset[str], story: str) -> None:
        self.outlets[outlet].items.insert(0, item.xml())
        self.shown.append(Shown(item.guid, story, rules))

    async def __call__(self, visit: Visit) -> None:
        """Answer one request, or fail at it."""
        outlet = self.outlets[int(visit.path.strip("/"))]
        outlet.asked += 1
        if self.dice.random() < self.troubles:
            await self._fail(visit, outlet)
        elif visit.headers.get("if-none-match") == outlet.etag:
            outlet.conditional += 1
            await visit.answer("304 Not Modified", ETag=outlet.etag)
        else:
            await visit.answer(body=outlet.body(), ETag=outlet.etag, Content_Type="application/rss+xml")

    async def _fail(self, visit: Visit, outlet: Outlet) -> None:
        match self.dice.randrange(3):
            case 0:
                await visit.answer("503 Service Unavailable")
            case 1:
                await visit.answer(
                    body=outlet.body()[:-40], ETag=outlet.etag, Content_Type="application/rss+xml"
                )
            case _:
                await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss")


def make_press(seed: int, outlets: int = 4) -> Press:
    """A press with a backlog of one item an outlet, which fires nothing."""
    old = Item("old", "خبر قديم عن الطقس في القاهرة", "").xml()
    return Press(Random(seed), [Outlet(str(number), [old]) for number in range(outlets)])
