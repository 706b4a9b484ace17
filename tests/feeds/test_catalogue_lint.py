"""What is said of a catalogue: every mistake has a code, a place, Arabic and English; nothing is a traceback."""

from pathlib import Path

import pytest

from feeds.catalogue_codes import CODES
from feeds.checkup import State
from feeds.errors import CatalogueProblem
from feeds.sources import _OUTLET_KEYS, _SEEN_KEYS, Seen, load_catalogue, place_key

OUTLET = "  - outlet: Daily\n    outlet_ar: صحيفة\n    url: https://daily.example/rss\n"
FILE = f"country: EG\noutlets:\n{OUTLET}"
OTHER = FILE.replace("Daily", "Other").replace("daily", "other")


def look(folder: Path, **files: bytes | str) -> list[CatalogueProblem]:
    """Write the files (NAME__yml: another ending) and lint the folder."""
    for name, content in files.items():
        path = folder / (name.replace("__", ".") if "__" in name else f"{name}.yaml")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_catalogue(folder)[1]


CASES: list[tuple[str, bytes | str, tuple[int, int]]] = [
    ("F001", "country: EG\noutlets: [\n", (3, 1)),
    ("F001", FILE + "\x00", (6, 1)),
    ("F001", "? [a, b]\n: c\n", (1, 3)),
    ("F002", FILE.encode() + b"# \xe3\xd5\xd1\n", (6, 3)),
    ("F003", "# nothing yet\n", (1, 1)),
    ("F004", "country: EG\n" + FILE, (2, 1)),
    ("F005", FILE + "    teir: 1\n", (6, 5)),
    ("F006", FILE.replace("    outlet_ar: صحيفة\n", ""), (3, 5)),
    ("F007", FILE.replace("صحيفة", "[صحيفة]"), (4, 16)),
    ("F008", FILE.replace("country: EG", "country: Egypt"), (1, 10)),
    ("F008", FILE + "    kind: rs\n", (6, 11)),
    ("F008", FILE + "    seen: {guessed: maybe}\n", (6, 21)),
    ("F008", FILE + "    seen: {answered: 2026-02-30}\n", (6, 22)),
    ("F008", "gathered: lately\n" + FILE, (1, 11)),
    ("F009", b"#" * (2**20 + 1), (1, 1)),
    ("F011", FILE + "    kind: [[[[[[[[[[x]]]]]]]]]]\n", (6, 18)),
    ("F011", "[" * 100_000, (1, 10)),
    ("F012", FILE.replace("صحيفة", "&a صحيفة"), (4, 16)),
    ("F012", FILE.replace("صحيفة", "*a"), (4, 16)),
    ("F012", FILE.replace("صحيفة", "!!python/name:os.system x"), (4, 16)),
    ("F013", FILE.replace("https://", ""), (5, 10)),
    ("F015", FILE.replace("    url: https://daily.example/rss\n", ""), (3, 5)),
    ("F015", FILE.replace("    url: ", "    kind: rss\n    feeds:\n      - url: "), (3, 5)),
    ("F019", FILE.replace("صحيفة", "Sahifa"), (4, 16)),
    ("F020", FILE.replace("صحيفة", "صحيفة\u200f"), (4, 16)),
    ("F021", FILE.replace("country: EG", "country: QQ"), (1, 10)),
    ("F023", FILE.replace("/rss", "/rss?cat=2&utm_source=x"), (5, 10)),
]


@pytest.mark.parametrize(
    ("code", "content", "place"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)]
)
def test_each_mistake_has_its_code_and_place(
    tmp_path: Path, code: str, content: bytes | str, place: tuple[int, int]
) -> None:
    """One file, one mistake, one problem, told in both languages at the very place."""
    (found,) = look(tmp_path, egypt=content)
    assert (found.code, found.line, found.column) == (code, *place)
    assert found.level == CODES[code].level
    assert any("\u0600" <= char <= "\u06ff" for char in found.message)
    assert found.message_en.isascii()


@pytest.mark.parametrize(
    ("code", "second"),
    [
        ("F014", FILE.replace("Daily", "Copy").replace("https://daily", "http://www.daily")),
        ("F014", FILE.replace("Daily", "Copy").replace("/rss", "/rss/?utm_source=a")),
        ("F018", OTHER.replace("Other", "daily").replace("EG", "JO")),
        ("F022", OTHER),
    ],
)
def test_what_only_two_files_show(tmp_path: Path, code: str, second: str) -> None:
    """The second place is told, and names the first."""
    found = next(one for one in look(tmp_path, a=FILE, b=second) if one.code == code)
    assert found.path.name == "b.yaml"
    assert "a.yaml" in found.message
    assert "a.yaml" in found.message_en


def test_files_that_are_not_read(tmp_path: Path) -> None:
    """Another ending, a folder below: told, and not read; a folder without files is told too."""
    (tmp_path / "below").mkdir()
    found = look(tmp_path, egypt__yml=FILE, **{"below/jordan": OTHER})
    assert [(one.code, one.path.name) for one in found] == [
        ("F016", tmp_path.name), ("F017", "jordan.yaml"), ("F017", "egypt.yml"),
    ]  # fmt: skip


def test_a_folder_that_looks_like_a_file(tmp_path: Path) -> None:
    """A folder called NAME.yaml is a problem with a place, not an exception."""
    (tmp_path / "egypt.yaml").mkdir()
    (found,) = look(tmp_path)
    assert found.code == "F010"


def test_one_broken_outlet_leaves_the_others(tmp_path: Path) -> None:
    """A slip of YAML costs its outlet, not the country: the feeds of the others go on."""
    broken = "  - outlet: Broken: twice\n    outlet_ar: 'صحيفة\n    url: https://broken.example/\n"
    (tmp_path / "egypt.yaml").write_text(FILE + broken + OTHER.partition("outlets:\n")[2], encoding="utf-8")
    sources, problems = load_catalogue(tmp_path)
    assert [source.outlet for source in sources] == ["Daily", "Other"]
    assert [(one.code, one.line) for one in problems] == [("F001", 6)]


def test_every_code_is_provoked_here() -> None:
    """A code that nothing provokes is no code."""
    provoked = {case[0] for case in CASES} | {"F014", "F018", "F022", "F016", "F017", "F010"}
    assert provoked == set(CODES)


def test_what_was_seen_of_a_url_is_kept(tmp_path: Path) -> None:
    """A rumour stays a rumour: how many lists, guessed or not, what others reported."""
    noted = "    kind: atom\n    seen: {lists: 3, guessed: true, answered: 2025-03-20, reported: '404'}\n"
    (tmp_path / "egypt.yaml").write_text("gathered: 2026-11\n" + FILE + noted, encoding="utf-8")
    (source,), problems = load_catalogue(tmp_path)
    assert problems == []
    assert source.kind == "atom"
    assert source.seen.answered is not None
    assert source.seen == Seen(3, guessed=True, answered=source.seen.answered, reported="404")
    assert (source.place and (source.place.line, source.place.column)) == (6, 10)


def test_a_single_file_is_read_too(tmp_path: Path) -> None:
    """A maintainer checks the file that he has just edited."""
    (tmp_path / "egypt.yaml").write_text(FILE, encoding="utf-8")
    sources, problems = load_catalogue(tmp_path / "egypt.yaml")
    assert (len(sources), problems) == (1, [])


def test_one_place_has_one_key() -> None:
    """http, https, www, a final slash, tracking and another way of encoding make no second place."""
    same = {
        place_key(url)
        for url in (
            "https://www.a.example/أخبار/", "http://A.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1?utm_source=x",
        )
    }  # fmt: skip
    assert len(same) == 1
    assert place_key("https://a.example/?cat=1") != place_key("https://a.example/?cat=2")


def test_the_page_of_the_catalogue_knows_every_code_key_and_state() -> None:
    """docs/catalogue.md has a row for every code in its own words, for every key, and for all that a check may say."""
    page = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    for name, code in CODES.items():
        assert f"| {code.level} | {code.arabic} | {code.english} |" in rows[name]
    assert {name for name in rows if name.startswith("F0")} == set(CODES)
    assert {state.value for state in State} - {"ok"} <= set(rows)
    for key in (*_OUTLET_KEYS, *(f"seen.{name}" for name in _SEEN_KEYS)):
        assert f"`{key}`" in page
