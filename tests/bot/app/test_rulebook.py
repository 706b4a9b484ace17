"""The rule book: what it says when another set comes into force."""

from pathlib import Path

import pytest

from bot.app import rulebook
from bot.app.rulebook import RuleBook
from bot.times import utc_now
from rules import load_rules
from rules.settle import Settled
from tests.rules.workshop import folder_of, rule_text


class Heard:
    """A log that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str]] = []

    def info(self, event: str, *, rule: str, status: str) -> None:
        self.lines.append((event, rule, status))

    def warning(self, event: str, *, rule: str, status: str) -> None:
        self.lines.append((f"! {event}", rule, status))


def test_what_came_and_went_is_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live rule that is gone is a warning; a change and a new rule are said; a first set says nothing."""
    heard = Heard()
    monkeypatch.setattr(rulebook, "log", heard)
    live, draft = rule_text("$putin"), rule_text("$kim", rule="b-rule").replace("live", "draft")
    kept = rule_text("$dprk", rule="c-rule")
    book = RuleBook()
    first = folder_of(tmp_path / "1", live, draft, kept)
    then = folder_of(tmp_path / "2", kept.replace("$dprk", "$russia"), rule_text("$said", rule="d-rule"))
    for folder in (first, then):
        book.take(Settled(load_rules(folder).rule_set, {}, {}, ()), utc_now())
    assert heard.lines == [
        ("! a rule is no longer there", "a-rule", "live"),
        ("a rule is no longer there", "b-rule", "draft"),
        ("a rule has changed", "c-rule", "live"),
        ("a rule is new", "d-rule", "live"),
    ]
