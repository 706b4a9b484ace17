"""The shape of rule files and lexicons: what may stand where.

These models are the one source of the shape; an editor's JSON Schema can be generated from them. A condition is a
text or a mapping with exactly one condition key, which picks its model.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from rules.model import Severity, Status

DURATION = re.compile(r"([1-9][0-9]{0,4})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
WIDEST = 200  # words that `near` may span


def _as_text(value: Any) -> Any:
    """A bare number where text stands is that text: ``- 2024``."""
    return str(value) if type(value) is int else value


Text = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=2000)]
FieldName = Literal["title", "summary", "body"]


class Shape(BaseModel):
    """A mapping without unknown keys. It notes in the context which model a mapping met, for better messages."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _note(cls, data: Any, info: ValidationInfo) -> Any:
        if isinstance(info.context, dict):
            info.context[id(data)] = cls
        return data


class Scoped(Shape):
    """A condition that may be told where to look."""

    fields: Annotated[FieldName | list[FieldName], Field(alias="in")] = Field(
        default=["title", "summary", "body"], alias="in"
    )


class PhraseCondition(Scoped):
    """A phrase or ``$name``: the long form of a bare text."""

    phrase: Text


class AllCondition(Scoped):
    """Every part holds."""

    all: Annotated[list["AnyCondition"], Field(min_length=1)]


class AnyOfCondition(Scoped):
    """At least one part holds."""

    any: Annotated[list["AnyCondition"], Field(min_length=1)]


class NoneCondition(Scoped):
    """No part holds."""

    none: Annotated[list["AnyCondition"], Field(min_length=1)]


class NearBody(Shape):
    """One of each, close together in one field."""

    within: Annotated[int, Field(ge=1, le=WIDEST)]
    order: Literal["any", "as_written"] = "any"
    of: Annotated[list["AnyElement"], Field(min_length=2, max_length=12)]


class NearCondition(Scoped):
    """One of each, close together in one field."""

    near: NearBody


class NearElement(Shape):
    """A ``near`` inside a ``near``."""

    near: NearBody


class AnyOfElement(Shape):
    """One of several, inside a ``near``."""

    any: Annotated[list["AnyElement"], Field(min_length=1)]


class PhraseElement(Shape):
    """A phrase or ``$name`` inside a ``near``."""

    phrase: Text


CONDITION_KEYS = ("phrase", "all", "any", "none", "near")
ELEMENT_KEYS = ("phrase", "any", "near")


def condition_kind(value: Any, keys: tuple[str, ...] = CONDITION_KEYS) -> str | None:
    """Which model a condition meets: ``text`` or its condition key; None if it has none or several."""
    if isinstance(value, BaseModel):  # on the way out, when a rule's hash is made
        value = type(value).model_fields
    if not isinstance(value, dict):
        return "text" if isinstance(value, str | int) and not isinstance(value, bool) else None
    found = [key for key in keys if key in value]
    return f"<{found[0]}>" if len(found) == 1 else None


def element_kind(value: Any) -> str | None:
    """The same for what stands in ``near``."""
    return condition_kind(value, ELEMENT_KEYS)


def _tell(kind: Any, keys: str) -> Discriminator:
    return Discriminator(kind, custom_error_type=f"{keys}_kind", custom_error_message="not one condition key")


AnyCondition = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[PhraseCondition, Tag("<phrase>")]
    | Annotated[AllCondition, Tag("<all>")]
    | Annotated[AnyOfCondition, Tag("<any>")]
    | Annotated[NoneCondition, Tag("<none>")]
    | Annotated[NearCondition, Tag("<near>")],
    _tell(condition_kind, "condition"),
]
AnyElement = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[PhraseElement, Tag("<phrase>")]
    | Annotated[AnyOfElement, Tag("<any>")]
    | Annotated[NearElement, Tag("<near>")],
    _tell(element_kind, "element"),
]


class _Because(Shape):
    because: Text


class PhraseWithout(PhraseCondition, _Because):
    """A phrase whose words are cancelled."""


class AllWithout(AllCondition, _Because):
    """What takes part in all of it is cancelled."""


class AnyOfWithout(AnyOfCondition, _Because):
    """What takes part in any of it is cancelled."""


class NearWithout(NearCondition, _Because):
    """What takes part in it is cancelled."""


WITHOUT_KEYS = ("phrase", "all", "any", "near")


def without_kind(value: Any) -> str | None:
    """The same for what stands in ``without``, which is always a mapping: it carries its reason."""
    return condition_kind(value, WITHOUT_KEYS) if isinstance(value, dict | BaseModel) else None


AnyWithout = Annotated[
    Annotated[PhraseWithout, Tag("<phrase>")]
    | Annotated[AllWithout, Tag("<all>")]
    | Annotated[AnyOfWithout, Tag("<any>")]
    | Annotated[NearWithout, Tag("<near>")],
    _tell(without_kind, "without"),
]


class Escalation(Shape):
    """If ``when`` holds as well, the match is at least this serious."""

    when: AnyCondition
    severity: Annotated[Severity, Field(strict=False)]


class AlertSettings(Shape):
    """How its alerts behave. ``cooldown``: such as 30m, 2h, 1d."""

    cooldown: Annotated[str, Field(pattern=f"^{DURATION.pattern}$")] | None = None

    def cooldown_seconds(self) -> float | None:
        """The cooldown in seconds."""
        found = DURATION.fullmatch(self.cooldown or "")
        return float(int(found[1]) * _SECONDS[found[2]]) if found else None


class ExampleText(Shape):
    """An example with its parts apart."""

    title: Text = ""
    summary: Text = ""
    body: Annotated[str, Field(max_length=100_000)] = ""


def _example(value: Any) -> Any:
    return {"title": value} if isinstance(_as_text(value), str) else value


AnyExample = Annotated[ExampleText, BeforeValidator(_example)]


class Examples(Shape):
    """What the rule must and must not match; ``todo_``: known weaknesses, counted and not failing."""

    match: list[AnyExample] = []
    no_match: list[AnyExample] = []
    todo_match: list[AnyExample] = []
    todo_no_match: list[AnyExample] = []


class RuleFile(Shape):
    """One rule."""

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
    title: Text
    title_en: Text = ""
    status: Annotated[Status, Field(strict=False)]
    severity: Annotated[Severity, Field(strict=False)]
    owner: Text
    why: Text
    match: AnyCondition
    without: list[AnyWithout] = []
    escalate: list[Escalation] = []
    alert: AlertSettings = AlertSettings()
    false_positives: list[Text] = []
    examples: Examples = Examples()


class Words(Shape):
    """What entities and lists share: phrases that cancel the words they cover."""

    ignore: list[Text] = []


class Entity(Words):
    """Somebody or something with a name, and its spellings."""

    name: Text
    spelling: Literal["arabic", "foreign"] = "arabic"
    aliases: list[Text] = []


class WordList(Words):
    """Words that mean the same to a rule."""

    words: Annotated[list[Text], Field(min_length=1)]


NAME = re.compile(r"[a-z][a-z0-9_]*")


class LexiconFile(Shape):
    """Names for rules to use. Names are known to all rules."""

    entities: dict[str, Entity] = {}
    lists: dict[str, WordList] = {}

    @field_validator("entities", "lists", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        for name in value if isinstance(value, dict) else ():
            if not NAME.fullmatch(name):
                raise PydanticCustomError("lexicon_name", "bad name", {"name": name})
        return value

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.entities and not self.lists:
            raise PydanticCustomError("lexicon_empty", "nothing is defined")
        return self
