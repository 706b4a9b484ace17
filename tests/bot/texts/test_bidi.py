"""Lines that mix directions."""

import pytest

from bot.texts.bidi import LRM, RLM, direction, fence


@pytest.mark.parametrize(
    ("text", "runs"), [("خبر CNN", "R"), ("CNN خبر", "L"), ("12 - (", ""), ("7 أيام", "R")]
)
def test_direction(text: str, runs: str) -> None:
    """The first strong character decides, as it does for Telegram."""
    assert direction(text) == runs


@pytest.mark.parametrize(
    ("text", "fenced"),
    [
        ("وكالة المدينة", "وكالة المدينة"),
        ("News 24.", f"{LRM}News 24.{LRM}{RLM}"),
        ("وكالة News", f"وكالة News{RLM}"),
        ("موعدها 2024-06-19 ظهرًا", f"موعدها {LRM}2024-06-19{LRM} ظهرًا"),
        ("موعدها 2024-06-19/unfollow", f"موعدها 2024-06-19/unfollow{RLM}"),
        ("للاتصال +20 2 555-01-23.", f"للاتصال {LRM}+20 2 555-01-23{LRM}."),
        ("زيادة +5 نقاط", "زيادة +5 نقاط"),
        ("24", "24"),
    ],
)
def test_fences_in_an_arabic_line(text: str, fenced: str) -> None:
    """A Latin piece keeps its end punctuation, and dates keep the order of their parts."""
    assert fence(text, rtl=True) == fenced


def test_fences_in_an_english_line() -> None:
    """The mirror image for an Arabic piece in an English line."""
    assert fence("خبر.", rtl=False) == f"{RLM}خبر.{RLM}{LRM}"
    assert fence("News", rtl=False) == "News"
