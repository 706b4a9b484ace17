"""Where the feed gives a teaser and a rule reads bodies: the page is read, once, and nothing is lost when it fails."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import text

from bot.pipeline import bodies as bodies_module
from bot.pipeline import looking
from bot.pipeline import poll as poll_module
from bot.pipeline.bodies import LEASE, Bodies
from bot.pipeline.page_outcomes import FIRST_WAIT, MOST_TRIES
from bot.store import feeds, hosts
from bot.store.dialect import within
from bot.store.engine import Database
from feeds.fetch import Fetcher
from feeds.hosts import host_of
from feeds.manners import Manners
from feeds.page_readers import PageReaders
from feeds.parsers import Parsers
from tests.bot.newsroom import Desk, make_rules
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer, Visit
from tests.feeds.test_articles import PAGE, SENTENCE, article
from tests.rules.workshop import rule_set_of, rule_text

A_MOMENT = timedelta(seconds=2)
KIRBY = article(SENTENCE, SENTENCE, f"{SENTENCE} وقال كيربي إن واشنطن تتابع.", SENTENCE)


@dataclass
class Site:
    """A feed at /feed.xml, and its pages; a page that is missing answers 404."""

    outlet: Outlet = field(default_factory=Outlet)
    pages: dict[str, bytes] = field(default_factory=dict)
    robots: bytes = b""
    kind: str = "text/html; charset=utf-8"
    troubles: dict[str, list[str]] = field(default_factory=dict)  # by path: statuses to answer with first
    headers: dict[str, Any] = field(default_factory=dict)  # that go with those
    visits: list[str] = field(default_factory=list)
    base: str = ""

    async def __call__(self, visit: Visit) -> None:
        """Answer one request."""
        if self.troubles.get(visit.path):
            self.visits.append(visit.path)
            await visit.answer(self.troubles[visit.path].pop(0), **self.headers)
            return
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
        """Let the server's pause pass, then read what pages there are to read."""
        self.desk.time += A_MOMENT
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
        Parsers() as parsers,
        PageReaders() as readers,
        RawServer(site) as server,
    ):
        site.base = server.url("")
        desk = Desk(database, fetcher, parsers, make_rules(tmp_path / "rules"))
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


@pytest.fixture
async def counted(news: Newsdesk) -> AsyncIterator[Newsdesk]:
    """The same; its only item's link leads to a server that counts readers and sends them on to the page."""

    async def counter(visit: Visit) -> None:
        if visit.path == "/robots.txt":
            await visit.answer("404 Not Found")
        else:
            await visit.answer("302 Found", Location=f"{news.site.base}{visit.path}")

    async with RawServer(counter) as server:
        news.site.outlet.items = [item()]
        news.site.outlet.link_of = (server.url("") + "/{}").format
        news.site.pages["/1"] = KIRBY
        yield news


async def test_the_rules_of_robots_hold_behind_a_redirect(counted: Newsdesk) -> None:
    """A counter sends readers on: the page's own server is asked whether it may be read, and refuses for good."""
    counted.site.robots = b"User-agent: *\nDisallow: /1"
    await counted.poll()
    state, detail = await counted.page()
    assert (state, "robots.txt does not allow" in str(detail)) == ("refused", True)
    counted.desk.time += timedelta(hours=1)
    await counted.read()
    assert counted.site.visits == ["/robots.txt"]


async def test_a_robots_txt_that_is_out_of_order_behind_a_redirect_is_asked_again(counted: Newsdesk) -> None:
    """It refuses nothing: the page is read when it answers, and rings."""
    counted.site.troubles = {"/robots.txt": ["502 Bad Gateway", "503 Service Unavailable"]}
    await counted.poll()
    state, detail = await counted.page()
    assert (state, "robots.txt cannot be read for now" in str(detail), "502" in str(detail)) == (
        "asked",
        True,
        True,
    )
    for wait in (FIRST_WAIT, 2 * FIRST_WAIT):
        counted.desk.time += wait
        counted.bodies.robots.clock = lambda: monotonic() + counted.desk.time.timestamp()
        await counted.read()
    assert counted.site.visits == ["/robots.txt"] * 3 + ["/1"]
    assert (await counted.page())[0] == "read"
    assert counted.desk.rang == 1


async def test_a_robots_txt_that_never_comes_behind_a_redirect_is_given_up(counted: Newsdesk) -> None:
    """After as many tries as any page has; the page itself was never asked for."""
    counted.site.troubles = {"/robots.txt": ["503 Service Unavailable"] * 99}
    await counted.poll()
    for tries in range(MOST_TRIES + 3):
        counted.desk.time += LEASE
        counted.bodies.robots.clock = lambda tries=tries: monotonic() + 3600 * (tries + 1)  # type: ignore[misc]
        await counted.read()
    assert counted.site.visits == ["/robots.txt"] * MOST_TRIES
    assert (await counted.page())[0] == "refused"


async def test_the_server_that_is_tired_behind_a_redirect_is_the_one_that_rests(counted: Newsdesk) -> None:
    """The counter is not: it may stand before a hundred others."""
    counted.site.troubles = {"/robots.txt": ["429 Too Many Requests"]}
    counted.site.headers = {"Retry_After": "600"}
    await counted.poll()
    ((link,),) = await counted.rows("SELECT link FROM entry")
    counter, site = host_of(str(link)), host_of(counted.site.base)
    async with counted.desk.database.read() as session:
        later = counted.desk.time + timedelta(minutes=9)
        chances = await within(session, hosts.page_chances, [counter, site], later, hosts.USUAL)
    assert chances == {counter: 1, site: 0}


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
        patch.setattr(bodies_module, "enrich", crash)
        await news.poll()
    assert (await news.page())[0] == "asked"
    assert (await news.rows("SELECT content FROM entry")) == [("",)]
    await news.read()
    assert (await news.page())[0] == "asked"  # the lease still runs
    news.desk.time += LEASE + timedelta(seconds=1)
    await news.read()
    assert (await news.page())[0] == "read"
    assert news.desk.rang == 1


async def test_pages_and_feeds_of_a_server_spend_from_one_budget(news: Newsdesk) -> None:
    """Whoever asks has the server's turn; a page leaves a place to the feeds, and waits for the pause."""
    site, desk = news.site, news.desk
    site.outlet.items = [Item(str(n), f"محادثات {n}", hours_old=-1.5) for n in range(3)]
    await desk.poll()
    assert await news.bodies._claim(8) == []  # the feed was asked a moment ago
    desk.time += timedelta(hours=2)
    (feed,) = await desk.claim()
    desk.time += A_MOMENT
    assert await news.bodies._claim(8) == []  # the feed is being read
    async with desk.database.write() as session:
        await feeds.release(session, [feed])
    assert len(await news.bodies._claim(8)) == 1
    assert await desk.claim() == []  # a page was asked a moment ago
    desk.time += A_MOMENT
    assert await news.bodies._claim(8) == []  # one page at a time
    assert len(await desk.claim()) == 1  # and the feed beside it


async def test_all_pages_of_a_server_are_read_one_after_the_other(news: Newsdesk) -> None:
    """Whatever their number."""
    news.site.outlet.items = [Item(str(n), f"محادثات {n}", hours_old=-1.5) for n in range(5)]
    news.site.pages |= {f"/{n}": PAGE for n in range(5)}
    await news.poll()
    assert await news.rows("SELECT state, count(*) FROM page GROUP BY state") == [("read", 1)]
    for _ in range(4):
        await news.read()
    assert await news.rows("SELECT state, count(*) FROM page GROUP BY state") == [("read", 5)]


async def test_a_resting_server_hides_no_other(news: Newsdesk) -> None:
    """Hundreds of pages of a server that wants to be left alone stand before the one that can be read."""
    site, desk = news.site, news.desk
    site.outlet.items = [item()]
    site.outlet.items += [Item(f"t{n}", f"محادثات {n}", hours_old=-1.5) for n in range(500)]
    site.outlet.link_of = lambda guid: (
        f"https://tired.example/{guid}" if guid.startswith("t") else f"https://outlet.example/{guid}"
    )
    site.pages["/1"] = KIRBY
    await desk.poll()
    async with desk.database.write() as session:
        await session.execute(text("UPDATE entry SET id = id + 1000 WHERE identity <> '1'"))
        await within(session, hosts.hold, {"tired.example": desk.time + timedelta(hours=1)}, desk.time)
    await news.read()
    assert site.visits == ["/robots.txt", "/1"]


@pytest.mark.parametrize("path", ["/1", "/robots.txt"])
@pytest.mark.parametrize(
    ("status", "headers", "minutes"),
    [
        ("429 Too Many Requests", {"Retry_After": "1800"}, 30),
        ("503 Service Unavailable", {"Retry_After": "1800"}, 30),
        ("429 Too Many Requests", {}, 8),
        ("429 Too Many Requests", {"Retry_After": "999999999999"}, 60),
    ],
)
async def test_a_server_that_is_tired_of_pages_is_left_alone_by_its_feeds_too(
    news: Newsdesk, path: str, status: str, headers: dict[str, str], minutes: int
) -> None:
    """As it is the other way round; then the page is read."""
    site, desk = news.site, news.desk
    site.outlet.items, site.pages["/1"] = [item()], KIRBY
    site.troubles, site.headers = {path: [status]}, headers
    await desk.poll()
    async with desk.database.write() as session:
        await session.execute(text("UPDATE feed SET due_at = polled_at"))
    await news.read()
    asked = len(site.visits)
    desk.time += timedelta(minutes=minutes) - 2 * A_MOMENT
    assert await desk.claim() == []
    await news.read()
    assert len(site.visits) == asked
    news.bodies.robots.clock = lambda: monotonic() + 3600
    await news.read()
    assert (await news.page())[0] == "read"
    desk.time += A_MOMENT
    assert len(await desk.claim()) == 1


async def test_a_server_that_is_tired_of_its_feed_is_asked_for_no_page(news: Newsdesk) -> None:
    """Its rest speaks for all that it serves."""
    site, desk = news.site, news.desk
    site.outlet.items, site.pages["/1"] = [item()], KIRBY
    await desk.poll()
    site.troubles, site.headers = {"/feed.xml": ["429 Too Many Requests"]}, {"Retry_After": "600"}
    await desk.poll()
    for minutes, state in ((9, []), (2, [("read",)])):
        desk.time += timedelta(minutes=minutes)
        await news.read()
        assert await news.rows("SELECT state FROM page") == state


async def test_a_crawl_delay_holds_for_all_processes_and_for_pages_alone(news: Newsdesk) -> None:
    """Feeds are made to be asked often; what robots.txt asks of crawlers is kept beside the server's pause."""
    site, desk = news.site, news.desk
    site.outlet.items = [Item(str(n), f"محادثات {n}", hours_old=-1.5) for n in range(2)]
    site.pages |= {"/0": PAGE, "/1": PAGE}
    site.robots = b"User-agent: *\nCrawl-delay: 20"
    await news.poll()
    desk.time += timedelta(seconds=15)
    other = replace(news.bodies, manners=Manners(pause=0))
    assert await other._claim(8) == []
    async with desk.database.write() as session:
        await session.execute(text("UPDATE feed SET due_at = polled_at"))
    (feed,) = await desk.claim()
    async with desk.database.write() as session:
        await feeds.release(session, [feed])
    desk.time += timedelta(seconds=5)
    assert len(await other._claim(8)) == 1


@pytest.mark.parametrize("path", ["/1", "/robots.txt"])
async def test_what_fails_for_a_passing_reason_is_tried_again(news: Newsdesk, path: str) -> None:
    """Later each time; the reason stands beside it meanwhile; what the page says rings in the end."""
    site, desk = news.site, news.desk
    site.outlet.items, site.pages["/1"] = [item()], KIRBY
    site.troubles = {path: ["502 Bad Gateway", "503 Service Unavailable"]}
    await news.poll()
    state, detail = await news.page()
    assert (state, "502" in str(detail)) == ("asked", True)
    for wait in (FIRST_WAIT, 2 * FIRST_WAIT):
        desk.time += wait - 2 * A_MOMENT
        news.bodies.robots.clock = lambda: monotonic() + desk.time.timestamp()
        asked = len(site.visits)
        await news.read()
        assert len(site.visits) == asked
        desk.time += A_MOMENT
        await news.read()
        assert len(site.visits) > asked
    assert (await news.page())[0] == "read"
    assert desk.rang == 1


async def test_a_body_that_is_graver_than_its_teaser_raises_the_alert(news: Newsdesk, tmp_path: Path) -> None:
    """The same rule, the same alert: a reply that rings, the message rewritten, the match as grave as it is."""
    rule = rule_text(
        "{all: [كيربي]}",
        "escalate: [{when: واشنطن, severity: critical}]",
        examples="examples: {match: [كيربي], no_match: [المطر]}",
    )
    news.desk.rules = rule_set_of(tmp_path / "graver", rule)
    await news.desk.follows(5, "*")
    news.site.outlet.items = [item("كيربي يتحدث إلى الصحفيين في البيت الأبيض")]
    news.site.pages["/1"] = KIRBY
    await news.desk.poll()
    async with news.desk.database.write() as session:
        await session.execute(text("UPDATE delivery SET state = 'sent'"))
    (before,) = await news.rows("SELECT severity FROM alert")
    await news.read()
    assert (before, await news.rows("SELECT severity FROM alert")) == (("medium",), [("critical",)])
    assert await news.rows('SELECT severity, fate FROM "match"') == [("critical", "alerted")]
    kinds = await news.rows("SELECT kind, severity_rank FROM delivery ORDER BY id")
    assert [kind for kind, _ in kinds] == ["send", "reply", "edit"]
    ((evidence,),) = await news.rows('SELECT evidence FROM "match"')
    assert '"body"' in str(evidence).replace("'", '"')


async def test_an_edit_keeps_what_the_page_said(news: Newsdesk) -> None:
    """The feed shows another teaser; the text that was read before stays, with its matches, in both versions."""
    site = news.site
    site.outlet.items, site.pages["/1"] = [item()], KIRBY
    await news.poll()
    site.outlet.items = [item(summary="نص آخر في الخلاصة")]
    await news.poll()
    assert site.visits == ["/robots.txt", "/1"]
    ((summary, content, edits),) = await news.rows("SELECT summary, content, edits FROM entry")
    assert (summary, "كيربي" in str(content), edits) == ("نص آخر في الخلاصة", True, 1)
    ((evidence,),) = await news.rows('SELECT evidence FROM "match"')
    assert "كيربي" in json.dumps(
        evidence if not isinstance(evidence, str) else json.loads(evidence), ensure_ascii=False
    )
    ((old,),) = await news.rows("SELECT content FROM revision")
    assert "كيربي" in str(old)


async def test_an_edit_that_gives_more_than_the_page_is_taken(news: Newsdesk) -> None:
    """A feed that comes to show whole articles is believed."""
    site = news.site
    site.outlet.items, site.pages["/1"] = [item()], KIRBY
    await news.poll()
    body = site.outlet.body
    longer = SENTENCE * 40
    site.outlet.items = [item(summary="جديد")]
    content = f"<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>{longer}</content:encoded>"
    site.outlet.body = lambda: body().replace(b"</item>", content.encode() + b"</item>")  # type: ignore[method-assign]
    await news.poll()
    assert await news.rows("SELECT length(content) FROM entry") == [(len(longer),)]


async def test_an_edit_that_leads_to_another_page_has_that_one_read(news: Newsdesk) -> None:
    """The new link is the reader's; what the new page says rings."""
    site = news.site
    site.outlet.items, site.pages["/1"] = [item()], PAGE
    await news.poll()
    site.outlet.link_of = lambda guid: f"https://outlet.example/{guid}-again"
    site.outlet.items = [item(summary="نص آخر")]
    site.pages["/1-again"] = KIRBY
    await news.poll()
    assert site.visits == ["/robots.txt", "/1", "/1-again"]
    ((link, content),) = await news.rows("SELECT link, content FROM entry")
    assert (str(link).endswith("/1-again"), "كيربي" in str(content)) == (True, True)
    assert news.desk.rang == 1


async def test_an_edit_while_the_page_is_read_has_it_read_again(news: Newsdesk) -> None:
    """So that evidence is never reckoned in a headline that stands no more; nothing is told twice."""
    site = news.site
    site.outlet.items, site.pages["/1"] = [item()], KIRBY
    await news.desk.poll()
    news.desk.time += A_MOMENT
    (wanted,) = await news.bodies._claim(1)
    site.outlet.items = [item("محادثات في العاصمة المجاورة")]
    await news.desk.poll()
    await news.bodies.read(wanted)
    assert await news.page() == ("asked", "the entry was edited meanwhile")
    await news.read()
    assert (await news.page())[0] == "read"
    assert await news.rows("SELECT title FROM entry") == [("محادثات في العاصمة المجاورة",)]
    assert news.desk.rang == 1


async def test_a_page_that_is_read_while_its_entry_is_edited_is_kept(
    news: Newsdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other order: the poll has looked at the teaser, the page's text is stored, then the poll writes."""
    site, looked = news.site, looking.look
    site.outlet.items, site.pages["/1"] = [item()], KIRBY
    await news.desk.poll()
    site.outlet.items = [item(summary="نص آخر")]

    async def look_then_wait(*args: Any) -> Any:
        found = await looked(*args)
        async with news.desk.database.write() as session:
            await session.execute(text("UPDATE feed SET lease_until = NULL"))
        await news.read()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(poll_module, "look", look_then_wait)
        await news.desk.poll()
    ((summary, content),) = await news.rows("SELECT summary, content FROM entry")
    assert (summary, "كيربي" in str(content)) == ("نص آخر", True)
    ((evidence,),) = await news.rows('SELECT evidence FROM "match"')
    assert "body" in str(evidence)


async def test_what_a_flood_brought_rings_with_its_page_no_more(news: Newsdesk) -> None:
    """Its teaser was kept silent for that; a further rule that the page brings is, too."""
    site = news.site
    site.outlet.items, site.pages["/1"] = [item("بوتين يصل إلى العاصمة في زيارة رسمية")], KIRBY
    await news.desk.poll()
    async with news.desk.database.write() as session:
        await session.execute(text("UPDATE \"match\" SET fate = 'flood', alert_id = NULL"))
    await news.read()
    assert await news.rows('SELECT rule, fate FROM "match" ORDER BY id') == [
        ("visits", "flood"),
        ("kirby", "flood"),
    ]


async def test_tries_are_bounded(news: Newsdesk) -> None:
    """A page that fails and fails is given up, with its last reason."""
    site, desk = news.site, news.desk
    site.outlet.items = [item()]
    site.troubles = {"/1": ["503 Service Unavailable"] * 99}
    await news.poll()
    for _ in range(MOST_TRIES + 3):
        desk.time += LEASE
        await news.read()
    assert site.visits.count("/1") == MOST_TRIES
    state, detail = await news.page()
    assert (state, "503" in str(detail)) == ("failed", True)


async def test_two_readers_never_read_the_same_page(news: Newsdesk) -> None:
    """A claim is a claim, whoever looks; an orderly stop gives back what it has not read."""
    news.site.outlet.items = [item()]
    await news.desk.poll()
    news.desk.time += A_MOMENT
    assert len(await news.bodies._claim(4)) == 1
    news.desk.time += A_MOMENT
    assert await news.bodies._claim(4) == []
