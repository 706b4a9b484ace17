"""Headlines of our own, written before the rules were tuned to anything: a rule must know news it has not seen."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from rules import RuleSet
from tests.rules_library.cases import fires

PROBES = Path(__file__).parent / "probes"


def probes(kind: str) -> list[tuple[str, str]]:
    """Rule and text of each probe of a kind: ``match``, ``no_match``, or ``todo_`` before either (known weaknesses)."""
    reader = YAML(typ="safe", pure=True)
    files = sorted(PROBES.glob("*.yaml"))
    return [(path.stem, text) for path in files for text in reader.load(path).get(kind, [])]


@pytest.mark.parametrize(("rule", "text"), probes("match"))
def test_news_of_the_thread_is_found(shipped: RuleSet, rule: str, text: str) -> None:
    """Denials, analysis, quotes, passives, names in four spellings, verb first and noun first."""
    assert fires(shipped, rule, text)


@pytest.mark.parametrize(("rule", "text"), probes("no_match"))
def test_other_news_is_left(shipped: RuleSet, rule: str, text: str) -> None:
    """Near-misses: the same names in other news, and the same news of others."""
    assert fires(shipped, rule, text) is None


def test_there_are_forty_for_each_rule_that_has_any() -> None:
    """Twenty of each kind, counting the known weaknesses, none given twice."""
    for path in PROBES.glob("*.yaml"):
        for kind in ("match", "no_match"):
            own = [text for key in (kind, f"todo_{kind}") for rule, text in probes(key) if rule == path.stem]
            assert len(own) >= 20 and len(set(own)) == len(own), f"{path.name}: {kind}"
