"""``check --fix``: what is safe is mended in its place, what is not stays, and a second time there is nothing to do."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import Document, load_rules
from rules.arabic import fold_tokens
from rules.fix import fix_folder
from rules.keys import known_keys
from rules.located import read_yaml
from rules.mends import mend_lines
from tests.rules.workshop import LEXICON, folder_of, rule_text

SHIPPED = Path(__file__).parents[2] / "rules"

BROKEN = """\
\ufeffrule: a-rule
titel: قاعدة  # تعليق يبقى
status: live\u0020\u0020
severity： medium
owner:\tdesk
why: >-
  نص فيه ： وعلامات “كهذه” وmatsh: لا تمس
match:
\tany:
    - $putin\u202b
    - “زيارة”   # و“هذه” تبقى
    - زيـارات   # كذا: “هكذا”
examples:
  match: [بوتين, بـوتين]
  no_match: [المطر]
"""
MENDED = """\
rule: a-rule
title: قاعدة  # تعليق يبقى
status: live
severity: medium
owner: desk
why: >-
  نص فيه ： وعلامات “كهذه” وmatsh: لا تمس
match:
  any:
    - $putin
    - "زيارة"   # و“هذه” تبقى
    - زيارات   # كذا: “هكذا”
examples:
  match: [بوتين, بـوتين]
  no_match: [المطر]
"""


def mended(folder: Path) -> list[tuple[str, int, str]]:
    """What was mended: file, line, code."""
    return [(path.name, change.line, change.code) for path, change, _ in fix_folder(folder)]


def test_a_file_is_mended_where_that_is_safe(tmp_path: Path) -> None:
    """Marks, signs, tabs and keys; comments, blocks of text, examples and layout stay."""
    folder = folder_of(tmp_path)
    path = folder / "library" / "topic" / "a-rule.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    changes = [(line, code) for _, line, code in mended(folder)]
    assert path.read_text(encoding="utf-8") == MENDED
    assert sorted(changes) == [
        (1, "A006"), (2, "S005"), (3, ""), (4, "S001"), (5, "S013"),
        (9, "S013"), (10, "A006"), (11, "R007"), (12, "A006"),
    ]  # fmt: skip
    assert not [found for found in load_rules(folder).problems if found.level == "error"]
    assert fix_folder(folder) == []


def test_line_ends_and_rights_stay(tmp_path: Path) -> None:
    """CRLF stays CRLF, a file without an end has none, rights are kept, and a link stays a link."""
    folder = folder_of(tmp_path / "r")
    real = tmp_path / "elsewhere.yaml"
    text = rule_text("$putin").replace("title", "titel").replace("\n", "\r\n").rstrip()
    real.write_bytes(text.encode())
    real.chmod(0o640)
    link = folder / "library" / "topic" / "a-rule.yaml"
    link.symlink_to(real)
    assert mended(folder) == [("a-rule.yaml", 2, "S005")]
    assert real.read_bytes() == text.replace("titel", "title").encode()
    assert link.is_symlink() and real.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere.yaml", "r"]


@pytest.mark.parametrize(
    ("aliases", "left"),
    [
        ("    aliases:\n      - بوتن\n      - پوتين\n", "    aliases:\n      - بوتن\n"),
        ("    aliases:\n      - پوتين  # كذا\n      - بوتن\n", "    aliases:\n      - بوتن\n"),
        ("    aliases:\n      - پوتين\n      - پوطين\n      - پوتين\n", "    aliases:\n      - پوطين\n"),
        ("    aliases:\n      - 'پوتين'\n", ""),
        ("    aliases:\n      # لماذا\n      - پوتين\n", None),
        ("    aliases: [بوتن, پوتين]\n", "    aliases: [بوتن]\n"),
        ("    aliases: [پوتين, بوتن]\n", "    aliases: [بوتن]\n"),
        ('    aliases: ["پوتين"]\n', "    aliases: []\n"),
        ("    aliases: [پوتين, بوتن, 'بـوتين']\n", "    aliases: [بوتن]\n"),
        ("    aliases:\n      - پوتين  # مقبول: A001\n", None),
    ],
)
def test_what_adds_nothing_is_left_out(tmp_path: Path, aliases: str, left: str | None) -> None:
    """Of lists in lines and in brackets; nothing where a line accepts it, and never so that the file breaks."""
    text = "entities:\n  x:\n    name: بوتين\n    spelling: foreign\n{}lists:\n  y:\n    words: [كلمة]\n"
    folder = folder_of(tmp_path, lexicon=text.format(aliases))
    fix_folder(folder)
    written = (folder / "lexicon" / "names.yaml").read_text(encoding="utf-8")
    assert not [one for one in load_rules(folder).problems if one.path.name == "names.yaml"]
    if left is not None:
        assert written == text.format(left)
    assert fix_folder(folder) == []


def test_what_is_not_safe_stays(tmp_path: Path) -> None:
    """A key that could be two others, a file of another encoding, a name of a lexicon that looks like a key."""
    folder = folder_of(
        tmp_path, rule_text("$putin", "x: 1"), lexicon=LEXICON + "  alias:\n    words:\n      - كلمة\n"
    )
    (folder / "library" / "topic" / "old.yaml").write_bytes("rule: قاعدة".encode("cp1256"))
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    assert fix_folder(folder) == []
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == before


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """It is said, and nothing is left lying about."""
    folder = folder_of(tmp_path, rule_text("$putin", "severty: high").replace("severity: medium\n", ""))
    topic = folder / "library" / "topic"
    path = topic / "a-rule.yaml"
    path.rename(topic / "x")
    path.mkdir()
    assert fix_folder(folder) == []
    assert sorted(one.name for one in topic.iterdir()) == ["a-rule.yaml", "x"]


HEAD = "rule: a-rule\ntitle: قاعدة\nstatus: live\nseverity: medium\nowner: desk\nwhy: للتجربة\n"
TAIL = "examples: {match: [بوتين], no_match: [المطر]}\n"


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ("match:\n  any:\n    - $putin\n  \t- $kim\n", "match:\n  any:\n    - $putin\n    - $kim\n"),
        ("match:\n  any:\n    - $putin\n\t- $kim\n", "match:\n  any:\n    - $putin\n    - $kim\n"),
        ("match:\n  any:\n\t- $putin\n    - $kim\n", "match:\n  any:\n    - $putin\n    - $kim\n"),
        ("match:\n\tany:\n\t\t- $putin\n\t\t- $kim\n", "match:\n  any:\n    - $putin\n    - $kim\n"),
        ("match:\n    any:\n        - $putin\n\t- $kim\n", "match:\n    any:\n        - $putin\n        - $kim\n"),
        (
            "match: $putin\nwithout:\n  - phrase: x\n\tbecause: y\n",
            "match: $putin\nwithout:\n  - phrase: x\n    because: y\n",
        ),
        ("match:\n  any:\n  \u00a0\u00a0- $putin\n    - $kim\n", "match:\n  any:\n    - $putin\n    - $kim\n"),
        ("match:\n  any:\n    • $putin\n    – $kim\n", "match:\n  any:\n    - $putin\n    - $kim\n"),
        ("match:\n  anny:\n    - $putin\n", "match:\n  any:\n    - $putin\n"),
        (
            "match:\n  nere:\n    within: ٣\n    of: [$putin, {any: [بوتين, x]}]\n",
            "match:\n  near:\n    within: 3\n    of: [$putin, {any: [بوتين, x]}]\n",
        ),
        ("match: {near: {within: '3', of: [$putin, بوتين]}}\n", "match: {near: {within: 3, of: [$putin, بوتين]}}\n"),
    ],
)  # fmt: skip
def test_layout_keys_and_numbers(tmp_path: Path, broken: str, sound: str) -> None:
    """A tab takes the indent of its siblings; odd spaces, bullets, misspelt conditions, digits: as they are meant."""
    folder = folder_of(tmp_path, HEAD + broken + TAIL)
    fix_folder(folder)
    assert (folder / "library" / "topic" / "a-rule.yaml").read_text(encoding="utf-8") == HEAD + sound + TAIL
    assert fix_folder(folder) == []


def test_values_in_capitals(tmp_path: Path) -> None:
    """``High`` and ``Live`` are what they say."""
    text = rule_text("$putin")
    written = text.replace("live", "Live").replace("medium", "MEDIUM")
    folder = folder_of(tmp_path, written)
    assert [code for _, _, code in mended(folder)] == ["S008", "S008"]
    assert (folder / "library" / "topic" / "a-rule.yaml").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("key", ["x", "phrase_any"])
def test_a_condition_that_may_be_two_stays(tmp_path: Path, key: str) -> None:
    """A key that is near to none, or to several, is nobody's to choose."""
    text = HEAD + f"match: {{{key}: [$putin]}}\n" + TAIL
    folder = folder_of(tmp_path, text)
    assert fix_folder(folder) == []


def errors_in(folder: Path) -> int:
    """How many errors a folder has."""
    return sum(one.level == "error" for one in load_rules(folder).problems)


DEEP = """\
match:
  any:
    - $putin
    - near:
        within: 3
        of:
          - $kim
          - زيارة
"""


@settings(suppress_health_check=list(HealthCheck), max_examples=25, deadline=None)
@given(st.data())
def test_no_file_gets_worse(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Tabs, bullets and odd spaces anywhere in front of lines: a file never has more errors when it has been mended."""
    folder = folder_of(tmp_path_factory.mktemp("rules"))
    lines = (HEAD + DEEP + TAIL).splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(6, len(lines) - 1))
        odd = data.draw(st.sampled_from(["\t", " \t", "\t\t", "\u00a0\u00a0", "  \t  ", "• ", ""]))
        lines[number] = odd + lines[number].lstrip()
    path = folder / "library" / "topic" / "a-rule.yaml"
    path.write_text("".join(lines), encoding="utf-8")
    before = errors_in(folder)
    readable = read_yaml(path, max_bytes=9999).data is not None
    fix_folder(folder)
    after = errors_in(folder)
    assert after <= before or (not readable and read_yaml(path, max_bytes=9999).data is not None)


def test_keys_are_those_of_the_models() -> None:
    """The keys that a colon of another keyboard may follow."""
    assert {"rule", "match", "within", "because", "nisba", "of", "timeline", "spike"} <= known_keys()


LETTERS = "بتثك ابجدهوزحطي،.:؛\u0640\u064e\u0654\u202b\u200c\u200f\ufeff'\"“”«»#-[]$"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(LETTERS, max_size=12), min_size=1, max_size=6), st.booleans())
def test_mends_of_signs_change_no_word(values: list[str], broken: bool) -> None:
    """Whatever stands in a text, what is left when it is mended folds to the same words."""
    lines = [f"      - {value}\n" for value in values]
    after, _ = mend_lines(["lists:\n", "  x:\n", "    words:\n", *lines], broken=broken)
    assert [fold_tokens(line) for line in after[3:]] == [fold_tokens(line) for line in lines]


MARKS = st.sampled_from(["\u202b", "\u200f", "\u0640", "  \n", "\ufeff"])


@pytest.fixture(scope="module")
def shipped() -> dict[Path, str]:
    """One shipped rule and the lexicons, by their places in a rules folder."""
    paths = [*SHIPPED.glob("lexicon/*.yaml"), SHIPPED / "library" / "statements" / "kirby-statements.yaml"]
    return {path.relative_to(SHIPPED): path.read_text(encoding="utf-8") for path in paths}


@settings(suppress_health_check=list(HealthCheck), max_examples=5, deadline=None)
@given(st.data())
def test_a_mended_rule_means_the_same(
    tmp_path_factory: pytest.TempPathFactory, shipped: dict[Path, str], data: st.DataObject
) -> None:
    """Marks put anywhere into shipped files: mended, a rule that ran runs, judges alike, and nothing is left."""
    folder = tmp_path_factory.mktemp("rules")
    marked = data.draw(st.sets(st.sampled_from(sorted(shipped)), min_size=1, max_size=3))
    for path, text in shipped.items():
        at = data.draw(st.integers(0, len(text)))
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(
            text[:at] + data.draw(MARKS) + text[at:] if path in marked else text, encoding="utf-8"
        )
    before = load_rules(folder)
    fix_folder(folder)
    after = load_rules(folder)
    assert {rule.shape.rule for rule in before.loaded} <= {rule.shape.rule for rule in after.loaded}
    for rule in before.loaded:
        for example in [*rule.shape.examples.match, *rule.shape.examples.no_match]:
            document = Document(example.title, example.summary, example.body)
            was, now = (one.rule_set.verdict(rule.shape.rule, document) for one in (before, after))
            assert (was is None) == (now is None)
    assert fix_folder(folder) == []
