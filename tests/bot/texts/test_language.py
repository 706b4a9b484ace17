"""Plurals, dates and lists by Babel."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from babel import Locale

from bot.texts.language import Plural, enumerated, instant, language_of, plural

FORMS = Plural(zero="صفر", one="واحد", two="اثنان", few="{n} قليل", many="{n} كثير", other="{n} غيره")


COUNTS = {0: "صفر", 1: "واحد", 2: "اثنان", 3: "3 قليل", 10: "10 قليل", 11: "11 كثير", 99: "99 كثير"}
LARGE = {100: "100 غيره", 102: "102 غيره", 103: "103 قليل", 111: "111 كثير"}


@pytest.mark.parametrize(("count", "says"), [*COUNTS.items(), *LARGE.items()])
def test_arabic_has_six_plurals(count: int, says: str) -> None:
    """Every count takes the form that Arabic grammar gives it."""
    assert plural("ar", count, FORMS) == says


def test_our_forms_are_all_that_babel_names() -> None:
    """No plural form of either language is missing in the shape."""
    names = {*Locale("ar").plural_form.tags, *Locale("en").plural_form.tags, "other"}
    assert names == set(Plural.__dataclass_fields__)


def test_an_instant_is_shown_in_gmt() -> None:
    """Whatever the zone it came in, the text is in GMT and says so, and fits Telegram's entity."""
    at = datetime(2024, 9, 5, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    assert instant(at, "ar").text == "4 سبتمبر 2024، 22:30 (غرينتش)"
    assert instant(at, "en").text == "4 September 2024, 22:30 (GMT)"
    assert instant(at, "ar").unix == int(datetime(2024, 9, 4, 22, 30, tzinfo=UTC).timestamp())


def test_lists() -> None:
    """A list ends with an and."""
    assert enumerated(["أ", "ب", "ج"], "ar") == "أ وب وج"
    assert enumerated(["a", "b"], "en") == "a and b"


def test_an_unknown_language_is_arabic() -> None:
    """A code that we do not speak falls back on the first language."""
    assert (language_of("en"), language_of("fr"), language_of("")) == ("en", "ar", "ar")
