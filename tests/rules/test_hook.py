"""The pre-commit hook, in a real git repository."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import ROOT
from rules.located import read_yaml
from tests.rules.workshop import folder_of, rule_text

Git = Callable[..., subprocess.CompletedProcess[str]]
WHO = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """git in a repository that has the hook and good rules, which are staged."""
    top, programs = tmp_path / "newsroom", tmp_path / "bin"
    folder_of(top / "rules", rule_text("$putin"))
    programs.mkdir()
    (programs / "rasid").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    (programs / "rasid").chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            ["git", "-C", str(top), *WHO, *arguments],  # noqa: S607
            capture_output=True,
            env={**environment, **more},
            check=False,
            text=True,
            encoding="utf-8",
        )

    assert run("init", "-q").returncode == 0
    shutil.copy(ROOT / "hooks" / "pre-commit", top / ".git" / "hooks" / "pre-commit")
    run("add", "-A")
    return run


def committed(git: Git) -> int:
    """How many commits there are."""
    counted = git("rev-list", "--count", "HEAD")
    return int(counted.stdout) if counted.returncode == 0 else 0


def test_good_rules_pass(git: Git) -> None:
    """And are committed."""
    done = git("commit", "-m", "one")
    assert done.returncode == 0, done.stderr
    assert committed(git) == 1


def test_a_broken_rule_is_refused(git: Git, tmp_path: Path) -> None:
    """With its place and code, and nothing is committed."""
    folder_of(tmp_path / "newsroom" / "rules", rule_text("$nobody", rule="b-rule"))
    git("add", "-A")
    done = git("commit", "-m", "one")
    assert done.returncode == 1
    assert "rules/library/topic/b-rule.yaml:7:8 R001" in done.stdout + done.stderr
    assert "nothing was committed" in done.stderr
    assert committed(git) == 0


def test_what_is_staged_counts(git: Git, tmp_path: Path) -> None:
    """A broken file that is not staged does not hold up others; one mended but not staged again is refused."""
    rules = tmp_path / "newsroom" / "rules"
    folder_of(rules, rule_text("$nobody", rule="b-rule"))
    assert git("commit", "-m", "one").returncode == 0
    git("add", "-A")
    folder_of(rules, rule_text("$putin", rule="b-rule"))
    assert git("commit", "-m", "two").returncode == 1
    git("add", "-A")
    assert git("commit", "-m", "two").returncode == 0


def test_other_commits_are_left_alone(git: Git, tmp_path: Path) -> None:
    """Where no rule is staged nothing is checked, not even whether the command is there."""
    assert git("commit", "-m", "one").returncode == 0
    (tmp_path / "newsroom" / "notes.txt").write_text("x")
    git("add", "-A")
    assert git("commit", "-m", "two", RASID="/nowhere/rasid").returncode == 0


def test_without_the_command(git: Git) -> None:
    """Unchecked rules are not committed, and it is said what to do."""
    done = git("commit", "-m", "one", RASID="/nowhere/rasid")
    assert (done.returncode, "make setup" in done.stderr) == (1, True)


def test_a_check_that_did_not_come_about(git: Git, tmp_path: Path) -> None:
    """A command that ends otherwise than with "all is well" or "there are errors" does not call the rules broken."""
    command = tmp_path / "rasid"
    command.write_text("#!/bin/sh\nexit 2\n")
    command.chmod(0o755)
    done = git("commit", "-m", "one", RASID=str(command))
    assert (done.returncode, "could not be checked (2)" in done.stderr, committed(git)) == (1, True, 0)


def test_a_folder_of_another_name(git: Git, tmp_path: Path) -> None:
    """RASID_RULES names it."""
    folder_of(tmp_path / "newsroom" / "desk", rule_text("$nobody"))
    git("add", "-A")
    assert git("commit", "-m", "one", RASID_RULES="desk").returncode == 1
    assert git("commit", "-m", "one").returncode == 0


def test_the_definition_for_the_pre_commit_tool() -> None:
    """It runs the check on the files that the loader reads."""
    (hook,) = read_yaml(ROOT / ".pre-commit-hooks.yaml", max_bytes=4096).data
    assert hook["entry"] == "rasid rules check"
    assert re.search(hook["files"], "rules/library/a/b.yaml")
    assert re.search(hook["files"], "lexicon/people.yml")
    assert re.search(hook["files"], "rules/filters.yaml")
    assert not re.search(hook["files"], "feeds/catalogue/arabic.yaml")
