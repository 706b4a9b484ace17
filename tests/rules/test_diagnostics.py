"""Every diagnostic: the file that triggers it, the place, and never a traceback."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import Problem, check_rules, load_rules
from rules.codes import CODES
from rules.located import read_yaml
from tests.rules.workshop import EXAMPLES, LEXICON, QUIET, TIMELINE, folder_of, rule_text, watch_text

Files = Mapping[str, str | bytes]

GOOD = rule_text("$putin")
FILTERS = "filters:\n  - {phrase: شارع بوتين, because: مكان}\n"
BROKEN_LEXICON = LEXICON.replace("spelling: foreign", "spelling: forein")


def rule(match: str = "$putin", *more: str, examples: str = EXAMPLES) -> Files:
    """The files of a folder with one rule."""
    return {"library/topic/a-rule.yaml": rule_text(match, *more, examples=examples)}


def template(name: str) -> Files:
    """The files of a folder with a template."""
    return {f"templates/{name}.yaml": f"template: {name}\nwhy: x\nwithout: [{{phrase: كيم, because: x}}]\n"}


def watch(kind: str = QUIET, *more: str, **named: str) -> Files:
    """The files of a folder with one rule and a watch."""
    return {**rule(), "library/topic/a-watch.yaml": watch_text(kind, *more, **named)}


def steps(*written: str) -> str:
    """A timeline of these steps, after one of each kind; the first step stands on line 19."""
    listed = "".join(f"      - {step}\n" for step in written)
    return f"{TIMELINE}  - about: آخر\n    steps:\n{listed}"


def lexicon(text: str) -> Files:
    """The files of a folder whose lexicon has more."""
    return {**rule(), "lexicon/more.yaml": text}


# Code, files, and the place of the first problem of that code: file, line, column.
CASES: list[tuple[str, Files, str, int, int]] = [
    ("S001", {**rule(), "library/b/b.yaml": "rule: [b\n"}, "b.yaml", 1, 7),
    ("S001", {"library/b/b.yaml": "rule: b\ntitle: كيربي: قلق\n"}, "b.yaml", 2, 13),
    ("S001", {"library/b/b.yaml": "rule: 'b\n"}, "b.yaml", 1, 7),
    ("S001", {"library/b/b.yaml": "title: نص\x01\n"}, "b.yaml", 1, 10),
    ("S001", {"library/b/b.yaml": "rule: b\n---\nrule: c\n"}, "b.yaml", 2, 1),
    ("S001", {"library/b/b.yaml": "? [a]\n: b\n"}, "b.yaml", 1, 3),
    ("S001", {"library/b/b.yaml": "rule: b\nmatch： $putin\nwhy: x\n"}, "b.yaml", 2, 1),
    ("S001", {"library/b/b.yaml": "rule: b\ntitle قاعدة\nwhy: x\n"}, "b.yaml", 2, 1),
    ("S002", {"library/b/b.yaml": "rule: b\ntitle: زيارة\n".encode("cp1256")}, "b.yaml", 2, 8),
    ("S002", {"library/b/b.yaml": "rule: b".encode("utf-16")}, "b.yaml", 1, 1),
    ("S003", {"library/b/b.yaml": ""}, "b.yaml", 1, 1),
    ("S003", {"library/b/b.yaml": "# لا شيء\n"}, "b.yaml", 1, 1),
    ("S004", rule("$putin", "why: مرة أخرى"), "a-rule.yaml", 8, 1),
    ("S004", lexicon("entities:\n  x: {name: س}\n  x: {name: ص}\n"), "more.yaml", 3, 3),
    ("S005", rule("$putin", "severty: high"), "a-rule.yaml", 8, 1),
    ("S005", rule("{near: {within: 3, odrer: any, of: [a, b]}}"), "a-rule.yaml", 7, 27),
    ("S005", rule(examples="examples: {match: [بوتين], no_match: [{titel: مطر}]}"), "a-rule.yaml", 8, 40),
    ("S005", lexicon("entities:\n  x: {name: س, alias: [ص]}\n"), "more.yaml", 2, 16),
    ("S006", {"library/topic/a-rule.yaml": GOOD.replace("owner: desk\n", "")}, "a-rule.yaml", 1, 1),
    ("S006", rule("{near: {of: [a, b]}}"), "a-rule.yaml", 7, 9),
    ("S006", rule("$putin", "without: [{phrase: x}]"), "a-rule.yaml", 8, 11),
    ("S007", rule("{near: {within: ثلاثة, of: [a, b]}}"), "a-rule.yaml", 7, 24),
    ("S007", rule("{any: $putin}"), "a-rule.yaml", 7, 14),
    ("S007", {"library/topic/a-rule.yaml": "- rule\n"}, "a-rule.yaml", 1, 1),
    ("S007", {"library/topic/a-rule.yaml": "match：\n  - x\n"}, "a-rule.yaml", 1, 1),
    ("S007", lexicon("lists:\n  x: {words: كلمة}\n"), "more.yaml", 2, 14),
    ("S008", {"library/topic/a-rule.yaml": GOOD.replace("live", "lve")}, "a-rule.yaml", 3, 9),
    ("S008", rule("{in: titel, phrase: x}"), "a-rule.yaml", 7, 13),
    ("S008", rule("{near: {within: 0, of: [a, b]}}"), "a-rule.yaml", 7, 24),
    ("S008", rule("{near: {within: 3, of: [a]}}"), "a-rule.yaml", 7, 31),
    ("S008", rule("{any: []}"), "a-rule.yaml", 7, 14),
    ("S008", rule("$putin", "alert: {cooldown: ساعة}"), "a-rule.yaml", 8, 19),
    ("S008", {"library/topic/a-rule.yaml": GOOD.replace("a-rule", "A rule")}, "a-rule.yaml", 1, 7),
    ("S008", lexicon("entities:\n  بوتين: {name: بوتين}\n"), "more.yaml", 2, 3),
    ("S008", lexicon("lists: {}\n"), "more.yaml", 1, 1),
    ("S009", {"library/b/b.yaml": "#" * (256 * 1024 + 1)}, "b.yaml", 1, 1),
    ("S010", {"library/b/b.yaml": "rule: " + "[" * 40 + "]" * 40}, "b.yaml", 1, 31),
    ("S010", {"library/b/b.yaml": "[" * 200_000}, "b.yaml", 1, 26),
    ("S011", {"library/b/b.yaml": "rule: &x b\n"}, "b.yaml", 1, 7),
    ("S011", {"library/b/b.yaml": "rule: *x\n"}, "b.yaml", 1, 7),
    ("S011", {"library/b/b.yaml": "rule: !!python/object:os.system x\n"}, "b.yaml", 1, 7),
    ("S013", {"library/b/b.yaml": "rule: b\nmatch:\n\tall: [x]\n"}, "b.yaml", 3, 1),
    ("S014", rule("{al: [$putin]}"), "a-rule.yaml", 7, 9),
    ("S014", rule("{any: [x], all: [y]}"), "a-rule.yaml", 7, 8),
    ("S014", rule("[x, y]"), "a-rule.yaml", 7, 8),
    ("S014", rule("{all: [x, null]}"), "a-rule.yaml", 7, 18),
    ("S014", rule("{near: {within: 3, of: [a, {all: [b]}]}}"), "a-rule.yaml", 7, 35),
    ("S014", rule("$putin", "without: [كيم]"), "a-rule.yaml", 8, 11),
    ("S015", {"library/topic/other.yaml": GOOD}, "other.yaml", 1, 7),
    ("S018", rule("\n  any:\n    - $putin\n    - عقد\n      - اتفاق"), "a-rule.yaml", 11, 7),
    ("S018", rule("\n  any:\n    - $putin\n    - عقد\n      اتفاق"), "a-rule.yaml", 11, 7),
    ("S018", rule("\n  any\n    - $putin"), "a-rule.yaml", 8, 3),
    ("S018", rule("\n  any:\n    -عقد\n    - $putin"), "a-rule.yaml", 9, 5),
    ("S018", rule(examples="examples:\n  match:\n    - بوتين\n      - لبوتين\n  no_match: [x]"), "a-rule.yaml", 11, 7),
    ("S018", lexicon("lists:\n  x:\n    words:\n      - كلمة\n        أخرى\n"), "more.yaml", 5, 9),
    ("S021", {"library/topic/a-rule.yaml": GOOD.replace("owner: desk", "owner: (desk)")}, "a-rule.yaml", 5, 8),
    ("S016", {"library/readme.txt": ""}, "library", 1, 1),
    ("R001", rule("{all: [$putin, $visits]}"), "a-rule.yaml", 7, 23),
    ("R001", rule("$بوتين"), "a-rule.yaml", 7, 8),
    ("R001", rule("$putin", "without:\n  - {phrase: $kime, because: x}"), "a-rule.yaml", 9, 14),
    ("R001", rule("$putin", "escalate: [{when: $summit, severity: high}]"), "a-rule.yaml", 8, 19),
    ("R002", {**rule(), "library/z/a-rule.yaml": GOOD}, "a-rule.yaml", 1, 7),
    ("R006", rule("{any: [$putin, '$ قال']}"), "a-rule.yaml", 7, 23),
    ("R006", rule("{any: [$putin، $kim, كيم]}"), "a-rule.yaml", 7, 15),
    ("R007", rule("{any: [$putin, '“قال”']}"), "a-rule.yaml", 7, 23),
    ("R007", rule("{any: [$putin, 'قال\u202b']}"), "a-rule.yaml", 7, 23),
    ("R006", rule("{any: [$putin, ＄kim]}"), "a-rule.yaml", 7, 23),
    ("R006", lexicon("lists:\n  x: {words: [كلمة, $putin]}\n"), "more.yaml", 2, 21),
    ("R007", rule("{any: [$putin, 'عقد - اتفاق']}"), "a-rule.yaml", 7, 23),
    ("R007", rule("{any: [$putin, عقد/اتفاق]}"), "a-rule.yaml", 7, 23),
    ("R007", rule("{any: [$putin, 'صاروخ*']}"), "a-rule.yaml", 7, 23),
    ("R007", lexicon("lists:\n  x: {words: [كلمة, 'عقد, اتفاق']}\n"), "more.yaml", 2, 21),
    ("R014", rule("{any: [$putin, عقد أو اتفاق]}"), "a-rule.yaml", 7, 23),
    ("R014", rule("{any: [$putin, dprk]}"), "a-rule.yaml", 7, 23),
    ("R014", lexicon("lists:\n  x: {words: [كلمة, عقد أو اتفاق]}\n"), "more.yaml", 2, 21),
    ("R003", rule("{any: [$putin, '...']}"), "a-rule.yaml", 7, 23),
    ("R003", lexicon("lists:\n  x: {words: [كلمة, '؟']}\n"), "more.yaml", 2, 21),
    ("R004", rule("{none: [$putin]}"), "a-rule.yaml", 7, 8),
    ("R004", rule("{any: [$putin, {none: [$kim]}]}"), "a-rule.yaml", 7, 8),
    ("R005", {**rule("$kim"), "lexicon/names.yaml": BROKEN_LEXICON}, "a-rule.yaml", 7, 8),
    ("R007", lexicon("lists:\n  x: {words: [كلمة, 'كل\u202bمة']}\n"), "more.yaml", 2, 21),
    ("L001", lexicon("entities:\n  x: {name: س}\nlists:\n  putin: {words: [ص]}\n"), "names.yaml", 3, 3),
    ("R008", rule("{context: [$putin]}"), "a-rule.yaml", 7, 8),
    ("R008", rule("{any: [$kim, {context: [$putin]}]}"), "a-rule.yaml", 7, 8),
    ("R009", rule("{regex: 'بوت.ن'}"), "a-rule.yaml", 7, 16),
    ("R009", rule("{all: [{none: [$kim]}, {regex: 'بوت.ن'}]}"), "a-rule.yaml", 7, 39),
    ("R009", rule("{any: [$putin, {regex: 'بوت.ن'}]}"), "a-rule.yaml", 7, 31),
    ("R010", rule("{all: [$putin, {regex: '(?=بوت)'}]}"), "a-rule.yaml", 7, 31),
    ("R010", rule("{all: [$putin, {regex: '(بوت)\\1'}]}"), "a-rule.yaml", 7, 31),
    ("R010", rule("{all: [$putin, {regex: '\\bبوت'}]}"), "a-rule.yaml", 7, 31),
    ("R010", rule("{all: [$putin, {regex: '(بوت'}]}"), "a-rule.yaml", 7, 31),
    ("R010", rule("{all: [$putin, {regex: '((a{100}){100}){100}'}]}"), "a-rule.yaml", 7, 31),
    ("R010", rule("{all: [$putin, {regex: '(?:\\p{L}{1,10}){1,10}z'}]}"), "a-rule.yaml", 7, 31),
    ("R010", rule("{all: [$putin, {regex: 'ا[اب]{900}z'}]}"), "a-rule.yaml", 7, 31),
    ("R015", rule("{all: [$putin, {regex: 'مِليار'}]}"), "a-rule.yaml", 7, 31),
    ("R015", rule("{all: [$putin, {regex: 'مليـار'}]}"), "a-rule.yaml", 7, 31),
    ("R015", rule("{all: [$putin, {regex: 'ملي\\x{640}ار'}]}"), "a-rule.yaml", 7, 31),
    ("R011", rule("$putin", "uses: no-such"), "a-rule.yaml", 8, 7),
    ("R011", {**rule("$putin", "uses: deskk"), **template("desk")}, "a-rule.yaml", 8, 7),
    ("R012", {**rule(), **template("desk"), "templates/z.yaml": "template: desk\nwhy: x\n"}, "z.yaml", 1, 11),
    ("R001", {**rule(), "templates/a.yaml": "template: a\nwhy: x\nall: [$nobody]\n"}, "a.yaml", 3, 7),
    ("R001", {**rule(), "filters.yaml": "filters:\n  - {phrase: $nobody, because: x}\n"}, "filters.yaml", 2, 14),
    ("S003", {**rule(), "filters.yaml": ""}, "filters.yaml", 1, 1),
    ("R001", {**rule(), "filters.yml": "filters:\n  - {phrase: $nobody, because: x}\n"}, "filters.yml", 2, 14),
    ("S023", {**rule(), "filters.yml": FILTERS, "filters.yaml": FILTERS}, "filters.yml", 1, 1),
    ("R001", lexicon("groups:\n  some: {of: [$putin, $nobody]}\n"), "more.yaml", 2, 23),
    ("R013", rule("{score: {needs: 9, of: [{when: $putin, points: 3}]}}"), "a-rule.yaml", 7, 24),
    ("L002", lexicon("groups:\n  x: {of: [$putin, $y]}\n  y: {of: [$x]}\n"), "more.yaml", 2, 20),
    ("S008", rule("{at_least: {n: 3, of: [$putin, $kim]}}"), "a-rule.yaml", 7, 19),
    ("S008", rule("{all: [$putin, {where: {hours: 6..24}}]}"), "a-rule.yaml", 7, 39),
    ("S008", rule("$putin", "expect: {per_day: many}"), "a-rule.yaml", 8, 19),
    ("E001", rule(examples="examples: {match: [المطر], no_match: [x]}"), "a-rule.yaml", 8, 20),
    ("E002", rule(examples="examples: {match: [بوتين], no_match: [لبوتين]}"), "a-rule.yaml", 8, 39),
    ("E003", rule(examples="examples: {match: [بوتين]}"), "a-rule.yaml", 8, 1),
    ("E003", rule(examples=""), "a-rule.yaml", 1, 1),
    ("E003", rule(examples="examples:\n  match: [بوتين]\n  no_match:\n"), "a-rule.yaml", 8, 1),
    ("E004", rule(examples=EXAMPLES[:-1] + ", todo_match: [بوتين]}"), "a-rule.yaml", 8, 60),
    ("E005", rule(examples="examples: {match: [بوتين, {body: ''}], no_match: [x]}"), "a-rule.yaml", 8, 27),
    ("S005", watch("quite_for: 7d"), "a-watch.yaml", 8, 1),
    ("S005", watch(timeline="timeline: [{about: x, steps: [{day: 1, storeis: 2}]}]"), "a-watch.yaml", 9, 40),
    ("S006", watch("spike: {window: 1d, usual: 14d, times: 3}"), "a-watch.yaml", 8, 1),
    ("S008", watch("quiet_for: أسبوع"), "a-watch.yaml", 8, 12),
    ("S008", watch(timeline=steps("{day: أول}")), "a-watch.yaml", 19, 15),
    ("S008", watch(timeline=steps("{day: 1, at: 25:00}")), "a-watch.yaml", 19, 22),
    ("S015", {**rule(), "library/topic/other.yaml": watch_text()}, "other.yaml", 1, 8),
    ("R002", {**watch(), "library/z/a-watch.yaml": watch_text()}, "a-watch.yaml", 1, 8),
    ("R002", {**rule(), "library/z/a-rule.yaml": watch_text(watch="a-rule")}, "a-rule.yaml", 1, 8),
    ("T001", watch("false_positives: []"), "a-watch.yaml", 1, 1),
    ("T001", watch("quiet_for: 7d", "spike: {window: 1d, usual: 14d, times: 3, stories: 4}"), "a-watch.yaml", 8, 1),
    ("T002", watch(rules="[a-rule, a-rul]"), "a-watch.yaml", 7, 17),
    ("T002", watch(rules="[a-watch]"), "a-watch.yaml", 7, 9),
    ("T003", {**watch(), "library/topic/a-rule.yaml": GOOD.replace("live", "draft")}, "a-watch.yaml", 7, 9),
    ("T004", watch("spike: {window: 1d, usual: 3d, times: 3, stories: 4}"), "a-watch.yaml", 8, 28),
    ("T005", watch(timeline=""), "a-watch.yaml", 1, 1),
    ("T005", watch(timeline=TIMELINE.replace(", fires: true", "")), "a-watch.yaml", 9, 1),
    ("T006", watch(timeline=steps("{day: 1, stories: 1}", "{day: 8, stories: 1}")), "a-watch.yaml", 20, 9),
    ("T006", watch(timeline=steps("{day: 1, stories: 1, fires: true}")), "a-watch.yaml", 19, 9),
    ("T007", watch(timeline=steps("{day: 2, stories: 1}", "{day: 1, stories: 1}")), "a-watch.yaml", 20, 15),
    ("T007", watch(timeline=steps("{day: 3..1, stories: 1}")), "a-watch.yaml", 19, 15),
    ("T007", watch(timeline=steps("{day: 1, sources: 3}")), "a-watch.yaml", 19, 27),
    ("T007", watch(timeline=steps("{day: 1..900, stories: 9}")), "a-watch.yaml", 19, 32),
]  # fmt: skip


def problems_in(root: Path, files: Files) -> tuple[Problem, ...]:
    """What checking a folder of these files (and the usual lexicon) tells."""
    folder_of(root)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return check_rules(root).problems


@pytest.mark.parametrize(("code", "files", "name", "line", "column"), CASES)
def test_the_code_and_its_place(
    tmp_path: Path, code: str, files: Files, name: str, line: int, column: int
) -> None:
    """The problem stands at the right file, line and column, in Arabic and English."""
    told = [problem for problem in problems_in(tmp_path, files) if problem.code == code]
    assert told, problems_in(tmp_path, files)
    places = [(problem.path.name, problem.line, problem.column) for problem in told]
    assert places[0] == (name, line, column)
    assert told[0].message.startswith(CODES[code].arabic)
    assert told[0].message_en.startswith(CODES[code].english)
    assert told[0].level == CODES[code].level


def test_every_code_has_a_case() -> None:
    """No code stands in the table that no file can trigger."""
    tested = Path(__file__).with_name("test_lint.py").read_text(encoding="utf-8")
    warned = {
        code
        for code in CODES
        if code[0] in "AGX" or code in {"E006", "E007", "E008", "S017", "S019", "S020", "S022"}
    }
    assert {code for code, *_ in CASES} | {"S012"} == set(CODES) - warned
    assert {code for code in warned if f'"{code}"' not in tested} == set()


def test_every_code_is_documented() -> None:
    """docs/diagnostics.md has an entry for every code, in the words that people see, and for no other."""
    page = (Path(__file__).parents[2] / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([A-Z][0-9]{3})` \|", page, re.MULTILINE) == sorted(CODES)
    for code, what in CODES.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{code}` |"))
        assert what.arabic in row and what.english in row and what.level in row, code


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """A folder without a library says so; nothing is raised."""
    (problem,) = load_rules(tmp_path / "nowhere").problems
    assert (problem.code, problem.path.name) == ("S012", "library")


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    """A dangling link is a problem of that file."""
    folder_of(tmp_path, GOOD)
    (tmp_path / "library" / "topic" / "gone.yaml").symlink_to(tmp_path / "nowhere")
    loaded = load_rules(tmp_path)
    assert [(problem.code, problem.path.name) for problem in loaded.problems] == [("S012", "gone.yaml")]
    assert [rule.id for rule in loaded.rule_set.rules] == ["a-rule"]


@pytest.mark.parametrize(
    ("files", "code", "hint"),
    [
        (rule("$putin", "severty: high"), "S005", "«severity»"),
        (rule("$putn"), "R001", "«putin»"),
        (rule("{nera: {}}"), "S014", "«near»"),
        ({"library/topic/a-rule.yaml": GOOD.replace("medium", "hgih")}, "S008", "«high»"),
        ({"library/topic/a-rule.yaml": GOOD.replace("medium", "صفر")}, "S008", "critical"),
        ({"library/b/b.yaml": "rule: b\ntitle: كيربي: قلق\n"}, "S001", "علامتي تنصيص"),
        (rule(examples="examples: {match: [{كيربي: قلق}], no_match: [x]}"), "S005", "علامتي تنصيص"),
        ({"library/b/b.yaml": "rule: b\nmatch： x\nwhy: x\n"}, "S001", "«:» بدل «：»"),
        ({"library/b/b.yaml": "match：\n  - x\n"}, "S007", "«:» بدل «：»"),
        ({"library/b/b.yaml": "all:\n  – x\n  y: z\n"}, "S001", "«-» بدل «–»"),
        ({"library/b/b.yaml": "\trule: b\n"}, "S013", "Tab"),
        (rule("\n  all\n    - $putin"), "S018", "all:"),
        ({"library/b/b.yaml": "title: x\n severity: high\nowner: x\n"}, "S001", "«severity» مفتاح"),
        ({"library/b/b.yaml": "all:\n  - [عاجل] صفقة\n"}, "S001", "بين علامتي تنصيص"),
        ({"library/b/b.yaml": 'all:\n  - "صفقة" مسيرات\n'}, "S001", "حول بعض النص"),
        ({"library/b/b.yaml": "all:\n  - !صفقة\n"}, "S001", "«!»"),
        ({"library/b/b.yaml": "rule: b\nall: [a, b\nwhy: x\n"}, "S001", "قوس فُتح هنا"),
        ({"library/b/b.yaml": 'rule: b\nwhy: "x\nowner: y\n'}, "S001", "فُتحت في هذا السطر"),
        ({"library/b/b.yaml": "rule: a\0b\n"}, "S001", "NUL"),
        ({"library/b/b.yaml": "rule: b\nwhy: x\n".encode("utf-16-le")}, "S002", "UTF-16"),
        ({"library/b/b.yaml": "all:\n\u00a0\u00a0- x\n  - y: z\n"}, "S001", "U+00A0"),
        ({"library/b/b.yaml": "all:\n  \u200e- x\n  - y\n"}, "S018", "U+200E"),
        ({"library/topic/a-rule.yaml": GOOD.replace("severity", "sever\u200fity")}, "S005", "--fix"),
        ({"library/topic/a-rule.yaml": GOOD.replace("severity", "الخطر")}, "S005", "«severity»"),
        ({"library/topic/a-rule.yaml": GOOD.replace("severity", "لون")}, "S005", "severity، owner"),
        (rule("{near: {within: 3, of: [$putin، $kim]}}"), "S008", "الفاصلة العربية"),
        (rule("{any: [$putin، $kim, x]}"), "R006", "الفاصلة العربية"),
        (rule("\n  all:\n    -$putin"), "S007", "مسافة بعد «-»"),
        ({"library/b/b.yaml": "title: x\nseverity:high\nowner: x\n"}, "S001", "«severity:»"),
        (rule(examples="examples:\n  match:\n    -\n    - بوتين\n  no_match: [x]"), "S007", "البند فارغ"),
        (rule(examples="examples:\n  match:\n    - - بوتين\n  no_match: [x]"), "S007", "«-» واحدة"),
        ({"library/b/b.yaml": ""}, "S003", "rules new"),
        ({"library/b/b.yaml": "rule: " + "[" * 40 + "]" * 40}, "S010", "قائمة"),
        ({"library/topic/a-rule.yaml": GOOD.replace("owner: desk\n", "")}, "S006", "owner:"),
        ({"library/b/b.yaml": "rule: b\n---\nrule: c\n"}, "S001", "«---»"),
        (rule("$putin", "expect: {per_day: many}"), "S008", "0..6"),
        (rule("$putin", "expect: {at_least_one_every: week}"), "S008", "14d"),
        (rule("{near: {within: 3, of: [$putin, {regex: 'x'}]}}"), "S014", "ضعها تحت all"),
        (rule("$turkey"), "R001", "rasid rules forms"),
    ],
)
def test_hints(tmp_path: Path, files: Files, code: str, hint: str) -> None:
    """What was probably meant is offered."""
    told = [problem for problem in problems_in(tmp_path, files) if problem.code == code]
    assert hint in told[0].hint


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Several mistakes in a file and several files: every one, in the order of files and lines."""
    files: Files = {
        "library/topic/a-rule.yaml": rule_text("{all: [$nobody, {nera: 1}]}", "sevrity: high").replace(
            "live", "lve"
        ),
        "library/topic/b-rule.yaml": rule_text("{all: [$nobody, $somebody]}", rule="b-rule"),
    }
    told = [(problem.path.name, problem.line, problem.code) for problem in problems_in(tmp_path, files)]
    assert told == [
        ("a-rule.yaml", 3, "S008"),
        ("a-rule.yaml", 7, "R001"),
        ("a-rule.yaml", 7, "S014"),
        ("a-rule.yaml", 8, "S005"),
        ("b-rule.yaml", 7, "R001"),
        ("b-rule.yaml", 7, "R001"),
    ]


def test_a_slip_hides_nothing_that_stands_for_itself(tmp_path: Path) -> None:
    """What YAML refuses is told part by part, with what is wrong elsewhere and the names that no lexicon has.

    Keys that are missing (severity and why) are not: the lines that could not be read may have been meant for them.
    """
    text = """\
rule: a-rule
title: كيربي: قلق
status: lve
owner: [a
match:
  all:
    - $nobody
    - [عاجل] صفقة
    - $putin
without:
  - phrase: $somebody
"""
    files = {**rule(), "library/topic/a-rule.yaml": text}
    told = [(one.line, one.code) for one in problems_in(tmp_path, files)]
    assert told == [
        (2, "S001"), (3, "S008"), (4, "S001"), (7, "R001"), (8, "S001"), (11, "S006"), (11, "R001"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "slip", ["match: [", 'why: "سبب', "title: كيربي: قلق", "\tstatus: live", "match $putin"]
)
def test_a_slip_is_told_and_nothing_that_only_follows_from_it(tmp_path: Path, slip: str) -> None:
    """A file of one line that reads and one that does not: no list of the keys that it has not."""
    files = {**rule(), "library/topic/a-rule.yaml": f"rule: a-rule\n{slip}\n"}
    assert {one.code for one in problems_in(tmp_path, files)} <= {"S001", "S013"}


def test_a_slip_in_a_watch_makes_it_no_rule(tmp_path: Path) -> None:
    """What is told of the rest of it is what a watch needs."""
    files = watch()
    broken = {**files, "library/topic/a-watch.yaml": watch_text().replace("owner: desk", "owner: [desk")}
    told = [(one.line, one.code) for one in problems_in(tmp_path, broken) if one.path.name == "a-watch.yaml"]
    assert told == [(5, "S001")]


def test_a_slip_in_a_lexicon_is_told_entry_by_entry(tmp_path: Path) -> None:
    """Two entries that YAML refuses, and one of a wrong shape between them."""
    text = "entities:\n  x:\n    name: [س\n  y:\n    nam: ص\n  z:\n    name: كيربي: قلق\n"
    told = [(one.line, one.code) for one in problems_in(tmp_path, lexicon(text))]
    assert told == [(3, "S001"), (4, "S006"), (5, "S005"), (7, "S001")]


def test_a_wrong_file_disturbs_no_other(tmp_path: Path) -> None:
    """The other rules load; of a lexicon the entries that are right count."""
    folder_of(tmp_path, GOOD, rule_text("$nobody", rule="b-rule"), lexicon=BROKEN_LEXICON)
    loaded = load_rules(tmp_path)
    assert [rule.id for rule in loaded.rule_set.rules] == ["a-rule"]
    assert [problem.code for problem in loaded.problems] == ["S008", "R001"]


def test_a_lexicon_that_cannot_be_read_is_told_once_a_name(tmp_path: Path) -> None:
    """Rules that miss its names say which file was not read, once a name."""
    folder_of(tmp_path, rule_text("{any: [$x, $x, $x]}"))
    (tmp_path / "lexicon" / "broken.yaml").write_text("entities: [", encoding="utf-8")
    problems = load_rules(tmp_path).problems
    assert [problem.code for problem in problems] == ["S001", "R001"]
    assert "broken.yaml" in problems[1].hint


def test_hidden_and_left_over_files_are_not_read(tmp_path: Path) -> None:
    """What editors and systems leave behind is no rule."""
    folder_of(tmp_path, GOOD)
    for name in (".hidden.yaml", "a-rule.yaml~", "#a-rule.yaml#", ".git/x.yaml"):
        path = tmp_path / "library" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("[", encoding="utf-8")
    assert load_rules(tmp_path).problems == ()


@pytest.mark.parametrize("text", ["yes", "12:30", "0x1F", "1_000", "007", "2024-06-18", "1.5", "'12'"])
def test_what_looks_like_something_else_stays_text(tmp_path: Path, text: str) -> None:
    """No YAML surprises: only whole numbers, true, false and null are not text."""
    path = tmp_path / "x.yaml"
    path.write_text(f"a: {text}\n", encoding="utf-8")
    assert read_yaml(path, max_bytes=99).data == {"a": text.strip("'")}


def test_a_bom_is_no_mistake(tmp_path: Path) -> None:
    """Windows editors put one in front."""
    folder_of(tmp_path)
    (tmp_path / "library" / "topic" / "a-rule.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_rules(tmp_path).problems == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.binary(max_size=60) | st.text(alphabet="ab:-[]{}&*!|>'\"#%@\t\n ?,$~", max_size=40).map(str.encode),
    st.integers(0, 400),
)
def test_no_bytes_bring_it_down(tmp_path: Path, noise: bytes, at: int) -> None:
    """Whatever is written into a rule file or lexicon, there are problems or rules, never a traceback."""
    folder_of(tmp_path)
    raw = GOOD.encode()
    for path, content in (("library/topic/a-rule.yaml", raw), ("lexicon/names.yaml", LEXICON.encode())):
        (tmp_path / path).write_bytes(content[:at] + noise + content[at:])
    result = check_rules(tmp_path)
    assert result.problems or result.rules == 1


@pytest.mark.parametrize(
    ("wrong", "example"), [("uses: ../../passwd", "statements-of"), ("alert: {cooldown: ساعة}", "30m")]
)
def test_a_value_is_shown_how_it_is_written(tmp_path: Path, wrong: str, example: str) -> None:
    """By an example of its own kind: a template's name is no duration."""
    said = [one.message_en for one in problems_in(tmp_path, rule("$putin", wrong)) if one.code == "S008"]
    assert [one.endswith(f"it is written like {example}") for one in said] == [True]
