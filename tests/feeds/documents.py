"""Small feeds of the tests' own, to be varied, and their reading on a certain noon."""

from datetime import UTC, datetime
from typing import Any

import pytest

from feeds.errors import ParseError
from feeds.parse import ParsedEntry, ParsedFeed, parse_feed

NOON = datetime(2024, 6, 19, 12, 0, tzinfo=UTC)

RSS_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>صحيفة المثال</title><link>https://n.example/</link>'
    "<description>آخر الأخبار</description><language>ar</language>"
)
RSS_TAIL = "</channel></rss>"


def item(number: int, **changes: str | None) -> str:
    """One item with a title, link, guid, date and description; None leaves an element out, a text replaces it."""
    fields: dict[str, str | None] = {
        "title": f"خبر رقم {number}",
        "link": f"https://n.example/{number}",
        "guid": f"guid-{number}",
        "pubDate": f"Wed, 19 Jun 2024 {number % 12:02}:00:00 +0300",
        "description": f"ملخص الخبر رقم {number}",
    }
    fields.update({name.replace("__", ":"): value for name, value in changes.items()})
    attributes = {"guid": ' isPermaLink="false"'}
    inner = "".join(
        f"<{name}{attributes.get(name, '')}>{value}</{name}>"
        for name, value in fields.items()
        if value is not None
    )
    return f"<item>{inner}</item>"


def rss(*items: str) -> bytes:
    """A whole RSS feed of these items."""
    return (RSS_HEAD + "".join(items) + RSS_TAIL).encode()


def atom(entries: str, head: str = "") -> bytes:
    """A whole Atom feed of these entries."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar">'
        f'<title>وكالة المثال</title><link rel="alternate" href="https://a.example/"/>{head}{entries}</feed>'
    ).encode()


ATOM_ENTRY = """<entry><id>tag:a.example,2024:1</id><title>خبر من أتوم</title>
<link rel="alternate" href="https://a.example/1"/><updated>2024-06-19T10:00:00Z</updated>
<author><name>محرر</name></author><content type="html">&lt;p&gt;النص&lt;/p&gt;</content></entry>"""

RDF = """<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://r.example/"><title>إذاعة المثال</title>
<link>https://r.example/</link></channel><item rdf:about="https://r.example/1"><title>خبر من الإذاعة</title>
<link>https://r.example/1</link><dc:date>2024-06-19T09:30:00Z</dc:date></item></rdf:RDF>""".encode()


def parse(body: bytes, **options: Any) -> ParsedFeed:
    """Parse as on that noon."""
    return parse_feed(body, now=NOON, **options)


def only(body: bytes, **options: str) -> ParsedEntry:
    """The one entry of a feed."""
    (entry,) = parse(body, **options).entries
    return entry


def refusal(body: bytes) -> ParseError:
    """The error that parsing ends in."""
    with pytest.raises(ParseError) as caught:
        parse(body)
    return caught.value
