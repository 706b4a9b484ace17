"""`rasid feeds check` as it is typed, against real servers on loopback."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from tests.fakes.web import Serve
from tests.feeds.town import ARABIC, PAGE, Town, moved, ok, rss

FILE = """\
country: EG # مصر
outlets:
  - outlet: Good
    outlet_ar: السليم
    url: {base}/good
  - outlet: Moved
    outlet_ar: المنتقل
    url: {base}/moved # قديم
  - outlet: Page
    outlet_ar: الصفحة
    url: {base}/page
"""


async def rasid(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Type a command: exit code, stdout, stderr. It runs beside the test's servers, and may reach them."""
    opened = {"RASID_ALLOW_PRIVATE_ADDRESSES": "true", **environment}
    result = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=opened)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def fresh() -> bytes:
    """A feed whose entries have no dates, so that no clock makes it old."""
    return rss(ARABIC, ARABIC).replace(b"<pubDate>", b"<x>").replace(b"</pubDate>", b"</x>")


@pytest.fixture
def town() -> Town:
    """One outlet that is well, one that has moved, one that is a page."""
    return Town(
        {
            "/good": ok(fresh()),
            "/moved": moved("/new"),
            "/new": ok(fresh()),
            "/page": ok(PAGE, Content_Type="text/html"),
        }
    )


async def test_what_is_wrong_is_told_with_its_place_and_what_to_do(
    serve: Serve, town: Town, tmp_path: Path
) -> None:
    """In Arabic and English, with the address to paste; nothing of what is well; exit code 1."""
    server = await serve(town)
    base = server.url("")
    (tmp_path / "egypt.yaml").write_text(FILE.format(base=base), encoding="utf-8")
    code, out, _ = await rasid("feeds", "check", str(tmp_path))
    assert code == 1
    assert "egypt.yaml:8:10 انتقل · moved: المنتقل (Moved)" in out
    assert f"اكتب بدلًا منه: {base}/new" in out
    assert "egypt.yaml:11:10 ليس خلاصة · not a feed" in out
    assert f"اكتب بدلًا منه: {base}/feeds/all.xml" in out
    assert "Good" not in out
    assert "outlets 3, feeds 3, errors 0, warnings 0" in out


async def test_a_new_address_that_the_catalogue_has_already_is_told_with_its_place(
    serve: Serve, town: Town, tmp_path: Path
) -> None:
    """There is nothing to write then: one of the two lines is to be deleted, and which one is told."""
    town.streets = {**town.streets, "/moved": moved("/good")}
    server = await serve(town)
    text = FILE.format(base=server.url(""))
    (tmp_path / "egypt.yaml").write_text(text, encoding="utf-8")
    for more in ((), ("--fix",)):
        code, out, _ = await rasid("feeds", "check", *more, str(tmp_path))
        assert (code, "(egypt.yaml:5:10)، فاحذف هذا السطر" in out) == (1, True)
        assert "egypt.yaml:8:10 انتقل · moved" in out
    assert (tmp_path / "egypt.yaml").read_text(encoding="utf-8") == text


async def test_fix_writes_the_new_address_and_keeps_the_comments(
    serve: Serve, town: Town, tmp_path: Path
) -> None:
    """What moved is mended; what cannot be mended without a thought is left and told."""
    server = await serve(town)
    base, path = server.url(""), tmp_path / "egypt.yaml"
    path.write_text(FILE.format(base=base), encoding="utf-8")
    code, out, _ = await rasid("feeds", "check", "--fix", str(path))
    assert code == 1  # the page
    assert "أُصلح في الملف · mended in the file" in out
    assert path.read_text(encoding="utf-8") == FILE.format(base=base).replace("/moved #", "/new #")


async def test_json_is_one_document(serve: Serve, town: Town, tmp_path: Path) -> None:
    """On stdout, nothing beside it; no bar where nobody watches."""
    server = await serve(town)
    (tmp_path / "egypt.yaml").write_text(FILE.format(base=server.url("")) + "x: 1\n", encoding="utf-8")
    code, out, err = await rasid("feeds", "check", "--json", str(tmp_path))
    shown = json.loads(out)
    assert (code, err) == (1, "")
    assert [(one["code"], one["line"]) for one in shown["problems"]] == [("F005", 12)]
    assert [[one["state"] for one in feed["findings"]] for feed in shown["feeds"]] == [
        [],
        ["moved"],
        ["not_a_feed"],
    ]
    assert shown["states"] == {"ok": 1, "moved": 1, "not_a_feed": 1}
    assert shown["network"] is True


async def test_offline_asks_nobody(serve: Serve, town: Town, tmp_path: Path) -> None:
    """Only the files: the hook before a commit, and a machine without a network."""
    server = await serve(town)
    (tmp_path / "egypt.yaml").write_text(FILE.format(base=server.url("")), encoding="utf-8")
    code, out, _ = await rasid("feeds", "check", "--offline", str(tmp_path))
    assert (code, town.visits) == (0, [])
    assert "feeds 3" in out


async def test_a_machine_without_a_network_has_an_exit_code_of_its_own(tmp_path: Path) -> None:
    """Nothing is said of the single feeds then."""
    text = FILE.format(base="http://127.0.0.1:1").replace("1/moved", "2/moved").replace("1/page", "3/page")
    (tmp_path / "egypt.yaml").write_text(text, encoding="utf-8")
    code, out, _ = await rasid("feeds", "check", str(tmp_path))
    assert code == 3
    assert "this machine seems to have no network" in out
    assert "egypt.yaml:5" not in out


@pytest.mark.parametrize("arguments", [("--fix", "--offline"), ("nowhere",)])
async def test_what_cannot_be_meant_is_usage(arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    code, _, err = await rasid("feeds", "check", *arguments)
    assert code == 2
    assert err
