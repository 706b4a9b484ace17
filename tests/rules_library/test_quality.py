"""The measuring of rules on labelled items: what it counts, and what it says where the data is absent."""

import json
from pathlib import Path

import pytest

from bench.baselines import found_by, read_baselines
from bench.quality import baseline_summaries, labelled_only, main, measure, read_items, summary
from rules import RuleSet, Status
from tests.rules_library.test_shipped import yaml_files


def item(number: int, title: str, *labels: str, unsure: tuple[str, ...] = ()) -> str:
    """A line of labelled data."""
    empty = {"summary": "", "body": "", "published": "", "source": "منبر"}
    return json.dumps({"id": str(number), "title": title, **empty, "labels": labels, "unsure": unsure})


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Six items: two right, a false alarm, a miss, an unsure one, and a trip to North Korea."""
    path = tmp_path / "labelled.jsonl"
    lines = [
        item(1, "بوتين يزور الصين", "putin-visits"),
        item(2, "كيربي: ندعم أوكرانيا", "kirby-statements"),
        item(3, "بوتين يزور الهند"),
        item(4, "لا شيء هنا", "putin-visits"),
        item(5, "بوتين يزور تركيا", unsure=("putin-visits",)),
        item(6, "بوتين يزور كوريا الشمالية", "putin-visits", "putin-visits-dprk"),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_right_wrong_and_unsure_are_counted(shipped: RuleSet, labelled: Path) -> None:
    """Precision and recall come from what is right, a false alarm or missed; unsure labels count nowhere."""
    items = read_items(labelled, None)
    tallies = labelled_only(measure(shipped, items), items)
    result = summary(tallies, [info.id for info in shipped.rules])
    assert {
        name: (row["right"], row["false_alarms"], row["missed"]) for name, row in result["rules"].items()
    } == {
        "putin-visits": (2, 1, 1),
        "putin-visits-dprk": (1, 0, 0),
        "kirby-statements": (1, 0, 0),
    }
    assert result["micro"]["precision"] == 0.75 and result["micro"]["recall"] == 0.75


def test_halves_are_the_even_and_the_odd_lines(labelled: Path) -> None:
    """The first line is line 1."""
    assert [item["id"] for item in read_items(labelled, "odd")] == ["1", "3", "5"]
    assert [item["id"] for item in read_items(labelled, "even")] == ["2", "4", "6"]


def test_the_last_line_is_json_and_errors_are_shown(
    labelled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs read the last line; people see each wrong item under --errors."""
    assert main(["--data", str(labelled), "--errors"]) == 0
    out = capsys.readouterr().out
    last = json.loads(out.splitlines()[-1])
    assert last["items"] == 6 and set(last["baselines"]) == {"substring", "regex"}
    assert "putin-visits: false alarm, line 3" in out and "putin-visits: missed, line 4" in out


def test_without_the_data_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit code 0: the project must build where the data is not."""
    assert main(["--data", str(tmp_path / "none.jsonl")]) == 0
    assert capsys.readouterr().out.startswith("skipped:")


def test_a_baseline_reads_raw_text(labelled: Path) -> None:
    """Substrings stand anywhere, within words too; the regex wants whole words as they are spelled."""
    baselines = read_baselines()
    kirby = {"title": "وقال جون كيربي إن", "summary": "", "body": ""}
    clitic = {"title": "تصريحات لجون كيربيّ اليوم", "summary": "", "body": ""}
    assert "kirby-statements" in found_by("substring", baselines, kirby) & found_by("regex", baselines, kirby)
    assert "kirby-statements" in found_by("substring", baselines, clitic)
    assert "kirby-statements" not in found_by("regex", baselines, clitic)


def test_baselines_are_counted_like_the_rules(labelled: Path) -> None:
    """On the same items, unsure ones left out, and only where a label has a baseline."""
    items = read_items(labelled, None)
    summaries = baseline_summaries(items, ["putin-visits", "no-such-rule"], ["putin-visits", "no-such-rule"])
    assert list(summaries) == ["substring", "regex"]
    for summed in summaries.values():
        assert list(summed["rules"]) == ["putin-visits"]
        row = summed["rules"]["putin-visits"]
        assert (row["right"], row["false_alarms"], row["missed"]) == (2, 1, 1)
        assert summed["micro"] == row


def test_every_shipped_rule_has_a_baseline(shipped_folder: Path) -> None:
    """No rule is praised without saying what plain words would have done."""
    written = [content for _, content in yaml_files(shipped_folder, "library")]
    live = {rule["rule"] for rule in written if "rule" in rule and rule["status"] == Status.LIVE}
    assert live and live <= set(read_baselines())
