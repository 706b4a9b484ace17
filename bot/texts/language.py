"""What Babel knows and we do not write by hand: plurals, dates and lists, in Arabic and English."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_datetime
from babel.lists import format_list

from bot.texts.markup import Run

Language = Literal["ar", "en"]
LANGUAGES: tuple[Language, ...] = ("ar", "en")
DEFAULT: Language = "ar"

_INSTANT = {"ar": "d MMMM y، HH:mm '(غرينتش)'", "en": "d MMMM y, HH:mm '(GMT)'"}


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence for each plural form of a language; English knows two, Arabic all six. ``{n}`` is the count."""

    one: str
    other: str
    zero: str = ""
    two: str = ""
    few: str = ""
    many: str = ""


def language_of(code: str) -> Language:
    """The language behind a stored code; whatever is not English is Arabic."""
    return "en" if code == "en" else "ar"


@cache
def _locale(language: Language) -> Locale:
    return Locale(language)


def plural(language: Language, count: int, forms: Plural) -> str:
    """The sentence of ``forms`` for ``count``, with ``{n}`` put in; other braces are left for ``fill``."""
    chosen: str = getattr(forms, _locale(language).plural_form(count))
    return (chosen or forms.other).replace("{n}", str(count))


def instant(at: datetime, language: Language) -> Run:
    """A moment: Telegram shows it in the reader's zone and language; where it cannot, the text says GMT."""
    text = format_datetime(at.astimezone(UTC), _INSTANT[language], locale=_locale(language))
    return Run(text, unix=int(at.timestamp()))


def enumerated(items: Sequence[str], language: Language) -> str:
    """``items`` as a list in a sentence: أ وب وج, or a, b, and c."""
    return str(format_list(list(items), locale=_locale(language)))
