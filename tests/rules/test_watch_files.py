"""Watch files: what becomes of them in a rule set, what is said of wrong ones, and of rules that go away."""

from pathlib import Path

import pytest

from rules import Document, Problem, RuleSet, check_rules, load_rules
from rules.settle import Runs, settle
from tests.rules.terminal import run, told
from tests.rules.workshop import LEXICON, TIMELINE, folder_of, rule_set_of, rule_text, watch_text

SPIKE = "spike: {window: 1d, usual: 4d, times: 3, stories: 3, sources: 2}"
PLAYED = """
timeline:
  - about: كثرة
    steps:
      - {day: 1..6, stories: 1}
      - {day: 7, stories: 4, sources: 2, fires: true}
  - about: قلة
    steps:
      - {day: 1..6, stories: 1}
      - {day: 7, stories: 2}
"""


def checked(root: Path, *files: str) -> tuple[Problem, ...]:
    """What is wrong with a folder of these files."""
    return check_rules(folder_of(root, *files)).problems


def set_of(root: Path, watch: str) -> RuleSet:
    """A rule set of one rule and a watch."""
    return rule_set_of(root, rule_text("$putin"), watch)


def test_a_watch_stands_among_the_rules_and_matches_nothing(tmp_path: Path) -> None:
    """Subscribers see it like a rule; documents meet the rules alone."""
    rules = set_of(tmp_path, watch_text(SPIKE, "title_en: Watch", "alert: {cooldown: 2d}", timeline=PLAYED))
    assert [(info.id, info.kind, info.cooldown) for info in rules.rules] == [
        ("a-rule", "rule", None),
        ("a-watch", "watch", 172_800),
    ]
    assert [(watch.info.id, watch.rules) for watch in rules.watches] == [("a-watch", ("a-rule",))]
    assert [match.rule for match in rules.match(Document(title="بوتين"))] == ["a-rule"]
    with pytest.raises(KeyError):
        rules.compiled("a-watch")


def test_timelines_count_as_examples(tmp_path: Path) -> None:
    """And watches as rules."""
    result = check_rules(folder_of(tmp_path, rule_text("$putin"), watch_text(SPIKE, timeline=PLAYED)))
    assert (result.problems, result.rules, result.examples) == ((), 2, 4)


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        (watch_text("first_after_quiet: 6d"), True),
        (watch_text(status="shadow"), True),
        (watch_text("first_after_quiet: 7d", "alert: {cooldown: 1d}"), True),
        (watch_text().replace("severity: high", "severity: low"), True),
        (watch_text().replace("why: للتجربة", "why: لسبب آخر"), False),
        (watch_text("first_after_quiet: 7d", "false_positives: [عطلة]"), False),
        (watch_text().replace("about: بلا غياب", "about: غير ذلك"), False),
    ],
)
def test_its_hash_changes_with_what_decides(tmp_path: Path, changed: str, differs: bool) -> None:
    """Texts for people and examples do not count; the rule set's hash follows."""
    before, after = set_of(tmp_path / "before", watch_text()), set_of(tmp_path / "after", changed)
    assert (before.watches[0].info.hash != after.watches[0].info.hash) is differs
    assert (before.hash != after.hash) is differs


@pytest.mark.parametrize(
    ("files", "code", "hint"),
    [
        ((rule_text("$putin"), watch_text(rules="[a-rul]")), "T002", "«a-rule»"),
        ((rule_text("$putn"), watch_text()), "T002", "في ملفها خطأ"),
        ((rule_text("$putin"), watch_text("quite_for: 7d")), "S005", "«quiet_for»"),
        ((rule_text("$putin"), watch_text("quiet_for: أسبوع")), "S008", "14d"),
        (
            (rule_text("$putin"), watch_text("spike: {window: 1d, usual: 3d, times: 3, stories: 3}")),
            "T004",
            "4",
        ),
        ((rule_text("$putin"), watch_text(timeline=TIMELINE.replace("1..9", "1-9"))), "S008", "1..14"),
    ],
)
def test_hints(tmp_path: Path, files: tuple[str, ...], code: str, hint: str) -> None:
    """What was meant, or what to write."""
    (found,) = [one for one in checked(tmp_path, *files) if one.code == code]
    assert hint in found.hint


def test_a_timeline_that_fails_shows_its_numbers(tmp_path: Path) -> None:
    """Each thing that must hold, with what there was and what was needed."""
    wrong = PLAYED.replace("{day: 7, stories: 2}", "{day: 7, stories: 2, fires: true}")
    problems = checked(tmp_path, rule_text("$putin"), watch_text(SPIKE, timeline=wrong))
    (found,) = [one for one in problems if one.code == "T006"]
    assert found.message.splitlines() == [
        "مثال زمني لا يقع كما كُتب: «قلة»، اليوم 7 في 12:00: ينتظر التنبيه ولم يقع",
        "  ✗ القصص في آخر يوم: 2 (المطلوب 3: لا أقل من 3، ولا من 3 أضعاف المعتاد وهو 1)",
        "  ✗ المصادر التي روتها: 1 (المطلوب 2)",
        "  ✓ المحفوظ يرجع إلى الوراء: 6 أيام (المطلوب 5 أيام)",
        "  ✓ هدأ الأمر منذ آخر تنبيه لها",
    ]
    assert "stories in the last 1 day: 2 (needed 3" in found.message_en


def test_an_unexpected_firing_shows_why(tmp_path: Path) -> None:
    """The numbers are those of the firing, not of the judgement after it."""
    wrong = PLAYED.replace(", fires: true", "").replace("about: قلة", "about: أخرى").rstrip() + "\n"
    found = [
        one
        for one in checked(tmp_path, rule_text("$putin"), watch_text(SPIKE, timeline=wrong))
        if one.code == "T006"
    ]
    assert len(found) == 1
    assert "نبهت وكان ينتظر السكوت" in found[0].message
    assert "✗" not in found[0].message


FOLDER = Path("/nowhere/rules")
RULE, WATCH = (FOLDER / "library" / "topic" / f"{name}.yaml" for name in ("a-rule", "a-watch"))
SOUND = {
    FOLDER / "lexicon" / "names.yaml": LEXICON.encode(),
    RULE: rule_text("$putin").encode(),
    WATCH: watch_text().encode(),
}


@pytest.mark.parametrize(
    ("path", "content"),
    [(RULE, b"rule: ["), (WATCH, b"watch: ["), (WATCH, watch_text(rules="[gone]").encode())],
)
def test_a_broken_file_keeps_rule_and_watch(path: Path, content: bytes) -> None:
    """The last good version of either serves the other."""
    settled = settle(FOLDER, {**SOUND, path: content}, SOUND)
    assert [(one.path, one.runs) for one in settled.troubles] == [(path, Runs.LAST_GOOD)]
    assert [info.id for info in settled.rule_set.rules] == ["a-rule", "a-watch"]


def test_a_deleted_rule_takes_its_watch_along_and_that_is_told() -> None:
    """Nobody wonders why a watch is silent."""
    left = {path: content for path, content in SOUND.items() if path != RULE}
    other = {FOLDER / "library" / "topic" / "b.yaml": rule_text("$kim", rule="b", examples="").encode()}
    settled = settle(FOLDER, {**left, **other}, SOUND)
    assert [(one.problems[0].code, one.runs) for one in settled.troubles if one.path == WATCH] == [
        ("T002", Runs.NOTHING)
    ]


def test_commands_on_texts_say_that_a_watch_reads_none(tmp_path: Path) -> None:
    """A usage error, no traceback."""
    folder = folder_of(tmp_path / "rules", rule_text("$putin"), watch_text())
    done = run("explain", "a-watch", "بوتين", str(folder))
    assert done.returncode == 2
    assert "a watch reads no texts" in told(done.stderr)


def test_what_follows_from_another_stands_last(tmp_path: Path) -> None:
    """A watch of a broken rule comes after the rule's own slip, though its file comes first."""
    broken = rule_text("$nobody", rule="b-rule")
    watch = watch_text(rules="[b-rule]")
    assert watch.startswith("watch: a-watch")
    found = load_rules(folder_of(tmp_path, broken, watch)).problems
    assert [one.code for one in found] == ["R001", "T002"]
