"""The shape of rule files, templates, filters and lexicons: what may stand where.

These models and those of ``condition_shapes`` are the one source of the shape; an editor's JSON Schema can be
generated from them.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from rules.condition_shapes import AnyCondition, AnyWithout, Duration, Shape, Text, as_text, seconds
from rules.model import Expect, Severity, Status

ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class Escalation(Shape):
    """If ``when`` holds as well, the match is at least this serious."""

    when: AnyCondition
    severity: Annotated[Severity, Field(strict=False)]


class AlertSettings(Shape):
    """How its alerts behave. ``cooldown``: such as 30m, 2h, 1d."""

    cooldown: Duration | None = None

    def cooldown_seconds(self) -> float | None:
        """The cooldown in seconds."""
        return seconds(self.cooldown) if self.cooldown else None


class ExpectShape(Shape):
    """How often the rule should fire: what is outside is told to its owner. ``per_day``: such as 0..6."""

    per_day: Annotated[str, Field(pattern=r"^[0-9]{1,4}\.\.[0-9]{1,4}$")] | None = None
    at_least_one_every: Duration | None = None

    def value(self) -> Expect:
        """The same in numbers."""
        low, _, high = (self.per_day or "").partition("..")
        every = seconds(self.at_least_one_every) if self.at_least_one_every else None
        return Expect((int(low), int(high)) if self.per_day else None, every)


class ExampleText(Shape):
    """An example with its parts apart."""

    title: Text = ""
    summary: Text = ""
    body: Annotated[str, Field(max_length=100_000)] = ""


def _example(value: Any) -> Any:
    return {"title": value} if isinstance(as_text(value), str) else value


AnyExample = Annotated[ExampleText, BeforeValidator(_example, json_schema_input_type=Text | ExampleText)]


def _none_is_empty(value: Any) -> Any:
    return [] if value is None else value


# The last example of a kind was deleted and its key stayed: that is an empty list, and said to be one.
Listed = Annotated[
    list[AnyExample], BeforeValidator(_none_is_empty, json_schema_input_type=list[AnyExample] | None)
]


class Examples(Shape):
    """What the rule must and must not match; ``todo_``: known weaknesses, counted and not failing."""

    match: Listed = []
    no_match: Listed = []
    todo_match: Listed = []
    todo_no_match: Listed = []


class RuleFile(Shape):
    """One rule."""

    rule: Annotated[str, Field(pattern=ID, max_length=40)]
    title: Text
    title_en: Text = ""
    status: Annotated[Status, Field(strict=False)]
    severity: Annotated[Severity, Field(strict=False)]
    owner: Text
    why: Text
    uses: Annotated[str, Field(pattern=ID)] | None = None
    match: AnyCondition
    without: list[AnyWithout] = []
    escalate: list[Escalation] = []
    alert: AlertSettings = AlertSettings()
    expect: ExpectShape | None = None
    false_positives: list[Text] = []
    examples: Examples = Examples()


class TemplateFile(Shape):
    """What several rules share: conditions that hold besides a rule's own, and words that do not count for it."""

    template: Annotated[str, Field(pattern=ID, max_length=40)]
    why: Text
    all: list[AnyCondition] = []
    without: list[AnyWithout] = []
    escalate: list[Escalation] = []
    alert: AlertSettings = AlertSettings()


class FiltersFile(Shape):
    """Words that count for no rule."""

    filters: Annotated[list[AnyWithout], Field(min_length=1)]


class Words(Shape):
    """What entities and lists share: phrases that cancel the words they cover."""

    ignore: list[Text] = []


class Entity(Words):
    """Somebody or something with a name, and its spellings."""

    name: Text
    spelling: Literal["arabic", "foreign"] = "arabic"
    aliases: list[Text] = []
    nisba: list[Text] = []


class WordList(Words):
    """Words that mean the same to a rule."""

    words: Annotated[list[Text], Field(min_length=1)]


class Group(Shape):
    """Names that a rule may call by one."""

    of: Annotated[list[Annotated[str, Field(pattern=r"^\$[a-z][a-z0-9_]*(\.nisba)?$")]], Field(min_length=1)]


NAME = re.compile(r"[a-z][a-z0-9_]*")


class LexiconFile(Shape):
    """Names for rules to use. Names are known to all rules."""

    entities: dict[str, Entity] = {}
    lists: dict[str, WordList] = {}
    groups: dict[str, Group] = {}

    @field_validator("entities", "lists", "groups", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        for name in value if isinstance(value, dict) else ():
            if not NAME.fullmatch(name):
                raise PydanticCustomError("lexicon_name", "bad name", {"name": name})
        return value

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.entities and not self.lists and not self.groups:
            raise PydanticCustomError("lexicon_empty", "nothing is defined")
        return self
