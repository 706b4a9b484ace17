"""The shape of conditions: what may stand under ``match``, ``when``, ``without`` and in ``near``.

A condition is a text or a mapping with exactly one condition key, which picks its model.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

DURATION = re.compile(r"([1-9][0-9]{0,4})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
WIDEST = 200  # words that `near` may span


def as_text(value: Any) -> Any:
    """A bare number where text stands is that text: ``- 2024``."""
    return str(value) if type(value) is int else value


Text = Annotated[
    str, BeforeValidator(as_text, json_schema_input_type=str | int), Field(min_length=1, max_length=2000)
]
Duration = Annotated[str, Field(pattern=f"^{DURATION.pattern}$")]
FieldName = Literal["title", "summary", "body"]


def seconds(duration: str) -> float:
    """A duration such as 30m, 2h, 1d in seconds; ValueError for anything else."""
    found = DURATION.fullmatch(duration)
    if not found:
        raise ValueError(duration)
    return float(int(found[1]) * _SECONDS[found[2]])


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


class AtLeastBody(Shape):
    """So many of them hold."""

    n: Annotated[int, Field(ge=1, le=100)]
    of: Annotated[list["AnyCondition"], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _enough(self) -> "AtLeastBody":
        if self.n > len(self.of):
            raise PydanticCustomError(
                "at_least_few", "there are fewer conditions than that", {"le": len(self.of)}
            )
        return self


class AtLeastCondition(Scoped):
    """So many of them hold, whichever they are."""

    at_least: AtLeastBody


class ScoredPart(Shape):
    """A condition and the points that it is worth."""

    when: "AnyCondition"
    points: Annotated[int, Field(ge=-100, le=100)] = 0
    required: bool = False


class ScoreBody(Shape):
    """Points that come to what is needed."""

    needs: Annotated[int, Field(ge=1, le=10_000)]
    of: Annotated[list[ScoredPart], Field(min_length=1, max_length=100)]


class ScoreCondition(Scoped):
    """The points of what holds come to what is needed."""

    score: ScoreBody


class ContextCondition(Scoped):
    """All of it holds, and none of it is shown."""

    context: Annotated[list["AnyCondition"], Field(min_length=1)]


class RegexCondition(Scoped):
    """A pattern of RE2."""

    regex: Annotated[str, Field(min_length=1, max_length=1000)]


class WhereBody(Shape):
    """What the document is."""

    sources: Annotated[list[Text], Field(min_length=1)] | None = None
    countries: Annotated[list[Annotated[str, Field(pattern="^[A-Z]{2}$")]], Field(min_length=1)] | None = None
    languages: Annotated[list[Annotated[str, Field(pattern="^[a-z]{2,3}$")]], Field(min_length=1)] | None = (
        None
    )
    hours: Annotated[str, Field(pattern=r"^([01]?[0-9]|2[0-3])\.\.([01]?[0-9]|2[0-3])$")] | None = None
    max_age: Duration | None = None


class WhereCondition(Shape):
    """Where the document comes from and when."""

    where: WhereBody


class SameSentenceCondition(Scoped):
    """One of each, in one sentence."""

    same_sentence: Annotated[list["AnyElement"], Field(min_length=2, max_length=12)]


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


class SameSentenceElement(Shape):
    """A ``same_sentence`` inside a ``near``."""

    same_sentence: Annotated[list["AnyElement"], Field(min_length=2, max_length=12)]


class PhraseElement(Shape):
    """A phrase or ``$name`` inside a ``near``."""

    phrase: Text


CONDITION_KEYS = (
    "phrase",
    "all",
    "any",
    "none",
    "near",
    "same_sentence",
    "at_least",
    "score",
    "context",
    "regex",
    "where",
)
ELEMENT_KEYS = ("phrase", "any", "near", "same_sentence")


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
    | Annotated[NearCondition, Tag("<near>")]
    | Annotated[SameSentenceCondition, Tag("<same_sentence>")]
    | Annotated[AtLeastCondition, Tag("<at_least>")]
    | Annotated[ScoreCondition, Tag("<score>")]
    | Annotated[ContextCondition, Tag("<context>")]
    | Annotated[RegexCondition, Tag("<regex>")]
    | Annotated[WhereCondition, Tag("<where>")],
    _tell(condition_kind, "condition"),
]
AnyElement = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[PhraseElement, Tag("<phrase>")]
    | Annotated[AnyOfElement, Tag("<any>")]
    | Annotated[NearElement, Tag("<near>")]
    | Annotated[SameSentenceElement, Tag("<same_sentence>")],
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


class SameSentenceWithout(SameSentenceCondition, _Because):
    """What takes part in it is cancelled."""


WITHOUT_KEYS = ("phrase", "all", "any", "near", "same_sentence")


def without_kind(value: Any) -> str | None:
    """The same for what stands in ``without``, which is always a mapping: it carries its reason."""
    return condition_kind(value, WITHOUT_KEYS) if isinstance(value, dict | BaseModel) else None


AnyWithout = Annotated[
    Annotated[PhraseWithout, Tag("<phrase>")]
    | Annotated[AllWithout, Tag("<all>")]
    | Annotated[AnyOfWithout, Tag("<any>")]
    | Annotated[NearWithout, Tag("<near>")]
    | Annotated[SameSentenceWithout, Tag("<same_sentence>")],
    _tell(without_kind, "without"),
]
