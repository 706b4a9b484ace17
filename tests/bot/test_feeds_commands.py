"""`rasid feeds add`, `import`, `list`, `show`, `export`, `remove`, over a real database and real servers."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from bot.app import parts
from bot.store import feeds
from bot.store.dialect import within
from bot.store.engine import Database
from bot.times import utc_now
from feeds.opml import parse_opml
from feeds.sources import load_catalogue
from tests.fakes.web import RawServer
from tests.feeds.test_check_command import fresh, rasid
from tests.feeds.test_opml import LIST
from tests.feeds.town import PAGE, Town, moved, ok

CATALOGUE = """\
country: EG
outlets:
  - outlet: "Al-Ahram"
    outlet_ar: "الأهرام"
    language: ar-EG
    tier: 1
    ownership: state
    feeds:
      - url: "https://ahram.example/rss?a=1&b=2"
        section: "سياسة / مصر"
      - url: "https://ahram.example/rss/أخبار"
        kind: atom
      - url: "https://t.me/s/ahram"
        kind: telegram
  - outlet: "Small"
    outlet_ar: "صغيرة <و> \\"مقتبسة\\""
    tier: 3
    url: "https://small.example/feed"
"""


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
        assert (await rasid("feeds", "remove", server.url("/feed")))[0] == 2
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
    ("url", "ends_with"),
    [
        ("http://169.254.169.254/latest", 1),
        ("http://127.0.0.1:1/feed", 1),
        ("file:///etc/passwd", 2),
        ("nonsense", 2),
        ("www.example.com/rss", 2),
    ],
)
async def test_what_the_guard_refuses_is_one_line(url: str, ends_with: int) -> None:
    """Never a traceback; the cloud's metadata least of all, whatever is allowed."""
    for command in ("add", "discover"):
        code, out, err = await rasid("feeds", command, url)
        assert (code, out, err.count("\n")) == (ends_with, "", 1)
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
    assert (code, "not empty" in err) == (2, True)


async def test_nothing_is_lost_on_the_way_out_and_back(town: Town, tmp_path: Path) -> None:
    """Both names, country, section, tier, owner, language and kind, by either road into another database."""
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "eg.yaml").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "rest").mkdir()
    (tmp_path / "rest" / "none.yaml").write_text(
        "country: none\noutlets:\n  - outlet: B\n    outlet_ar: ب\n    url: https://b.example/\n",
        encoding="utf-8",
    )
    home = {"DATABASE_URL": "sqlite+aiosqlite:///home.db", "RASID_CATALOGUE": "catalogue"}
    abroad = {"DATABASE_URL": "sqlite+aiosqlite:///abroad.db"}
    database = Database(home["DATABASE_URL"])
    wanted = [one for folder in ("catalogue", "rest") for one in load_catalogue(tmp_path / folder)[0]]
    await parts.prepare(database, wanted)
    await database.dispose()
    assert (await rasid("feeds", "export", "--opml", "list.opml", **home))[0] == 0
    assert (await rasid("feeds", "import", "list.opml", "--language", "fr", **abroad))[0] == 0
    assert (await rasid("feeds", "export", "out", **abroad))[0] == 0
    back, problems = load_catalogue(tmp_path / "out")
    assert (problems, sorted(back, key=str)) == ([], sorted(wanted, key=str))


async def test_a_feed_that_has_become_another_one_is_shown_as_that(tmp_path: Path) -> None:
    """Listed with the other's address; shown with the line of the catalogue to delete; not exported."""
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "eg.yaml").write_text(CATALOGUE, encoding="utf-8")
    home = {"DATABASE_URL": "sqlite+aiosqlite:///home.db", "RASID_CATALOGUE": "catalogue"}
    database, (there, here, *_) = Database(home["DATABASE_URL"]), load_catalogue(tmp_path / "catalogue")[0]
    await parts.prepare(database, [there, here])
    async with database.write() as session:
        await session.execute(sql("UPDATE feed SET first_read_at = due_at, state = 'ok'"))
        await session.execute(sql("UPDATE feed SET due_at = NULL WHERE url = :url"), {"url": there.url})
        (old,) = await within(session, feeds.claim_due, utc_now(), limit=9, lease_seconds=60)
        assert await feeds.move(session, old, there.url) == feeds.Moved.ONTO_ANOTHER
    await database.dispose()
    code, out, _ = await rasid("feeds", "list", "--state", "moved", **home)
    assert (code, f"{here.url}  → {there.url}" in out, "feeds 1" in out) == (0, True, True)
    code, out, _ = await rasid("feeds", "show", here.url, **home)
    assert (code, "انتقلت إلى خلاصة أخرى · moved" in out, "catalogue/eg.yaml:11" in out) == (0, True, True)
    assert out.count(there.url) == 2  # in both languages
    code, _, err = await rasid("feeds", "remove", here.url, **home)
    assert (code, "delete its line" in err) == (1, True)
    code, out, _ = await rasid("feeds", "export", "--opml", **home)
    assert [one.url for one in parse_opml(out.encode()).feeds] == [there.url]


async def test_what_is_mistyped_is_guessed(town: Town) -> None:
    """The nearest address, or the addresses of an outlet that is called so; exit code 2."""
    async with RawServer(town) as server:
        assert (await rasid("feeds", "add", server.url("/feed"), "--outlet", "Daily"))[0] == 0
        for command, typed in (
            ("show", server.url("/fed")),
            ("remove", "http://127.0.0.1/feed"),
            ("show", "daily"),
        ):
            code, out, err = await rasid("feeds", command, typed)
            assert (code, out, server.url("/feed") in err) == (2, "", True)
        assert "did you mean" not in (await rasid("feeds", "show", "https://other.example/x"))[2]
        assert (await rasid("feeds", "remove", server.url("/feed")))[0] == 0
        assert (await rasid("feeds", "add", server.url("/feed"), "--outlet", "Weekly", "--country", "MA"))[
            0
        ] == 0
        _, out, _ = await rasid("feeds", "list", "--json")
    assert [(one["outlet"], one["country"]) for one in json.loads(out)] == [("Weekly", "MA")]


async def test_what_was_wrong_with_an_added_feed_is_told(town: Town) -> None:
    """It is added, and cut off; nothing of the logs stands between."""
    town.streets = {"/cut": ok(fresh()[:-60])}
    async with RawServer(town) as server:
        code, out, err = await rasid("feeds", "add", server.url("/cut"))
    assert (code, out.count("\n"), "cut off" in err, "[debug" in out + err) == (0, 3, True, False)


CALLS = (
    (0, "parse good.xml"), (1, "parse page.html"), (2, "parse nowhere.xml"), (2, "parse ."), (2, "parse"),
    (0, "add {base}/feed"), (1, "add {base}/page"), (1, "add {base}/nowhere"), (1, "add http://169.254.169.254/"),
    (2, "add nonsense"), (2, "add {base}/feed --country Egypt"), (2, "add {base}/feed --language Arabic"),
    (2, "add {base}/feed --tier 9"), (0, "discover {base}/page"), (1, "discover {base}/nowhere"),
    (2, "discover ftp://a.example/"), (0, "import good.opml"), (1, "import some.opml"), (2, "import page.html"),
    (2, "import nowhere.opml"), (2, "import ."), (2, "import good.opml --language Arabic"), (0, "list"),
    (0, "list --json"), (2, "list --state bad"), (2, "show {base}/feed"), (2, "remove {base}/feed"),
    (0, "export --opml"), (0, "export new"), (2, "export"), (2, "export ."), (1, "export --opml nowhere/x.opml"),
    (0, "check --offline good"), (1, "check --offline bad"), (2, "check nowhere"), (2, "check --offline --fix"),
)  # fmt: skip
ODD = {"check": "0123", "remove": "012"}


@pytest.mark.parametrize(("code", "typed"), CALLS, ids=[typed for _, typed in CALLS])
async def test_how_it_ends(town: Town, tmp_path: Path, code: int, typed: str) -> None:
    """0 done, 1 what was asked cannot be had, 2 a bad call or something that is not there; 2 is told on stderr."""
    (tmp_path / "good.xml").write_bytes(fresh())
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "some.opml").write_text(LIST, encoding="utf-8")
    (tmp_path / "good.opml").write_text(
        "<opml><body><outline xmlUrl='https://a.example/'/></body></opml>", encoding="utf-8"
    )
    for name, text in (("good", CATALOGUE), ("bad", CATALOGUE.replace("EG", "QQ"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "eg.yaml").write_text(text, encoding="utf-8")
    async with RawServer(town) as server:
        ended, out, err = await rasid("feeds", *typed.replace("{base}", server.url("")).split())
    assert ended == code, out + err
    assert code != 2 or err


@pytest.mark.parametrize("command", sorted({typed.split()[0] for _, typed in CALLS}))
async def test_help_tells_how_it_ends(command: str) -> None:
    """All that the table above has of the command, and no other."""
    _, out, _ = await rasid("feeds", command, "--help", COLUMNS="200")
    (said,) = re.findall(r"Exit code (0: .*?)(?= ╭| Arguments)", " ".join(out.replace("│", " ").split()))
    codes = {str(code) for code, typed in CALLS if typed.split()[0] == command}
    assert "".join(re.findall(r"\b(\d): ", said)) == ODD.get(command, "".join(sorted(codes | {"0"})))


@pytest.mark.parametrize(
    ("content", "line"), [("<rss/>", 1), ("<opml>\n<body>\n<outline\n</body></opml>", 4)]
)
async def test_a_broken_list_is_one_line_with_its_place(tmp_path: Path, content: str, line: int) -> None:
    """In both languages; a file that is not there too."""
    (tmp_path / "bad.opml").write_text(content, encoding="utf-8")
    code, out, err = await rasid("feeds", "import", "bad.opml")
    assert (code, out) == (2, "")
    assert err.startswith(f"rasid: bad.opml:{line}: ليست قائمة OPML صالحة")


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
