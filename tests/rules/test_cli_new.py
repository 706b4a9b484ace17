"""``rasid rules new``: a file that loads at once, and nothing overwritten."""

from pathlib import Path

import pytest

from rules import check_rules
from rules.model import Status
from tests.rules.terminal import run, told
from tests.rules.workshop import folder_of, rule_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rules folder with one rule."""
    return folder_of(tmp_path / "rules", rule_text("$putin"))


def test_the_skeleton_checks_clean(folder: Path) -> None:
    """A draft under its topic, with nothing wrong, examples and all, in Arabic with a comment for each part."""
    done = run("new", "sea-trade", str(folder), "--topic", "economy")
    assert done.returncode == 0, done.stderr.decode()
    path = folder / "library" / "economy" / "sea-trade.yaml"
    assert "sea-trade.yaml" in done.stdout.decode()
    checked = check_rules(folder)
    assert checked.problems == ()
    assert checked.rule_set.compiled("sea-trade").info.status is Status.DRAFT
    assert path.read_text(encoding="utf-8").count("# ") > 12


def test_what_the_comments_offer_works(folder: Path) -> None:
    """With the optional parts uncommented it checks clean as well."""
    run("new", "sea-trade", str(folder), "--topic", "economy")
    path = folder / "library" / "economy" / "sea-trade.yaml"
    text = path.read_text(encoding="utf-8")
    optional = ("without:", "  - phrase", "    because", "escalate:", "  - when", "    severity")
    for key in (*optional, "false_positives:", "  - مثال"):
        assert f"\n# {key}" in text
        text = text.replace(f"\n# {key}", f"\n{key}")
    path.write_text(text, encoding="utf-8")
    assert check_rules(folder).problems == ()


@pytest.mark.parametrize("topic", ["topic", "elsewhere"])
def test_nothing_is_overwritten(folder: Path, topic: str) -> None:
    """A rule of that id is left alone, wherever it lies."""
    before = (folder / "library" / "topic" / "a-rule.yaml").read_bytes()
    done = run("new", "a-rule", str(folder), "--topic", topic)
    assert (done.returncode, "is there already" in done.stderr.decode()) == (2, True)
    assert (folder / "library" / "topic" / "a-rule.yaml").read_bytes() == before
    assert not (folder / "library" / "elsewhere").exists()


@pytest.mark.parametrize(
    ("rule", "topic"),
    [
        ("Bad Id", "x"),
        ("../x", "x"),
        ("قاعدة", "x"),
        ("x" * 41, "x"),
        ("good", ""),
        ("good", "../x"),
        ("good", "/x"),
    ],
)
def test_names_that_are_none(folder: Path, rule: str, topic: str) -> None:
    """Neither an id nor a topic leads out of the library; the topics that there are are told."""
    done = run("new", rule, str(folder), "--topic", topic)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
    assert rule != "good" or "there are: topic" in told(done.stderr)
    assert sorted(path.name for path in folder.rglob("*.yaml")) == ["a-rule.yaml", "names.yaml"]


def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    """One line and exit code 2."""
    (folder / "library" / "economy").write_text("a file")
    done = run("new", "sea-trade", str(folder), "--topic", "economy")
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
