"""``docs/json.md``: the JSON of the commands is what the document shows, to the letter."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.cli.rules import app
from bot.settings import ROOT
from tests.rules.terminal import run

TEXT = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\nrasid rules (.*?)\n```\n```json\n(.*?)\n```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the document describes."""
    top = tmp_path_factory.mktemp("docs")
    lexicon, rule = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    (news,) = re.findall(r"```json\n({\"id\": \"a\", \"title\".*?)```", TEXT, re.DOTALL)
    (top / "rules" / "lexicon").mkdir(parents=True)
    (top / "rules" / "library" / "demo").mkdir(parents=True)
    (top / "rules" / "lexicon" / "demo.yaml").write_text(lexicon, encoding="utf-8")
    (top / "rules" / "library" / "demo" / "visits.yaml").write_text(rule, encoding="utf-8")
    (top / "news.jsonl").write_text(news, encoding="utf-8")
    for name, word, other in (("broken", "$putin", "$putim"), ("old", "- زيارة\n", "- سفر\n")):
        shutil.copytree(top / "rules", top / name)
        changed = rule.replace(word, other, 1)
        (top / name / "library" / "demo" / "visits.yaml").write_text(changed, encoding="utf-8")
    return top


def documents(text: str) -> list[Any]:
    """The JSON documents of a text, one after the other."""
    found, at, decoder = [], 0, json.JSONDecoder()
    while at < len(text.rstrip()):
        document, at = decoder.raw_decode(text, at)
        found.append(document)
        at += 1  # the line break
    return found


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command.split()[0] for command, _ in EXAMPLES])
def test_an_example_is_what_the_command_prints(place: Path, command: str, shown: str) -> None:
    """Keys in their order, values, and nothing beside."""
    done = run(*command.split(), cwd=place)
    assert documents(done.stdout.decode()) == documents(shown)
    assert done.returncode == (1 if command.startswith("check broken") else 0)


def test_every_command_with_json_is_shown() -> None:
    """None is left out."""
    shown = {command.split()[0] for command, _ in EXAMPLES}
    for one in app.registered_commands:
        assert one.callback
        if "as_json" in one.callback.__annotations__:
            assert (one.name or one.callback.__name__) in shown
