"""Examples: what they prove, what is counted, and what a failing one says."""

from pathlib import Path

from rules import check_rules
from tests.rules.workshop import LEXICON, folder_of, rule_text

FULL = """
examples:
  match:
    - بوتين يزور روسيا
    - title: عنوان
      body: بوتين يزور روسيا
  no_match:
    - المطر غدا
  todo_match:
    - القيصر في روسيا
  todo_no_match:
    - بوتين لا يزور روسيا
"""


def test_examples_that_hold_are_counted(tmp_path: Path) -> None:
    """Strings are titles, mappings have parts; known weaknesses are counted and do not fail."""
    folder_of(tmp_path, rule_text("{all: [$putin, $visit]}", examples=FULL))
    result = check_rules(tmp_path)
    assert result.problems == ()
    assert (result.rules, result.lexicons, result.examples, result.todo) == (1, 1, 5, 2)
    assert (result.errors, result.warnings) == (0, 0)


def test_a_todo_that_passes_is_a_warning(tmp_path: Path) -> None:
    """A weakness that is gone should move to the examples proper."""
    folder_of(tmp_path, rule_text("{all: [$putin, {none: [لا]}]}", examples=FULL))
    result = check_rules(tmp_path)
    assert [(problem.code, problem.line) for problem in result.problems] == [("E004", 19)]
    assert "no_match" in result.problems[0].hint
    assert (result.errors, result.warnings) == (0, 1)


def test_a_failing_match_says_what_is_missing(tmp_path: Path) -> None:
    """The tree shows what was found, what was not, and how far apart."""
    match = "{all: [$putin, {near: {within: 2, of: [$visit, $dprk]}}, {any: [قمة, لقاء]}]}"
    folder_of(
        tmp_path,
        rule_text(match, examples="examples: {match: [زيارة بوتين اليوم إلى كوريا الشمالية], no_match: [x]}"),
    )
    (problem,) = check_rules(tmp_path).problems
    assert problem.code == "E001"
    assert problem.message.split("\n")[1:] == [
        "✗ all: كل ما يلي",
        "  ✓ $putin: «بوتين»",
        "  ✗ near في حدود 2: أقرب اجتماع على بعد 4",
        "    ✓ $visit: «زيارة»",
        "    ✓ $dprk: «كوريا الشمالية»",
        "  ✗ any: لم يوجد «قمة»، «لقاء»",
    ]


def test_a_failing_no_match_says_what_held(tmp_path: Path) -> None:
    """Of a rule that should not hold, the parts that hold are shown."""
    match = "{any: [{all: [$putin, {none: [$kim]}]}, {in: title, all: [$russia, مطر]}]}"
    folder_of(tmp_path, rule_text(match, examples="examples: {match: [بوتين], no_match: [وصول بوتين]}"))
    (problem,) = check_rules(tmp_path).problems
    assert problem.code == "E002"
    assert problem.message.split("\n")[1:] == [
        "✓ any: وُجد «بوتين»",
        "  ✓ all: كل ما يلي «بوتين»",
        "    ✓ $putin: «بوتين»",
        "    ✓ none: لا شيء مما يلي",
    ]


def test_what_was_cancelled_is_said(tmp_path: Path) -> None:
    """An exclusion that took the words away is named with its reason."""
    without = "without: [{phrase: شارع بوتين, because: مكان}]"
    folder_of(
        tmp_path, rule_text("$putin", without, examples="examples: {match: [شارع بوتين], no_match: [x]}")
    )
    (problem,) = check_rules(tmp_path).problems
    assert problem.message.split("\n")[1:] == [
        "- أسقط الاستثناء (مكان): «شارع بوتين»",
        "✗ $putin: غير موجود",
    ]


def test_a_missing_kind_of_near_is_said(tmp_path: Path) -> None:
    """``in`` and the order are part of the explanation."""
    match = "{in: title, near: {within: 5, order: as_written, of: [$putin, {near: {within: 1, of: [$visit, $dprk]}}]}}"
    folder_of(tmp_path, rule_text(match, examples="examples: {match: [زيارة بوتين], no_match: [x]}"))
    (problem,) = check_rules(tmp_path).problems
    assert problem.message.split("\n")[1:] == [
        "✗ in: العنوان",
        "  ✗ near بالترتيب في حدود 5: لم يجتمع كل ما يلي في حقل واحد بهذا الترتيب",
        "    ✓ $putin: «بوتين»",
        "    ✗ near في حدود 1: لم يجتمع كل ما يلي في حقل واحد",
        "      ✓ $visit: «زيارة»",
        "      ✗ $dprk: غير موجود",
    ]


def test_drafts_prove_themselves_too(tmp_path: Path) -> None:
    """Examples run whatever the status, so that a draft is worth something when it goes live."""
    draft = rule_text("$putin", examples="examples: {match: [المطر], no_match: [x]}").replace("live", "draft")
    folder_of(tmp_path, draft, lexicon=LEXICON)
    assert [problem.code for problem in check_rules(tmp_path).problems] == ["E001"]
