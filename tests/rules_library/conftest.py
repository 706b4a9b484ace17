"""The shipped rules, loaded once for all tests here."""

from pathlib import Path

import pytest

import rules
from rules import CheckResult, RuleSet, check_rules

SHIPPED = Path(rules.__file__).parent


@pytest.fixture(scope="session")
def shipped_folder() -> Path:
    """Where the shipped rules and lexicons lie."""
    return SHIPPED


@pytest.fixture(scope="session")
def checked() -> CheckResult:
    """The shipped rules with their examples run."""
    return check_rules(SHIPPED)


@pytest.fixture(scope="session")
def shipped(checked: CheckResult) -> RuleSet:
    """The shipped rules."""
    return checked.rule_set
