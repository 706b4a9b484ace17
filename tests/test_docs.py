"""Documentation that tests keep true: commands, links, process types, the lock."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bot.cli.main import app
from bot.handlers.commands import COMMANDS
from bot.settings import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "rules" / "README.md"])
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def name(path: Path) -> str:
    """A document's name in test ids."""
    return str(path.relative_to(ROOT))


def commands() -> set[str]:
    """Every command of the command line, such as ``rules check``."""
    return set(_commands(typer.main.get_command(app), ""))


def _commands(command: object, prefix: str) -> list[str]:
    found = [prefix.strip()] if prefix else []
    for word, inner in getattr(command, "commands", {}).items():
        found += _commands(inner, f"{prefix} {word}")
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_rasid_command_that_a_document_names_exists(path: Path) -> None:
    """A command in backticks or in a code block is one that can be typed."""
    text = path.read_text(encoding="utf-8")
    code = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    for found in re.findall(r"\brasid ((?:[a-z]+ ?){1,2})", "\n".join(code)):
        words = found.split()
        assert words[0] in commands() or " ".join(words) in commands(), f"{name(path)}: rasid {found}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_make_target_that_a_document_names_exists(path: Path) -> None:
    """``make x`` in a document is a target of the Makefile."""
    code = re.findall(r"```.*?```|`[^`\n]+`", path.read_text(encoding="utf-8"), re.DOTALL)
    for target in re.findall(r"\bmake ([a-z][a-z-]+)\b", "\n".join(code)):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), f"{name(path)}: make {target}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    """A link to a file of the project finds it."""
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{name(path)}: {target}"


def test_the_readme_begins_with_the_two_commands() -> None:
    """A newcomer finds them before anything else, and both are targets."""
    first_block = (ROOT / "README.md").read_text(encoding="utf-8").split("```")[1]
    assert re.findall(r"^make \w+", first_block, re.MULTILINE) == ["make run", "make test"]


def test_the_procfile_names_real_commands() -> None:
    """Each process type is a command of the command line."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    types = dict(line.split(": ", 1) for line in lines)
    assert {"release", "bot", "clock", "worker", "web"} == set(types)
    for kind, command in types.items():
        assert command.endswith(f"rasid {kind}")
        assert kind in commands()


def test_ci_calls_what_the_readme_tells() -> None:
    """The clean machine runs the newcomer's own commands."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"^make .+$", script, re.MULTILINE) == ["make test", "make check"]


@pytest.mark.parametrize("exported", ["requirements.txt", "requirements-dev.txt"])
def test_pip_installs_what_uv_locked(exported: str) -> None:
    """The two exports hold the lock's versions and none besides; ``make lock`` renews them."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = {(package["name"], package.get("version")) for package in lock["package"]}
    pinned = re.findall(
        r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / exported).read_text(encoding="utf-8"), re.MULTILINE
    )
    assert pinned
    assert set(pinned) <= locked


def test_pip_finds_all_that_it_needs_in_the_lock() -> None:
    """It is told to look for nothing else, since some pips do not know ``lxml[html_clean]`` by that name, and say so.

    So whatever a locked package needs, its extras included, must stand in the export.
    """
    told = MAKEFILE + (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installs = re.findall(r"install .*-r requirements.*", told)
    assert len(installs) == 3
    assert all("--no-deps" in line for line in installs)
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    packages = {package["name"]: package for package in lock["package"]}
    waiting: list[dict[str, Any]] = [*packages["rasid"]["dependencies"]]
    needed: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        for extra in ("", *one.get("extra", ())):
            if (one["name"], extra) not in needed:
                needed.add((one["name"], extra))
                package = packages[one["name"]]
                waiting += (
                    package["optional-dependencies"][extra] if extra else package.get("dependencies", ())
                )
    exported = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", exported, re.MULTILINE))
    assert {name for name, _ in needed} <= pinned
    assert ("lxml-html-clean", "") in needed


def test_the_lock_knows_every_dependency() -> None:
    """A dependency added without ``make lock`` is noticed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = (
        project["project"]["dependencies"]
        + project["dependency-groups"]["dev"]
        + project["dependency-groups"]["build"]
    )
    names = {re.split(r"[\[<>=~! ]", one)[0].lower().replace("_", "-") for one in wanted}
    for exported in ("requirements-dev.txt",):
        pinned = set(
            re.findall(r"^([a-z0-9._-]+)==", (ROOT / exported).read_text(encoding="utf-8"), re.MULTILINE)
        )
        assert names <= pinned, names - pinned


def test_the_readme_names_every_command_of_the_bot() -> None:
    """The one list of commands is in the README too."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8").split("## In Telegram")[1].split("\n## ")[0]
    assert [one.name for one in COMMANDS if f"`/{one.name}`" not in readme] == []
