"""``without`` cancels only the words that it covers."""

from pathlib import Path

import pytest

from rules import Document, RuleSet, Severity
from tests.rules.workshop import found, rule_set_of, rule_text

MATCH = "{near: {within: 8, of: [$putin, $visit, {any: [$dprk, $russia]}]}}"
REVERSE = """
without:
  - near: {within: 6, order: as_written, of: [$kim, $visit, $russia]}
    because: زيارة معاكسة
"""


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    """Putin's visits, without Kim's to Russia."""
    return rule_set_of(tmp_path, rule_text(MATCH, REVERSE))


def test_the_reverse_visit_is_cancelled(rules: RuleSet) -> None:
    """Putin, a visit and Russia stand together, but the visit is Kim's."""
    assert found(rules, "زعيم كوريا الشمالية يزور روسيا للقاء بوتين") == []


def test_another_visit_in_the_same_article_still_counts(rules: RuleSet) -> None:
    """The cancelled words are gone, the article is not."""
    text = "بوتين يزور كوريا الشمالية بعد أن كان كيم جونغ أون قد زار روسيا في سبتمبر"
    assert found(rules, text) == ["بوتين", "يزور", "كوريا الشمالية"]
    assert found(rules, title="زعيم كوريا الشمالية زار روسيا", body="بوتين يزور كوريا الشمالية") == [
        "بوتين",
        "يزور",
        "كوريا الشمالية",
    ]


def test_what_is_too_far_apart_is_not_cancelled(rules: RuleSet) -> None:
    """An exclusion has its own limits."""
    far = "كيم جونغ أون " + "كلمة " * 9 + "وبوتين يزور روسيا"
    assert found(rules, far) == ["وبوتين", "يزور", "روسيا"]


def test_words_are_cancelled_whatever_names_them(tmp_path: Path) -> None:
    """A phrase of the rule that shares a word with what is cancelled is cancelled as well."""
    rules = rule_set_of(tmp_path, rule_text("{all: [$putin, يزور]}", REVERSE))
    assert found(rules, "كيم جونغ أون يزور روسيا للقاء بوتين") == []
    assert found(rules, "كيم جونغ أون لا روسيا للقاء بوتين الذي يزور") == ["بوتين", "يزور"]


@pytest.mark.parametrize(
    ("without", "title", "evidence"),
    [
        ("{phrase: شارع بوتين, because: مكان}", "شارع بوتين", []),
        ("{phrase: شارع بوتين, because: مكان}", "شارع بوتين وبوتين", ["وبوتين"]),
        ("{all: [$putin, مباراة], because: رياضة}", "بوتين في مباراة وبوتين", []),
        ("{any: [شارع بوتين, كأس بوتين], because: أسماء}", "كأس بوتين", []),
        ("{in: body, phrase: $putin, because: المتن لا يعني}", "بوتين", ["بوتين"]),
        ("{all: [شارع, {none: [مدينة]}], because: مكان}", "شارع بوتين", ["بوتين"]),
    ],
)
def test_every_kind_of_exclusion(tmp_path: Path, without: str, title: str, evidence: list[str]) -> None:
    """A phrase, all, any, in: what takes part is cancelled, nothing else."""
    assert found(rule_set_of(tmp_path, rule_text("$putin", f"without: [{without}]")), title) == evidence


def test_cancelled_words_are_gone_for_a_regex_too(tmp_path: Path) -> None:
    """What a pattern matches does not count where an exclusion covers it; elsewhere it does."""
    match = "{all: [$russia, {regex: '[0-9]+ مليار'}]}"
    rules = rule_set_of(tmp_path, rule_text(match, "without: [{phrase: 30 مليار, because: رقم قديم}]"))
    assert found(rules, "روسيا تنفق 30 مليار") == []
    assert found(rules, "روسيا تنفق 30 مليار ثم 40 مليار") == ["روسيا", "40 مليار"]


def test_cancelled_words_do_not_escalate(tmp_path: Path) -> None:
    """``escalate`` looks at what is left, too."""
    rule = rule_text(
        "$putin",
        "without: [{phrase: قرب روسيا, because: مكان}]",
        "escalate: [{when: $russia, severity: high}]",
    )
    rules = rule_set_of(tmp_path, rule)
    assert [match.severity for match in rules.match(Document(title="بوتين قرب روسيا"))] == [Severity.MEDIUM]
    assert [match.severity for match in rules.match(Document(title="بوتين في روسيا"))] == [Severity.HIGH]
