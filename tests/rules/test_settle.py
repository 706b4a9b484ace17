"""Which version of each file runs: nothing that was good is lost, and whoever broke it is named."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import Document
from rules.located import Memory
from rules.settle import Content, Runs, Settled, settle
from tests.rules.workshop import LEXICON, rule_text

FOLDER = Path("/nowhere/rules")
NAMES = FOLDER / "lexicon" / "names.yaml"
ONE, TWO = (FOLDER / "library" / "topic" / f"{name}.yaml" for name in ("one", "two"))
RULE_ONE = rule_text(
    "{all: [$putin, $visit]}", rule="one", examples="examples: {match: [بوتين يزور], no_match: [بوتين]}"
)
RULE_TWO = rule_text("$kirby", rule="two", examples="examples: {match: [قال كيربي], no_match: [المطر]}")
BROKEN = "rule: one\nmatch: ["
FAILING = RULE_ONE.replace("بوتين يزور]", "المطر]")


def files(**changes: str) -> dict[Path, bytes]:
    """A sound folder, with the texts of ``names``, ``one``, ``two`` changed."""
    texts = {"names": LEXICON, "one": RULE_ONE, "two": RULE_TWO} | changes
    return {path: texts[path.stem].encode() for path in (NAMES, ONE, TWO)}


@dataclass
class Life:
    """A folder over time, as a running bot settles it: what was sound is what is good next time."""

    good: dict[Path, bytes] = field(default_factory=dict)

    def meets(self, disk: dict[Path, bytes]) -> Settled:
        """Settle, and remember."""
        settled = settle(FOLDER, disk, self.good)
        self.good = dict(settled.sound)
        return settled


@pytest.fixture
def life() -> Life:
    """A life that began with a sound folder."""
    life = Life()
    assert life.meets(files()).troubles == ()
    return life


def fires(settled: Settled, title: str) -> list[str]:
    """The rules that fire on a title."""
    return [match.rule for match in settled.rule_set.match(Document(title=title))]


def told(settled: Settled) -> list[tuple[str, str, Runs]]:
    """File, first code, and what runs instead."""
    return [(one.path.name, one.problems[0].code, one.runs) for one in settled.troubles]


def test_a_sound_folder_runs_as_it_stands() -> None:
    """All files in force, all sound, nothing told."""
    settled = settle(FOLDER, files(), {})
    assert (settled.files, settled.sound, settled.troubles) == (files(), files(), ())
    assert fires(settled, "بوتين يزور الصين") == ["one"]


def test_without_history_the_good_files_run_and_the_bad_are_told() -> None:
    """At a first start one bad file keeps nobody from working."""
    settled = settle(FOLDER, files(one=BROKEN), {})
    assert told(settled) == [("one.yaml", "S001", Runs.NOTHING)]
    assert [rule.id for rule in settled.rule_set.rules] == ["two"]
    assert set(settled.sound) == {NAMES, TWO}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BROKEN, "S001"),
        ("", "S003"),
        ("# شيء\n", "S003"),
        (FAILING, "E001"),
        (RULE_ONE.replace("$visit", "$vist"), "R001"),
    ],
)
def test_a_bad_rule_keeps_its_last_good_version(life: Life, text: str, code: str) -> None:
    """Broken, empty, failing its examples: the last good one runs, now and the next time, and it is told each time."""
    for _ in range(2):
        settled = life.meets(files(one=text))
        assert told(settled) == [("one.yaml", code, Runs.LAST_GOOD)]
        assert settled.files == files()
        assert fires(settled, "بوتين يزور الصين") == ["one"]
    assert life.meets(files()).troubles == ()


def test_a_good_edit_is_taken(life: Life) -> None:
    """The next document meets the new rule."""
    settled = life.meets(files(one=RULE_ONE.replace("$putin, ", "")))
    assert (settled.troubles, fires(settled, "يزور الصين")) == ((), ["one"])


def test_a_good_edit_beside_a_bad_one_is_taken(life: Life) -> None:
    """One person's mistake holds nobody else up."""
    settled = life.meets(files(one=BROKEN, two=RULE_TWO.replace("$kirby", "{any: [$kirby, $kim]}")))
    assert told(settled) == [("one.yaml", "S001", Runs.LAST_GOOD)]
    assert fires(settled, "كيم جونغ أون") == ["two"]


def test_a_deleted_rule_is_gone(life: Life) -> None:
    """Deleting a file is how a rule is deleted: no error, and it does not come back."""
    disk = files()
    del disk[ONE]
    settled = life.meets(disk)
    assert (settled.troubles, fires(settled, "بوتين يزور الصين")) == ((), [])
    assert ONE not in life.good


@pytest.mark.parametrize(("left", "code"), [({}, "S012"), ({NAMES: LEXICON.encode()}, "S016")])
def test_an_emptied_library_is_an_accident(life: Life, left: dict[Path, bytes], code: str) -> None:
    """No file at all where rules were: everything stays, and it is told."""
    settled = life.meets(left)
    assert told(settled) == [("library", code, Runs.LAST_GOOD)]
    assert settled.files == files()


def test_a_lexicon_that_breaks_untouched_rules_is_to_blame(life: Life) -> None:
    """A name that rules use disappears: the rules stay, the lexicon waits, and the rules' errors are told under it."""
    settled = life.meets(files(names=LEXICON.replace("  kirby:", "  kerby:")))
    (trouble,) = settled.troubles
    assert (trouble.path, trouble.runs, trouble.of_others) == (NAMES, Runs.LAST_GOOD, True)
    assert [(found.path, found.code) for found in trouble.problems] == [(TWO, "R001")]
    assert settled.files == files()


def test_a_lexicon_that_makes_examples_fail_is_to_blame(life: Life) -> None:
    """Valid in itself, and still the rule's own examples say no."""
    settled = life.meets(
        files(names=LEXICON.replace("      - كيربي\n    ignore", "      - القس\n    ignore"))
    )
    assert told(settled) == [("names.yaml", "E001", Runs.LAST_GOOD)]
    assert fires(settled, "قال كيربي") == ["two"]


def test_a_deleted_lexicon_that_rules_need_stays(life: Life) -> None:
    """What others stand on is not deleted by deleting the file."""
    disk = files()
    del disk[NAMES]
    settled = life.meets(disk)
    assert told(settled) == [("names.yaml", "R001", Runs.LAST_GOOD)]
    assert settled.files == files()


def test_an_innocent_edit_survives_a_guilty_lexicon(life: Life) -> None:
    """A rule that fails only through the lexicon is judged again when the lexicon has been taken back."""
    edited = RULE_TWO.replace("title: قاعدة", "title: قاعدة كيربي")
    disk = files(names=LEXICON.replace("      - كيربي\n    ignore", "      - القس\n    ignore"), two=edited)
    settled = life.meets(disk)
    assert told(settled) == [("names.yaml", "E001", Runs.LAST_GOOD)]
    assert settled.files == files(two=edited)


def test_of_two_changed_lexicons_the_guilty_one_is_found(life: Life) -> None:
    """The other's new name is taken."""
    more = FOLDER / "lexicon" / "more.yaml"
    disk = files(names=LEXICON.replace("  kirby:", "  kerby:"))
    disk[more] = "lists: {rain: {words: [المطر]}}".encode()
    settled = life.meets(disk)
    assert told(settled) == [("names.yaml", "R001", Runs.LAST_GOOD)]
    assert settled.files == {**files(), more: disk[more]}


def test_a_lexicon_and_the_rules_that_use_it_change_together(life: Life) -> None:
    """A renaming that is complete is taken as a whole; one that forgot a file is not taken at all."""
    names = LEXICON.replace("  putin:", "  vladimir:")
    whole = files(names=names, one=RULE_ONE.replace("$putin", "$vladimir"))
    assert life.meets(whole).files == whole
    settled = Life(files()).meets(files(names=names))
    assert told(settled) == [("names.yaml", "R001", Runs.LAST_GOOD)]
    half = Life(files()).meets(files(one=RULE_ONE.replace("$putin", "$vladimir")))
    assert told(half) == [("one.yaml", "R001", Runs.LAST_GOOD)]


def test_a_new_file_with_an_id_that_is_taken_is_to_blame(life: Life) -> None:
    """Even where it comes first in the order of files."""
    twin = FOLDER / "library" / "earlier" / "two.yaml"
    settled = life.meets({**files(), twin: RULE_TWO.replace("$kirby", "{any: [$kirby, $kim]}").encode()})
    assert told(settled) == [("two.yaml", "R002", Runs.NOTHING)]
    assert settled.troubles[0].path == twin
    assert settled.files == files()


def test_a_file_that_cannot_be_read_keeps_its_last_good_version(life: Life) -> None:
    """The reason is told; a file that was never good runs nothing."""
    disk: dict[Path, Content] = {**files(), ONE: "Permission denied"}
    kept, new = settle(FOLDER, disk, life.good), settle(FOLDER, disk, {})
    assert (told(kept), kept.files) == ([("one.yaml", "S012", Runs.LAST_GOOD)], files())
    assert "Permission denied" in kept.troubles[0].problems[0].message_en
    assert told(new) == [("one.yaml", "S012", Runs.NOTHING)]


def test_a_last_good_version_that_no_longer_holds_is_left_out() -> None:
    """After an upgrade of Rasid itself: no change on disk explains it, so the file is told and the others run."""
    disk = files(one=FAILING, names=LEXICON + "  rain:\n    words:\n      - المطر\n")
    settled = settle(FOLDER, disk, files(one=FAILING))
    assert told(settled) == [("one.yaml", "E001", Runs.NOTHING)]
    assert fires(settled, "قال كيربي") == ["two"]
    assert settled.sound.keys() == {NAMES, TWO}


def test_a_lexicon_wrong_from_the_beginning_gives_what_is_right_in_it() -> None:
    """One wrong entry at a first start costs the rules that use it, and no other."""
    settled = settle(FOLDER, files(names=LEXICON.replace("    name: جون كيربي", "    nam: جون كيربي")), {})
    assert ("names.yaml", "S006", Runs.PARTLY) in told(settled)
    assert fires(settled, "بوتين يزور الصين") == ["one"]
    assert NAMES not in settled.sound


@pytest.mark.parametrize("path", [ONE, NAMES], ids=["rule", "lexicon"])
def test_a_file_cut_anywhere_never_loses_what_was_good(life: Life, path: Path) -> None:
    """Half-written files, byte by byte: either it is sound (and the rules prove it) or the last good one runs."""
    whole, memory = files()[path], Memory()
    for length in range(len(whole)):
        settled = settle(FOLDER, {**files(), path: whole[:length]}, life.good, memory)
        assert [rule.id for rule in settled.rule_set.rules] == ["one", "two"], length
        assert fires(settled, "بوتين يزور الصين") == ["one"], length
        assert settled.files[path] == (whole if settled.troubles else whole[:length])


_EDITS = st.lists(
    st.tuples(
        st.sampled_from([NAMES, ONE, TWO]), st.integers(0, 900), st.integers(0, 60), st.binary(max_size=6)
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_EDITS, min_size=1, max_size=3))
def test_whatever_is_done_to_the_files_what_was_good_stays(
    life: Life, steps: list[list[tuple[Path, int, int, bytes]]]
) -> None:
    """Random damage to several files at once, several times: never an exception, and each rule still proves itself."""
    alive = Life(life.good)
    for edits in steps:
        disk = files()
        for path, start, length, new in edits:
            disk[path] = disk[path][:start] + new + disk[path][start + length :]
        settled = alive.meets(disk)
        assert [rule.id for rule in settled.rule_set.rules] == ["one", "two"]
        assert alive.good.keys() == {NAMES, ONE, TWO}
        assert all(settled.files[path] == disk[path] for path in disk) or settled.troubles


def test_a_memory_changes_nothing_but_the_time(life: Life) -> None:
    """The same answer with and without it, read again and again; what is in no file any more is forgotten."""
    memory: Memory = {}
    for text in (RULE_ONE, BROKEN, BROKEN, FAILING, RULE_ONE.replace("$visit", "$vist"), RULE_ONE):
        disk = files(one=text)
        with_it, without = settle(FOLDER, disk, life.good, memory), settle(FOLDER, disk, life.good)
        assert (with_it.troubles, with_it.files) == (without.troubles, without.files)
        assert with_it.rule_set.hash == without.rule_set.hash
        assert memory.keys() <= {*disk.items(), *life.good.items()}
    assert set(memory) == {*files().items()}
