"""Durations and counts in words, in the two languages; Babel knows their grammar."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

_NEVER_ROUND = 10**6  # as Babel's threshold: 14 days are 14 days and not two weeks
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Said:
    """The same in Arabic and in English."""

    arabic: str
    english: str


@lru_cache(maxsize=512)  # the same few lengths are said again and again
def duration(length: timedelta) -> Said:
    """A length of time in the largest unit that it fills: days from two on, hours, minutes."""
    fitting = [unit for unit in (_DAY, _HOUR) if length >= 2 * unit or length == unit]
    unit = (fitting or [_MINUTE])[0]
    names = {_DAY: "day", _HOUR: "hour", _MINUTE: "minute"}
    return Said(
        _in_units(length // unit * unit, names[unit], "ar"),
        _in_units(length // unit * unit, names[unit], "en"),
    )


def _in_units(length: timedelta, unit: str, language: str) -> str:
    from babel.dates import format_timedelta  # here, so that only a watch that speaks pays for it

    return str(format_timedelta(length, granularity=unit, threshold=_NEVER_ROUND, locale=language))  # type: ignore[arg-type]


def stories(count: int) -> Said:
    """A number of stories."""
    return _counted(count, ("قصة واحدة", "قصتان", "{n} قصص", "{n} قصة"), ("story", "stories"))


def sources(count: int) -> Said:
    """A number of sources, as it stands after «من»."""
    return _counted(count, ("مصدر واحد", "مصدرين", "{n} مصادر", "{n} مصدرًا"), ("source", "sources"))


def _counted(count: int, arabic: tuple[str, str, str, str], english: tuple[str, str]) -> Said:
    from babel import Locale

    one, two, few, many = arabic
    forms = {"one": one, "two": two, "few": few}
    chosen = forms.get(Locale("ar").plural_form(count), many)
    return Said(chosen.replace("{n}", str(count)), f"{count} {english[count != 1]}")


def rate(number: float) -> str:
    """A mean with one digit after the point, and none where it is whole."""
    return f"{number:.1f}".removesuffix(".0")
