"""What a name or phrase accepts: every form that is listed is found, and every form that is found is listed."""

import json
from collections import Counter
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from bot.store.engine import Database
from bot.store.schema import upgrade
from rules import Document, load_rules
from rules.arabic import fold_tokens
from rules.finder import Finder
from rules.forms import MOST_FORMS, Forms, Spelled, forms_of
from rules.loader import load_lexicon
from rules.whence import holding, users
from tests.bot.test_archive import store
from tests.rules.terminal import lines, run, told
from tests.rules.workshop import LEXICON as WORKSHOP
from tests.rules.workshop import folder_of, rule_text

LEXICON = """
entities:
  kim: {name: كيم جونغ أون, spelling: foreign}
  pyongyang: {name: بيونغيانغ, spelling: foreign}
  un: {name: الأمم المتحدة, aliases: [ألمانيا]}
  beijing: {name: بكين}
  russia: {name: روسيا, nisba: [روسي]}
  ken: {name: كين}
  kirby: {name: جون كيربي, aliases: [كيربي, لعبة], ignore: [لعبة كيربي, لعبة]}
lists:
  visit: {words: [زيارة, مستشفى, أعضاء, الوفد, نقل أسلحة, إف-16, أب]}
groups:
  both: {of: [$russia, $visit]}
"""
NAMES = (
    "$kim",
    "$pyongyang",
    "$un",
    "$beijing",
    "$ken",
    "$kirby",
    "$visit",
    "$russia.nisba",
    "$both",
    "أطلق صاروخا",
    "لقاء",
)
BEFORE = (
    "",
    "و",
    "ف",
    "ب",
    "ل",
    "ك",
    "س",
    "ال",
    "بال",
    "كال",
    "لل",
    "وب",
    "فل",
    "وال",
    "ولل",
    "فس",
    "وو",
    "بل",
    "لب",
    "سال",
)
AFTER = ("", "ه", "ها", "هم", "هن", "هما", "ك", "كم", "نا", "ي", "ني", "ة", "هه", "ون")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rules folder with names of every kind."""
    return folder_of(tmp_path / "rules", rule_text("$visit"), lexicon=LEXICON)


@pytest.mark.parametrize("name", NAMES)
def test_every_form_listed_is_found(folder: Path, name: str) -> None:
    """The finder takes each, whole; none is listed twice; there is one at least."""
    lexicon = load_lexicon(folder)
    forms = forms_of(name, lexicon)
    finder = Finder(forms.terms, lexicon.whole)
    assert forms.complete
    assert len(set(forms.all)) == len(forms.all) > 0
    for form in forms.all:
        assert (0, 0, len(fold_tokens(form))) in {
            hit for hits in finder.find([form]).values() for hit in hits
        }, form


@pytest.mark.parametrize("name", NAMES)
def test_every_form_that_is_found_is_listed(folder: Path, name: str) -> None:
    """Whatever is put before and after the words of a spelling: if the finder takes it, it is in the list."""
    forms = forms_of(name, load_lexicon(folder))
    listed = {tuple(fold_tokens(form)) for form in forms.all}
    for variant in forms.variants:
        first, *middle = variant.words
        for before, later, after in product(BEFORE, ("", "ال"), AFTER):
            for stem in _stems(first):
                made = " ".join([before + stem, *(later + word for word in middle)])
                for form in (made + after, made.removesuffix("ة") + "ت" + after):
                    assert tuple(fold_tokens(form)) in listed or not forms.accepts(form), form


def _stems(word: str) -> set[str]:
    """A word, and what may be left of it before or after something."""
    ends = {word, word.removesuffix("ة") + "ت", word.removesuffix("ى") + "ا"}
    return {stem for end in ends for stem in (end, end.removeprefix("ال"), end.removeprefix("أل"))}


def test_grammar_counts(folder: Path) -> None:
    """A name takes three conjunctions times three prepositions; لل where it has its article; ignored words are none."""
    lexicon = load_lexicon(folder)
    assert [variant.size for variant in forms_of("$un", lexicon).variants] == [12, 12]
    assert "وللأمم المتحدة" in forms_of("$un", lexicon).all
    assert set(forms_of("$ken", lexicon).all) >= {"كين", "وكين", "لكين"}
    assert "بكين" not in forms_of("$ken", lexicon).all
    assert not [form for form in forms_of("$kirby", lexicon).all if form == "لعبة"]
    assert {"زيارتها", "للزيارة", "مستشفاه", "أعضاؤها", "وللوفد"} <= set(forms_of("$visit", lexicon).all)


def test_what_cancels_is_shown_as_it_is_written(folder: Path) -> None:
    """Not as the engine reads it."""
    text = run("forms", "$kirby", str(folder)).stdout.decode()
    assert "ما عدا (ignore): لعبة كيربي، لعبة" in text.splitlines()


def test_adjectives_and_groups(folder: Path) -> None:
    """A nisba has its inflections; a group has all that its members have."""
    lexicon = load_lexicon(folder)
    assert {"روسي", "الروسية", "والروسيين"} <= set(forms_of("$russia.nisba", lexicon).all)
    members = {form for name in ("$russia", "$visit") for form in forms_of(name, lexicon).all}
    assert set(forms_of("$both", lexicon).all) == members


def test_a_foreign_name_in_its_spellings(folder: Path) -> None:
    """Joined, apart, and with the letters that desks write for one another."""
    forms = forms_of("$pyongyang", load_lexicon(folder)).all
    assert {"بيونغيانغ", "بيونجيانج", "بيون غيانغ", "ولبيونقيانق"} <= set(forms)


def test_too_many_are_not_made() -> None:
    """A name with so many letters that are confused ends at the bound, and it is said."""
    from rules.phrases import Term, names

    name = "غكجق غكجق غكجق"
    forms = Forms("$x", [Spelled(Term("$x", tuple(names(name, foreign=True))), (name,))])
    assert not forms.complete
    assert len(forms.all) == MOST_FORMS


def test_forms_seen(folder: Path) -> None:
    """As they are written, each counted."""
    seen: Counter[str] = Counter()
    forms_of("$visit", load_lexicon(folder)).count(Document("زيارته", "زيـارته", "زيارته"), seen)
    assert seen == {"زيارته": 2, "زيـارته": 1}


def test_the_command(folder: Path, tmp_path: Path) -> None:
    """Spellings with their counts, clitics once; --all lists; a phrase and a bare name do as well."""
    text = run("forms", "$un", str(folder)).stdout.decode()
    assert "$un: الصيغ المقبولة 24، من 2 من الإملاءات · accepts 24 forms of 2 spellings" in text
    assert "  الأمم المتحدة: 12" in text
    assert text.count("قبلها: و ف، ثم ب ل") == 1
    assert "للأمم المتحدة" not in text
    assert "  للأمم المتحدة" in run("forms", "un", str(folder), "--all").stdout.decode()
    assert "بالزيارة" in run("forms", "زيارة", str(folder), "--all").stdout.decode()
    items = tmp_path / "items.jsonl"
    items.write_bytes(
        lines({"title": "وللأمم المتحدة"}, {"title": "الأمم المتحدة"}, {"body": "الأمم المتحدة"})
    )
    seen = run("forms", "$un", str(folder), "--items", str(items)).stdout.decode()
    assert "seen 3 times in 2 ways\n        2  الأمم المتحدة\n        1  وللأمم المتحدة" in seen
    told_json = json.loads(run("forms", "$un", str(folder), "--json", "--items", str(items)).stdout)
    assert (told_json["total"], len(told_json["forms"]), told_json["complete"]) == (24, 24, True)
    assert told_json["seen"] == {"الأمم المتحدة": 2, "وللأمم المتحدة": 1}


async def test_forms_stored(folder: Path, tmp_path: Path, now: datetime) -> None:
    """--days counts in the database."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}"
    database = Database(url)
    await upgrade(database)
    await store(database, datetime.now(now.tzinfo), "زيارته", "غيرها")
    await database.dispose()
    done = run("forms", "$visit", str(folder), "--days", "2", env={"DATABASE_URL": url})
    assert "        1  زيارته" in done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("name", "said"),
    [("$pyongyong", "pyongyang"), ("", "no word"), ("؟", "one to eight"), ("كلمة " * 9, "one to eight")],
)
def test_names_that_are_none(folder: Path, name: str, said: str) -> None:
    """An unknown name with the likely one; a name that the shell has eaten; a phrase without words; a sentence."""
    done = run("forms", name, str(folder))
    assert done.returncode == 2
    assert said in told(done.stderr)


def test_where_a_word_stands(tmp_path: Path) -> None:
    """The names that have a word, line by line, and the rules that use them, in a group too; of a name its place."""
    folder = folder_of(
        tmp_path,
        rule_text("$both", rule="a-rule"),
        rule_text("$putin", rule="b-rule"),
        lexicon=WORKSHOP + "groups:\n  both: {of: [$putin, $kim]}\n",
    )
    loaded = load_rules(folder)
    assert [(one.name, one.text, one.line) for one in holding("بوتين", loaded.lexicon)] == [
        ("putin", "بوتين", 4),
        ("putin", "فلاديمير بوتين", 6),
    ]
    assert users({"putin"}, loaded) == ["a-rule", "b-rule"]
    assert users({"kim"}, loaded) == ["a-rule"]
    assert holding("تركيا", loaded.lexicon) == []
