"""The outlets, as a process: ``/etag/N`` answers 304 to its own validators, ``/bare/N`` has none and comes whole.

``/edition/E`` turns the page: every feed then has E entries more, the newest first, and fifty in all. ``/hostile/N``
answers seven megabytes that keep feedparser busy for minutes.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from bench.newsprint import Press

ROOT = Path(__file__).parents[2]
ENTRIES, EDITIONS = 50, 100
FIRST_DAY = datetime(2024, 6, 1, tzinfo=UTC)


def _items() -> list[bytes]:
    """All items of every edition, the oldest first; ``@N@`` stands where the feed's number belongs."""
    press = Press(1)
    titles = press.items(ENTRIES + EDITIONS, 10, press.names(200))
    texts = press.items(ENTRIES + EDITIONS, 60, press.names(200))
    return [
        f"<item><title>{_escaped(title)}</title><link>https://outlet@N@.example/news/{number}</link>"
        f"<guid isPermaLink='false'>@N@-{number}</guid>"
        f"<pubDate>{format_datetime(FIRST_DAY + timedelta(minutes=7 * number))}</pubDate>"
        f"<description><![CDATA[<p>{_escaped(text)}</p>]]></description></item>".encode()
        for number, (title, text) in enumerate(zip(titles, texts, strict=True))
    ]


def _escaped(text: str) -> str:
    return text.replace("&", "").replace("<", "").replace("]]>", "")


@dataclass
class Outlets:
    """Every feed there is."""

    edition: int = 0
    items: list[bytes] = field(default_factory=_items)
    pages: dict[int, bytes] = field(default_factory=dict)

    def body(self, feed: str) -> bytes:
        """A feed as it stands in the present edition."""
        if self.edition not in self.pages:
            newest_first = reversed(self.items[self.edition : self.edition + ENTRIES])
            head = (
                b"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>Outlet @N@</title>"
            )
            self.pages = {self.edition: head + b"".join(newest_first) + b"</channel></rss>"}
        return self.pages[self.edition].replace(b"@N@", feed.encode())

    async def with_tag(self, request: web.Request) -> web.Response:
        """A feed that has a validator."""
        tag = f'"e{self.edition}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return self._whole(request, {"ETag": tag})

    async def bare(self, request: web.Request) -> web.Response:
        """A feed that has none."""
        return self._whole(request, {})

    async def hostile(self, _request: web.Request) -> web.Response:
        """A feed that wants to keep whoever reads it from all else."""
        items = b"<item><title>x</title><link>http://a.example/1</link></item>" * 120_000
        return web.Response(body=b"<rss version='2.0'><channel>" + items, content_type="application/rss+xml")

    def _whole(self, request: web.Request, headers: dict[str, str]) -> web.Response:
        body = self.body(request.match_info["feed"])
        return web.Response(body=body, content_type="application/rss+xml", charset="utf-8", headers=headers)

    async def turn(self, request: web.Request) -> web.Response:
        """The next edition, or another."""
        self.edition = int(request.match_info["edition"])
        return web.Response()


async def _serve() -> None:
    outlets, app = Outlets(), web.Application()
    app.add_routes(
        [
            web.get("/etag/{feed}", outlets.with_tag),
            web.get("/bare/{feed}", outlets.bare),
            web.get("/edition/{edition}", outlets.turn),
            web.get("/hostile/{feed}", outlets.hostile),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    assert site._server is not None
    print(site._server.sockets[0].getsockname()[1], flush=True)  # type: ignore[attr-defined]
    await asyncio.Event().wait()


@asynccontextmanager
async def outlets() -> AsyncIterator[int]:
    """The outlets, open until the block ends; the port on loopback."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.feeds.press", stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        yield int(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(_serve())
