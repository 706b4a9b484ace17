"""New addresses are written into a file, and nothing else of it changes."""

import stat
from pathlib import Path

import pytest

from feeds.catalogue_fix import move
from feeds.sources import Source, load_catalogue

FILE = """\
# ملاحظة في أول الملف
country: EG   # مصر
outlets:
  - outlet: One
    outlet_ar: الأول
    url: http://one.example/rss   # رابط قديم
  - outlet: Two
    outlet_ar:   الثاني

    feeds:
      - {url: "http://two.example/a", section: world}
      - url: 'http://two.example/b'
"""


def write(folder: Path, text: str = FILE) -> tuple[Path, list[Source]]:
    """The file and its sources."""
    path = folder / "egypt.yaml"
    path.write_bytes(text.encode("utf-8"))
    return path, load_catalogue(path)[0]


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_only_the_addresses_change(tmp_path: Path, breaks: str, mark: str) -> None:
    """Comments, blank lines, quotes, order, line breaks and rights stay as they were."""
    path, (one, a, b) = write(tmp_path, mark + FILE.replace("\n", breaks))
    path.chmod(0o640)
    moves = {
        one: "https://one.example/rss",
        a: "https://two.example/a.xml?x=1&y=2",
        b: "https://two.example/#/b:",
    }
    assert move(path, moves) == {one: True, a: True, b: True}
    expected = mark + FILE.replace("\n", breaks)
    for source, url in moves.items():
        expected = expected.replace(source.url, url)
    assert path.read_bytes().decode("utf-8") == expected
    assert [source.url for source in load_catalogue(path)[0]] == list(moves.values())
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["egypt.yaml"]


@pytest.mark.parametrize(
    "url", ["https://two.example/a", "not a url", "https://one.example/: x", "https://one.example/ #x", ""]
)
def test_an_address_that_would_break_the_file_is_not_written(tmp_path: Path, url: str) -> None:
    """One that stands elsewhere already, or that YAML would read otherwise: the file stays, and it is told."""
    path, (one, *_) = write(tmp_path)
    assert move(path, {one: url}) == {one: False}
    assert path.read_text(encoding="utf-8") == FILE


def test_a_file_that_was_edited_meanwhile(tmp_path: Path) -> None:
    """The place no longer holds the address: nothing is guessed."""
    path, (one, *_) = write(tmp_path)
    path.write_text("# one line more\n" + FILE, encoding="utf-8")
    assert move(path, {one: "https://one.example/rss"}) == {one: False}
