"""A rule set for talking about: three live rules, one on trial, one retired."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import cast

from rules import RuleInfo, RuleSet, load_rules

DATA = Path(__file__).parent / "data"


@cache
def rule_set() -> RuleSet:
    """The rules in the folder ``data``, as the engine loads them."""
    loaded = load_rules(DATA)
    assert not loaded.problems
    return loaded.rule_set


def _named(rule_id: str) -> RuleInfo:
    return next(rule for rule in rule_set().rules if rule.id == rule_id)


ARMS, KIRBY, VISITS = LIVE = tuple(map(_named, ("dprk-arms", "kirby-statements", "putin-visits")))


def rule(rule_id: str, title: str) -> RuleInfo:
    """Another live rule."""
    return replace(VISITS, id=rule_id, title=title, title_en="")


class _Listed:
    def __init__(self, rules: tuple[RuleInfo, ...]) -> None:
        self.rules = rules


def listed(*rules: RuleInfo) -> RuleSet:
    """Stands where a rule set is asked for its list alone: hundreds of rules need no files."""
    return cast(RuleSet, _Listed(rules))
