"""The maintainers' guide: every rule and lexicon that it shows works as it stands."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.rules import app
from bot.settings import ROOT
from bot.store import entries, feeds
from bot.store.engine import Database
from bot.store.schema import upgrade
from bot.store.tables import Entry
from bot.times import utc_now
from rules import check_rules
from rules.json_schema import FILES
from tests.rules_library.conftest import SHIPPED

GUIDE = SHIPPED / "README.md"
_BLOCK = re.compile(r"^```yaml (rule|watch|lexicon|template|filters)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    """The blocks of the guide that are marked as whole rules or lexicons."""
    return [text for found, text in _BLOCK.findall(GUIDE.read_text(encoding="utf-8")) if found == kind]


def problems_with(folder: Path, part: str, text: str) -> list[str]:
    """What is wrong with the text as a file of ``library/guide`` or ``lexicon``, beside the shipped lexicons."""
    shutil.copytree(SHIPPED / "lexicon", folder / "lexicon")
    shutil.copytree(SHIPPED / "library", folder / "library")
    _write_shared(folder)
    named = re.match(r"(?:rule|watch): (\S+)", text)
    path = folder / part / f"{named[1] if named else 'from-the-guide'}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [f"{found.line}: {found.code} {found.message_en}" for found in check_rules(folder).problems]


def _write_shared(folder: Path) -> None:
    """The guide's templates and filters, which its rules may stand on."""
    (folder / "templates").mkdir()
    for text in blocks("template"):
        name = text.split("\n", 1)[0].removeprefix("template: ")
        (folder / "templates" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "filters.yaml").write_text("\n".join(blocks("filters")), encoding="utf-8")


@pytest.mark.parametrize("text", blocks("rule"), ids=lambda text: text.split("\n", 1)[0])
def test_each_rule_of_the_guide_checks_clean(text: str, tmp_path: Path) -> None:
    """It loads with the shipped lexicons, and its examples come out as it says."""
    assert problems_with(tmp_path, "library/guide", text) == []


@pytest.mark.parametrize("text", blocks("watch"), ids=lambda text: text.split("\n", 1)[0])
def test_each_watch_of_the_guide_checks_clean(text: str, tmp_path: Path) -> None:
    """It watches rules that are there, and its timelines go as they are written."""
    assert problems_with(tmp_path, "library/guide", text) == []


def test_the_guide_shows_each_kind_of_watch() -> None:
    """A whole file for each, and every key of a timeline's step."""
    shown = "\n".join(blocks("watch"))
    keys = (
        "spike:",
        "first_after_quiet:",
        "quiet_for:",
        "day:",
        "at:",
        "stories:",
        "sources:",
        "fires:",
        "healthy:",
    )
    assert [key for key in keys if key not in shown] == []


@pytest.mark.parametrize("text", blocks("lexicon"))
def test_each_lexicon_of_the_guide_checks_clean(text: str, tmp_path: Path) -> None:
    """It loads beside the shipped lexicons."""
    assert problems_with(tmp_path, "lexicon", text) == []


def test_the_guide_shows_each_condition() -> None:
    """Every condition that there is has a whole rule in the guide, and a lexicon shows each of its keys."""
    shown = "\n".join(blocks("rule"))
    for key in (
        "all:",
        "any:",
        "none:",
        "near:",
        "order: as_written",
        "in: title",
        "phrase:",
        "without:",
        "escalate:",
        *(
            "same_sentence:",
            "at_least:",
            "score:",
            "required:",
            "context:",
            "regex:",
            "where:",
            "uses:",
            "expect:",
        ),
    ):
        assert key in shown, key
    lexicons = "\n".join(blocks("lexicon"))
    assert all(
        key in lexicons
        for key in (
            "entities:",
            "lists:",
            "spelling: foreign",
            "aliases:",
            "ignore:",
            "words:",
            "nisba:",
            "groups:",
        )
    )


def test_no_yaml_of_the_guide_is_left_untested() -> None:
    """There is no YAML block but the marked ones."""
    text = GUIDE.read_text(encoding="utf-8")
    marked = [block for kind in ("rule", "watch", "lexicon", "template", "filters") for block in blocks(kind)]
    assert text.count("```yaml") == len(marked)


def test_names_in_the_guide_exist() -> None:
    """Every $name that the guide mentions is in a shipped lexicon."""
    lexicons = "\n".join(path.read_text(encoding="utf-8") for path in (SHIPPED / "lexicon").glob("*.yaml"))
    defined = set(re.findall(r"^  ([a-z][a-z0-9_]*):", lexicons, re.MULTILINE))
    guide = "\n".join(blocks("lexicon"))
    defined |= set(re.findall(r"^  ([a-z][a-z0-9_]*):", guide, re.MULTILINE))
    assert set(re.findall(r"\$([a-z][a-z0-9_]*)\b(?!=)", GUIDE.read_text(encoding="utf-8"))) <= defined


def commands() -> list[str]:
    """The lines of the guide that are typed."""
    shown = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in shown for line in block.splitlines() if "rasid rules" in line]


@pytest.mark.parametrize("line", commands())
async def test_each_command_of_the_guide_works(line: str, tmp_path: Path) -> None:
    """As it stands, in a copy of the shipped folder, with news in a file and in the database."""
    folder = shutil.copytree(SHIPPED, tmp_path / "rules")
    (tmp_path / "news.jsonl").write_text(json_line(), encoding="utf-8")
    for name in ("init -q", "add .", "-c user.name=t -c user.email=t@t.example commit -qm one"):
        subprocess.run(["git", *name.split()], cwd=tmp_path, check=True, capture_output=True)  # noqa: ASYNC221, S603, S607
    url = f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}"
    database = Database(url)
    await upgrade(database)
    async with database.write() as session:
        await feeds.sync(session, [{"url": "https://a.example/", "outlet": "A"}], utc_now())
        await entries.add(
            session, [Entry(feed_id=1, identity="1", title="خبر من العاصمة", seen_at=utc_now())]
        )
    await database.dispose()
    done = subprocess.run(  # noqa: ASYNC221, S603 - our own command
        [sys.executable, "-m", "bot", *shlex.split(line)[1:]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RASID_RULES": str(folder), "DATABASE_URL": url},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.strip()


def json_line() -> str:
    """The item that the guide shows."""
    (shown,) = re.findall(r'^{"id": .*}$', GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return f"{shown}\n"


def test_the_guide_tells_of_each_command() -> None:
    """Every command of ``rasid rules`` is shown."""
    text = GUIDE.read_text(encoding="utf-8")
    names = [one.name or getattr(one.callback, "__name__", "") for one in app.registered_commands]
    assert len(names) >= 8
    assert [name for name in names if f"rasid rules {name}" not in text] == []


def test_the_editors_settings_name_files_that_are_there() -> None:
    """The JSON for VS Code is right as it stands."""
    text = GUIDE.read_text(encoding="utf-8")
    (shown,) = re.findall(r'^{\n  "yaml.schemas".*?^}$', text, re.MULTILINE | re.DOTALL)
    schemas = json.loads(shown)["yaml.schemas"]
    assert {Path(path).name for path in schemas} == set(FILES) - {"watch-schema.json"}
    assert "# yaml-language-server: $schema=../../watch-schema.json" in text  # a line in the file itself
    assert all((ROOT / path).is_file() for path in schemas)
