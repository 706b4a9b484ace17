"""What a body is, and which feeds a page names."""

import pytest

from feeds.discover import MOST_NAMED, feeds_named, served
from tests.fakes.web import FEED
from tests.feeds.town import PAGE

BASE = "https://o.example/news/"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (FEED, "rss"),
        (b"<?xml version='1.0'?><!-- hello --><feed xmlns='http://www.w3.org/2005/Atom'/>", "atom"),
        (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "rss"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "json"),
        (b'{"version": 2}', "other"),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "sitemap"),
        (PAGE, "html"),
        (b"\xef\xbb\xbf<HTML><body>", "html"),
        (b"<div>x</div><html>", "html"),
        (b"<opml version='2.0'/>", "opml"),
        (b" \n", "empty"),
        (b"hello", "other"),
    ],
)
def test_what_a_body_is(body: bytes, kind: str) -> None:
    """By its first element; headers lie."""
    assert served(body, "text/html") == kind


def test_the_feeds_of_a_page_in_the_order_of_their_likelihood() -> None:
    """The head before links of the page, comments last of the head; absolute, and nothing that is no address."""
    found = feeds_named(PAGE, "text/html; charset=utf-8", BASE)
    assert [(one.url, one.title, one.kind, one.sure) for one in found] == [
        ("https://o.example/feeds/all.xml", "كل الأخبار", "rss", True),
        ("https://o.example/comments/feed", "التعليقات", "rss", True),
        ("https://o.example/rss/world", "العالم", "", False),
    ]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:feed()",
        "http://169.254.169.254/feed",
        "http://user:pw@o.example/feed",
        "http://[/feed",
        "",
    ],
)
def test_what_a_page_may_not_lead_to(href: str) -> None:
    """A stranger's page suggests no address that the guard would refuse."""
    page = (
        f"<html><head><link rel='alternate' type='application/rss+xml' href='{href}'></head></html>".encode()
    )
    assert feeds_named(page, "", "https://o.example/") == []


def test_a_page_of_a_thousand_feeds() -> None:
    """Some are enough, each once."""
    page = "<html><body>" + "".join(f"<a href='/feed/{n // 2}'>x</a>" for n in range(1000))
    found = feeds_named(page.encode(), "", BASE)
    assert len({one.url for one in found}) == len(found) == MOST_NAMED


@pytest.mark.parametrize(
    ("said", "feed"),
    [
        ("/sub/", "https://o.example/sub/feed.xml"),
        ("https://cdn.example/", "https://cdn.example/feed.xml"),
        ("http://[", "https://o.example/news/feed.xml"),
    ],
)
def test_a_page_says_what_its_links_are_relative_to(said: str, feed: str) -> None:
    """``<base>`` counts, as in a browser; nonsense in it does not."""
    page = f"<html><head><base href='{said}'><link rel=alternate type=application/rss+xml href=feed.xml></head></html>"
    assert [one.url for one in feeds_named(page.encode(), "", BASE)] == [feed]
