"""A feed that tests change: real HTTP on loopback, validators that are honoured, faults on request.

outlet = Outlet([Item("1", "title")])
async with RawServer(outlet) as server:   # tests.fakes.web
    ... server.url() ...
    outlet.items.insert(0, Item("2", "news")); outlet.status = "503 Service Unavailable"; outlet.cut = True
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from tests.fakes.web import Visit

NOW = datetime(2024, 6, 18, 18, 0, tzinfo=UTC)


@dataclass
class Item:
    """One item of the feed."""

    guid: str
    title: str
    hours_old: float = 0.5
    summary: str = ""

    def xml(self, now: datetime, link: str) -> str:
        """As RSS."""
        date = format_datetime(now - timedelta(hours=self.hours_old))
        return (
            f"<item><guid isPermaLink='false'>{self.guid}</guid><title>{escape(self.title)}</title><link>{link}</link>"
            f"<description>{escape(self.summary)}</description><pubDate>{date}</pubDate></item>"
        )


@dataclass
class Outlet:
    """A feed's server: answers with its items as they are, or with ``status``; honours If-None-Match."""

    items: list[Item] = field(default_factory=list)
    status: str = "200 OK"
    cut: bool = False
    head: str = ""  # XML of the channel, before the items
    link_of: Callable[[str], str] = "https://outlet.example/{}".format  # of a guid
    now: datetime = NOW  # what the items' ages are counted from
    headers: dict[str, str] = field(default_factory=dict)  # that go with a refusal
    asked: list[str] = field(default_factory=list)  # the If-None-Match of each request

    def body(self) -> bytes:
        """The feed's bytes."""
        inner = "".join(item.xml(self.now, self.link_of(item.guid)) for item in self.items)
        channel = f"<channel><title>o</title>{self.head}{inner}</channel>"
        whole = f"<?xml version='1.0'?><rss version='2.0'>{channel}</rss>".encode()
        return whole[:-40] if self.cut else whole

    @property
    def etag(self) -> str:
        """Changes with the items."""
        return f'"{abs(hash(self.body()))}"'

    async def __call__(self, visit: Visit) -> None:
        """Answer one request."""
        self.asked.append(visit.headers.get("if-none-match", ""))
        if not self.status.startswith("200"):
            await visit.answer(self.status, b"", **self.headers)
        elif visit.headers.get("if-none-match") == self.etag:
            await visit.answer("304 Not Modified", ETag=self.etag)
        else:
            await visit.answer(body=self.body(), ETag=self.etag, Content_Type="application/rss+xml")
