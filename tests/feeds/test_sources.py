"""The catalogue: what is right is loaded, and everything wrong is reported with its place."""

from pathlib import Path

import pytest

from feeds.errors import CatalogueProblem
from feeds.sources import Source, load_catalogue

SHIPPED = Path(__file__).resolve().parents[2] / "feeds" / "catalogue"

GOOD = """\
country: EG
outlets:
  - outlet: Example Daily
    outlet_ar: صحيفة المثال
    tier: 1
    ownership: private
    url: https://daily.example/rss
  - outlet: Example Agency
    outlet_ar: وكالة المثال
    feeds:
      - url: https://agency.example/world.xml
        section: world
      - url: https://agency.example/local.xml
"""


def load(folder: Path, **files: str) -> tuple[list[Source], list[CatalogueProblem]]:
    """Write the files into the folder and load it."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_catalogue(folder)


def problem(folder: Path, text: str) -> CatalogueProblem:
    """The one problem of a file."""
    _, (found,) = load(folder, one=text)
    return found


def test_a_file_becomes_sources(tmp_path: Path) -> None:
    """One source a feed's URL, in the order of lines, with the outlet's particulars and the defaults."""
    sources, problems = load(tmp_path, egypt=GOOD)
    assert problems == []
    assert sources == [
        Source("https://daily.example/rss", "Example Daily", "صحيفة المثال", "EG", "ar", 1, "", "private"),
        Source(
            "https://agency.example/world.xml", "Example Agency", "وكالة المثال", "EG", "ar", 2, "world", ""
        ),
        Source("https://agency.example/local.xml", "Example Agency", "وكالة المثال", "EG", "ar", 2, "", ""),
    ]


def test_an_outlet_of_no_country(tmp_path: Path) -> None:
    """``none`` is written out, so that a forgotten country is noticed."""
    (source, *_), problems = load(tmp_path, world=GOOD.replace("country: EG", "country: none"))
    assert (source.country, problems) == ("", [])


def test_norway_is_a_country(tmp_path: Path) -> None:
    """YAML's old habit of reading NO as false does not reach the catalogue."""
    (source, *_), _ = load(tmp_path, norway=GOOD.replace("EG", "NO"))
    assert source.country == "NO"


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("    tier: 1\n", "    teir: 1\n", (5, 5), "unknown key: teir; did you mean tier?"),
        ("    tier: 1\n", "    tier: 7\n", (5, 11), "tier is a number from 1 to 3, not '7'"),
        ("    tier: 1\n", "    tier: high\n", (5, 11), "tier is a number from 1 to 3, not 'high'"),
        ("ownership: private", "ownership: privat", (6, 16), "did you mean private?"),
        ("country: EG", "country: Egypt", (1, 10), "country cannot be 'Egypt'; for example: EG"),
        ("country: EG\n", "", (1, 1), "the key country is missing"),
        ("    outlet_ar: صحيفة المثال\n", "", (3, 5), "the key outlet_ar is missing"),
        ("outlet_ar: صحيفة المثال", "outlet_ar: ''", (4, 16), "outlet_ar takes a text"),
        (
            "    tier: 1\n",
            "    tier: 1\n    tier: 2\n",
            (6, 5),
            "the key tier is written twice; first in line 5",
        ),
        ("url: https://daily.example/rss", "url: daily.example/rss", (7, 10), "does not begin with https"),
        (
            "url: https://daily.example/rss",
            "url: https://u:p@daily.example/",
            (7, 10),
            "a user name or a password",
        ),
        ("url: https://daily.example/rss", "url: http://169.254.169.254/", (7, 10), "not a public address"),
        ("    url: https://daily.example/rss\n", "", (3, 5), "either one url or a list of feeds"),
        (
            "    url: https://daily",
            "    feeds: []\n    url: https://daily",
            (3, 5),
            "either one url or a list of feeds",
        ),
        ("    ownership: private\n", "    language: Arabic\n", (6, 15), "language cannot be 'Arabic'"),
        ("        section: world\n", "        sektion: world\n", (12, 9), "did you mean section?"),
        (GOOD[GOOD.index("outlets") :], "outlets: none\n", (2, 10), "outlets takes a list"),
        ("  - outlet: Example Daily\n", "  - just a text\n  - outlet: Example Daily\n", (3, 5), "a mapping"),
    ],
)
def test_each_mistake_has_its_place(
    tmp_path: Path, old: str, new: str, place: tuple[int, int], said: str
) -> None:
    """Line and column of the very word, what is wrong, and what was probably meant; in Arabic too."""
    assert old in GOOD
    _, problems = load(tmp_path, egypt=GOOD.replace(old, new))
    found = problems[0]
    assert (found.line, found.column) == place
    assert found.path == tmp_path / "egypt.yaml"
    assert said in found.message_en
    assert any("\u0600" <= char <= "\u06ff" for char in found.message)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Nobody mends a file by ten runs."""
    text = (
        GOOD.replace("tier: 1", "tier: 9").replace("country: EG", "country: E").replace("section:", "sect:")
    )
    _, problems = load(tmp_path, egypt=text)
    assert [found.line for found in problems] == [1, 5, 12]


def test_a_wrong_outlet_does_not_hide_the_others(tmp_path: Path) -> None:
    """The outlet with the mistake is left out; its neighbours, in this file and others, are loaded."""
    sources, problems = load(
        tmp_path, egypt=GOOD.replace("tier: 1", "tier: 9"), iraq=GOOD.replace("example/", "iq.example/")
    )
    assert [found.level for found in problems].count("error") == 1
    assert [source.outlet for source in sources] == ["Example Agency"] * 2 + ["Example Daily"] + [
        "Example Agency"
    ] * 2


@pytest.mark.parametrize(
    "second", ["https://daily.example/rss", "http://daily.example/rss", "https://daily.example/rss/"]
)
def test_a_url_stands_once_in_the_whole_catalogue(tmp_path: Path, second: str) -> None:
    """The second place is refused and names the first."""
    other = f"country: SA\noutlets:\n  - outlet: Copy\n    outlet_ar: نسخة\n    url: {second}\n"
    sources, (found,) = load(tmp_path, egypt=GOOD, saudi=other)
    assert "Copy" not in {source.outlet for source in sources}
    assert (found.path.name, found.line, found.column) == ("saudi.yaml", 5, 10)
    assert "egypt.yaml:7:10" in found.message_en
    assert "egypt.yaml:7:10" in found.message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("country: EG\noutlets: [\n", 3),
        ("country: EG\n\toutlets: x\n", 2),
        ("a: b: c\n", 1),
        ("&a [*a, *b]\n", 1),
        ("", 1),
        ("# only a comment\n", 1),
        ("- a\n- b\n", 1),
        ("--- 1\n--- 2\n", 1),
    ],
    ids=["unclosed", "tab", "two colons", "alias", "empty", "comment", "list", "two documents"],
)
def test_what_is_no_catalogue_file(tmp_path: Path, text: str, line: int) -> None:
    """Broken YAML is one problem with its line, not an exception."""
    found = problem(tmp_path, text)
    assert found.line >= line
    assert found.message


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8, and a file without end, are problems like others."""
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00country")
    (tmp_path / "b.yaml").write_bytes(b"#" * (2**20 + 1))
    sources, problems = load_catalogue(tmp_path)
    assert sources == []
    assert [found.path.name for found in problems] == ["a.yaml", "b.yaml"]


def test_an_empty_or_missing_folder_is_told(tmp_path: Path) -> None:
    """A wrong setting does not look like an empty world."""
    for folder in (tmp_path, tmp_path / "missing"):
        sources, (found,) = load_catalogue(folder)
        assert sources == []
        assert "no .yaml files" in found.message_en


def test_the_shipped_catalogue_is_right() -> None:
    """Two hundred outlets, no mistake and no warning, both names everywhere; every URL says what was seen of it."""
    sources, problems = load_catalogue(SHIPPED)
    assert problems == []
    assert len({source.outlet for source in sources}) >= 200
    assert len({source.country for source in sources}) >= 25
    assert {"state", "public", "private", "party"} <= {source.ownership for source in sources}
    assert [source.url for source in sources if source.tier == 1 and source.seen.lists > 4]
    for source in sources:
        assert source.language == "ar"
        assert any("\u0600" <= char <= "\u06ff" for char in source.outlet_ar)
        assert source.seen.lists > 0
    for path in SHIPPED.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# خلاصات ")
        assert "none of these URLs was fetched" in text
