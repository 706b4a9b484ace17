"""What each condition means, on rules as maintainers write them."""

from pathlib import Path

import pytest

from rules import Document, Severity, Status
from tests.rules.workshop import found, rule_set_of, rule_text, texts


@pytest.mark.parametrize(
    ("match", "title", "evidence"),
    [
        ("$putin", "وصول بوتين اليوم", ["بوتين"]),
        ("حرب باردة", "الحرب الباردة تعود", ["الحرب الباردة"]),
        ("2024", "قمة 2024", ["2024"]),
        ("{phrase: $putin}", "لبوتين", ["لبوتين"]),
        ("{all: [$putin, $russia]}", "بوتين رئيس روسيا", ["بوتين", "روسيا"]),
        ("{all: [$putin, $russia]}", "بوتين", []),
        ("{any: [$putin, $russia]}", "روسيا", ["روسيا"]),
        ("{any: [$putin, $russia]}", "الصين", []),
        ("{all: [$putin, {none: [$russia, $dprk]}]}", "بوتين في الصين", ["بوتين"]),
        ("{all: [$putin, {none: [$russia, $dprk]}]}", "بوتين في روسيا", []),
        ("{near: {within: 2, of: [$putin, $visit]}}", "زيارة يقوم بوتين", ["زيارة", "بوتين"]),
        ("{near: {within: 2, order: as_written, of: [$putin, $visit]}}", "زيارة يقوم بوتين", []),
        ("{near: {within: 2, of: [$putin, {any: [$visit, لقاء]}]}}", "لقاء بوتين", ["لقاء", "بوتين"]),
        ("{near: {within: 9, of: [{near: {within: 1, of: [$putin, $visit]}}, $russia]}}", "زيارة بوتين من روسيا",
         ["زيارة", "بوتين", "روسيا"]),
    ],
)  # fmt: skip
def test_conditions(tmp_path: Path, match: str, title: str, evidence: list[str]) -> None:
    """Each finds its words, and nothing where it does not hold."""
    assert found(rule_set_of(tmp_path, rule_text(match)), title) == evidence


@pytest.mark.parametrize("match", ["{in: title, any: [$putin]}", "{in: [title, summary], phrase: $putin}"])
def test_in_looks_at_its_fields_only(tmp_path: Path, match: str) -> None:
    """What stands in the body does not count for a condition on the title."""
    rules = rule_set_of(tmp_path, rule_text(match))
    assert found(rules, title="بوتين", body="بوتين") == ["بوتين"]
    assert found(rules, body="بوتين") == []


def test_in_inside_in_narrows(tmp_path: Path) -> None:
    """A field must be allowed by every ``in`` around."""
    rules = rule_set_of(
        tmp_path, rule_text("{in: [title, body], all: [{in: [body, summary], phrase: $putin}]}")
    )
    assert found(rules, body="بوتين") == ["بوتين"]
    assert found(rules, title="بوتين", summary="بوتين") == []


def test_none_in_a_scope(tmp_path: Path) -> None:
    """``none`` with ``in`` minds only what stands there."""
    rules = rule_set_of(tmp_path, rule_text("{all: [$putin, {in: title, none: [$russia]}]}"))
    assert found(rules, title="بوتين", body="روسيا") == ["بوتين"]
    assert found(rules, title="بوتين في روسيا") == []


def test_all_reaches_over_fields_and_the_title_comes_first(tmp_path: Path) -> None:
    """The evidence of a phrase is its first place in each field, title before summary before body."""
    rules = rule_set_of(tmp_path, rule_text("{all: [$russia, $putin]}"))
    (match,) = rules.match(Document(title="بوتين وبوتين", summary="روسيا", body="بوتين ثم بوتين"))
    assert [(one.field, one.start, one.text) for one in match.evidence] == [
        ("title", 0, "بوتين"),
        ("summary", 0, "روسيا"),
        ("body", 0, "بوتين"),
    ]


def test_evidence_is_the_original_text_and_never_overlaps(tmp_path: Path) -> None:
    """Overlapping hits are one piece; text is the slice of the original, marks and all."""
    rules = rule_set_of(tmp_path, rule_text("{any: [$putin, الرئيس فلاديمير بوتين]}"))
    title = "استقبال الرئيسِ فلاديمير بـوتينَ\u200f أمس"
    (match,) = rules.match(Document(title=title))
    (evidence,) = match.evidence
    assert evidence.text == title[evidence.start : evidence.end] == "الرئيسِ فلاديمير بـوتينَ"


def test_the_longest_form_of_a_name_is_its_hit(tmp_path: Path) -> None:
    """بوتين inside فلاديمير بوتين is not a second hit."""
    assert found(rule_set_of(tmp_path, rule_text("$putin")), "فلاديمير بوتين") == ["فلاديمير بوتين"]


def test_ignore_cancels_the_words_not_the_article(tmp_path: Path) -> None:
    """The game Kirby is not the spokesman; the spokesman in the same article still is."""
    rules = rule_set_of(tmp_path, rule_text("$kirby"))
    assert found(rules, "صدور لعبة كيربي الجديدة") == []
    assert found(rules, "لعبة كيربي الجديدة", summary="جون كيربي في مؤتمر") == ["جون كيربي"]


ESCALATING = "escalate:\n  - {when: $dprk, severity: critical}\n  - {when: $russia, severity: low}\n"


def test_escalate_raises_and_never_lowers(tmp_path: Path) -> None:
    """The severest of the rule's own and of what holds counts."""
    rules = rule_set_of(tmp_path, rule_text("$putin", ESCALATING))
    assert [match.severity for match in rules.match(Document(title="بوتين في كوريا الشمالية"))] == [
        Severity.CRITICAL
    ]
    assert [match.severity for match in rules.match(Document(title="بوتين في روسيا"))] == [Severity.MEDIUM]


def test_only_live_and_shadow_rules_match(tmp_path: Path) -> None:
    """Drafts and retired rules are loaded and do not fire; matches come in the order of ids."""
    rules = [
        rule_text("$putin", rule=f"rule-{status}").replace("status: live", f"status: {status}")
        for status in ("shadow", "retired", "live", "draft")
    ]
    rule_set = rule_set_of(tmp_path, *rules)
    matches = rule_set.match(Document(title="بوتين"))
    assert [(match.rule, match.status) for match in matches] == [
        ("rule-live", Status.LIVE),
        ("rule-shadow", Status.SHADOW),
    ]
    assert [rule.id for rule in rule_set.rules] == ["rule-draft", "rule-live", "rule-retired", "rule-shadow"]
    assert texts(matches[0]) == ["بوتين"]


def test_an_empty_document_matches_nothing(tmp_path: Path) -> None:
    """No text, no match, no error."""
    assert rule_set_of(tmp_path, rule_text("$putin")).match(Document()) == []
