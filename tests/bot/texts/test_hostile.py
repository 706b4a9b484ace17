"""Whatever stands in any field of an alert: Telegram takes the message, and nothing of the feed's is more than text."""

import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.texts.alert import AlertView, RuleLine, render
from bot.texts.bidi import CONTROLS, LRM, RLM
from bot.texts.clean import utf16
from bot.texts.language import Language
from bot.texts.markup import Message
from tests.bot.texts.telegram_html import deliverable, tags
from tests.bot.texts.views import FULL, NOW
from tests.fakes.bot_api.markup import parse_html

_PIECES = st.sampled_from(
    [
        "<b>", "</b>", "<a href='x'>", "</blockquote>", "&amp;", "&#x202e;", "&lt", '"', "'", "\\", "{title}", "%s",
        "\u202e", "\u2067", "\u2069", "\u200f", "\u061c", "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ud83d",
        "\udfe0", "\ufffe", "\U0010ffff", "\u2062", "\u206a", "\u3164", "\u2800", "\ufeff", "\u00ad", "🟠", "🇪🇬", "🇪",
        "👨\u200d👩\u200d👧", "\u200d", "\u200c", "👍🏽", "\U000e0067", "ب\u0651\u064e", "\u0651" * 30,
        "Z\u0335\u0311\u0330",
        "https://evil.example/?a=<b>", "tg://user?id=1", "www.evil.example", "evil.example", "t.me/x", "/unfollow",
        "@desk_bot", "mail@evil.example", "#وسم", "2024-06-19", "بوتين", "كيم جونغ أون", " ", "\n", "\t", ".", "…", "a",
    ]
)  # fmt: skip
_TEXT = st.one_of(
    st.lists(_PIECES | st.characters(), max_size=60).map("".join),
    st.builds(lambda piece, times: piece * times, _PIECES | st.characters(), st.integers(1, 3_000)),
    st.text(max_size=300),
)
_EXTENDS = "[\u0651\u20e3\u0903\u200c\u200d\ufe0f\U000e0100\U0001f3fb-\U0001f3ff]"
_SPANS = st.lists(st.tuples(st.integers(-5, 900), st.integers(-5, 900)), max_size=60).map(tuple)
_SEVERITY = st.sampled_from(["low", "medium", "high", "critical", "other"])
_VIEWS = st.builds(
    AlertView,
    alert_id=st.integers(),
    severity=_SEVERITY,
    title=_TEXT,
    summary=_TEXT,
    content=_TEXT,
    link=_TEXT | st.builds("https://news.example/{}".format, _TEXT),
    outlet=_TEXT,
    published_at=st.none() | st.just(NOW),
    seen_at=st.just(NOW),
    rules=st.lists(st.builds(RuleLine, _TEXT, _SEVERITY), max_size=9).map(tuple),
    title_spans=_SPANS,
    summary_spans=_SPANS,
    content_spans=_SPANS,
    reasons=st.lists(_TEXT, max_size=9).map(tuple),
    noticed=st.lists(_TEXT, max_size=5).map(tuple),
    sources=st.integers(-1, 10_000),
    may_be_duplicate=st.booleans(),
    follows_up=st.booleans(),
    raised_from=st.just("") | _SEVERITY,
    language=st.sampled_from(["ar", "en"]),
)


class _Attributes(HTMLParser):
    """Every tag with its attributes, as a reader more lenient than Telegram sees them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def harmless(message: Message) -> None:
    """Fails unless the message is ours in everything but its words."""
    deliverable(message)
    text, entities = parse_html(message.html)
    assert len(entities) <= 100
    assert set(text) & CONTROLS <= {LRM, RLM}
    assert not any(unicodedata.category(char) in ("Cs", "Co") for char in text)
    assert not re.search(r"https?://|www\.|(?<![\w/<])[/@][A-Za-z0-9_]", text, re.IGNORECASE), text
    allowed = {"b": set(), "blockquote": {"expandable"}, "tg-time": {"unix", "format"}, "a": {"href"}}
    for tag, attributes in _Attributes(message.html).seen:
        assert set(attributes) == allowed[tag]
        assert re.match(r"https?://[^\s<>\"]+$", attributes.get("href") or "https://x", re.IGNORECASE)
    _keeps_signs_whole(text, entities)


def _keeps_signs_whole(text: str, entities: list[dict[str, object]]) -> None:
    """No entity begins or ends in a surrogate pair, before a mark, or in a joined emoji."""
    units = text.encode("utf-16-le")
    for entity in entities:
        start, length = entity["offset"], entity["length"]
        assert isinstance(start, int)
        assert isinstance(length, int)
        for edge in (start, start + length):
            before, after = units[: 2 * edge].decode("utf-16-le"), units[2 * edge :].decode("utf-16-le")
            if before and after:
                assert unicodedata.category(after[0]) not in ("Mn", "Me", "Mc"), (before[-3:], after[:3])
                assert after[0] != "\u200d", (before[-3:], after[:3])
                assert not "\U0001f3fb" <= after[0] <= "\U0001f3ff", (before[-3:], after[:3])


@settings(max_examples=400, deadline=None)
@given(_VIEWS)
@example(replace(FULL, title="🏽", summary="🏽 خبر", title_spans=((0, 1),), summary_spans=((0, 1),)))
@example(replace(FULL, title="\u200d🏽خبر", summary="", content="خبر 🏽خبر", content_spans=((4, 9),)))
def test_any_text_in_any_field_is_harmless(view: AlertView) -> None:
    """Valid, within Telegram's limits, the plain form the same text, no control, no link and no markup of a feed's."""
    harmless(render(view, NOW))


@settings(max_examples=150, deadline=None)
@given(_VIEWS)
def test_arabic_lines_begin_in_arabic(view: AlertView) -> None:
    """Whatever the feed says, each line of the Arabic form begins with a word of ours."""
    for line in render(replace(view, language="ar", severity="high"), NOW).plain.split("\n"):
        assert unicodedata.bidirectional(line[0]) == "AL", line


@pytest.mark.parametrize(
    "title", ["\u200d\ufe0f", "\u3164\u2800", "\u202e\u2066", "\u0651\u0651", "\ud800 \x00", "\u2063"]
)
def test_a_title_of_which_nothing_shows_is_no_title(title: str) -> None:
    """The reader is told that there is none."""
    view = replace(FULL, title=title, summary="", title_spans=(), summary_spans=())
    assert "خبر بلا عنوان" in render(view, NOW).plain


_JOINS = {  # what belongs to the sign before it, and is followed by a word
    "skin colour": "🏽كلمة",
    "shadda": "\u0651كلمة",
    "enclosing": "\u20e3كلمة",
    "spacing mark": "\u0903كلمة",
    "joiner": "\u200dكلمة",
    "non-joiner": "\u200cكلمة",
    "variation": "\ufe0fكلمة",
    "rare variation": "\U000e0100كلمة",
    "after a space": " 🏽كلمة",
    "behind a control": "\u202e\u2060🏽كلمة",
    "several": "🏽\ufe0f\u200d\u0651 🏽كلمة",
}


@pytest.mark.parametrize("text", _JOINS.values(), ids=_JOINS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_begins_in_mid_sign_joins_no_sign_of_ours(text: str, language: Language) -> None:
    """In any field: a skin colour, a mark or a joiner at its beginning is left out, its words stay."""
    parts = (0, len(text))
    rule = RuleLine(text, "high")
    everywhere = AlertView(
        1, "high", text, f"{text} أخرى", "", "", text, NOW, NOW, (rule, rule), (parts,), (parts,), (),
        (text,), (text,), language=language,
    )  # fmt: skip
    in_the_body = replace(everywhere, summary="", content=text, title_spans=(), content_spans=(parts,))
    for view in (everywhere, in_the_body):
        message = render(view, NOW)
        harmless(message)
        assert not re.search(_EXTENDS, message.plain), message.plain
        assert message.plain.count("كلمة") >= 6


@pytest.mark.parametrize("sign", ["👨\u200d👩\u200d👧", "🇪🇬و", "👍🏽", "ب\u0651\u064e"])
def test_a_passage_begins_with_a_whole_sign(sign: str) -> None:
    """The words before the evidence are cut where no sign is torn, even where there is no space to cut at."""
    for shift in range(12):
        body = sign * 300 + "س" * shift + "بوتين"
        view = replace(
            FULL, title="عنوان", summary="", content=body, title_spans=(), summary_spans=(), reasons=(),
            content_spans=((len(body) - 5, len(body)),),
        )  # fmt: skip
        message = render(view, NOW)
        harmless(message)
        passage = message.plain.split("… ")[1].split("\n")[0].strip("\u200e\u200f")
        assert re.fullmatch(f"و?(?:{sign})+س{{{shift}}}بوتين", passage), passage


@pytest.mark.parametrize("size", range(395, 406))
def test_no_limit_falls_into_a_surrogate_pair(size: int) -> None:
    """Texts of two-unit characters around every limit of a field are cut between them."""
    for text in ("🟠" * size, "ب" + "🟠" * size, "🟠" * (size // 2)):
        view = replace(
            FULL, title=text, summary=text * 3 + "x", summary_spans=((0, 3),), outlet=text, reasons=(text,)
        )
        message = render(view, NOW)
        harmless(message)
        assert message.plain.encode("utf-16-le").decode("utf-16-le") == message.plain


@pytest.mark.parametrize(
    "piece", ["ب", "<", "🟠", "\u0651", "\u200d", "ب\u200d", "https://a.example/", "a.", "/a", "\u202e"]
)
def test_a_megabyte_in_every_field_is_read_only_as_far_as_it_is_shown(piece: str) -> None:
    """It is still one message; ten thousand characters of a field are read, whatever it holds."""
    text = piece * (2**20 // len(piece))
    view = replace(
        FULL, title=text, summary=text, content=text, outlet=text, link="https://news.example/" + text,
        reasons=(text,) * 6, noticed=(text,) * 3, rules=(RuleLine(text, "high"),) * 6,
        content_spans=((2**19, 2**19 + 5),), summary_spans=((2**19, 2**19 + 5),),
    )  # fmt: skip
    message = render(view, NOW)
    deliverable(message)
    assert tags(message.html) <= 100
    assert utf16(message.plain) <= 4096
