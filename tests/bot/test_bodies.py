"""Where the feed gives a teaser and a rule reads bodies: the page is read, once, and nothing is lost when it fails."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.pipeline import bodies as bodies_module
from bot.pipeline.bodies import LEASE, Bodies
from bot.store.engine import Database
from bot.store.pages import A_SERVER
from feeds.fetch import Fetcher
from feeds.manners import Manners
from feeds.readers import Readers
from tests.bot.newsroom import Desk, make_rules
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer, Visit
from tests.feeds.test_articles import PAGE, SENTENCE, article
from tests.rules.workshop import rule_set_of, rule_text

KIRBY = article(SENTENCE, SENTENCE, f"{SENTENCE} وقال كيربي إن واشنطن تتابع.", SENTENCE)


@dataclass
class Site:
    """A feed at /feed.xml, and its pages; a page that is missing answers 404."""

    outlet: Outlet = field(default_factory=Outlet)
    pages: dict[str, bytes] = field(default_factory=dict)
    robots: bytes = b""
    kind: str = "text/html; charset=utf-8"
    visits: list[str] = field(default_factory=list)
    base: str = ""

    async def __call__(self, visit: Visit) -> None:
        """Answer one request."""
        if visit.path == "/feed.xml":
            body = self.outlet.body().replace(b"https://outlet.example", self.base.encode())
            await visit.answer(body=body, Content_Type="application/rss+xml")
            return
        self.visits.append(visit.path)
        if visit.path == "/robots.txt":
            await visit.answer("200 OK" if self.robots else "404 Not Found", self.robots)
        elif visit.path in self.pages:
            await visit.answer(body=self.pages[visit.path], Content_Type=self.kind)
        else:
            await visit.answer("404 Not Found")


@dataclass
class Newsdesk:
    """A desk that reads pages too, on a site."""

    desk: Desk
    bodies: Bodies
    site: Site

    async def poll(self) -> None:
        """Poll the feed, then read what pages there are to read."""
        await self.desk.poll()
        await self.read()

    async def read(self) -> None:
        """Read what pages there are to read."""
        await self.bodies.tick()
        await self.bodies.settled()

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        """What stands in the database."""
        async with self.desk.database.read() as session:
            return [tuple(row) for row in await session.execute(text(query))]

    async def page(self) -> tuple[object, ...]:
        """State and detail of the only page."""
        (row,) = await self.rows("SELECT state, detail FROM page")
        return row


@pytest.fixture
async def news(database: Database, tmp_path: Path) -> AsyncIterator[Newsdesk]:
    """A newsdesk whose chat 5 follows both rules; the site's feed is known, and has been read once."""
    site = Site()
    async with (
        Fetcher(user_agent="Rasid/test", allow_private_addresses=True, timeout=5) as fetcher,
        Readers() as readers,
        RawServer(site) as server,
    ):
        site.base = server.url("")
        desk = Desk(database, fetcher, make_rules(tmp_path / "rules"))
        await desk.knows(server.url())
        await desk.follows(5, "visits", "kirby")
        await desk.poll()
        bodies = Bodies(
            database=database,
            fetcher=fetcher,
            rules=lambda: desk.rules,
            readers=readers,
            news_hours=6,
            on_news=desk._ring,
            now=lambda: desk.time,
            manners=Manners(pause=0),
        )
        yield Newsdesk(desk, bodies, site)
        await bodies.stop()


def item(title: str = "محادثات في العاصمة", **more: object) -> Item:
    """An item that is new an hour from now."""
    return Item("1", title, hours_old=-1.5, **more)  # type: ignore[arg-type]


async def test_what_only_the_page_says_rings(news: Newsdesk) -> None:
    """The rule fires on the body, the chat is told, and the text stands in the entry with its evidence."""
    news.site.outlet.items = [item()]
    news.site.pages["/1"] = KIRBY
    await news.poll()
    assert news.desk.rang == 1
    ((rule, evidence, content),) = await news.rows(
        'SELECT m.rule, m.evidence, e.content FROM "match" m JOIN entry e ON e.id = m.entry_id'
    )
    assert rule == "kirby"
    assert '"body"' in str(evidence).replace("'", '"')
    assert "كيربي" in str(content)
    assert (await news.page())[0] == "read"
    assert await news.rows("SELECT chat_id FROM delivery WHERE kind = 'send'") == [(5,)]


async def test_the_rules_of_robots_hold_behind_a_redirect(news: Newsdesk) -> None:
    """A counter sends readers on: the page's own server is asked whether it may be read, and so is the same server."""

    async def counter(visit: Visit) -> None:
        if visit.path == "/robots.txt":
            await visit.answer("404 Not Found")
        else:
            await visit.answer("302 Found", Location=f"{news.site.base}{visit.path}")

    async with RawServer(counter) as server:
        news.site.outlet.items = [item()]
        news.site.outlet.link_of = (server.url("") + "/{}").format
        news.site.pages["/1"] = KIRBY
        news.site.robots = b"User-agent: *\nDisallow: /1"
        await news.poll()
    state, detail = await news.page()
    assert (state, "robots.txt" in str(detail)) == ("refused", True)
    assert news.site.visits == ["/robots.txt"]


async def test_what_the_teaser_justifies_is_told_before_and_once(news: Newsdesk) -> None:
    """The page brings the further rule to the alert that stands; nothing is told twice."""
    news.site.outlet.items = [item("بوتين يصل إلى العاصمة في زيارة رسمية")]
    news.site.pages["/1"] = KIRBY
    await news.desk.poll()
    assert news.desk.rang == 1
    assert news.site.visits == []
    await news.read()
    assert await news.rows('SELECT rule, fate, alert_id FROM "match" ORDER BY id') == [
        ("visits", "alerted", 1),
        ("kirby", "joined", 1),
    ]
    assert await news.rows("SELECT chat_id FROM delivery WHERE kind = 'send'") == [(5,)]


async def test_a_page_is_asked_for_once(news: Newsdesk) -> None:
    """However often the feed shows the entry; robots.txt once as well."""
    news.site.outlet.items = [item()]
    news.site.pages["/1"] = PAGE
    for _ in range(3):
        await news.poll()
    assert news.site.visits == ["/robots.txt", "/1"]
    assert (await news.page())[0] == "read"


@pytest.mark.parametrize(
    ("change", "state", "said"),
    [
        ({"pages": {}}, "failed", "not_found"),
        ({"robots": b"User-agent: *\nDisallow: /"}, "refused", "robots.txt does not allow it"),
        ({"pages": {"/1": b"<html><p>x</p></html>"}}, "thin", "0 characters"),
        ({"kind": "application/pdf"}, "failed", "application/pdf"),
    ],
)
async def test_a_page_that_fails_loses_nothing_and_its_outcome_is_kept(
    news: Newsdesk, change: dict[str, object], state: str, said: str
) -> None:
    """The entry stands with its teaser, told by that alone; why stands beside it."""
    news.site.outlet.items = [item("بوتين يصل إلى العاصمة في زيارة رسمية")]
    news.site.pages["/1"] = KIRBY
    for name, value in change.items():
        setattr(news.site, name, value)
    await news.poll()
    found, detail = await news.page()
    assert (found, said in str(detail)) == (state, True)
    assert await news.rows('SELECT rule FROM "match"') == [("visits",)]
    assert ("/1" in news.site.visits) is (state != "refused")


async def test_no_page_is_read_where_no_live_rule_reads_bodies(news: Newsdesk, tmp_path: Path) -> None:
    """Decided by the compiled rules: those that look at titles only cost outlets nothing."""
    rule = rule_text("{in: title, any: [كيربي]}", examples="examples: {match: [كيربي], no_match: [المطر]}")
    news.desk.rules = rule_set_of(tmp_path / "titles", rule)
    news.site.outlet.items = [item()]
    await news.poll()
    assert news.site.visits == []
    assert await news.rows("SELECT * FROM page") == []


async def test_no_page_is_read_where_the_feed_gives_the_text(news: Newsdesk) -> None:
    """Some outlets put whole articles into their feeds."""
    news.site.outlet.items = [item(summary=SENTENCE * 20)]
    await news.poll()
    assert news.site.visits == []


async def test_a_backlog_is_not_read(database: Database, news: Newsdesk) -> None:
    """A feed's first reading, and what is days old, is no news: fifty pages of it are nobody's business."""
    news.site.outlet.items = [Item("1", "محادثات", hours_old=40), Item("2", "محادثات", hours_old=100)]
    async with database.write() as session:
        await session.execute(text("UPDATE feed SET first_read_at = NULL"))
    await news.poll()
    assert news.site.visits == []


async def test_a_reader_that_broke_off_is_followed_by_another(
    news: Newsdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash between page and commit the page is read again, and rings then."""
    news.site.outlet.items = [item()]
    news.site.pages["/1"] = KIRBY

    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(bodies_module, "tell_more", crash)
        await news.poll()
    assert (await news.page())[0] == "asked"
    assert (await news.rows("SELECT content FROM entry")) == [("",)]
    await news.read()
    assert (await news.page())[0] == "asked"  # the lease still runs
    news.desk.time += LEASE + timedelta(seconds=1)
    await news.read()
    assert (await news.page())[0] == "read"
    assert news.desk.rang == 1


async def test_of_one_server_two_pages_at_a_time(news: Newsdesk) -> None:
    """So that a slow outlet holds up no other; in the end all are read."""
    news.site.outlet.items = [Item(str(n), f"محادثات {n}", hours_old=-1.5) for n in range(5)]
    news.site.pages |= {f"/{n}": PAGE for n in range(5)}
    await news.desk.poll()
    assert len(await news.bodies._claim(8)) == A_SERVER
    news.desk.time += LEASE + timedelta(seconds=1)
    for _ in range(5):
        await news.read()
    assert await news.rows("SELECT state, count(*) FROM page GROUP BY state") == [("read", 5)]


async def test_two_readers_never_read_the_same_page(news: Newsdesk) -> None:
    """A claim is a claim, whoever looks; an orderly stop gives back what it has not read."""
    news.site.outlet.items = [item()]
    await news.desk.poll()
    assert len(await news.bodies._claim(4)) == 1
    assert await news.bodies._claim(4) == []
