"""The alert: golden messages, and what holds for every text that a feed can send."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts.alert import AlertView, RuleLine, render
from tests.bot.texts.telegram_html import deliverable, lines_from_the_right
from tests.bot.texts.views import FULL, NOW, VIEWS

GOLDEN = Path(__file__).parent / "golden"
UPDATE = "UPDATE_GOLDEN"  # set it to write the golden messages anew, then read the difference


@pytest.mark.parametrize("name", VIEWS)
def test_golden(name: str) -> None:
    """An alert reads exactly as its golden message does."""
    golden = GOLDEN / f"{name}.html"
    rendered = render(VIEWS[name], NOW).html + "\n"
    if os.environ.get(UPDATE):
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8")


def test_every_golden_has_a_view() -> None:
    """No golden message is left behind by a view that is gone."""
    assert {path.stem for path in GOLDEN.glob("*.html")} == set(VIEWS)


@pytest.mark.parametrize("name", [name for name, view in VIEWS.items() if view.language == "ar"])
def test_every_arabic_line_begins_with_an_arabic_word(name: str) -> None:
    """Telegram lays every line of an Arabic alert out from the right."""
    lines_from_the_right(render(VIEWS[name], NOW))


@pytest.mark.parametrize("name", VIEWS)
def test_goldens_are_messages_that_telegram_takes(name: str) -> None:
    """Each golden message is valid, short enough, and free of foreign control characters."""
    deliverable(render(VIEWS[name], NOW))


_NASTY = st.text(
    alphabet=st.one_of(
        st.sampled_from("<>&\"'/@#:.\u202e\u2067\u2069\u200f\x00\n\t\u0651ةبوتين 🟠\ud800"), st.characters()
    ),
    max_size=600,
)
_SPANS = st.lists(st.tuples(st.integers(-5, 700), st.integers(-5, 700)), max_size=8).map(tuple)
_VIEWS = st.builds(
    AlertView,
    alert_id=st.integers(),
    severity=st.sampled_from(["low", "medium", "high", "critical", "other"]),
    title=_NASTY,
    summary=_NASTY,
    content=_NASTY,
    link=_NASTY | st.just("https://news.example/1"),
    outlet=_NASTY,
    published_at=st.none() | st.just(NOW),
    seen_at=st.just(NOW),
    rules=st.lists(st.builds(RuleLine, _NASTY, st.sampled_from(["low", "high"])), max_size=8).map(tuple),
    title_spans=_SPANS,
    summary_spans=_SPANS,
    content_spans=_SPANS,
    reasons=st.lists(_NASTY, max_size=8).map(tuple),
    noticed=st.lists(_NASTY, max_size=5).map(tuple),
    sources=st.integers(-1, 1000),
    may_be_duplicate=st.booleans(),
    language=st.sampled_from(["ar", "en"]),
)


@settings(max_examples=150, deadline=None)
@given(_VIEWS)
def test_any_feed_text_makes_a_valid_message(view: AlertView) -> None:
    """Whatever a feed sends, Telegram takes the message, and no control character of the feed's is in it."""
    deliverable(render(view, NOW))


@pytest.mark.parametrize("text", ["ب" * 10_000, "🟠" * 10_000, "<" * 10_000, "ب \u0651" * 5_000])
def test_the_longest_texts_fit(text: str) -> None:
    """Ten thousand characters in every field at once still make one message, and the link survives."""
    view = replace(
        FULL,
        title=text,
        summary=text + "x",
        content=text,
        outlet=text,
        reasons=(text, "ب" + text),
        noticed=(text,) * 5,
        rules=(RuleLine(text, "high"),) * 9,
        content_spans=tuple((at, at + 1) for at in range(0, 9_000, 2)),
        summary_spans=tuple((at, at + 1) for at in range(0, 9_000, 2)),
    )
    message = render(view, NOW)
    deliverable(message)
    assert 'href="https://news.example' in message.html


def test_the_matched_words_are_bold_in_the_context() -> None:
    """The context shows its evidence in bold, letter by letter where the rules found it."""
    html = render(FULL, NOW).html
    context = html[html.index("<blockquote") :]
    assert "<b>بوتين</b>" in context
    assert "<b>بيونغ يانغ</b>" in context


def test_evidence_stays_in_place_when_the_text_is_cleaned() -> None:
    """Spans count the characters of the feed's text, also those that are taken out."""
    text = "\u202eقال \x00\x00 بوتين   هذا"
    start = text.index("بوتين")
    view = replace(FULL, summary=text, summary_spans=((start, start + 5),), title_spans=((0, 1),))
    assert "الخلاصة: قال <b>بوتين</b> هذا" in render(view, NOW).html


def test_a_summary_that_repeats_the_title_is_left_out() -> None:
    """Nothing is said twice."""
    assert (
        "blockquote" not in render(replace(FULL, summary=FULL.title[:20] + "…", summary_spans=()), NOW).html
    )


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        (0, "المصدر: وكالة المدينة\n"),
        (1, "المصدر: وكالة المدينة\n"),
        (2, "المصدر: وكالة المدينة، ومصدر آخر\n"),
        (3, "المصدر: وكالة المدينة، ومصدران آخران\n"),
        (4, "المصدر: وكالة المدينة، و3 مصادر أخرى\n"),
        (11, "المصدر: وكالة المدينة، و10 مصادر أخرى\n"),
        (12, "المصدر: وكالة المدينة، و11 مصدرًا آخر\n"),
        (101, "المصدر: وكالة المدينة، و100 مصدر آخر\n"),
        (104, "المصدر: وكالة المدينة، و103 مصادر أخرى\n"),
    ],
)
def test_sources_are_counted_in_good_arabic(sources: int, says: str) -> None:
    """The number of sources takes the plural that Arabic grammar asks for."""
    assert says in render(replace(FULL, sources=sources), NOW).plain


def test_the_instant_is_told_to_telegram_and_in_gmt() -> None:
    """Telegram gets the moment to show in the reader's zone; whoever sees the text itself sees its zone."""
    message = render(
        replace(FULL, published_at=datetime(2024, 9, 5, 3, 4, tzinfo=UTC)), datetime(2024, 9, 6, tzinfo=UTC)
    )
    assert '<tg-time unix="1725505440" format="dt">5 سبتمبر 2024، 03:04 (غرينتش)</tg-time>' in message.html
    assert "نُشر: 5 سبتمبر 2024، 03:04 (غرينتش)" in message.plain


def test_links_go_to_the_web_only() -> None:
    """A link that is no http or https address is no link."""
    for link in (
        "javascript:alert(1)",
        "tg://user?id=1",
        "//news.example/x",
        "https://",
        "file:///etc/passwd",
        "https://[",
        "",
    ):
        assert "<a " not in render(replace(FULL, link=link), NOW).html, link
