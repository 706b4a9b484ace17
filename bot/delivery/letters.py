"""From a stored alert to the words of its message."""

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from bot.store.parcels import Fired, Parcel
from bot.texts.alert import AlertView, RuleLine
from rules import RuleSet, Severity

REASONS_SHOWN = 6


def view_of(parcel: Parcel, rules: RuleSet) -> AlertView:
    """What the message is rendered from; a rule that is no longer there is called by its id."""
    english = parcel.language == "en"
    titles = {rule.id: (rule.title_en or rule.title) if english else rule.title for rule in rules.rules}
    return AlertView(
        alert_id=parcel.alert_id,
        severity=parcel.severity,
        title=parcel.title,
        summary=parcel.summary,
        content=parcel.content,
        link=parcel.link,
        outlet=parcel.outlet if english else (parcel.outlet_ar or parcel.outlet),
        published_at=parcel.published_at,
        seen_at=parcel.seen_at,
        rules=tuple(RuleLine(titles.get(one.rule, one.rule), one.severity) for one in parcel.fired),
        title_spans=_spans(parcel.fired, "title"),
        summary_spans=_spans(parcel.fired, "summary"),
        content_spans=_spans(parcel.fired, "body"),
        reasons=_reasons(parcel.fired),
        noticed=_noticed(parcel.fired, rules, english=english),
        sources=parcel.sources,
        may_be_duplicate=parcel.may_be_duplicate,
        follows_up=parcel.follows_up,
        raised_from=_raised_from(parcel),
        language="en" if english else "ar",
    )


def _raised_from(parcel: Parcel) -> str:
    if not parcel.before or Severity(parcel.before).rank >= Severity(parcel.severity).rank:
        return ""
    return parcel.before


def _spans(fired: tuple[Fired, ...], field: str) -> tuple[tuple[int, int], ...]:
    """Where the evidence of all rules stands in one field: sorted, overlaps merged."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((one["start"], one["end"]) for one in _evidence(fired) if one["field"] == field):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _evidence(fired: tuple[Fired, ...]) -> list[dict[str, Any]]:
    return [one for rule in fired for one in rule.evidence]


def _noticed(fired: tuple[Fired, ...], rules: RuleSet, *, english: bool) -> tuple[str, ...]:
    """The reasons of watches, the gravest first; their matches hold them in Arabic, then in English."""
    watches = {watch.info.id for watch in rules.watches}
    said = [one for one in fired if one.rule in watches and len(one.explanation) == 2]
    gravest = sorted(said, key=lambda one: -Severity(one.severity).rank)
    return tuple(one.explanation[int(english)] for one in gravest)


def _reasons(fired: tuple[Fired, ...]) -> tuple[str, ...]:
    """The words that matched, each once: of each rule in turn, the gravest first, so that none goes unnamed."""
    gravest = sorted(fired, key=lambda rule: -Severity(rule.severity).rank)
    turns = zip_longest(*(rule.evidence for rule in gravest))
    words = dict.fromkeys(" ".join(one["text"].split()) for turn in turns for one in turn if one)
    return tuple(words)[:REASONS_SHOWN]


RulesInForce = Callable[[], RuleSet]
