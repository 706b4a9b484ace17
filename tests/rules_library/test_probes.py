"""Headlines of our own, written before the rules were tuned to them: a rule must know news it has not seen."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from rules import RuleSet
from tests.rules_library.cases import fires

PROBES = Path(__file__).parent / "probes"

Texts = dict[str, str]


def probes(kind: str) -> list[tuple[str, Texts]]:
    """Rule and texts of each probe of a kind: ``match``, ``no_match``, or ``todo_`` before it (a known weakness)."""
    reader = YAML(typ="safe", pure=True)
    files = sorted(PROBES.glob("*.yaml"))
    given = [(path.stem, probe) for path in files for probe in reader.load(path).get(kind, [])]
    return [(rule, {"title": probe} if isinstance(probe, str) else probe) for rule, probe in given]


@pytest.mark.parametrize(("rule", "texts"), probes("match"))
def test_news_of_the_thread_is_found(shipped: RuleSet, rule: str, texts: Texts) -> None:
    """Denials, analysis, quotes, passives, names in four spellings, verb first and noun first."""
    assert fires(shipped, rule, **texts)


@pytest.mark.parametrize(("rule", "texts"), probes("no_match"))
def test_other_news_is_left(shipped: RuleSet, rule: str, texts: Texts) -> None:
    """Near-misses: the same names in other news, and the same news of others."""
    assert fires(shipped, rule, **texts) is None


@pytest.mark.parametrize("path", sorted(PROBES.glob("*.yaml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", ["match", "no_match"])
def test_there_are_twenty_of_each_kind(path: Path, kind: str) -> None:
    """Known weaknesses count; nothing is given twice."""
    own = [texts for key in (kind, f"todo_{kind}") for rule, texts in probes(key) if rule == path.stem]
    assert len(own) >= 20
    assert all(own.count(texts) == 1 for texts in own)
