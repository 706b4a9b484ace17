"""What the rules are measured against: plain substrings and one ``\\b`` regex a rule, on the raw text.

``baselines.yaml`` holds what a sensible newcomer would write: a label, then ``substrings`` (groups; of each group one
must occur) and ``regex`` (one pattern, searched).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

BASELINES = Path(__file__).with_name("baselines.yaml")
KINDS: Mapping[str, Callable[["Baseline", str], bool]] = {
    "substring": lambda baseline, text: baseline.by_substrings(text),
    "regex": lambda baseline, text: baseline.by_regex(text),
}
"""The kinds of baseline, in the order of the table."""


@dataclass(frozen=True)
class Baseline:
    """A newcomer's two ways to find what a rule finds."""

    groups: tuple[tuple[str, ...], ...]
    pattern: re.Pattern[str]

    def by_substrings(self, text: str) -> bool:
        """Whether of each group something stands in the text, within words or not."""
        return all(any(word in text for word in group) for group in self.groups)

    def by_regex(self, text: str) -> bool:
        """Whether the pattern is found; its dot crosses lines."""
        return self.pattern.search(text) is not None


def read_baselines(path: Path = BASELINES) -> dict[str, Baseline]:
    """The baseline of each label. Raises KeyError where a part is missing, re.error for a bad pattern."""
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(path)
    return {label: _baseline(entry) for label, entry in read.items()}


def _baseline(entry: Mapping[str, Any]) -> Baseline:
    groups = tuple(tuple(group) for group in entry["substrings"])
    return Baseline(groups, re.compile(entry["regex"], re.DOTALL))


def found_by(kind: str, baselines: Mapping[str, Baseline], item: Mapping[str, Any]) -> set[str]:
    """The labels whose baseline of a kind (see ``KINDS``) finds an item ``{title, summary, body}``."""
    text = "\n".join((item["title"], item["summary"], item["body"]))
    return {label for label, baseline in baselines.items() if KINDS[kind](baseline, text)}
