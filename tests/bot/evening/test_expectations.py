"""The shipped rules find in the evening what a reader finds in it, and a copy is known by its headline or page."""

from functools import cache

import pytest

from bot.evening.scenario import PlayedEntry, load_scenario
from bot.pipeline.reading import title_key
from bot.settings import ROOT
from feeds.identity import canonical_link
from rules import Document, RuleSet, load_rules

SCENARIO = load_scenario()
ENTRIES = dict(SCENARIO.entries())
LINKS = {
    f"{feed.key}/{shown.id}": shown.link
    for feed in SCENARIO.feeds
    for moment in feed.changes()
    for shown in feed.at(moment).entries
}


@cache
def shipped() -> RuleSet:
    """The rules that Rasid ships."""
    return load_rules(ROOT / "rules").rule_set


@pytest.mark.parametrize("name", ENTRIES)
def test_the_shipped_rules_agree_with_the_reader(name: str) -> None:
    """On every entry exactly the expected rules fire."""
    entry = ENTRIES[name]
    document = Document(title=entry.title, summary=entry.summary, body=entry.body)
    assert sorted(match.rule for match in shipped().match(document)) == sorted(entry.expect)


def last_title(entry: PlayedEntry) -> str:
    """The headline that an entry ends with."""
    return entry.edits[-1].title if entry.edits else entry.title


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if entry.copy_of])
def test_a_copy_is_recognisable(name: str) -> None:
    """A copy shares its page or, in whatever spelling, its headline with the original."""
    copy, original = ENTRIES[name], ENTRIES[ENTRIES[name].copy_of]
    same_page = canonical_link(LINKS[name]) == canonical_link(LINKS[copy.copy_of])
    assert same_page or title_key(last_title(copy)) == title_key(last_title(original)) != ""
