"""The schemas for editors: current, explained in Arabic, and of one mind with the loader."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rules
from rules.hover import HOVER
from rules.json_schema import FILES, schema_of, text_of
from rules.located import read_yaml
from tests.rules.draft7 import valid
from tests.rules.terminal import run
from tests.rules.workshop import rule_text, watch_text

SHIPPED = Path(rules.__file__).parent


def loaded(path: Path) -> Any:
    """The data of a YAML file, as the loader reads it."""
    return read_yaml(path, max_bytes=2**20).data


def accepts(name: str, data: Any) -> bool:
    """Whether the schema in that file takes the data."""
    schema = schema_of(FILES[name])
    return valid(data, schema, schema)


def models(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The models of a schema with their properties."""
    schema = schema_of(FILES[name])
    yield FILES[name].__name__, schema["properties"]
    yield from ((model, part.get("properties", {})) for model, part in schema["definitions"].items())


@pytest.mark.parametrize("name", FILES)
def test_the_stored_schema_is_current(name: str) -> None:
    """If not: rasid rules schema --write rules."""
    assert (SHIPPED / name).read_text(encoding="utf-8") == text_of(FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_every_key_has_arabic_hover_text(name: str) -> None:
    """And nothing of what is meant for programmers is left."""
    for model, properties in models(name):
        for key, part in properties.items():
            assert re.search("[\u0621-\u064a]", part.get("description", "")), f"{model}.{key}"
    assert "``" not in text_of(FILES[name])


def test_no_hover_text_is_left_over() -> None:
    """Each is of a key that there is."""
    keys = {(model, key) for name in FILES for model, properties in models(name) for key in properties}
    for name in HOVER:
        model, _, key = name.rpartition(".")
        assert any(key == known and model in {"", of} for of, known in keys), name


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("library/*/*.yaml")), ids=lambda path: path.stem)
def test_shipped_rules_are_valid(path: Path) -> None:
    """An editor underlines nothing in them."""
    data = loaded(path)
    assert accepts("watch-schema.json" if "watch" in data else "schema.json", data)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("library/*/*.yaml")), ids=lambda path: path.stem)
def test_watches_tell_editors_what_they_are(path: Path) -> None:
    """Their first line names their schema, since they stand among the rules."""
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    named = first == "# yaml-language-server: $schema=../../watch-schema.json"
    assert named is ("watch" in loaded(path))


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("lexicon/*.yaml")), ids=lambda path: path.stem)
def test_shipped_lexicons_are_valid(path: Path) -> None:
    """Nor in these."""
    assert accepts("lexicon-schema.json", loaded(path))


@pytest.mark.parametrize(
    ("match", "more", "fine"),
    [
        ("بوتين", "", True),
        ("2024", "", True),
        ("{near: {within: 3, of: [a, {any: [b, $c]}]}, in: [title, body]}", "", True),
        ("{at_least: {n: 1, of: [a, b]}}", "alert: {cooldown: 2h}", True),
        ("{near: {within: 0, of: [a, b]}}", "", False),
        ("{near: {within: 3, of: [a]}}", "", False),
        ("{all: [a], any: [b]}", "", False),
        ("{al: [a]}", "", False),
        ("a", "without: [b]", False),
        ("a", "without: [{phrase: b, because: c}]", True),
        ("a", "severityy: low", False),
        ("a", "alert: {cooldown: 2 hours}", False),
    ],
)
def test_the_schema_agrees_with_the_loader(match: str, more: str, fine: bool, tmp_path: Path) -> None:
    """What the loader's models take the schema takes, and what they refuse it refuses."""
    path = tmp_path / "a-rule.yaml"
    path.write_text(rule_text(match, *filter(None, [more])), encoding="utf-8")
    data = loaded(path)
    assert accepts("schema.json", data) is fine
    try:
        FILES["schema.json"].model_validate(data)
    except ValueError:
        assert not fine
    else:
        assert fine


@pytest.mark.parametrize(
    ("kind", "fine"),
    [
        ("first_after_quiet: 7d", True),
        ("spike: {window: 1d, usual: 14d, times: 3, stories: 4}", True),
        ("spike: {window: 1d, usual: 14d, times: 3}", False),
        ("spike: {window: 1d, usual: 14d, times: 1, stories: 4}", False),
        ("quiet_for: week", False),
        ("quite_for: 7d", False),
    ],
)
def test_the_schema_of_watches_agrees_with_the_loader(kind: str, fine: bool, tmp_path: Path) -> None:
    """Steps with days in numbers and in spans among them."""
    path = tmp_path / "a-watch.yaml"
    path.write_text(watch_text(kind), encoding="utf-8")
    assert accepts("watch-schema.json", loaded(path)) is fine
    try:
        FILES["watch-schema.json"].model_validate(loaded(path))
    except ValueError:
        assert not fine
    else:
        assert fine


def test_templates_filters_and_lexicons() -> None:
    """Each kind of file has a schema of its own."""
    assert accepts("template-schema.json", {"template": "t", "why": "w", "all": ["a"]})
    assert accepts("filters-schema.json", {"filters": [{"phrase": "a", "because": "b"}]})
    assert not accepts("filters-schema.json", {"filters": []})
    assert not accepts("lexicon-schema.json", {"lists": {"Bad Name": {"words": ["a"]}}})


def test_the_command(tmp_path: Path) -> None:
    """It prints one, or writes all; an unknown one is a usage error."""
    assert json.loads(run("schema").stdout)["required"][0] == "rule"
    assert json.loads(run("schema", "lexicon-schema.json").stdout)["properties"].keys() >= {
        "entities",
        "lists",
    }
    assert run("schema", "no.json").returncode == 2
    assert run("schema", "--write", str(tmp_path)).returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)
