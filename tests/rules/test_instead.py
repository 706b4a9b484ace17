"""Bytes that stand in for files: what has not been saved yet, and what was good before, load like files."""

from pathlib import Path

from rules import check_rules, load_rules
from tests.rules.workshop import folder_of, rule_text

GOOD = rule_text("$putin")
OTHER = rule_text("$kirby", examples="examples: {match: [كيربي], no_match: [المطر]}")


def rule_file(folder: Path) -> Path:
    """The one rule's file."""
    return (folder / "library" / "topic" / "a-rule.yaml").absolute()


def test_given_bytes_stand_for_a_files_content(tmp_path: Path) -> None:
    """What is on disk does not count where bytes are given, for rules and lexicons alike."""
    folder_of(tmp_path, "rule: a-rule\nbroken: [")
    assert load_rules(tmp_path, {rule_file(tmp_path): GOOD.encode()}).problems == ()
    lexicon = next((tmp_path / "lexicon").iterdir()).absolute()
    emptied = load_rules(tmp_path, {rule_file(tmp_path): GOOD.encode(), lexicon: b""})
    assert next((found.path, found.code) for found in emptied.problems) == (lexicon, "S003")


def test_a_file_that_is_gone_loads_from_its_bytes(tmp_path: Path) -> None:
    """The last good version of a file works without the file, even without any folder."""
    folder_of(tmp_path, GOOD)
    rule_file(tmp_path).unlink()
    result = check_rules(tmp_path, {rule_file(tmp_path): OTHER.encode()})
    assert (result.problems, [rule.id for rule in result.rule_set.rules]) == ((), ["a-rule"])
    nowhere = tmp_path / "nowhere"
    plain = OTHER.replace("$kirby", "كيربي").encode()
    result = check_rules(nowhere, {nowhere / "library" / "topic" / "a-rule.yaml": plain})
    assert (result.problems, result.rules) == ((), 1)


def test_none_stands_for_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A file can be left out without touching the disk."""
    folder_of(tmp_path, GOOD)
    result = check_rules(tmp_path, {rule_file(tmp_path): None})
    assert (result.rules, [found.code for found in result.problems]) == (0, ["S016"])


def test_a_relative_folder_meets_absolute_keys(tmp_path: Path) -> None:
    """``instead`` is by absolute path, however the folder is called. (Tests run in ``tmp_path``.)"""
    folder_of(tmp_path, "rule: a-rule\nbroken: [")
    assert load_rules(Path(), {rule_file(tmp_path): GOOD.encode()}).problems == ()
