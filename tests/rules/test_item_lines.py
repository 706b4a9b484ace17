"""Slips of the hand in a file of JSON lines: told by file and line in both languages, exit code 2."""

from pathlib import Path

import pytest

from tests.rules.terminal import lines, run, told
from tests.rules.workshop import folder_of, rule_text

ONE, TWO = {"id": 1, "title": "وصل بوتين"}, {"id": 2, "title": "مطر"}
HEAD = lines(ONE) + b"\n"
SLIPS = {
    # what stands in the file, the line that is told, what is said, how many items are looked at
    "an unknown key": (lines(ONE, {**TWO, "titel": "x"}), 2, "هل قصدت «title»؟ · did you mean title?", 2),
    "a key like none": (lines(ONE, {**TWO, "url": "x"}), 2, "المعروف · known: id, title", 2),
    "no id": (lines(ONE, {"title": "مطر"}), 2, "لا id للخبر", 2),
    "an id twice": (
        lines(ONE, {**TWO, "id": "1"}),
        2,
        "لخبر سبق، في السطر 1 · the id 1 is taken by line 1",
        2,
    ),
    "an id that is none": (lines(ONE, {**TWO, "id": [1]}), 2, "id is neither text nor a whole number", 1),
    "a key twice": (HEAD + b'{"id": 2, "title": "a", "title": "b"}', 2, "المفتاح title مكرر", 1),
    "a date that is none": (lines(ONE, {**TWO, "published": "18/6/2024"}), 2, "published is no date", 1),
    "a date before all": (
        lines(ONE, {**TWO, "published": "0001-01-01T00:00+14:00"}),
        2,
        "published is no date",
        1,
    ),
    "an object over two lines": (HEAD + b'{"id": 2,\n"title": "x"}', 2, "والخبر كله في سطر واحد", 1),
    "a number of many digits": (HEAD + b'{"id": ' + b"9" * 5000 + b"}", 2, "not JSON", 1),
    "no item but text": (HEAD + "وصل بوتين".encode(), 2, "ليس JSON", 1),
    "the old encoding": (lines(ONE).decode().encode("cp1256"), 1, "يبدو أنه windows-1256، فاحفظه UTF-8", 0),
    "two bytes a letter": (lines(ONE).decode().encode("utf-16"), 1, "يبدو أنه UTF-16", 0),
    "a line of the old encoding": (HEAD + lines(TWO).decode().encode("cp1256"), 2, "windows-1256", 1),
    "an array": (
        b"[" + lines(ONE) + b",\n" + lines(TWO) + b"]",
        1,
        "مصفوفة JSON: اكتب كل خبر في سطر وحده",
        0,
    ),
    "nothing": (b"", 1, "لا خبر في الملف · there is no item in the file", 0),
    "blanks": (b"\n \n", 1, "لا خبر في الملف", 0),
}
COMMANDS = {
    "try": "try a-rule rules --items news.jsonl",
    "match": "match news.jsonl rules --json",
    "diff": "diff rules --against rules --items news.jsonl",
    "explain": "explain a-rule news.jsonl rules --id 1",
    "forms": "forms putin rules --items news.jsonl",
    "check": "check rules --items news.jsonl",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with rules."""
    folder_of(tmp_path / "rules", rule_text("$putin"))
    return tmp_path


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told(place: Path, slip: str) -> None:
    """Once, where it stands; what can be looked at is looked at."""
    content, line, said, count = SLIPS[slip]
    (place / "news.jsonl").write_bytes(content)
    done = run(*COMMANDS["try"].split(), cwd=place)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
    first = done.stderr.decode().splitlines()[0]
    assert first.startswith(f"news.jsonl:{line}: ")
    assert said in first
    assert " · " in first
    assert f"of {count} items" in done.stdout.decode()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("slip", ["an unknown key", "a date that is none", "the old encoding", "nothing"])
def test_every_command_tells_it(place: Path, command: str, slip: str) -> None:
    """In the same words, and with the same exit code."""
    content, line, said, _ = SLIPS[slip]
    (place / "news.jsonl").write_bytes(content)
    done = run(*COMMANDS[command].split(), cwd=place)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
    assert f"news.jsonl:{line}: " in done.stderr.decode()
    assert said in done.stderr.decode()


def test_a_key_is_told_once_and_many_lines_are_counted(place: Path) -> None:
    """A file of a thousand items with a key too many has one slip; of thirty bad lines twenty are shown."""
    (place / "news.jsonl").write_bytes(lines(*[{"id": n, "url": "x"} for n in range(1000)]))
    once = run(*COMMANDS["match"].split(), cwd=place)
    assert (len(once.stderr.splitlines()), len(once.stdout.splitlines())) == (1, 1000)
    (place / "news.jsonl").write_bytes(lines(*[{"title": "x"} for _ in range(30)]))
    many = run(*COMMANDS["match"].split(), cwd=place).stderr.decode().splitlines()
    assert (len(many), "10 more" in many[-1]) == (21, True)


@pytest.mark.parametrize("days", ["0", "-1", "3651"])
@pytest.mark.parametrize(
    "command", ["try a-rule rules", "diff rules --against rules", "forms putin rules", "check rules"]
)
def test_days_that_are_none(place: Path, command: str, days: str) -> None:
    """The bounds are told in both languages."""
    done = run(*command.split(), f"--days={days}", cwd=place)
    assert done.returncode == 2
    assert f"الأيام من 1 إلى 3650 · from 1 to 3650 days, not {days}" in told(done.stderr)


def test_a_folder_is_no_file(place: Path) -> None:
    """Nor can it be read as one."""
    done = run("match", "rules", "rules", cwd=place)
    assert done.returncode == 2
    assert "that is a folder and no file" in told(done.stderr)


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("وصل بوتين".encode("cp1256"), "windows-1256"),
        (b"", "there is no text"),
        (lines({"titel": "وصل بوتين"}), "did you mean title?"),
    ],
)
def test_stdin_of_explain(place: Path, stdin: bytes, said: str) -> None:
    """A text or one item; what is neither is not explained as if it were."""
    done = run("explain", "a-rule", "-", "rules", stdin=stdin, cwd=place)
    assert (done.returncode, said in done.stderr.decode()) == (2, True)
