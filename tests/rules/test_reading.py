"""Which fields the live rules look at: by that it is decided whether the pages of entries are worth reading."""

from pathlib import Path

import pytest

from tests.rules.workshop import rule_set_of, rule_text

EXAMPLES = "examples: {match: [{title: زيارة بوتين}], no_match: [المطر]}"


@pytest.mark.parametrize(
    ("match", "title", "body"),
    [
        ("زيارة", True, True),
        ("{in: title, any: [زيارة]}", True, False),
        ("{in: [title, summary], all: [زيارة, $putin]}", True, False),
        ("{all: [{in: title, any: [زيارة]}, $putin]}", True, True),
        ("{all: [{in: title, any: [زيارة]}, {in: title, regex: 'ز.ارة'}]}", True, False),
        ("{near: {within: 3, of: [$visit, $putin]}}", True, True),
        ("{all: [{in: title, any: [زيارة]}, {regex: 'ز.ارة'}]}", True, True),
        ("{all: [{in: title, any: [زيارة]}, {where: {countries: [EG]}}]}", True, False),
    ],
)
def test_what_a_rule_reads(tmp_path: Path, match: str, title: bool, body: bool) -> None:
    """A field counts if words in it can make a difference anywhere in the tree."""
    rules = rule_set_of(tmp_path, rule_text(match, examples=EXAMPLES))
    assert (rules.reads("title"), rules.reads("body")) == (title, body)


@pytest.mark.parametrize("status", ["draft", "shadow", "retired"])
def test_only_live_rules_count(tmp_path: Path, status: str) -> None:
    """Nobody's server is asked for a trial's sake."""
    rule = rule_text("زيارة", examples=EXAMPLES).replace("status: live", f"status: {status}")
    assert not rule_set_of(tmp_path, rule).reads("body")
