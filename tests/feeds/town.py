"""A town of outlets on one loopback server: each path answers in its own way, and visits are counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.fakes.web import Visit

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ARABIC = "وزير الخارجية يلتقي نظيره في العاصمة لبحث العلاقات بين البلدين"
ENGLISH = "The foreign minister meets his colleague in the capital for talks on trade"


def rss(*titles: str, days_old: float = 0.1, language: str = "ar", link: str = "https://o.example") -> bytes:
    """A feed of items with these titles."""
    date = format_datetime(NOW - timedelta(days=days_old))
    items = "".join(
        f"<item><guid>{n}</guid><title>{title}</title><link>{link}/{n}</link><pubDate>{date}</pubDate></item>"
        for n, title in enumerate(titles)
    )
    return (
        f"<rss version='2.0'><channel><title>صحيفة</title><language>{language}</language>{items}</channel></rss>"
    ).encode()


PAGE = """<!DOCTYPE html><html><head><title>صحيفة</title>
<link rel="alternate" type="application/rss+xml" title="التعليقات" href="/comments/feed">
<link rel="alternate" type="application/rss+xml; charset=utf-8" title="كل الأخبار" href="/feeds/all.xml">
<link rel="stylesheet" type="text/css" href="/style.css">
</head><body>
<a href="/rss/world">العالم</a><a href="mailto:feed@o.example">بريد</a><a href="/about">من نحن</a></body></html>
""".encode()


@dataclass
class Town:
    """The server's script: path -> (status, body, headers)."""

    streets: Mapping[str, tuple[str, bytes, dict[str, str]]]
    visits: list[str] = field(default_factory=list)

    async def __call__(self, visit: Visit) -> None:
        """Answer one request."""
        self.visits.append(visit.path)
        status, body, headers = self.streets.get(visit.path, ("404 Not Found", b"", {}))
        await visit.answer(status, body, **headers)


def ok(body: bytes, **headers: str) -> tuple[str, bytes, dict[str, str]]:
    """A plain answer."""
    return "200 OK", body, headers


def moved(to: str, status: str = "301 Moved Permanently") -> tuple[str, bytes, dict[str, str]]:
    """A redirect."""
    return status, b"", {"Location": to}
