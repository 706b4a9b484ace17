"""``rasid rules check`` and ``rasid rules match`` as they are typed: output, exit codes, the stable JSON lines."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.rules.terminal import COMMAND, lines, read, run, told
from tests.rules.workshop import folder_of, rule_text

BROKEN = rule_text("$nobody", rule="b-rule")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A rules folder with a live and a shadow rule."""
    shadow = rule_text("$russia", rule="b-shadow", examples="examples: {match: [روسيا], no_match: [x]}")
    return str(folder_of(tmp_path / "rules", rule_text("$putin"), shadow.replace("live", "shadow")))


def test_check_of_a_clean_folder(folder: str) -> None:
    """The counts, exit code 0, and two warnings: the live rule has few examples of either kind."""
    done = run("check", folder)
    assert done.returncode == 0, done.stderr.decode()
    assert (
        done.stdout.decode().splitlines()[-1]
        == "rules 2, lexicons 1, examples 4 (todo 0), errors 0, warnings 2"
    )


def test_check_tells_place_code_and_hint(folder: str) -> None:
    """file:line:column CODE, Arabic, English, hint; exit code 1."""
    folder_of(Path(folder), rule_text("$puti", rule="c-rule"))
    done = run("check", "--rules", folder)
    text = done.stdout.decode()
    assert done.returncode == 1
    assert "rules/library/topic/c-rule.yaml:7:8 R001 اسم غير معرّف في القواميس: «$puti»" in text
    assert "the name is in no lexicon: '$puti'" in text
    assert "← هل قصدت «putin»؟" in text


def test_check_as_json(folder: str) -> None:
    """Every part of a problem has a key of its own."""
    folder_of(Path(folder), BROKEN)
    done = run("check", folder, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert (told["rules"], told["errors"], told["warnings"], told["examples"]) == (2, 1, 2, 4)
    (problem,) = (one for one in told["problems"] if one["level"] == "error")
    assert (problem["code"], problem["line"], problem["column"], problem["level"]) == ("R001", 7, 8, "error")
    assert set(problem) == {"path", "line", "column", "code", "level", "message", "message_en", "hint"}


def test_the_folder_may_come_from_the_environment(folder: str) -> None:
    """RASID_RULES names the folder where no argument does."""
    assert b"rules 2," in run("check", env={"RASID_RULES": folder}).stdout


@pytest.mark.parametrize(
    "arguments",
    [("check", "/nowhere"), ("match", "/nowhere.jsonl"), ("check", "--fast"), ("match",), ("chek",)],
)
def test_what_cannot_be_understood_is_exit_code_2(arguments: Sequence[str]) -> None:
    """A wrong path or option is a matter of usage, said on stderr."""
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr
    assert b"Traceback" not in done.stderr


def test_a_wrong_environment_is_said(folder: str) -> None:
    """RASID_RULES that leads nowhere is named; two folders at once are refused."""
    wrong = run("check", env={"RASID_RULES": "/nowhere"})
    assert (wrong.returncode, b"RASID_RULES" in wrong.stderr) == (2, True)
    assert run("check", folder, "--rules", folder).returncode == 2


def test_match_prints_the_stable_form(folder: str, tmp_path: Path) -> None:
    """A line for each item, in their order, matched or not, with evidence in code points of the original."""
    items = tmp_path / "items.jsonl"
    full = {
        "id": "a",
        "title": "وصول لبـوتين",
        "summary": "🙂 بوتين",
        "body": "",
        "published": "2024-06-19",
        "source": "س",
    }
    items.write_bytes(lines(full, {"id": 7}, {"id": "c", "title": None, "body": "روسيا"}))
    done = run("match", str(items), folder, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    evidence = [
        {"field": "title", "start": 5, "end": 12, "text": "لبـوتين"},
        {"field": "summary", "start": 2, "end": 7, "text": "بوتين"},
    ]
    assert read(done.stdout) == [
        {"id": "a", "matches": [{"rule": "a-rule", "severity": "medium", "evidence": evidence}]},
        {"id": 7, "matches": []},
        {"id": "c", "matches": []},
    ]
    assert "لبـوتين" in done.stdout.decode()


def test_match_lists_rules_on_trial_when_asked(folder: str) -> None:
    """``--shadow`` adds them."""
    stdin = lines({"title": "روسيا"})
    assert read(run("match", "-", folder, "--json", stdin=stdin).stdout) == [{"id": None, "matches": []}]
    (item,) = read(run("match", "-", folder, "--json", "--shadow", stdin=stdin).stdout)
    assert "b-shadow" in json.dumps(item)


def test_bad_lines_are_told_and_the_others_go_on(folder: str) -> None:
    """Their numbers stand on stderr; blank lines are nothing; the exit code is 2."""
    good = lines({"id": 1, "title": "بوتين"})
    noise = [b"{", b"[1]", b'{"title": 3}', b"\xff", b"[" * 100_000]
    last = lines({"id": 2, "title": "مطر"})
    done = run("match", "-", folder, "--json", stdin=b"\xef\xbb\xbf" + b"\n".join([good, b"", *noise, last]))
    assert done.returncode == 2
    assert [item["id"] for item in read(done.stdout)] == [1, 2]
    told = done.stderr.decode().splitlines()
    assert [line.split(" ")[0] for line in told] == ["-:3:", "-:4:", "-:5:", "-:6:", "-:7:"]


def test_what_utf8_cannot_hold_is_escaped(folder: str) -> None:
    """Half a surrogate pair in an id comes out as the JSON escape that it came in as."""
    done = run("match", "-", folder, "--json", stdin=b'{"id": "\\ud83d", "title": "x"}')
    assert done.returncode == 0
    assert read(done.stdout) == [{"id": "\ud83d", "matches": []}]


def test_match_with_a_broken_rule_still_matches(folder: str) -> None:
    """The rules that are right match; what is wrong stands on stderr, and in the exit code."""
    folder_of(Path(folder), BROKEN)
    done = run("match", "-", folder, "--json", stdin=lines({"id": 1, "title": "بوتين"}))
    assert done.returncode == 1
    assert b"b-rule.yaml:7:8 R001" in done.stderr
    assert "a-rule" in done.stdout.decode()


def test_match_for_people(folder: str) -> None:
    """Without --json: what matched, with its words."""
    done = run(
        "match", "-", folder, stdin=lines({"id": "a", "title": "وصل بوتين"}, {"id": "b", "title": "مطر"})
    )
    assert done.stdout.decode().splitlines() == ["a  وصل بوتين", "    a-rule (medium): بوتين"]


def test_answers_come_while_the_input_goes_on(folder: str) -> None:
    """In a pipe each item is answered at once."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "match", "-", folder, "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(lines({"id": 1}) + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"id": 1, "matches": []}
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_reader_that_leaves_is_no_error(folder: str, tmp_path: Path) -> None:
    """``| head -1`` ends it without a traceback."""
    items = tmp_path / "items.jsonl"
    items.write_bytes(lines(*[{"id": number, "title": "بوتين"} for number in range(20_000)]))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "match", str(items), folder, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 0


def test_help_is_quick() -> None:
    """Nothing heavy is imported for help."""
    assert run("check", "--help").returncode == 0
    heavy = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-X", "importtime", *COMMAND[1:], "check", "--help"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    ).stderr.decode()
    assert not {"rules", "ruamel.yaml", "telegram", "sqlmodel", "aiohttp"} & {
        line.rsplit("|", 1)[-1].strip() for line in heavy.splitlines()
    }


def test_a_person_is_told_which_rules_are_not_tried(folder: str, tmp_path: Path) -> None:
    """A draft that finds nothing would be a riddle; whoever pipes JSON is not told."""
    items = tmp_path / "one.jsonl"
    items.write_text('{"id": 1, "title": "خبر"}\n', encoding="utf-8")
    assert "b-shadow (shadow)" in run("match", str(items), folder).stderr.decode()
    assert "b-shadow" not in run("match", str(items), folder, "--shadow").stderr.decode()
    assert run("match", str(items), folder, "--json").stderr == b""


def test_what_is_wrong_is_said_in_arabic_and_english(folder: str) -> None:
    """A line that is no item, a file and a folder that are not there."""
    bad = run("match", "-", folder, stdin=b"{\n[1]\n" + lines({"title": 3})).stderr.decode().splitlines()
    bad = [line for line in bad if line.startswith("-:")]
    assert "ليس JSON، والخبر كله في سطر واحد بين { } · not JSON: " in bad[0]
    assert bad[1:] == [
        "-:2: ليس كائن JSON · not a JSON object",
        "-:3: قيمة title ليست نصا · title is not text",
    ]
    missing = told(run("match", "/nowhere.jsonl", folder).stderr)
    assert "لا يوجد ملف هنا · there is no file /nowhere.jsonl" in missing
    assert "لا يوجد مجلد هنا · there is no folder /nowhere" in told(run("check", "/nowhere").stderr)
