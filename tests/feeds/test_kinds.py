"""Feeds of every kind give the same sort of entries. The documents are the tests' own."""

import json
from datetime import UTC, datetime

import pytest

from feeds.errors import FailureKind, ParseError
from feeds.parse import parse_feed
from tests.feeds.documents import NOON, atom, item, only, parse, refusal, rss

TEN = datetime(2024, 6, 19, 10, 0, tzinfo=UTC)


def json_feed(*items: object, **head: object) -> bytes:
    """A JSON Feed of these items."""
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": "صحيفة", "items": items, **head}
    return json.dumps(whole, ensure_ascii=False).encode()


JSON_ITEM = {
    "id": "j-1",
    "url": "https://j.example/1",
    "title": "خبر <عاجل> & مهم",
    "content_html": "<p>فقرة</p><p>أخرى</p>",
    "summary": "موجز",
    "date_published": "2024-06-19T13:00:00+03:00",
    "date_modified": "2024-06-19T10:30:00Z",
    "authors": [{"name": "محرر"}, {"name": "آخر"}],
}


def test_a_json_feed() -> None:
    """Plain texts stay as they are, HTML becomes text, dates are instants."""
    feed = parse(json_feed(JSON_ITEM, home_page_url="https://j.example/", language="ar", description="وصف"))
    assert (feed.feed.title, feed.feed.link, feed.feed.language, feed.feed.description) == (
        "صحيفة", "https://j.example/", "ar", "وصف",
    )  # fmt: skip
    (entry,) = feed.entries
    assert (entry.id, entry.title, entry.link) == ("j-1", "خبر <عاجل> & مهم", "https://j.example/1")
    assert (entry.content, entry.summary, entry.author) == ("فقرة\nأخرى", "موجز", "محرر")
    assert (entry.published, entry.updated) == (TEN, datetime(2024, 6, 19, 10, 30, tzinfo=UTC))
    assert feed.problems == ()


def test_a_json_feed_of_version_1() -> None:
    """One author, numbers for ids, plain content, a page relative to the feed's."""
    old = {"id": 17, "url": "/17", "content_text": "سطر\nآخر & ثالث", "author": {"name": "ك"}}
    body = json_feed(old, version="https://jsonfeed.org/version/1", home_page_url="https://j.example/")
    entry = only(body)
    assert (entry.id, entry.link, entry.content, entry.author) == (
        "17",
        "https://j.example/17",
        "سطر\nآخر & ثالث",
        "ك",
    )


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        "x",
        {"id": None},
        {"id": True, "title": 5},
        {"authors": [1]},
        {"content_html": ["x"], "url": {}},
    ],
)
def test_nonsense_in_a_json_feed_hides_nothing(odd: object) -> None:
    """Items of wrong types are left out or empty; the others are read."""
    assert "j-1" in [entry.id for entry in parse(json_feed(odd, JSON_ITEM)).entries]


@pytest.mark.parametrize(
    "body",
    [
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [',
        b"[" * 200_000,
        b'{"a": ' + b"9" * 9999 + b"}",
    ],
    ids=["cut off", "deep", "long number"],
)
def test_broken_json_is_called_so(body: bytes) -> None:
    """Half a JSON document cannot be read at all; nothing is kept of it."""
    assert refusal(body).kind in {FailureKind.BROKEN_JSON, FailureKind.NOT_A_FEED}


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://s.example/about</loc></url>
<url><loc>https://s.example/2</loc><news:news><news:publication><news:name>موقع المثال</news:name>
<news:language>ar</news:language></news:publication><news:publication_date>2024-06-19T13:00:00+03:00</news:publication_date>
<news:title>خبر من الخريطة &amp; غيره</news:title><news:keywords>أ، ب</news:keywords></news:news>
<image:image><image:loc>https://s.example/2.jpg</image:loc></image:image></url>
<url><loc>https://s.example/1</loc><news:news><news:title>خبر أقدم</news:title>
<news:publication_date>2024-06-18</news:publication_date></news:news></url></urlset>"""


def test_a_news_sitemap() -> None:
    """Entries are the pages that bear news; the outlet's name is the feed's."""
    feed = parse(SITEMAP.encode())
    assert (feed.feed.title, feed.feed.language, feed.problems, feed.damaged) == (
        "موقع المثال",
        "ar",
        (),
        None,
    )
    assert [(entry.id, entry.title, entry.published) for entry in feed.entries] == [
        ("https://s.example/2", "خبر من الخريطة & غيره", TEN),
        ("https://s.example/1", "خبر أقدم", datetime(2024, 6, 18, tzinfo=UTC)),
    ]
    assert feed.entries[0].link == "https://s.example/2"


def test_a_news_sitemap_that_is_cut_off_is_damaged() -> None:
    """What came is kept, and asked for again."""
    feed = parse(SITEMAP[: SITEMAP.index("<url><loc>https://s.example/1")].encode())
    assert ([entry.id for entry in feed.entries], feed.damaged) == (
        ["https://s.example/2"],
        FailureKind.BROKEN_XML,
    )


def test_a_news_sitemap_without_news_today_is_empty() -> None:
    """An outlet that is silent has an empty one; that is no failure."""
    assert parse(b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>").entries == ()


def message(number: int, text: str, extra: str = "", classes: str = "") -> str:
    """One message of a channel's page, in the shape that t.me gives it."""
    return f"""<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message {classes}
 js-widget_message" data-post="example_ar/{number}">
<div class="tgme_widget_message_user"><a href="#"></a></div>
<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author">
<a class="tgme_widget_message_owner_name" href="https://t.me/example_ar">
<span dir="auto">قناة المثال</span></a></div>{extra}
<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>
<div class="tgme_widget_message_footer"><div class="tgme_widget_message_info">
<span class="tgme_widget_message_views">1.2K</span>
<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" href="https://t.me/example_ar/{number}">
<time datetime="2024-06-19T10:00:00+00:00" class="time">10:00</time></a></span></div></div></div></div></div>"""


def channel(*messages: str) -> bytes:
    """A channel's page."""
    return f"""<!DOCTYPE html><html><head><title>قناة المثال – Telegram</title></head>
<body class="widget_frame_base tgme_webpreview"><header class="tgme_header"><div class="tgme_channel_info">
<div class="tgme_channel_info_header_title"><span dir="auto">قناة المثال</span></div>
<div class="tgme_channel_info_header_username"><a href="https://t.me/example_ar">@example_ar</a></div>
<div class="tgme_channel_info_description">أخبار<br/>عاجلة</div></div></header>
<section class="tgme_channel_history js-message_history">{"".join(messages)}</section></body></html>""".encode()


def test_a_telegram_channel() -> None:
    """Newest first; the first line is the headline, views and names of buttons are no text."""
    emoji = '<i class="emoji" style="background-image:url(\'x\')"><b>🔴</b></i>'
    page = channel(
        message(11, "خبر أول"),
        message(
            12,
            f"{emoji} <b>عاجل</b> | الوزير يصل<br/><br/>التفاصيل في <a href='https://n.example/1'>الموقع</a>",
        ),
    )
    feed = parse(page, url="https://t.me/s/example_ar")
    assert (feed.feed.title, feed.feed.link, feed.feed.description) == (
        "قناة المثال", "https://t.me/example_ar", "أخبار\nعاجلة",
    )  # fmt: skip
    newest, oldest = feed.entries
    assert (newest.id, newest.link, newest.published) == (
        "https://t.me/example_ar/12",
        "https://t.me/example_ar/12",
        TEN,
    )
    assert newest.title == "🔴 عاجل | الوزير يصل"
    assert newest.content == "🔴 عاجل | الوزير يصل\nالتفاصيل في الموقع"
    assert (oldest.title, oldest.content) == ("خبر أول", "خبر أول")


def test_what_a_channel_answers_and_what_telegram_says_is_no_news() -> None:
    """The quoted message was an entry of its own; "photo updated" and pictures without words are none."""
    reply = """<a class="tgme_widget_message_reply" href="https://t.me/example_ar/3"><div
     class="tgme_widget_message_text js-message_text">المقتبس</div></a>"""
    page = channel(message(21, "", classes="service_message"), message(22, ""), message(23, "الجواب", reply))
    assert [(entry.id[-2:], entry.content) for entry in parse(page).entries] == [("23", "الجواب")]


def test_a_long_message_has_a_short_headline() -> None:
    """Its first sentence; a sentence without an end is cut at a word."""
    sentence = "وصل الوفد صباح اليوم. "
    assert only(channel(message(1, sentence + "ثم " * 200))).title == sentence.strip()
    title = only(channel(message(1, "كلمة " * 200))).title
    assert len(title) <= 200
    assert title.endswith("كلمة…")


def test_a_channel_without_a_public_page() -> None:
    """t.me then shows a page with a button; an operator is told what to look for."""
    body = b'<html><body><div class="tgme_page"><div class="tgme_page_title">x</div></div></body></html>'
    error = refusal(body)
    assert error.kind is FailureKind.NOT_A_FEED
    assert "Telegram page without public messages" in error.detail


ATOM_03 = """<?xml version="1.0"?><feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>قديم</title>
<entry><title>خبر</title><id>tag:o.example,2003:3</id><link rel="alternate" type="text/html" href="https://o.example/3"/>
<issued>2003-12-13T08:29:29Z</issued><modified>2003-12-13T18:30:02Z</modified><content>نص</content></entry></feed>"""


def test_atom_03() -> None:
    """As it was before it had a standard."""
    entry = only(ATOM_03.encode())
    assert (entry.id, entry.link, entry.content) == ("tag:o.example,2003:3", "https://o.example/3", "نص")
    assert entry.published == datetime(2003, 12, 13, 8, 29, 29, tzinfo=UTC)


@pytest.mark.parametrize("version", ["0.90", "0.91", "0.92", "0.93", "0.94", "2.0", "2.0.1"])
def test_every_rss(version: str) -> None:
    """The number changes little."""
    body = rss(item(1)).replace(b'version="2.0"', f'version="{version}"'.encode())
    assert only(body).id == "guid-1"


DOCUMENTS = {
    "rss": rss(item(1)),
    "atom": atom("<entry><id>1</id><title>x</title></entry>"),
    "json": json_feed(JSON_ITEM),
    "sitemap": SITEMAP.encode(),
    "telegram": channel(message(1, "خبر")),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_catalogue_may_name_the_kind(kind: str) -> None:
    """Then it must be that; RSS and Atom are one."""
    for other, body in DOCUMENTS.items():
        fits = kind == other or {kind, other} == {"rss", "atom"}
        if fits:
            assert parse_feed(body, now=NOON, kind=kind).entries
            continue
        with pytest.raises(ParseError) as caught:
            parse_feed(body, now=NOON, kind=kind)
        assert caught.value.kind is FailureKind.NOT_A_FEED
        assert "the catalogue says kind" in caught.value.detail
