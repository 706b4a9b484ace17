"""Sentences, all our own, that are in no rule file: what the shipped rules must know without having seen it."""

from rules import Document, Match, RuleSet


def fires(rules: RuleSet, rule: str, title: str = "", summary: str = "", body: str = "") -> Match | None:
    """The match of a rule on a document made of these texts, if it fires."""
    found = rules.match(Document(title=title, summary=summary, body=body))
    return next((match for match in found if match.rule == rule), None)


def evidence(match: Match | None) -> list[str]:
    """The words shown for a match."""
    assert match is not None
    return [piece.text for piece in match.evidence]
