"""The shipped rule files and lexicons: right, complete and in our own words."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from rules import CheckResult, Status
from tests.shared_data import shared_path

ENOUGH = 10  # examples of each kind that a live rule carries at least


def yaml_files(folder: Path, part: str) -> list[tuple[Path, dict[str, Any]]]:
    """The files of ``library`` (its rules, not its watches) or ``lexicon`` and what is in them."""
    reader = YAML(typ="safe", pure=True)
    read = [(path, reader.load(path)) for path in sorted((folder / part).rglob("*.yaml"))]
    return [(path, data) for path, data in read if "watch" not in data]


def example_texts(rule: dict[str, Any], *kinds: str) -> Iterator[str]:
    """The examples of a rule file as single texts."""
    for kind in kinds or ("match", "no_match"):
        for example in rule["examples"][kind]:
            yield example if isinstance(example, str) else " ".join(example.values())


def test_everything_checks_clean(checked: CheckResult) -> None:
    """No error, no warning, and every example comes out as its rule says."""
    assert [f"{p.path.name}:{p.line} {p.code} {p.message_en}" for p in checked.problems] == []
    assert {info.id for info in checked.rule_set.rules} >= {"putin-visits", "dprk-arms", "kirby-statements"}


def test_live_rules_carry_enough_examples_of_both_kinds(shipped_folder: Path) -> None:
    """A live rule proves itself with ten examples that match and ten that do not, each given once."""
    for path, rule in yaml_files(shipped_folder, "library"):
        if rule["status"] != Status.LIVE:
            continue
        for kind in ("match", "no_match"):
            texts = list(example_texts(rule, kind))
            assert len(texts) >= ENOUGH, f"{path.name}: {len(texts)} under {kind}"
            assert len(set(texts)) == len(texts), f"{path.name}: an example stands twice under {kind}"


def test_rules_tell_people_what_they_are_for(shipped_folder: Path) -> None:
    """A rule's file is named for it; it has titles in both languages and tells its known weaknesses."""
    for path, rule in yaml_files(shipped_folder, "library"):
        assert path.stem == rule["rule"]
        assert rule["title_en"] and rule["false_positives"]
        assert all(item["because"] for item in rule.get("without", []))


def test_every_lexicon_name_is_defined_once(shipped_folder: Path) -> None:
    """No two lexicons define the same $name."""
    names = Counter(
        name
        for _, lexicon in yaml_files(shipped_folder, "lexicon")
        for part in ("entities", "lists")
        for name in lexicon.get(part) or {}
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_no_lexicon_repeats_itself(shipped_folder: Path) -> None:
    """Within an entity or list no spelling stands twice."""
    for path, lexicon in yaml_files(shipped_folder, "lexicon"):
        for part, key in (("entities", "aliases"), ("lists", "words")):
            for name, entry in (lexicon.get(part) or {}).items():
                given = [*entry.get(key, []), *([entry["name"]] if "name" in entry else [])]
                repeated = [text for text, count in Counter(given).items() if count > 1]
                assert repeated == [], f"{path.name}: {name}"


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip()


@pytest.mark.parametrize("shortest", [6])
def test_examples_are_our_own_words(shipped_folder: Path, shortest: int) -> None:
    """No example of six words or more stands in the press texts that the rules are measured on."""
    lines = shared_path("data", "labelled-dev.jsonl").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    press = "\n".join(_plain(" ".join((item["title"], item["summary"], item["body"]))) for item in items)
    copied = [
        text
        for _, rule in yaml_files(shipped_folder, "library")
        for text in map(_plain, example_texts(rule))
        if len(text.split()) >= shortest and text in press
    ]
    assert copied == []
