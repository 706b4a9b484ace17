"""A rule set for talking about: three live rules, one on trial, one retired."""

from pathlib import Path
from typing import cast

from rules import RuleInfo, RuleSet, Severity, Status


def rule(rule_id: str, title: str, *, title_en: str = "", status: Status = Status.LIVE) -> RuleInfo:
    """A rule as the engine describes it."""
    return RuleInfo(
        id=rule_id,
        title=title,
        title_en=title_en,
        why=f"كل ما يخص {title}",
        owner="desk",
        severity=Severity.HIGH,
        status=status,
        hash="0" * 8,
        topic="test",
        path=Path(f"{rule_id}.yaml"),
    )


ARMS = rule("dprk-arms", "أسلحة كورية شمالية", title_en="North Korean arms")
KIRBY = rule("kirby-statements", "تصريحات كيربي", title_en="Kirby's statements")
VISITS = rule("putin-visits", "زيارات بوتين", title_en="Putin's visits")
TRIAL = rule("on-trial", "قاعدة تحت التجربة", status=Status.SHADOW)
RETIRED = rule("old-rule", "قاعدة قديمة", status=Status.RETIRED)
LIVE = (ARMS, KIRBY, VISITS)


class Book:
    """Stands where a rule set is asked for its rules; talking needs no more of it."""

    def __init__(self, *rules: RuleInfo) -> None:
        self.rules = rules


def rule_set(*rules: RuleInfo) -> RuleSet:
    """A rule set of ``rules``, or of the five above."""
    return cast(RuleSet, Book(*(rules or (VISITS, ARMS, TRIAL, KIRBY, RETIRED))))
