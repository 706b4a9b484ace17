"""What the further conditions mean, each on a sentence or two."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rules import Document, Severity, Status, check_rules, load_rules
from tests.rules.workshop import LEXICON, folder_of, found, rule_set_of, rule_text, texts

MORE = (
    LEXICON
    + """
groups:
  leaders:
    of:
      - $putin
      - $kim
  anybody:
    of:
      - $leaders
      - $kirby
"""
)
NISBA = """
entities:
  korea:
    name: كوريا الشمالية
    nisba:
      - كوري شمالي
  rus:
    name: روسيا
    nisba: [روسي, روس]
"""


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        ("{at_least: {n: 2, of: [$putin, $kim, $russia]}}", "بوتين وروسيا", "بوتين فقط"),
        ("{score: {needs: 5, of: [{when: $putin, points: 3}, {when: $kim, points: 2}]}}", "بوتين وكيم جونغ أون", "بوتين"),
        ("{score: {needs: 2, of: [{when: $putin, points: 3}, {when: مزحة, points: -2}]}}", "بوتين", "بوتين مزحة"),
        ("{score: {needs: 2, of: [{when: $putin, points: 3}, {when: $kim, required: true}]}}", "بوتين وكيم جونغ أون", "بوتين"),
        ("{same_sentence: [$putin, $visit]}", "قال بوتين أمس إن زيارة قريبة ستتم", "تحدث بوتين. ثم جرت زيارة"),
        ("{same_sentence: [$putin, $visit]}", "د. بوتين في زيارة", "بوتين! زيارة"),
        ("{same_sentence: [$putin, $visit]}", "بوتين: زيارة 3.5 ساعة", "بوتين\nزيارة"),
        ("{same_sentence: [$putin, $visit]}", "بوتين: زيارة 13.5 ساعة", "قال بوتين 5. زيارة"),
        ("{same_sentence: [$putin, $visit]}", "بوتين على rt.com عن زيارة", "بوتين\u2028زيارة"),
        ("{same_sentence: [$putin, $visit]}", "بوتين في 12.05.2024 في زيارة", "بوتين.\u200f زيارة"),
        ("{same_sentence: [$putin, $visit]}", "بوتين عبر بي.بي.سي عن زيارة", "قال بوتين.لكن زيارته"),
        ("{same_sentence: [$putin, $visit]}", "بوتين عبر أ.ف.ب عن زيارة", "بوتين.[1] زيارة"),
        ("{near: {within: 2, of: [{same_sentence: [$putin, $visit]}, قمة]}}", "بوتين في زيارة وقمة", "بوتين في زيارة. ثم بعد أيام قمة"),
        ("{all: [$putin, {regex: '(?:مليار|مليون) دولار'}]}", "بوتين: 5 مليار دولار", "بوتين: مليار روبل"),
        ("{all: [$putin, {regex: '\\d{2,} صاروخ'}]}", "بوتين: ٤٥ صاروخا", "بوتين: صاروخ"),
        ("{all: [$putin, {regex: 'صاروخ'}]}", "بوتين وصـارُوخ", "بوتين وقذيفة"),
        ("{all: [$putin, {in: title, regex: '[^\\w\\s]$'}]}", "هل وصل بوتين؟", "وصل بوتين"),
        ("{all: [$putin, {regex: '5\\(?='}]}", "بوتين 5=", "بوتين ="),
        ("{all: [$putin, {regex: '\\Q5(?=\\E'}]}", "بوتين 5(?=", "بوتين 5="),
        ("{all: [$putin, {regex: '5[(?=]'}]}", "بوتين 5=", "بوتين 5!"),
        ("{all: [$putin, {regex: '[[:digit:]\\w]$'}]}", "وصل بوتين", "وصل بوتين؟"),
        ("{all: [$putin, {regex: 'قال.{0,100}سلام'}]}", "بوتين قال إنه سلام", "بوتين قال"),
        ("{all: [$visit, {context: [$putin]}]}", "زيارة بوتين", "زيارة الوزير"),
    ],
)  # fmt: skip
def test_a_condition_holds_and_does_not(tmp_path: Path, condition: str, yes: str, no: str) -> None:
    """The same rule on a text that has what it asks for, and on one that nearly has."""
    rules = rule_set_of(tmp_path, rule_text(condition, examples=""))
    assert rules.match(Document(title=yes)) or "؟" in yes
    assert not rules.match(Document(title=no))


def test_context_is_no_evidence(tmp_path: Path) -> None:
    """What only sets the scene is not shown in bold."""
    rules = rule_set_of(tmp_path, rule_text("{all: [$visit, {context: [$putin]}]}"))
    assert found(rules, "زيارة بوتين") == ["زيارة"]


def test_a_pattern_shows_the_words_it_touches(tmp_path: Path) -> None:
    """Whole words of the original, with their marks."""
    rules = rule_set_of(tmp_path, rule_text("{all: [$putin, {regex: '(?:مليار|مليون) دول'}]}"))
    assert found(rules, "بوتين يدفع مليـار دُولار") == ["بوتين", "مليـار دُولار"]


def test_a_group_is_any_of_its_members_anywhere(tmp_path: Path) -> None:
    """A group may stand where a name may, in a near too, and may hold groups."""
    rules = rule_set_of(tmp_path, rule_text("{near: {within: 2, of: [$anybody, $visit]}}"), lexicon=MORE)
    assert found(rules, "زيارة كيربي") == ["زيارة", "كيربي"]
    assert found(rules, "كيم جونج اون يزور") == ["كيم جونج اون", "يزور"]
    assert found(rules, "زيارة الوزير") == []


@pytest.mark.parametrize(
    "text",
    [
        "الجندي الكوري الشمالي",
        "صواريخ كورية شمالية",
        "جنود كوريون شماليون",
        "للكوريين الشماليين",
        "وكوري شمالي",
    ],
)
def test_a_nisba_is_found_in_every_form(tmp_path: Path, text: str) -> None:
    """Gender, number, case, the article and prepositions; the country itself is not its adjective."""
    rules = rule_set_of(tmp_path, rule_text("$korea.nisba"), lexicon=NISBA)
    assert found(rules, text)
    assert not found(rules, "كوريا الشمالية")


def test_a_nisba_may_be_irregular_and_is_not_the_country(tmp_path: Path) -> None:
    """What is listed beside the regular form counts as it is."""
    rules = rule_set_of(tmp_path, rule_text("$rus.nisba"), lexicon=NISBA)
    assert found(rules, "الروس") == ["الروس"] and found(rules, "والروسيات") == ["والروسيات"]
    assert not found(rules, "في روسيا")


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("where", "document", "holds"),
    [
        ("sources: [منبر الأخبار]", Document(feed="منبر الاخبار"), True),
        ("sources: [منبر الأخبار]", Document(feed="منبر آخر"), False),
        ("sources: [منبر الأخبار]", Document(feed="Minbar", feed_ar="منبر الأخبار"), True),
        ("countries: [EG, SA]", Document(country="sa"), True),
        ("countries: [EG]", Document(country=""), False),
        ("languages: [ar]", Document(language="ar-EG"), True),
        ("languages: [en]", Document(), False),
        ("hours: 6..12", Document(published=NOON), True),
        ("hours: 13..23", Document(published=NOON), False),
        ("hours: 22..12", Document(published=NOON), True),
        ("hours: 6..12", Document(), False),
        ("hours: 6..12", Document(seen=NOON), True),
        ("max_age: 2d", Document(published=NOON - timedelta(days=1), seen=NOON), True),
        ("max_age: 2d", Document(published=NOON - timedelta(days=3), seen=NOON), False),
        ("max_age: 2d", Document(seen=NOON), True),
    ],
)
def test_where_a_document_comes_from(tmp_path: Path, where: str, document: Document, holds: bool) -> None:
    """Outlet (in any spelling), country, language, hour and age."""
    rules = rule_set_of(tmp_path, rule_text(f"{{all: [$putin, {{where: {{{where}}}}}]}}"))
    said = Document(
        title="بوتين",
        feed=document.feed,
        country=document.country,
        language=document.language,
        published=document.published,
        seen=document.seen,
        feed_ar=document.feed_ar,
    )
    assert bool(rules.match(said)) is holds


TEMPLATE = "template: desk\nwhy: ما يشترك فيه المكتب\nall: [{none: [مباراة]}]\nwithout: [{phrase: شارع بوتين, because: مكان}]\nescalate: [{when: $kim, severity: critical}]\nalert: {cooldown: 30m}\n"


def test_a_template_adds_to_the_rule(tmp_path: Path) -> None:
    """Conditions, exclusions, escalation and the cooldown; and the rule's hash knows it."""
    alone = rule_set_of(tmp_path / "alone", rule_text("$putin"))
    folder = folder_of(tmp_path / "with", rule_text("$putin", "uses: desk"))
    (folder / "templates").mkdir()
    (folder / "templates" / "desk.yaml").write_text(TEMPLATE, encoding="utf-8")
    loaded = load_rules(folder)
    assert loaded.problems == ()
    rules = loaded.rule_set
    assert found(rules, "بوتين") and not found(rules, "بوتين في مباراة") and not found(rules, "شارع بوتين")
    assert rules.match(Document(title="بوتين وكيم جونغ أون"))[0].severity is Severity.CRITICAL
    assert rules.rules[0].cooldown == 1800
    assert rules.hash != alone.hash


def test_filters_count_for_no_rule(tmp_path: Path) -> None:
    """What filters.yaml names is out of every rule, words only, and every rule's hash knows it."""
    folder = folder_of(tmp_path, rule_text("$putin"), rule_text("$visit", rule="visits"))
    before = load_rules(folder).rule_set
    (folder / "filters.yaml").write_text(
        "filters:\n  - phrase: شارع بوتين\n    because: مكان\n", encoding="utf-8"
    )
    loaded = load_rules(folder)
    assert loaded.problems == ()
    assert [match.rule for match in loaded.rule_set.match(Document(title="زيارة شارع بوتين"))] == ["visits"]
    assert [texts(match) for match in loaded.rule_set.match(Document(title="شارع بوتين، بوتين"))] == [
        ["بوتين"]
    ]
    assert {rule.hash for rule in before.rules}.isdisjoint(rule.hash for rule in loaded.rule_set.rules)
    assert "المرشح العام" in loaded.rule_set.explain("a-rule", Document(title="شارع بوتين"))[0]


@pytest.mark.parametrize(
    ("status", "fires"), [("draft", False), ("shadow", True), ("live", True), ("retired", False)]
)
def test_the_life_of_a_rule(tmp_path: Path, status: str, fires: bool) -> None:
    """Drafts and retired rules do not run, but their examples do; a match says which life it came from."""
    text = rule_text("$putin").replace("status: live", f"status: {status}")
    folder = folder_of(tmp_path, text)
    rules = load_rules(folder).rule_set
    matches = rules.match(Document(title="بوتين"))
    assert [match.status for match in matches] == ([Status(status)] if fires else [])
    assert rules.verdict("a-rule", Document(title="بوتين")) is not None
    assert check_rules(folder).examples == 2


def test_what_is_expected_is_known(tmp_path: Path) -> None:
    """Matches a day and the longest silence, in numbers."""
    rules = rule_set_of(tmp_path, rule_text("$putin", "expect: {per_day: 0..6, at_least_one_every: 180d}"))
    assert rules.rules[0].expect == ((0, 6), 180 * 86400)


@pytest.mark.parametrize(
    ("condition", "text", "said"),
    [
        ("{near: {within: 2, of: [$putin, $visit]}}", "بوتين في أول كل عام زيارة", "near في حدود 2: أقرب اجتماع على بعد 5"),
        ("{score: {needs: 5, of: [{when: $putin, points: 3}, {when: $kim, points: 2}]}}", "بوتين", "score: المجموع 3، والمطلوب 5"),
        ("{at_least: {n: 2, of: [$putin, $kim, $russia]}}", "بوتين", "at_least: صح 1 من 3، والمطلوب 2"),
        ("{same_sentence: [$putin, $visit]}", "بوتين. زيارة", "same_sentence: كل ما يلي في جملة واحدة"),
        ("{all: [$putin, {regex: 'x+'}]}", "بوتين", "regex x+: لا يطابق شيئًا"),
        ("{all: [$putin, {where: {countries: [EG]}}]}", "بوتين", "where: countries: البلد «» ليس منها"),
        ("{all: [$putin, {context: [$kim]}]}", "بوتين", "context: كل ما يلي، ولا يُعرض"),
    ],
)  # fmt: skip
def test_a_failure_is_explained(tmp_path: Path, condition: str, text: str, said: str) -> None:
    """Every kind of condition says what it found and what it asked for."""
    rules = rule_set_of(tmp_path, rule_text(condition))
    lines = rules.explain("a-rule", Document(title=text))
    assert any(line.strip() == f"✗ {said}" for line in lines), lines


def test_a_catastrophic_pattern_is_harmless(tmp_path: Path) -> None:
    """What takes a backtracking engine for ever takes RE2 a moment: a megabyte and nested repetition."""
    rules = rule_set_of(tmp_path, rule_text("{all: [$putin, {regex: '(ا+)+ب$'}]}"))
    assert not rules.match(Document(title="بوتين", body="ا" * 1_000_000))
