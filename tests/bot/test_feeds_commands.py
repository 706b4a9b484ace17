"""`rasid feeds add`, `import`, `list`, `show`, `export`, `remove`, over a real database and real servers."""

import json
from pathlib import Path

import pytest

from bot.app import parts
from bot.store.engine import Database
from feeds.opml import parse_opml
from feeds.sources import load_catalogue
from tests.fakes.web import RawServer
from tests.feeds.test_check_command import fresh, rasid
from tests.feeds.test_opml import LIST
from tests.feeds.town import PAGE, Town, moved, ok


@pytest.fixture
def town() -> Town:
    """A feed, a page, and a feed that has moved."""
    return Town(
        {
            "/feed": ok(fresh(), ETag='"1"', Content_Type="application/rss+xml"),
            "/page": ok(PAGE, Content_Type="text/html"),
            "/old": moved("/feed"),
        }
    )


async def test_a_feed_is_asked_once_when_it_is_added(town: Town) -> None:
    """Its entries are stored by that one answer, with what to send back; the next request is conditional."""
    async with RawServer(town) as server:
        url = server.url("/feed")
        code, out, err = await rasid("feeds", "add", url, "--outlet-ar", "صحيفة", "--country", "eg")
        assert (code, err) == (0, "")
        assert "entries 2" in out
        assert town.visits == ["/feed"]
        code, out, _ = await rasid("feeds", "show", url, "--json")
    shown = json.loads(out)
    assert (shown["state"], shown["origin"], shown["country"], shown["entries"]) == ("ok", "admin", "EG", 2)
    assert shown["due_at"] > shown["polled_at"]
    assert shown["outlet"] == shown["outlet_ar"] == "صحيفة"


async def test_what_is_known_is_not_added_twice_and_can_be_let_go(town: Town) -> None:
    """A feed that has moved is added by its new address; one that was let go comes back."""
    async with RawServer(town) as server:
        url = server.url("/feed")
        assert (await rasid("feeds", "add", server.url("/old")))[0] == 0
        asked = len(town.visits)
        code, _, err = await rasid("feeds", "add", url)
        assert (code, "known already" in err, len(town.visits)) == (1, True, asked)
        assert (await rasid("feeds", "remove", server.url("/feed")))[0] == 0
        assert (await rasid("feeds", "remove", server.url("/feed")))[0] == 1
        assert (await rasid("feeds", "add", server.url("/feed")))[0] == 0
    code, out, _ = await rasid("feeds", "list", "--json")
    assert [(one["url"], one["state"]) for one in json.loads(out)] == [(url, "ok")]


async def test_a_page_is_no_feed_but_may_name_some(town: Town) -> None:
    """One request, nothing stored, and the line to type next."""
    async with RawServer(town) as server:
        code, out, err = await rasid("feeds", "add", server.url("/page"))
        assert code == 1
        assert "an HTML page" in err
        assert f"rasid feeds add {server.url('/feeds/all.xml')}" in out
        assert town.visits == ["/page"]
        code, out, _ = await rasid("feeds", "discover", server.url("/page"))
        assert (code, "كل الأخبار" in out) == (0, True)
        code, out, _ = await rasid("feeds", "discover", server.url("/feed"))
        assert (code, "هذه خلاصة" in out) == (0, True)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "file:///etc/passwd", "http://127.0.0.1:1/feed", "nonsense"]
)
async def test_what_the_guard_refuses_is_one_line(url: str) -> None:
    """Never a traceback; the cloud's metadata least of all, whatever is allowed."""
    for command in ("add", "discover"):
        code, out, err = await rasid("feeds", command, url)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert err.startswith("rasid: ")


async def test_one_s_own_network_stays_shut_unless_it_is_opened(town: Town) -> None:
    """The setting decides, for lists as well."""
    shut = {"RASID_ALLOW_PRIVATE_ADDRESSES": "false"}
    async with RawServer(town) as server:
        code, _, err = await rasid("feeds", "add", server.url("/feed"), **shut)
    assert (code, town.visits) == (1, [])
    assert "not open" in err or "not a public address" in err


async def test_a_list_comes_in_and_goes_out(tmp_path: Path) -> None:
    """Nothing is asked; what cannot be used is told with its line; the way out gives the same feeds back."""
    (tmp_path / "feeds.opml").write_text(LIST, encoding="utf-8")
    code, out, err = await rasid("feeds", "import", "feeds.opml")
    assert code == 1
    assert "added 3, known already 0, refused 2" in out
    assert "feeds.opml:14:" in err
    assert "feeds.opml:15:" in err
    _, out, _ = await rasid("feeds", "import", "feeds.opml")
    assert "added 0, known already 3, refused 2" in out
    code, out, _ = await rasid("feeds", "export", "--opml")
    assert {one.url for one in parse_opml(out.encode()).feeds} == {
        one.url for one in parse_opml(LIST.encode()).feeds
    }
    assert (await rasid("feeds", "export", "out"))[0] == 0
    sources, problems = load_catalogue(tmp_path / "out")
    assert [one for one in problems if one.level == "error"] == []
    assert {(one.outlet_ar, one.section) for one in sources} == {
        ("الأهرام", "الصحف / مصر"), ("بلا نص", "الصحف"), ("وكالة", ""),
    }  # fmt: skip
    code, _, err = await rasid("feeds", "export", "out")
    assert (code, "not empty" in err) == (1, True)


@pytest.mark.parametrize(
    ("content", "line"), [("<rss/>", 1), ("<opml>\n<body>\n<outline\n</body></opml>", 4)]
)
async def test_a_broken_list_is_one_line_with_its_place(tmp_path: Path, content: str, line: int) -> None:
    """In both languages; a file that is not there too."""
    (tmp_path / "bad.opml").write_text(content, encoding="utf-8")
    code, out, err = await rasid("feeds", "import", "bad.opml")
    assert (code, out) == (1, "")
    assert err.startswith(f"rasid: bad.opml:{line}: ليست قائمة OPML صالحة")
    assert (await rasid("feeds", "import", "nowhere.opml"))[0] == 1


async def test_the_catalogue_does_not_drop_what_was_added_by_hand(town: Town, tmp_path: Path) -> None:
    """A release makes the rows equal the catalogue, and leaves the rest; what the catalogue names is its own."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "eg.yaml").write_text(
        "country: EG\noutlets:\n  - outlet: A\n    outlet_ar: أ\n    url: https://a.example/rss\n",
        encoding="utf-8",
    )
    async with RawServer(town) as server:
        await rasid("feeds", "add", server.url("/feed"))
    sources, _ = load_catalogue(folder)
    database = Database("sqlite+aiosqlite:///rasid.db")
    await parts.prepare(database, sources)
    await database.dispose()
    _, out, _ = await rasid("feeds", "list", "--json")
    assert {(one["origin"], one["state"]) for one in json.loads(out)} == {
        ("admin", "ok"),
        ("catalogue", "new"),
    }
    code, _, err = await rasid("feeds", "remove", "http://www.a.example/rss/")
    assert (code, "delete its line" in err) == (1, True)
    code, out, _ = await rasid("feeds", "show", "https://a.example/rss")
    assert (code, "asked next" in out) == (0, True)
    code, out, _ = await rasid("feeds", "list", "--state", "new")
    assert "feeds 1" in out
