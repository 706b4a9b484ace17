"""What the commands of ``rasid rules`` end with: 0 all is well, 1 something is wrong with the rules, 2 a bad call."""

import re
from pathlib import Path

import pytest

from tests.rules.terminal import lines, run, told
from tests.rules.workshop import LEXICON, folder_of, rule_text

EXPECT = "expect: {per_day: 2..9}"
NEWS = [{"id": n, "title": "وصل بوتين", "published": f"2024-06-1{n}"} for n in range(1, 6)]
GOOD, OTHER, NOISY, SYNTAX = "good", "broken", "noisy", "syntax"
CODES = (
    # the rules have nothing wrong, or nothing that the command is about
    (0, "check good"),
    (0, "match news.jsonl good"),
    (0, "match news.jsonl noisy"),
    (0, "explain a-rule بوتين good"),
    (0, "explain a-rule مطر good"),
    (0, "explain a-rule news.jsonl good --id 3"),
    (0, "explain a-rule بوتين broken"),
    (0, "try a-rule good --items news.jsonl"),
    (0, "diff good --against noisy --items news.jsonl"),
    (0, "forms putin good --items news.jsonl"),
    (0, "forms putin broken"),
    (0, "new c-rule good --topic topic"),
    # something is wrong with them
    (1, "check broken"),
    (1, "check syntax"),
    (1, "match news.jsonl broken"),
    (1, "explain b-rule بوتين broken"),
    (1, "try b-rule broken --items news.jsonl"),
    (1, "try a-rule noisy --items news.jsonl"),
    (1, "try a-rule noisy --items news.jsonl --json"),
    (1, "diff broken --against good --items news.jsonl"),
    (1, "forms putin syntax"),
    # the call is bad, or what it names is not there
    (2, "check nowhere"),
    (2, "check good --items nowhere.jsonl"),
    (2, "check good --days 0"),
    (2, "match nowhere.jsonl good"),
    (2, "match bad.jsonl good"),
    (2, "match bad.jsonl broken"),
    (2, "explain nobody بوتين good"),
    (2, "explain a-rule news.jsonl good --id 99"),
    (2, "explain a-rule good --entry 1"),
    (2, "try nobody good --items news.jsonl"),
    (2, "try a-rule good"),
    (2, "diff good --against nothing --items news.jsonl"),
    (2, "diff good --against noisy"),
    (2, "forms putin good --days 0"),
    (2, "forms $nobody good"),
    (2, "new a-rule good --topic topic"),
    (2, "new c-rule good"),
)
COMMANDS = {
    "check": "012",
    "match": "012",
    "explain": "012",
    "try": "012",
    "diff": "012",
    "forms": "012",
    "new": "02",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Rules that are good, one that is broken, one that rings too rarely, and a lexicon that is no YAML."""
    folder_of(tmp_path / GOOD, rule_text("$putin"))
    folder_of(tmp_path / OTHER, rule_text("$putin"), rule_text("$nobody", rule="b-rule"))
    folder_of(tmp_path / NOISY, rule_text("$putin", EXPECT))
    folder_of(tmp_path / SYNTAX, rule_text("بوتين"), lexicon=LEXICON)
    (tmp_path / SYNTAX / "lexicon" / "more.yaml").write_text("entities: [", encoding="utf-8")
    (tmp_path / "news.jsonl").write_bytes(lines(*NEWS))
    (tmp_path / "bad.jsonl").write_bytes(lines(*NEWS) + b"\n{\n")
    return tmp_path


@pytest.mark.parametrize(("code", "command"), CODES, ids=[command for _, command in CODES])
def test_how_it_ends(place: Path, code: int, command: str) -> None:
    """The code, and never a traceback; whoever gets 2 is told why on stderr."""
    env = {"DATABASE_URL": f"sqlite:///{place / 'none.db'}", "GIT_CEILING_DIRECTORIES": str(place.parent)}
    done = run(*command.split(), cwd=place, env=env)
    assert done.returncode == code, told(done.stdout + done.stderr)
    assert b"Traceback" not in done.stderr
    assert code != 2 or done.stderr


@pytest.mark.parametrize(("command", "codes"), COMMANDS.items())
def test_help_tells_the_codes(command: str, codes: str) -> None:
    """All that the table above has of the command, and no other."""
    help_text = told(run(command, "--help", env={"COLUMNS": "200"}).stdout)
    (said,) = re.findall(r"Exit code (0: .*?)(?= ╭| Arguments)", help_text)
    assert "".join(re.findall(r"\b(\d): ", said)) == codes
    assert {str(code) for code, typed in CODES if typed.split()[0] == command} == set(codes)
