"""Warnings about rules that work: each from a folder that has the weakness, and none from one that nearly has it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.checking import checked
from rules import Document, load_rules
from rules.checking import check_folder
from rules.lint import lint
from rules.lint.archive import Archive, one_weak_letter_apart
from rules.lint.base import Subject
from tests.rules.workshop import LEXICON, folder_of, rule_text

ONE = "entities:\n  x:\n    name: {name}\n    spelling: foreign\n    aliases:\n      - {alias}\n"
FIVE = "[المطر, الريح, الشمس, القمر, النجم]"


def codes(root: Path, *rules: str, lexicon: str = LEXICON) -> list[tuple[str, str, int]]:
    """What lint finds: code, file, line."""
    loaded = load_rules(folder_of(root, *rules, lexicon=lexicon))
    assert not [found for found in loaded.problems if found.level == "error"], loaded.problems
    told, silenced = loaded.accepted.split(lint(loaded))
    told += loaded.accepted.needless(silenced)
    return [(found.code, found.path.name, found.line) for found in told]


@pytest.mark.parametrize(
    ("lexicon", "expected"),
    [
        (ONE.format(name="بوتين", alias="پوتين"), [("A001", "names.yaml", 6)]),
        (ONE.format(name="كيم جونغ أون", alias="كيم جونج-اون"), [("A001", "names.yaml", 6)]),
        (ONE.format(name="بوتين", alias="بوتن"), []),
        ("lists:\n  x: {words: [قرار, القرار]}\n", [("A001", "names.yaml", 2)]),
        ("lists:\n  x: {words: [القرار, قرار]}\n", [("A001", "names.yaml", 2)]),
        ("lists:\n  x: {words: [هام, إلهام]}\n", []),
        ("lists:\n  x: {words: [روس, روسي]}\n", []),  # no pronoun, as الروسي shows
        ("lists:\n  x: {words: [صاروخ باليستي, الصاروخ الباليستي]}\n", [("A001", "names.yaml", 2)]),
        ("lists:\n  x: {words: [القرار]}\n  y: {words: [قرار]}\n", []),
        ("entities:\n  x: {name: كرملين, aliases: [الكرملين]}\n", []),  # a name takes no article
        ("entities:\n  x: {name: كين, aliases: [بكين]}\n  y: {name: بكين}\n", [("A002", "names.yaml", 3)]),
        ("lists:\n  x:\n    words:\n      - زيارة\n      - زيَارة\n", [("A001", "names.yaml", 5)]),
        ("entities:\n  x: {name: بوتين}\n  y: {name: بوتين}\n", [("A002", "names.yaml", 3)]),
        ("entities:\n  x: {name: بوتين}\n  y: {name: بوتين}  # مقبول: A002\n", []),
        (
            "entities:\n  x: {name: بوتين}\n  y: {name: بوتين}  # مقبول: A001\n",
            [("A002", "names.yaml", 3), ("S017", "names.yaml", 3)],
        ),
        ("entities:\n  x: {name: على}\n", [("A003", "names.yaml", 2)]),
        ("entities:\n  x: {name: علي حسن}\n", []),
        ("lists:\n  x: {words: [سول]}\n", [("A004", "names.yaml", 2)]),
        ("lists:\n  x: {words: [شرط]}\n", [("A004", "names.yaml", 2)]),
        ("lists:\n  x: {words: [سول], ignore: [كسول]}\n", []),
        ("lists:\n  x: {words: [سول]}\n  y: {words: [كلمة], ignore: [كسول]}\n", [("A004", "names.yaml", 2)]),
        ("lists:\n  x: {words: [زار]}\n", [("A004", "names.yaml", 2)]),  # وزارة
        ("entities:\n  x: {name: البحرين}\n", [("A007", "names.yaml", 2)]),
        ("entities:\n  x: {name: البحرين, nisba: [بحريني]}\n", []),
        ("entities:\n  x: {name: البحرين}\nlists:\n  y: {words: [البحرينية]}\n", []),
        ("entities:\n  x: {name: كوريا الشمالية}\n  y: {name: كوري شمالي}\n", []),
        ("entities:\n  x: {name: خارج البلاد, aliases: [البحرين]}\n", []),
        ("entities:\n  x: {name: كين}\n", [("A004", "names.yaml", 2)]),
        ("entities:\n  x: {name: كين}\n  y: {name: بكين}\n", []),  # a name is taken no further apart
        (
            "entities:\n  x: {name: الهدنة}\nlists:\n  y: {words: [هدنة]}\n",
            [("A005", "names.yaml", 2)],
        ),
        ("entities:\n  x: {name: الهدنة الأولمبية}\nlists:\n  y: {words: [هدنة]}\n", []),
    ],
)
def test_what_is_weak_in_a_lexicon(
    tmp_path: Path, lexicon: str, expected: list[tuple[str, str, int]]
) -> None:
    """Redundant, shared, common, colliding and hiding names, and what a comment accepts."""
    assert codes(tmp_path, lexicon=lexicon) == expected


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ("{all: [$putin, {none: [$putin]}]}", ["G001"]),
        ("{all: [$putin, {none: [$kim]}]}", []),
        ("{any: [$putin, {all: [$putin, $kim]}]}", ["G002"]),
        ("{any: [$putin, $putin]}", ["G002"]),
        ("{any: [{near: {within: 9, of: [$putin, $kim]}}, {near: {within: 3, of: [$kim, $putin]}}]}", ["G002"]),
        ("{any: [{near: {within: 2, of: [$putin, $kim]}}, {near: {within: 3, of: [$putin, $visit]}}]}", []),
        ("{any: [$putin, {in: title, all: [$putin, $kim]}]}", ["G002"]),
        ("{all: [{all: [$putin]}, {none: [{phrase: $putin}]}]}", ["G001"]),
        ("{all: [{near: {within: 9, of: [$putin, $kim]}}, {none: [$kim]}]}", ["G001"]),
        ("{all: [{any: [$putin, $kim]}, {none: [$kim]}]}", []),
        ("{all: [$putin, {none: [{all: [$putin, $kim]}]}]}", []),
        ("{all: [$kim, {none: [$both]}]}", ["G001"]),
        ("{all: [$both, {none: [$kim]}]}", []),
        ("{in: title, all: [$putin, {in: body, phrase: $kim}]}", ["G001"]),
        ("{in: title, all: [$putin, {in: [body, title], phrase: $kim}]}", []),
        ("{all: [$putin, {where: {sources: [واحد]}}, {where: {sources: [آخر]}}]}", ["G001"]),
        ("{all: [$putin, {where: {countries: [EG]}}, {where: {countries: [EG, JO]}}]}", []),
        ("{any: [$both, $kim]}", ["G002"]),
        ("{any: [$kim, {phrase: $kim}]}", ["G002"]),
        ("{any: [{all: [$kim, $visit]}, {all: [$visit, $kim, $putin]}]}", ["G002"]),
        ("{any: [{any: [$kim, $visit]}, {same_sentence: [$visit, $putin]}]}", ["G002"]),
        ("{any: [{in: title, phrase: $kim}, {all: [$kim, $visit]}]}", []),
        ("{near: {within: 3, of: [$putin, {any: [$kim, {near: {within: 2, of: [$kim, $visit]}}]}]}}", []),
        ("{near: {within: 3, of: [$putin, {any: [$kim, $both]}]}}", ["G002"]),
        ("{all: [$putin, {any: [$putin, $kim]}]}", ["G002"]),
        ("{all: [$putin, $kim, $putin]}", ["G002"]),
        ("{all: [$putin, {near: {within: 3, of: [$putin, $kim]}}]}", []),
        ("{all: [{near: {within: 3, of: [$putin, $kim]}}, {near: {within: 9, of: [$kim, $putin]}}]}", ["G002"]),
        ("{all: [{none: [$kim]}, $putin, {none: [$visit]}]}", []),
        ("{near: {within: 31, of: [$putin, $kim]}}", ["G003"]),
        ("{near: {within: 30, of: [$putin, $kim]}}", []),
    ],
)  # fmt: skip
def test_what_is_weak_in_a_tree(tmp_path: Path, match: str, expected: list[str]) -> None:
    """Contradictions, needless branches, wide windows."""
    text = rule_text(match).replace("status: live", "status: draft")
    lexicon = LEXICON + "groups:\n  both: {of: [$putin, $kim]}\n"
    assert [code for code, _, _ in codes(tmp_path, text, lexicon=lexicon)] == expected


@pytest.mark.parametrize(
    ("without", "dead"),
    [
        ("{phrase: $putin, because: x}", True),
        ("{any: [$kim, $putin], because: x}", True),
        ("{near: {within: 9, of: [$visit, $putin]}, because: x}", True),
        ("{near: {within: 2, of: [$visit, $putin]}, because: x}", False),
        ("{phrase: $kim, because: x}", False),
        ("{in: title, phrase: $putin, because: x}", False),
        ("{all: [$putin, $kim], because: x}", False),
    ],
)
def test_a_without_that_leaves_nothing(tmp_path: Path, without: str, dead: bool) -> None:
    """It cancels what every match needs; one that cancels some of it is what `without` is for."""
    match = "{near: {within: 5, of: [$putin, $visit]}}"
    text = rule_text(match, f"without: [{without}]").replace("status: live", "status: draft")
    assert [code for code, _, _ in codes(tmp_path, text)] == (["G001"] if dead else [])


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("title: قاعدة", "title: قـاعدة", 2),
        ("title: قاعدة", "title: قا\u200fعدة", 2),
        ("why: للتجربة", "why: >-\n  للتـجربة", 6),
        ("match: $putin", "match: بوتـين", 7),
        ("match: $putin", "match: بوت\u202bين", None),  # R007 has told
        ("why: للتجربة", "why: عام 1445هـ", None),
        ("no_match: [المطر]", "no_match: [المـطر, ال\u200fريح]", None),
    ],
)
def test_marks_that_nobody_sees(tmp_path: Path, old: str, new: str, line: int | None) -> None:
    """In a title, a reason, a phrase; but an abbreviation needs its stroke, and examples say what others write."""
    text = rule_text("$putin").replace("status: live", "status: draft").replace(old, new)
    loaded = load_rules(folder_of(tmp_path, text))
    found, _ = loaded.accepted.split(lint(loaded))
    assert [(one.code, one.line) for one in found] == ([("A006", line)] if line else [])


def test_few_examples_of_a_live_rule(tmp_path: Path) -> None:
    """One of each kind is no proof for a rule that rings; for a draft it is a beginning."""
    assert [code for code, _, _ in codes(tmp_path / "live", rule_text("$putin"))] == ["E006", "E006"]
    draft = rule_text("$putin").replace("status: live", "status: draft")
    assert codes(tmp_path / "draft", draft) == []


def test_counter_examples_that_prove_nothing(tmp_path: Path) -> None:
    """Five sentences about the weather say nothing about a rule on Putin's visits; one near miss among them does."""
    same = "[بوتين زيارة, زيارة بوتين, بوتين وزيارة, وزيارة بوتين, بوتين يزور]"
    text = rule_text("{all: [$putin, $visit]}", examples=f"examples: {{match: {same}, no_match: {FIVE}}}")
    assert [code for code, _, _ in codes(tmp_path / "idle", text)] == ["E007"]
    near = text.replace("المطر", "بوتين قبل أن يزور").replace(
        "{all: [$putin, $visit]}", "{near: {within: 2, of: [$putin, $visit]}}"
    )
    assert codes(tmp_path / "near", near) == []


NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def items(count: int, title: str, *, feed: str = "", every: float = 1) -> list[Document]:
    """So many items, one every so many days."""
    return [
        Document(title=title, feed=feed or f"f{n % 3}", published=NOON + timedelta(days=n * every))
        for n in range(count)
    ]


def archive(root: Path, documents: list[Document], *rules: str, lexicon: str = LEXICON) -> list[str]:
    """What an archive of these items shows."""
    loaded = load_rules(folder_of(root, *rules, lexicon=lexicon))
    return [found.code for found in Archive(Subject(loaded)).read(documents).problems()]


EXPECT = "expect: {per_day: 1..2, at_least_one_every: 5d}"


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        (items(30, "بوتين", every=0.3), ["X001"]),
        (items(12, "بوتين", every=1), []),
        (items(12, "المطر", every=1), ["X002"]),
        (items(3, "بوتين"), []),
        (items(12, "بوتين", feed="واحد"), ["X004"]),
    ],
)
def test_what_an_archive_shows_of_a_rule(
    tmp_path: Path, documents: list[Document], expected: list[str]
) -> None:
    """More than expected, less, too short an archive to say, and one source only."""
    assert archive(tmp_path, documents, rule_text("$putin", EXPECT)) == expected


def test_a_without_that_cancels_too_much(tmp_path: Path) -> None:
    """Half of what the rule would find."""
    text = rule_text("$putin", "without: [{phrase: شارع بوتين, because: مكان}]")
    assert archive(tmp_path, items(12, "بوتين") + items(12, "شارع بوتين"), text) == ["X003"]


def test_two_rules_that_are_one(tmp_path: Path) -> None:
    """They match the same items."""
    rules = (rule_text("$putin"), rule_text("{any: [$putin, $kim]}", rule="b-rule"))
    assert archive(tmp_path, items(12, "بوتين"), *rules) == ["X005"]


def test_a_spelling_that_the_archive_has_and_the_lexicon_has_not(tmp_path: Path) -> None:
    """Seen three times, one weak letter apart, and no adjective; the adjective is a nisba that is missing."""
    lexicon = "entities:\n  x: {name: زيورخ}\n  y: {name: البحرين}\n"
    documents = items(4, "زيوريخ") + items(4, "البحريني") + items(4, "طيران")
    assert archive(tmp_path, documents, rule_text("زيارة"), lexicon=lexicon) == ["X006", "X007"]


def test_names_that_nobody_writes(tmp_path: Path) -> None:
    """In a thousand items of more than a week, neither the name nor an alias; in fewer, nothing is said."""
    lexicon = (
        "entities:\n  x: {name: بوتين, aliases: [بوتن]}\n  y: {name: شويغو}\nlists:\n  z: {words: [كلمة]}\n"
    )
    many = items(999, "بوتن", every=0.01) + items(9, "أخبار", feed="آخر")
    assert archive(tmp_path / "long", many, rule_text("زيارة"), lexicon=lexicon) == ["X008", "X008"]
    assert archive(tmp_path / "few", many[:900], rule_text("زيارة"), lexicon=lexicon) == []
    quick = items(1100, "بوتن", every=0.001)
    assert archive(tmp_path / "short", quick, rule_text("زيارة"), lexicon=lexicon) == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"), [(8, 2, True), (9, 1, False), (5, 4, False), (0, 10, True)]
)
def test_what_readers_find_wrong(tmp_path: Path, right: int, wrong: int, told: bool) -> None:
    """One wrong in ten is borne, two are not, and of fewer than ten verdicts nothing is said."""
    read = Archive(Subject(load_rules(folder_of(tmp_path, rule_text("$putin")))))
    for number in range(right + wrong):
        read.judge("a-rule", right=number < right)
    assert [found.code for found in read.problems()] == (["X009"] if told else [])


def test_an_item_may_carry_verdicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check --items`: {"verdicts": {"a-rule": false}}; what is no verdict is told with its line."""
    folder = folder_of(tmp_path / "r", rule_text("$putin"))
    path = tmp_path / "items.jsonl"
    lines = [json.dumps({"id": n, "title": "بوتين", "verdicts": {"a-rule": False}}) for n in range(10)]
    path.write_text(
        "\n".join([*lines, '{"verdicts": {"a-rule": "no"}}', '{"verdicts": [1]}']), encoding="utf-8"
    )
    assert "X009" in [found.code for found in checked(folder, path)[0].problems]
    told = capsys.readouterr().err
    assert "items.jsonl:11" in told and "items.jsonl:12" in told


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("زيورخ", "زيوريخ", True),
        ("بوتين", "بوتن", True),
        ("بوتين", "بوتون", True),
        ("طهران", "طيران", False),
        ("بوتين", "بوتيت", False),
    ],
)  # fmt: skip
def test_one_weak_letter(one: str, other: str, near: bool) -> None:
    """Either way round."""
    assert one_weak_letter_apart(one, other) is near is one_weak_letter_apart(other, one)


def test_the_shipped_rules_raise_no_warning(shipped_folder: Path) -> None:
    """No false alarm: what is on purpose is accepted where it stands."""
    assert check_folder(shipped_folder).problems == ()


@pytest.fixture
def shipped_folder() -> Path:
    """The folder of the shipped rules."""
    return Path(__file__).parents[2] / "rules"


def test_an_archive_is_read_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check --items`: lines of JSON; a broken one is told and left out."""
    folder = folder_of(tmp_path / "r", rule_text("$putin", EXPECT))
    dates = [(NOON + timedelta(days=n * 0.3)).isoformat() for n in range(30)]
    lines = [{"id": n, "title": "بوتين", "published": date} for n, date in enumerate(dates)]
    path = tmp_path / "items.jsonl"
    path.write_text("\n".join([*map(json.dumps, lines), "{"]), encoding="utf-8")
    assert "X001" in [found.code for found in checked(folder, path)[0].problems]
    assert "items.jsonl:31" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("title: قاعدة", "title: خبر #عاجل", "S019", 2),
        ("match: $putin", "match: بوتين #الكرملين", "S019", 7),
        ("match: $putin", "match: $putin #الكرملين", None, 0),
        ("match: $putin", "match: بوتين # الكرملين", None, 0),
        ("title: قاعدة", "title: 'خبر #عاجل'", None, 0),
        ("title: قاعدة", "title: خبر #مقبول", None, 0),
        ("title: قاعدة", "title: (عنوان القاعدة)", "S022", 2),
        ("match: $putin", "match: {any: [$putin, عبارة أولى]}", "S022", 7),
        ("[المطر]", "[المطر, الريح, المطر]", "E008", 8),
        ("[المطر]", "[بوتين]", "E008", 8),
        ("[المطر]", "[المطر, الريح]", None, 0),
    ],
)
def test_what_was_not_meant(tmp_path: Path, old: str, new: str, code: str | None, line: int) -> None:
    """A hashtag that is a comment, a blank that was left in a draft, an example that is there twice."""
    text = rule_text("$putin").replace("live", "draft").replace(old, new)
    folder = folder_of(tmp_path, text)
    found = [(one.code, one.line) for one in check_folder(folder).problems if one.code[0] in "SE"]
    assert [one for one in found if one[0] != "E002"] == ([(code, line)] if code else [])


@pytest.mark.parametrize(
    ("path", "text", "hint"),
    [
        ("library/topic/b-rule.yaml.txt", "rule: b-rule\n", "b-rule.yaml"),
        ("library/topic/b-rule.YML.txt", "rule: b-rule\n", "b-rule.yaml"),
        ("lexicon/more.yaml.txt", "lists:\n", "more.yaml"),
        ("b-rule.yaml", "# x\nrule: b-rule\n", "library/TOPIC/"),
        ("more.yml", "entities:\n", "lexicon/"),
        ("desk.yaml", "template: desk\n", "templates/"),
        ("filters.yml", "filters: []\n", None),
        ("library/topic/notes.txt", "x", None),
        ("readme.txt", "x", None),
        ("library/topic/.b-rule.yaml.txt", "x", None),
        ("schema.json", "{}", None),
    ],
)
def test_files_that_are_not_read(tmp_path: Path, path: str, text: str, hint: str | None) -> None:
    """S020: a rule file of another ending or beside the library is told of, with the place where it belongs."""
    folder = folder_of(tmp_path, rule_text("$putin"))
    (folder / path).write_text(text, encoding="utf-8")
    found = [one for one in check_folder(folder).problems if one.code == "S020"]
    assert [(one.path, hint is not None and hint in one.hint) for one in found] == (
        [(folder / path, True)] if hint else []
    )
