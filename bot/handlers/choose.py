"""From what somebody typed to the rules that are meant. Pure."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules import RuleInfo, RuleSet, Status
from rules.arabic import fold_tokens

ALL_WORDS = frozenset({"all", "*", "الكل", "كل", "كلها", "الجميع", "كل القواعد"})
MOST_MEANT = 3  # near misses that are offered
NEAR = 0.65  # how alike a near miss must be, from 0 to 1: one wrong letter in a word of three still counts


class Meant(StrEnum):
    """What an argument turned out to be."""

    NOTHING = "nothing"  # there was none
    ALL = "all"
    FOUND = "found"
    SEVERAL = "several"  # the words fit more than one rule
    UNKNOWN = "unknown"  # no rule; the nearest may be offered


@dataclass(frozen=True, slots=True)
class Choice:
    """What was meant, with the rules that are meant, that fit, or that come near."""

    meant: Meant
    rules: tuple[RuleInfo, ...] = ()


def live_rules(rule_set: RuleSet) -> tuple[RuleInfo, ...]:
    """The rules that can be followed, in the order that their numbers in /rules stand for."""
    return tuple(
        sorted((rule for rule in rule_set.rules if rule.status == Status.LIVE), key=lambda rule: rule.id)
    )


def choose(argument: str, live: Sequence[RuleInfo]) -> Choice:
    """The rules meant by an argument: ``all``, ids, numbers in /rules (1 3), or words of one title."""
    asked = " ".join(argument.split())
    if not asked:
        return Choice(Meant.NOTHING)
    if asked.casefold() in ALL_WORDS:
        return Choice(Meant.ALL)
    exact = _exact(asked, live)
    if exact:
        return Choice(Meant.FOUND, exact)
    fitting = tuple(rule for rule in live if _fits(fold(asked), rule))
    if fitting:
        return Choice(Meant.FOUND if len(fitting) == 1 else Meant.SEVERAL, fitting)
    return Choice(Meant.UNKNOWN, nearest(asked, live))


def _exact(asked: str, live: Sequence[RuleInfo]) -> tuple[RuleInfo, ...]:
    """The rules that every part of ``asked`` names by id or number, or a whole title; else none."""
    title = [rule for rule in live if fold(asked) in (fold(rule.title), fold(rule.title_en)) and fold(asked)]
    if len(title) == 1:
        return tuple(title)
    found = [_one(part, live) for part in asked.replace("،", " ").replace(",", " ").split()]
    whole = [rule for rule in found if rule is not None]
    return tuple({rule.id: rule for rule in whole}.values()) if len(whole) == len(found) else ()


def _one(part: str, live: Sequence[RuleInfo]) -> RuleInfo | None:
    if part.isdecimal() and len(part) < 6:
        number = int(part)
        return live[number - 1] if 1 <= number <= len(live) else None
    return next((rule for rule in live if rule.id.casefold() == part.casefold()), None)


def _fits(asked: str, rule: RuleInfo) -> bool:
    """Whether every word of ``asked`` stands in the rule's id or one of its titles."""
    if not asked or asked.replace(" ", "").isdecimal():
        return False
    return any(
        all(any(word in token for token in text.split()) for word in asked.split()) for text in _names(rule)
    )


def _names(rule: RuleInfo) -> tuple[str, ...]:
    return fold(rule.title), fold(rule.title_en), fold(rule.id)


def nearest(asked: str, live: Sequence[RuleInfo]) -> tuple[RuleInfo, ...]:
    """The rules whose id or title comes nearest to ``asked``, the best first; often none."""
    if not fold(asked):
        return ()
    rated = sorted(((_likeness(fold(asked), rule), rule) for rule in live), key=lambda pair: -pair[0])
    return tuple(rule for likeness, rule in rated if likeness >= NEAR)[:MOST_MEANT]


def _likeness(asked: str, rule: RuleInfo) -> float:
    """From 0 to 1; a part of the title that is spelt nearly so counts as the title does."""
    words = len(asked.split())
    pieces = (text for name in _names(rule) for text in (name, *_runs_of(name.split(), words)))
    return max((difflib.SequenceMatcher(None, asked, piece).ratio() for piece in pieces), default=0.0)


def _runs_of(words: list[str], size: int) -> list[str]:
    return [" ".join(words[at : at + size]) for at in range(max(0, len(words) - size + 1))]


def fold(text: str) -> str:
    """One spelling of a text for finding titles: the engine's own, so that كيربى finds كيربي; hyphens part words."""
    return " ".join(fold_tokens(text))


def chosen_by_link(payload: str, live: Sequence[RuleInfo]) -> Choice:
    """The rules meant by the payload of a link t.me/BOT?start=PAYLOAD: ``all``, or ``r_`` and a rule's id."""
    if not payload:
        return Choice(Meant.NOTHING)
    if payload == "all":
        return Choice(Meant.ALL)
    rule_id = payload.removeprefix("r_")
    found = tuple(rule for rule in live if payload.startswith("r_") and rule.id == rule_id)
    return Choice(Meant.FOUND, found) if found else Choice(Meant.UNKNOWN)


def without(followed: Sequence[str], gone: Sequence[str], live: Sequence[RuleInfo]) -> tuple[str, ...]:
    """What is followed when ``gone`` is taken out of ``followed``; out of all (``*``), the rest by name."""
    every = [rule.id for rule in live] if "*" in followed else []
    rest = dict.fromkeys([*(rule for rule in followed if rule != "*"), *every])
    return tuple(rule for rule in rest if rule not in gone)
