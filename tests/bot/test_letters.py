"""From a stored alert to the view that is rendered."""

from datetime import datetime
from pathlib import Path
from typing import Any

from bot.delivery.letters import REASONS_SHOWN, view_of
from bot.store.parcels import Fired, Parcel
from tests.bot.newsroom import make_rules


def evidence(*words: str) -> tuple[dict[str, Any], ...]:
    """Some words, as they are stored."""
    return tuple(
        {"field": "summary", "start": 9 * n, "end": 9 * n + 5, "text": word} for n, word in enumerate(words)
    )


def parcel(*fired: Fired, language: str = "ar", link: str = "https://a.example/1") -> Parcel:
    """An alert about one entry."""
    seen = datetime.fromisoformat("2024-06-18T18:00:00+00:00")
    return Parcel(
        1,
        "high",
        "عنوان",
        "خلاصة",
        "",
        link,
        "Outlet",
        "منبر",
        None,
        seen,
        fired,
        1,
        language,
        may_be_duplicate=False,
    )


def test_the_gravest_rule_is_never_left_out_of_the_reasons(tmp_path: Path) -> None:
    """Words are taken from each rule in turn, the gravest first."""
    low = Fired("kirby", "low", evidence(*(f"كلمة{n}" for n in range(REASONS_SHOWN + 2))))
    high = Fired("visits", "high", evidence("بوتين", "يصل"))
    view = view_of(parcel(low, high), make_rules(tmp_path / "rules"))
    assert view.reasons[:4] == ("بوتين", "كلمة0", "يصل", "كلمة1")
    assert len(view.reasons) == REASONS_SHOWN


def test_names_are_in_the_readers_language_and_unknown_rules_keep_their_id(tmp_path: Path) -> None:
    """A rule that was taken away still has a name in the alerts that it caused."""
    rules = make_rules(tmp_path / "rules")
    fired = (Fired("visits", "high", evidence("بوتين")), Fired("gone", "low", ()))
    arabic, english = view_of(parcel(*fired), rules), view_of(parcel(*fired, language="en"), rules)
    assert ([one.title for one in arabic.rules], arabic.outlet) == (["زيارات", "gone"], "منبر")
    assert ([one.title for one in english.rules], english.outlet) == (["visits", "gone"], "Outlet")


def test_overlapping_evidence_is_one_span(tmp_path: Path) -> None:
    """Two rules may fire on the same words."""
    one = Fired("a", "low", ({"field": "title", "start": 0, "end": 5, "text": "x"},))
    two = Fired("b", "low", ({"field": "title", "start": 3, "end": 9, "text": "y"},))
    assert view_of(parcel(one, two), make_rules(tmp_path / "rules")).title_spans == ((0, 9),)
