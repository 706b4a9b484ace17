"""The terminal shows an alert as Telegram would."""

import io

from rich.console import Console

from bot.delivery.console import ConsoleTransport, telegram_text
from bot.store.tables import Delivery
from bot.texts.alert import Message

HTML = (
    "عاجل: <b>بوتين &amp; كيم</b>\n"
    "<blockquote expandable>الخلاصة: سطر <b>أول</b>\nوسطر ثان</blockquote>\n"
    '<a href="https://a.example/1?x=1&amp;y=2">قراءة الخبر</a>'
)


def test_tags_become_styles_and_entities_letters() -> None:
    """No tag and no entity is left in what is printed; bold is bold."""
    text = telegram_text(HTML)
    assert text.plain == "عاجل: بوتين & كيم\n│ الخلاصة: سطر أول\n│ وسطر ثان\nقراءة الخبر"
    bold = [text.plain[span.start : span.end] for span in text.spans if "bold" in str(span.style)]
    assert bold == ["بوتين & كيم", "أول"]


def test_addresses_are_written_out_where_links_cannot_be_clicked() -> None:
    """A pipe or a log keeps the address."""
    assert telegram_text(HTML, links_work=False).plain.endswith("قراءة الخبر (https://a.example/1?x=1&y=2)")


async def test_square_brackets_of_a_headline_are_no_markup() -> None:
    """The terminal library's own markup is never read from a feed's text."""
    out = io.StringIO()
    transport = ConsoleTransport(Console(file=out, width=100))
    number = await transport.send(
        Delivery(alert_id=1, chat_id=0, severity_rank=0), Message("[bold]خبر[/x]", "x")
    )
    assert number == 1
    assert "[bold]خبر[/x]" in out.getvalue()
    await transport.send(
        Delivery(alert_id=1, chat_id=0, severity_rank=0), Message("<b>x</b>", "plain [red]"), plain=True
    )
    assert "plain [red]" in out.getvalue()
