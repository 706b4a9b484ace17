"""Whatever lies in a rules folder: it is read in bounded time and memory, and what is wrong is said at its place."""

import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import Problem, check_rules, load_rules
from rules.checking import check_folder
from rules.fix import fix_folder
from tests.rules.workshop import LEXICON, folder_of, rule_text

SHIPPED = Path(__file__).parents[2] / "rules"
GOOD = rule_text("$putin")


def told(root: Path) -> list[tuple[str, str]]:
    """What is wrong in a folder: code and file, but for what is merely weak in it."""
    found = check_folder(root).problems
    return [(problem.code, problem.path.name) for problem in found if problem.level == "error"]


def lines_of(path: Path) -> int:
    """How many lines a file has, the empty one after the last line break among them."""
    try:
        return len(path.read_bytes().decode("utf-8", "replace").splitlines()) + 1
    except OSError:
        return 1


def misplaced(problems: tuple[Problem, ...]) -> list[Problem]:
    """The problems that do not point into their file."""
    return [
        found for found in problems if not (1 <= found.line <= lines_of(found.path) and found.column >= 1)
    ]


def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    """A named pipe, a socket and a device among the rules are told of; checking and mending do not wait for them."""
    folder_of(tmp_path, GOOD)
    os.mkfifo(tmp_path / "library" / "topic" / "pipe.yaml")
    os.mkfifo(tmp_path / "lexicon" / "pipe.yaml")
    (tmp_path / "library" / "topic" / "zero.yaml").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket must be short
        try:
            server.bind("library/socket.yaml")
        finally:
            os.chdir(here)
        fix_folder(tmp_path)
        found = told(tmp_path)
    names = ["pipe.yaml", "pipe.yaml", "socket.yaml", "zero.yaml"]
    assert sorted(found) == [("S012", name) for name in names]


def test_folders_and_links_that_go_round(tmp_path: Path) -> None:
    """A folder called x.yaml and links in a circle are told of; the files beside them are read, and each once."""
    folder_of(tmp_path, GOOD)
    (tmp_path / "library" / "folder.yaml").mkdir()
    (tmp_path / "library" / "round.yaml").symlink_to("round.yaml")
    (tmp_path / "library" / "up").symlink_to("..")
    (tmp_path / "library" / "topic" / "again").symlink_to("../topic")
    assert told(tmp_path) == [("S012", "folder.yaml"), ("S012", "round.yaml")]
    assert check_rules(tmp_path).rules == 1


@pytest.mark.parametrize("part", ["library", "lexicon", "templates", "filters.yaml"])
def test_a_part_of_the_folder_of_another_kind(tmp_path: Path, part: str) -> None:
    """A file in the place of a folder, or a folder in the place of a file: nothing is raised."""
    folder_of(tmp_path / "r")
    place = tmp_path / "r" / part
    if place.is_dir():
        place.rename(tmp_path / "elsewhere")
    (place.mkdir if part.endswith(".yaml") else place.touch)()
    check_folder(tmp_path / "r")
    assert fix_folder(tmp_path / "r") == []


@pytest.mark.parametrize(
    ("content", "code", "hint"),
    [
        ("rule: ب\n".encode("utf-16"), "S002", "UTF-16"),
        ("rule: ب\n".encode("utf-16-be"), "S002", "UTF-16"),
        ("rule: زيارة\n".encode("cp1256"), "S002", "windows-1256"),
        (b"rule: \xff\xff\n", "S002", "UTF-8"),
        (b"rule: a\x00b\n", "S001", ""),
        (b"\x00" * 1000, "S001", ""),
        (b"rule: \xed\xa0\x80\n", "S002", "UTF-8"),
        (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "S011", ""),
        (b"<<: *a\n", "S011", ""),
        (b"? " * 5000, "S001", ""),
        (b"- " * 5000, "S010", ""),
        (b"{a: " * 5000, "S010", ""),
        (b"a:\n" + b" " * 100_000 + b"b\n", "S006", ""),
        (b"'" * 99_999, "S001", ""),
        (b"%YAML 9.9\n---\nrule: a\n", "S001", ""),
        (b"%TAG ! x:\n---\n!y rule: a\n", "S011", ""),
        ("قاعدة： ب\nعنوان، ج\n".encode(), "S007", "«:» بدل «：»"),
    ],
)  # fmt: skip
def test_files_that_are_no_rules(tmp_path: Path, content: bytes, code: str, hint: str) -> None:
    """Other encodings, zeros, bombs, depths: an error at a place in the file, at once, with a hint."""
    folder_of(tmp_path)
    (tmp_path / "library" / "b.yaml").write_bytes(content)
    begun = time.monotonic()
    problems = load_rules(tmp_path).problems
    assert time.monotonic() - begun < 20
    assert code in {found.code for found in problems}, problems
    assert any(hint in found.hint for found in problems)
    assert misplaced(problems) == []


def test_groups_of_groups_do_not_unfold(tmp_path: Path) -> None:
    """Forty groups, each of them twice the one before, come to one name; a chain of thousands is refused in place."""
    twice = [f"  g{n}: {{of: [$g{n - 1}, $g{n - 1}]}}" for n in range(40, 0, -1)]
    chain = [f"  c{n}: {{of: [$c{n - 1}]}}" for n in range(3000, 0, -1)]
    text = "\n".join(["groups:", "  g0: {of: [$putin]}", "  c0: {of: [$putin]}", *reversed(twice)])
    folder = folder_of(tmp_path / "twice", rule_text("$g40"), lexicon=f"{text.strip()}\n{LEXICON}")
    assert told(folder) == []
    deep = "\n".join(["groups:", *chain, "  c0: {of: [$putin]}"])
    folder = folder_of(tmp_path / "deep", rule_text("$putin"), lexicon=f"{deep}\n{LEXICON}")
    assert {code for code, _ in told(folder)} == {"S010"}


def shipped_texts() -> list[str]:
    """Every shipped file."""
    return [path.read_text(encoding="utf-8") for path in sorted(SHIPPED.rglob("*.yaml"))]


NOISE = st.text(
    alphabet="ab:-[]{}&*!|>'\"#%@\t\n\r\x00\x85\u2028،：؛“”«»\u202b\ufeff\u0640 $~?,٣", max_size=6
)


@settings(suppress_health_check=list(HealthCheck), max_examples=80, deadline=None)
@given(st.data())
def test_a_shipped_file_with_typing_errors(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Characters lost, put in and exchanged at random: never a traceback, and every problem stands in its file."""
    text = data.draw(st.sampled_from(shipped_texts()))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(NOISE) + text[at + data.draw(st.integers(0, 5)) :]
    folder = folder_of(tmp_path_factory.mktemp("typing"))
    kind = "library" if text.lstrip("\ufeff# \n").startswith(("rule", "watch")) else "lexicon"
    (folder / kind / "mutant.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    problems = check_folder(folder).problems
    assert misplaced(problems) == []
    assert all(found.message and found.message_en for found in problems)
