"""Feeds at the edge of a soak, which fire nothing: what needs a parser's process, pages to read, hostile ones.

``/large`` is too large to be read at once and changes with every question; ``/broken`` is not well-formed; ``/deep``
and ``/slow`` are refused or killed. The large one's entries link to pages on the same server, so a reader's process
works too, and meets a hostile page now and then.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import ClassVar

from tests.fakes.web import RawServer, Visit

ENTRIES = 60  # that the large feed shows; one of them is new each time
STUFFING = "نص طويل عن الطقس في القاهرة وعن أسعار الخضر في أسواقها. " * 60
PARAGRAPH = (
    "<p>قالت البلدية في بيان إن العمل في الطريق الساحلي ينتهي في الربيع، وإن المرور يعود بعده. ({})</p>"
)
HOSTILE_PAGE = b"<html><body>" + b"<div><table><tr><td>" * 20_000
EACH_HOSTILE = 25  # pages


@dataclass
class Outskirts:
    """The script of their server; counts what was asked for."""

    printed: int = 0
    pages: int = 0
    hostile: int = 0

    FEEDS: ClassVar = ("/large", "/broken", "/deep", "/slow")

    async def __call__(self, visit: Visit) -> None:
        """Answer one request."""
        path, _, rest = visit.path.strip("/").partition("/")
        if path == "page":
            self.pages += 1
            await visit.answer(body=self._page(int(rest)), Content_Type="text/html; charset=utf-8")
        elif path in ("large", "broken", "deep", "slow"):
            self.printed += path == "large"
            self.hostile += path in ("deep", "slow")
            base = f"http://{visit.headers['host']}"
            await visit.answer(body=getattr(self, f"_{path}")(base), Content_Type="application/rss+xml")
        else:
            await visit.answer("404 Not Found")

    def _page(self, number: int) -> bytes:
        if number % EACH_HOSTILE == 0:
            return HOSTILE_PAGE
        inner = "".join(PARAGRAPH.format(n) for n in range(12))
        return f"<html><body><article><h1>أعمال</h1>{inner}</article></body></html>".encode()

    def _large(self, base: str) -> bytes:
        at = format_datetime(datetime.now(UTC))
        newest = self.printed
        return _rss(
            f"<item><guid isPermaLink='false'>large{n}</guid><title>خبر عن الطقس رقم {n}</title>"
            f"<link>{base}/page/{n}</link><pubDate>{at}</pubDate>"
            f"<description>خبر</description><comments>{STUFFING}</comments></item>"
            for n in range(newest, newest - ENTRIES, -1)
        )

    def _broken(self, base: str) -> bytes:
        return self._large(base).replace(b"</title>", b"</titel> & <", 7).replace(b"large", b"broken")

    def _deep(self, _base: str) -> bytes:
        return b"<rss version='2.0'><channel>" + b"<item>" * 200_000

    def _slow(self, _base: str) -> bytes:
        """So many entries that reading them all would take too long."""
        inner = "".join(f"<item><guid>slow{n}</guid><title>{n}</title></item>" for n in range(30_000))
        return _rss([inner.replace("</item>", "<author>" + "(" * 30 + "</author></item>", 50)])


def _rss(items: object) -> bytes:
    assert not isinstance(items, str)
    inner = "".join(items)  # type: ignore[arg-type] # strings
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>o</title>{inner}</channel></rss>".encode()
    )


def list_in_catalogue(folder: Path, server: RawServer) -> None:
    """Let the next process of the house in ``folder`` read these feeds too."""
    outlets = "".join(
        f"  - outlet: Outskirts {number}\n    outlet_ar: أطراف {number}\n    tier: 3\n    url: {server.url(path)}\n"
        for number, path in enumerate(Outskirts.FEEDS)
    )
    (folder / "catalogue" / "outskirts.yaml").write_text(
        f"country: EG\noutlets:\n{outlets}", encoding="utf-8"
    )
