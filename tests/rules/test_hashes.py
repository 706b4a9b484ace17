"""The hash of a rule: it changes when the rule would decide differently, and only then."""

from pathlib import Path

import pytest

from tests.rules.workshop import EXAMPLES, LEXICON, rule_set_of, rule_text

BASE = rule_text("{all: [$putin, $visit]}")


def hash_of(root: Path, text: str = BASE, lexicon: str = LEXICON) -> str:
    """The hash of the one rule of a folder."""
    (rule,) = rule_set_of(root, text, lexicon=lexicon).rules
    return rule.hash


@pytest.mark.parametrize(
    ("text", "lexicon"),
    [
        (rule_text("{all: [$putin, $russia]}"), LEXICON),
        (BASE.replace("medium", "high"), LEXICON),
        (BASE.replace("live", "shadow"), LEXICON),
        (BASE + "without: [{phrase: x, because: y}]\n", LEXICON),
        (BASE + "escalate: [{when: $kim, severity: high}]\n", LEXICON),
        (BASE, LEXICON.replace("فلاديمير بوتين", "فلاديمير بوتن")),
        (BASE, LEXICON.replace("- زار", "- زارت")),
    ],
)
def test_what_changes_it(tmp_path: Path, text: str, lexicon: str) -> None:
    """Conditions, severity, status, and the words of the names that it uses."""
    changed = hash_of(tmp_path / "changed", text, lexicon)
    assert changed != hash_of(tmp_path / "base")
    assert len(changed) == 16


@pytest.mark.parametrize(
    ("text", "lexicon"),
    [
        (BASE.replace("title: قاعدة", "title: اسم آخر"), LEXICON),
        (BASE.replace(EXAMPLES, "examples: {match: [بوتين يزور], no_match: [x]}"), LEXICON),
        (
            "# تعليق\n" + BASE.replace("{all: [$putin, $visit]}", "\n  all:\n    - $putin\n    - $visit"),
            LEXICON,
        ),
        (BASE, LEXICON.replace("لعبة كيربي", "كرة كيربي")),
    ],
)
def test_what_does_not_change_it(tmp_path: Path, text: str, lexicon: str) -> None:
    """Texts for people, examples, layout, and names that it does not use."""
    (tmp_path / "changed" / "library" / "topic").mkdir(parents=True)
    (tmp_path / "changed" / "library" / "topic" / "a-rule.yaml").write_text(text, encoding="utf-8")
    (rule,) = rule_set_of(tmp_path / "changed", lexicon=lexicon).rules
    assert rule.hash == hash_of(tmp_path / "base")


def test_the_sets_hash_follows_its_rules(tmp_path: Path) -> None:
    """One changed rule, another hash of the set; the same files, the same hash."""
    one = rule_set_of(tmp_path / "one", BASE)
    assert one.hash == rule_set_of(tmp_path / "same", BASE).hash
    assert one.hash != rule_set_of(tmp_path / "other", BASE.replace("medium", "low")).hash
