"""Runs, and the messages they become."""

import pytest

from bot.texts.markup import Run, bold, fill, lines, message, quoted, web_link
from tests.bot.texts.telegram_html import deliverable, tags


def test_values_are_never_markup() -> None:
    """What is filled into a sentence is text, whatever it looks like."""
    made = message(fill("قال {who}", who='<b>&"{who}'))
    assert made.html == "قال &lt;b&gt;&amp;&quot;{who}"
    assert made.plain == 'قال <b>&"{who}'


def test_styles_nest_as_telegram_asks() -> None:
    """Bold within a link, and a quotation around everything of its lines."""
    made = message(
        lines(bold("عنوان"), quoted(lines("أول", bold("ثان"))), [Run("رابط", href="https://a.example/?a&b")])
    )
    assert made.html == (
        "<b>عنوان</b>\n<blockquote expandable>أول\n<b>ثان</b></blockquote>\n"
        '<a href="https://a.example/?a&amp;b">رابط</a>'
    )


@pytest.mark.parametrize("length", [4094, 4095, 4096, 4097, 9000])
def test_a_message_is_cut_between_runs_and_letters(length: int) -> None:
    """What is over 4,096 UTF-16 units falls away, and the tags still close."""
    made = message([*bold("🟠" * (length // 2)), *quoted(bold("نص" * 40))])
    deliverable(made)


def test_no_more_entities_than_telegram_takes() -> None:
    """The hundredth style and those after it are dropped by us, not by chance."""
    made = message([run for _ in range(200) for run in (*bold("ب"), Run(" "))])
    assert tags(made.html) == 99


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (" https://a.example/خبر ", "https://a.example/خبر"),
        ("HTTP://a.example", "HTTP://a.example"),
        ("https://a.example/\u202ex y", "https://a.example/%E2%80%AEx%20y"),
        ("https://a.example/" + "x" * 3000, ""),
        ("ftp://a.example", ""),
        ("javascript:alert(1)", ""),
        ("https:///path", ""),
        ("https://a.example/\ud800", ""),
    ],
)
def test_web_links(url: str, link: str) -> None:
    """Only addresses of the web are links, and none hides a control character."""
    assert web_link(url) == link
