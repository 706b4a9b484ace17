"""`rasid feeds parse`: JSON that stays as it is, and a listing for people."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.feeds import app
from tests.feeds.documents import item, rss


@pytest.fixture
def feed_file(tmp_path: Path) -> Path:
    """A feed in a file."""
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(item(1, link="/1"), item(2, pubDate=None)))
    return path


def test_json_has_exactly_these_keys(feed_file: Path) -> None:
    """Scripts rely on every one of them."""
    result = CliRunner().invoke(app, ["parse", str(feed_file), "--json", "--url", "https://n.example/rss"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "feed": {
            "title": "صحيفة المثال",
            "link": "https://n.example/",
            "language": "ar",
            "description": "آخر الأخبار",
        },
        "entries": [
            {
                "id": "guid-1",
                "title": "خبر رقم 1",
                "link": "https://n.example/1",
                "published": "2024-06-18T22:00:00Z",
                "updated": None,
                "summary": "ملخص الخبر رقم 1",
                "content": "",
                "author": "",
            },
            {
                "id": "guid-2",
                "title": "خبر رقم 2",
                "link": "https://n.example/2",
                "published": None,
                "updated": None,
                "summary": "ملخص الخبر رقم 2",
                "content": "",
                "author": "",
            },
        ],
        "encoding": "utf-8",
        "problems": [],
    }
    assert "خبر" in result.stdout  # as letters, not as \\u escapes


def test_the_content_type_counts(tmp_path: Path) -> None:
    """The header that a feed came with can be given, for feeds that declare their charset only there."""
    path = tmp_path / "feed.xml"
    path.write_bytes("<rss version='2.0'><channel><title>Журнал</title></channel></rss>".encode("cp1251"))
    result = CliRunner().invoke(
        app, ["parse", str(path), "--json", "--content-type", "text/xml; charset=windows-1251"]
    )
    assert json.loads(result.stdout)["feed"]["title"] == "Журнал"
    assert json.loads(result.stdout)["encoding"] == "windows-1251"


def test_standard_input() -> None:
    """A dash reads bytes from a pipe."""
    result = CliRunner().invoke(app, ["parse", "-", "--json"], input=rss(item(1)))
    assert json.loads(result.stdout)["entries"][0]["id"] == "guid-1"


def test_a_listing_for_people(feed_file: Path) -> None:
    """Without --json: the outlet, each entry with its date, and what was odd."""
    feed_file.write_bytes(rss(item(1), item(1), item(2, pubDate=None)))
    result = CliRunner().invoke(app, ["parse", str(feed_file)])
    assert "صحيفة المثال" in result.stdout
    assert "2 entries, read as utf-8" in result.stdout
    assert "! 1 repeated entries were left out" in result.stdout
    assert "undated  خبر رقم 2" in result.stdout


def test_what_is_no_feed_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    """In English and Arabic on stderr; with --json a reason for scripts on stdout too."""
    path = tmp_path / "page.html"
    path.write_text("<html></html>")
    result = CliRunner().invoke(app, ["parse", str(path), "--json"])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "an HTML page" in result.stderr
    assert "ليست خلاصة" in result.stderr
    assert json.loads(result.stdout) == {
        "error": {"kind": "not_a_feed", "detail": "this is an HTML page, not a feed"}
    }


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """One line, no traceback."""
    result = CliRunner().invoke(app, ["parse", str(tmp_path / "none.xml")])
    assert result.exit_code == 2
    assert "none.xml" in result.stderr


def test_loading_the_commands_loads_nothing_heavy() -> None:
    """`rasid --help` does not wait for parsers or the network library."""
    heavy = ("feedparser", "aiohttp", "lxml", "selectolax")
    code = f"import sys, bot.cli.feeds; print([name for name in {heavy} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert printed.stdout.strip() == "[]"
