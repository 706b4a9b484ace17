"""``rasid rules explain``: the tree of a rule for a piece of news, wherever both come from."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.rules_items import Item
from bot.cli.rules_stored import Stored, Version, is_address, then
from bot.store.archive import StoredMatch
from bot.store.engine import Database
from bot.store.schema import upgrade
from bot.store.types import Fate
from rules import Document, RuleInfo, Severity, Status
from tests.bot.test_archive import store, store_match
from tests.rules.terminal import lines, run, told
from tests.rules.workshop import folder_of, rule_text

SOURCES = (("$putin", "بوتين", 4), ("$dprk", "كوريا الشمالية", 13), ("$visit", "زيارة", 25))
NEAR = "{near: {within: 2, of: [$putin, $visit]}}"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A live rule, and a draft that wants two names near each other."""
    draft = rule_text(NEAR, "escalate: [{when: $dprk, severity: critical}]", rule="b-near")
    return str(folder_of(tmp_path / "rules", rule_text("$putin"), draft.replace("live", "draft")))


def test_a_text_that_holds(folder: str) -> None:
    """Verdict with the severity that it escalates to, tree, and evidence with its place, of a draft too."""
    done = run("explain", "b-near", "زيارة بوتين إلى كوريا الشمالية", folder)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().splitlines() == [
        "b-near (draft، medium): ✓ تطابق · holds (critical)",
        "-  زيارة بوتين إلى كوريا الشمالية",
        "✓ near في حدود 2: أقرب اجتماع على بعد 1 «بوتين»، «زيارة»",
        "  ✓ $putin: «بوتين»",
        "  ✓ $visit: «زيارة»",
        "الدليل · evidence:",
        "  العنوان 0–5: «زيارة»",
        "  العنوان 6–11: «بوتين»",
        "من القواميس · from the lexicons:",
        *(f"  {name}: «{text}» rules/lexicon/names.yaml:{line}" for name, text, line in SOURCES),
    ]


def test_what_is_missing_and_what_is_apart(folder: str, tmp_path: Path) -> None:
    """A name that is missing is told with its place; words in two fields with the field of each."""
    items = tmp_path / "items.jsonl"
    items.write_bytes(lines({"id": 1, "title": "زيارة طويلة", "body": "وصل بوتين"}))
    said = run("explain", "b-near", str(items), folder).stdout.decode()
    assert "لم يجتمع كل ما يلي في حقل واحد: «بوتين» في المتن و«زيارة» في العنوان" in said
    said = run("explain", "b-near", "وصل بوتين", folder).stdout.decode()
    assert "$visit: لم يوجد · not found; rules/lexicon/names.yaml:23" in said


def test_of_a_long_tree_the_nearest_ways_come_first(folder: str) -> None:
    """What lacks least, at most three ways; the rest when it is asked for."""
    ways = [f"{{near: {{within: 2, of: [كلمة{n}, أخرى{n}, $putin]}}}}" for n in range(12)]
    folder_of(Path(folder), rule_text(f"{{any: [{', '.join(ways)}]}}", rule="c-long"))
    said = run("explain", "c-long", "بوتين قال كلمة7 هنا", folder).stdout.decode().splitlines()
    assert len(said) < 25
    assert said[2:5] == [
        "كاد يطابق · nearly:",
        "  ينقصه 1 · lacks 1:",
        "  ✗ near في حدود 2: لم يجتمع كل ما يلي في حقل واحد",
    ]
    assert said[5].strip() == "✓ كلمة7: «كلمة7»"
    assert (
        len(run("explain", "c-long", "بوتين قال كلمة7 هنا", folder, "--all").stdout.decode().splitlines())
        > 40
    )


@pytest.mark.parametrize("length", [100, 300, 2000, 60_000])
def test_a_text_is_no_path_however_long(folder: str, length: int) -> None:
    """A headline that no file could be called, a whole article, one that ends like a file."""
    told = run("explain", "a-rule", f"وصل {'كلمة ' * (length // 5)}بوتين news.json", folder)
    assert "✓ تطابق" in told.stdout.decode(), told.stderr.decode()


def test_what_nearly_held_comes_first(folder: str) -> None:
    """The distance that it has, and the limit."""
    done = run("explain", "b-near", "زيارة طويلة جدا قام بها بوتين", folder)
    assert done.stdout.decode().splitlines()[:4] == [
        "b-near (draft، medium): ✗ لا تطابق · does not hold",
        "-  زيارة طويلة جدا قام بها بوتين",
        "كاد يطابق · nearly:",
        "  ✗ near في حدود 2: أقرب اجتماع على بعد 5",
    ]


def test_an_item_of_a_file(folder: str, tmp_path: Path) -> None:
    """``--id`` picks it; without it the first; an id that is not there is said."""
    items = tmp_path / "items.jsonl"
    items.write_bytes(lines({"id": "a", "title": "مطر"}, {"id": 7, "body": "بوتين"}))
    assert "✗" in run("explain", "a-rule", str(items), folder).stdout.decode()
    seventh = run("explain", "a-rule", str(items), folder, "--id", "7").stdout.decode()
    assert "المتن 0–5: «بوتين»" in seventh
    none = run("explain", "a-rule", str(items), folder, "--id", "x")
    assert (none.returncode, "has no item x" in none.stderr.decode()) == (2, True)


@pytest.mark.parametrize("stdin", ["وصل بوتين".encode(), lines({"id": 1, "title": "وصل بوتين"})])
def test_stdin(folder: str, stdin: bytes) -> None:
    """A text or an item."""
    assert "✓ تطابق" in run("explain", "a-rule", "-", folder, stdin=stdin).stdout.decode()


def test_stdin_that_is_no_item(folder: str) -> None:
    """It is said, with exit code 2."""
    done = run("explain", "a-rule", "-", folder, stdin=b"{oops")
    assert (done.returncode, b"not JSON" in done.stderr) == (2, True)


def test_a_rule_file_from_elsewhere(folder: str, tmp_path: Path) -> None:
    """It is read with the folder's lexicons, in place of the folder's rule of that name."""
    other = tmp_path / "elsewhere" / "a-rule.yaml"
    other.parent.mkdir()
    other.write_text(rule_text("$russia"), encoding="utf-8")
    assert "✓ تطابق" in run("explain", str(other), "روسيا", folder).stdout.decode()
    assert "✗ لا تطابق" in run("explain", str(other), "بوتين", folder).stdout.decode()


def test_rules_that_cannot_be_had(folder: str, tmp_path: Path) -> None:
    """An unknown id with the likely one (2), a missing file (2), a broken rule with its problem (1)."""
    unknown = run("explain", "b-nearr", "x", folder)
    assert (unknown.returncode, "did you mean b-near" in told(unknown.stderr)) == (2, True)
    assert run("explain", str(tmp_path / "no.yaml"), "x", folder).returncode == 2
    folder_of(Path(folder), rule_text("$nobody", rule="c-broken"))
    broken = run("explain", "c-broken", "x", folder)
    assert (broken.returncode, b"R001" in broken.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("a-rule",),
        ("a-rule", "/nowhere.jsonl"),
        ("a-rule", "x", "--entry", "1"),
        ("a-rule", "."),
        ("a-rule", "--entry", "first"),
        ("a-rule", "--entry", "9" * 30),
    ],
)
def test_items_that_cannot_be_had(folder: str, arguments: tuple[str, ...]) -> None:
    """None, a missing file, two at once: usage errors."""
    done = run("explain", *arguments, "--rules", folder)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)


async def test_a_stored_entry(folder: str, tmp_path: Path, now: datetime) -> None:
    """``--entry`` takes it from the database; the folder may follow; an entry that is not there is said."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}"
    database = Database(url)
    await upgrade(database)
    await store(database, now, "وصل بوتين")
    await database.dispose()
    env = {"DATABASE_URL": url}
    done = run("explain", "a-rule", folder, "--entry", "1", env=env)
    assert "1  وصل بوتين" in done.stdout.decode(), done.stderr.decode()
    none = run("explain", "a-rule", folder, "--entry", "2", env=env)
    assert (none.returncode, "has no entry 2" in none.stderr.decode()) == (2, True)


async def test_yesterdays_news_by_its_address(folder: str, tmp_path: Path, now: datetime) -> None:
    """The page's address finds the entry; what became of it when it came is told; so is a page that was not read."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}"
    database = Database(url)
    await upgrade(database)
    await store(database, now, "وصل بوتين", link="https://news.example/1")
    await store_match(database, 1, Fate.JOINED, now)
    await database.dispose()
    env, page = {"DATABASE_URL": url}, "https://news.example/1?utm_source=x"
    for arguments in (("a-rule", page), ("a-rule", "--entry", page)):
        told = run("explain", *arguments, "--rules", folder, env=env).stdout.decode().splitlines()
        assert told[1] == "1  وصل بوتين"
        assert "عُدّت مصدرا آخر لتنبيه قائم" in told[2]
        assert "the rule has changed since" in told[2]
    silent = json.loads(run("explain", "b-near", page, folder, "--json", env=env).stdout)
    assert silent["then"].startswith("يوم وصل لم تُحفظ مطابقة")  # no process has ever had the rule in force
    for same in ("news.example/1", "https://news.example/1/", "http://news.example/1"):
        done = run("explain", "a-rule", same, folder, env=env)
        assert "1  وصل بوتين" in done.stdout.decode(), done.stderr.decode()
    none = run("explain", "a-rule", "https://news.example/2", folder, env=env)
    assert (none.returncode, "فلم يقرأه راصد" in none.stderr.decode()) == (2, True)


@pytest.mark.parametrize("fate", Fate)
def test_every_fate_has_words(fate: Fate, now: datetime) -> None:
    """In both languages; that the rule has changed is said only if it has."""
    found = Stored(Item(1, Document("x")), StoredMatch(now, "h", fate))
    assert " · when it came: " in then(found, info_of("h"))
    assert "changed" not in then(found, info_of("h"))
    assert "changed since" in then(found, info_of("g"))


def info_of(digest: str, path: Path = Path("nowhere.yaml")) -> RuleInfo:
    """A rule of that hash."""
    return RuleInfo("a-rule", "", "", "", "", Severity.LOW, Status.LIVE, digest, "topic", path)


@pytest.mark.parametrize(
    ("days", "status", "on_disk", "changed", "said", "unsaid"),
    [
        (None, "", "", (), "was ever in force", "did not hold"),
        (1, "live", "live", (), "younger than that", "did not hold"),
        (-1, "draft", "draft", (), "was not in force: draft", "did not hold"),
        (-1, "retired", "live", (), "was not in force: retired", "did not hold"),
        (-1, "live", "live", (), "the rule did not hold", "changed"),
        (-1, "shadow", "shadow", (), "the rule did not hold", "changed"),
        (-1, "live", "retired", (), "file has changed since", "not in force"),
        (-1, "live", "live", ("lexicon/people.yaml",), "changed since: lexicon/people.yaml", "not in force"),
    ],
)
def test_why_no_match_is_stored(
    tmp_path: Path,
    now: datetime,
    days: int | None,
    status: str,
    on_disk: str,
    changed: tuple[str, ...],
    said: str,
    unsaid: str,
) -> None:
    """The rule was not in force, or another version of it was, or it did not hold: only what is known is said."""
    path = tmp_path / "a-rule.yaml"
    path.write_text(rule_text("$putin").replace("live", on_disk), encoding="utf-8")
    content = rule_text("$putin").replace("live", status).encode()
    version = None if days is None else Version(now + timedelta(days=days), content, status)
    told = then(Stored(Item(1, Document("x", seen=now)), None, version, changed), info_of("h", path))
    assert said in told and unsaid not in told


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://news.example/1", True),
        ("news.example/1", True),
        ("news.example", False),
        ("قال بوتين news.example/1 أمس", False),
        ("بوتين/كيم", False),
        ("tests/rules/terminal.py", False),
    ],
)
def test_what_an_address_is(text: str, address: bool) -> None:
    """A page's address, with or without its scheme; no text and no file."""
    assert is_address(text) is address


def test_the_same_for_programs(folder: str) -> None:
    """--json: verdict, severity, evidence, tree."""
    told = json.loads(run("explain", "b-near", "زيارة بوتين", folder, "--json").stdout)
    evidence = [
        {"field": "title", "start": 0, "end": 5, "text": "زيارة"},
        {"field": "title", "start": 6, "end": 11, "text": "بوتين"},
    ]
    assert told == {
        "rule": "b-near",
        "status": "draft",
        "id": "-",
        "holds": True,
        "severity": "medium",
        "evidence": evidence,
        "then": "",
        "tree": told["tree"],
    }
    assert told["tree"][0].startswith("✓ near")
    told = json.loads(run("explain", "b-near", "مطر", folder, "--json").stdout)
    assert (told["holds"], told["severity"], told["evidence"]) == (False, None, [])


def test_a_name_that_the_lexicon_cancels(folder: str) -> None:
    """Who sees the name there is told which phrase of ``ignore`` has taken it."""
    folder_of(Path(folder), rule_text("$kirby", rule="c-rule"))
    told = run("explain", "c-rule", "لعبة كيربي الجديدة", folder).stdout.decode()
    assert "✗ $kirby: غير موجود (أسقطها ignore في القاموس: «لعبة كيربي»)" in told
    assert "ignore" not in run("explain", "c-rule", "مطر", folder).stdout.decode()


async def test_without_a_database(folder: str, tmp_path: Path) -> None:
    """That there is no news yet is said in a line, and no database is made; an empty one has no news either."""
    file = tmp_path / "rasid.db"
    env = {"DATABASE_URL": f"sqlite:///{file}"}
    for time in range(2):
        done = run("explain", "a-rule", folder, "--entry", "1", env=env)
        assert (done.returncode, b"no stored news yet" in done.stderr) == (2, True)
        counted = run("forms", "$putin", folder, "--days", "3", env=env)
        assert (counted.returncode, b"no stored news yet" in counted.stderr) == (2, True)
        assert "seen 0" not in counted.stdout.decode()
        assert file.exists() == (time == 1)
        file.touch()
