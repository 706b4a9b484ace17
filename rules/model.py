"""What goes into a rule set and what comes out of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, NamedTuple

Field = Literal["title", "summary", "body"]
FIELDS: tuple[Field, Field, Field] = ("title", "summary", "body")


class Severity(StrEnum):
    """How serious a match is. ``rank`` orders them, 0 to 3."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low up to 3 for critical."""
        return list(Severity).index(self)


class Status(StrEnum):
    """Where a rule stands in its life: only live rules alert; shadow rules match and are stored."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    RETIRED = "retired"


class Expect(NamedTuple):
    """How often a rule should fire: matches a day, least and most; and the longest silence, in seconds."""

    per_day: tuple[int, int] | None = None
    at_least_every: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a rule may look at. The texts are plain text; ``feed`` is the outlet's name, ``feed_ar`` the same in
    Arabic; ``country`` an ISO code.

    ``seen``: when it was first read; ``where: {max_age: ...}`` is judged against it.
    """

    title: str = ""
    summary: str = ""
    body: str = ""
    feed: str = ""
    country: str = ""
    language: str = "ar"
    published: datetime | None = None
    seen: datetime | None = None
    feed_ar: str = ""

    @property
    def texts(self) -> tuple[str, str, str]:
        """The texts in the order of ``FIELDS``."""
        return (self.title, self.summary, self.body)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that made a rule fire: code points ``start`` to ``end`` of the original field, and the text there."""

    field: Field
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that fired on a document. ``evidence``: at least one, title first, sorted, not overlapping."""

    rule: str
    severity: Severity
    status: Status
    rule_hash: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What others may know of a rule.

    ``hash`` changes when the rule, or a name that it uses, would match differently. ``cooldown``: seconds between
    alerts, None if the rule names none. ``title_en`` may be empty; ``topic`` is the folder's name. A ``watch``
    looks at what rules have matched and never matches a document itself.
    """

    id: str
    title: str
    title_en: str
    why: str
    owner: str
    severity: Severity
    status: Status
    hash: str
    topic: str
    path: Path
    cooldown: float | None = None
    expect: Expect | None = None
    kind: Literal["rule", "watch"] = "rule"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a rule file or lexicon. Line and column count from 1; ``message`` and ``hint`` are Arabic.

    ``meant``: what was surely meant in the place of the word that stands there, if that is known.
    """

    path: Path
    line: int
    column: int
    code: str
    level: Literal["error", "warning"]
    message: str
    message_en: str
    hint: str = ""
    meant: str = ""
