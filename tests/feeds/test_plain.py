"""The plain reader says what feedparser says, or nothing: over real feeds, over generated ones, and over traps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.charset import decode
from feeds.entries import Raw, feed_info, marks_of, parsed_entries
from feeds.plain import read_plain
from feeds.prolog import prepare
from feeds.reader import Reading, read_document
from tests.feeds.documents import ATOM_ENTRY, NOON, RDF, atom, item, rss
from tests.shared_data import shared_path

URL = "https://n.example/feed.xml"
OF_FEED = ("title", "link", "language", "subtitle")
OF_ENTRY = (
    *("title", "link", "id", "summary", "published", "updated", "created", "author"),
    "feedburner_origlink",
)


def used(raw: Raw, names: tuple[str, ...]) -> dict[str, Any]:
    """What ``feeds.entries`` asks of a reading."""
    contents = [dict.get(one, "value") for one in dict.get(raw, "content") or ()]
    return {name: dict.get(raw, name) for name in names} | {"content": contents}


def come_of(reading: Reading) -> Any:
    """What becomes of a reading."""
    marks = [marks_of(one, URL) for one in reading.entries]
    return feed_info(reading.feed, URL), parsed_entries(reading.entries, marks, NOON), marks


def is_plain(text: str) -> bool:
    """Whether the plain reader reads a document; if so, it is well-formed and the reading is feedparser's."""
    plain = read_plain(text)
    if plain is None:
        return False
    whole = read_document(text)
    assert (plain.version, plain.complaint, whole.complaint) == (whole.version, "", "")
    assert used(plain.feed, OF_FEED) == used(whole.feed, OF_FEED)
    assert [used(one, OF_ENTRY) for one in plain.entries] == [used(one, OF_ENTRY) for one in whole.entries]
    assert come_of(plain) == come_of(whole)
    return True


def text_of(body: bytes) -> str:
    """A document as readers get it."""
    return prepare(decode(body).text).text


def real_feeds() -> Iterator[Path]:
    """Every well-formed feed that was found in the wild, and three months of one."""
    folder = shared_path("data", "feeds")
    return iter(sorted([*folder.glob("raw/*.xml"), *folder.glob("series_nabdsharqi/*.xml")]))


def test_real_feeds_are_read_as_feedparser_reads_them() -> None:
    """Each of them that is plain; and nine of ten are."""
    plain = {path.name: is_plain(text_of(path.read_bytes())) for path in real_feeds()}
    told = (
        f"{sum(plain.values())} of {len(plain)} are plain; not: {[name for name in plain if not plain[name]]}"
    )
    print(told)
    assert sum(plain.values()) > 0.9 * len(plain), told


NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "thr": "http://purl.org/syndication/thread/1.0",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
ODD_NAMESPACES = [
    'xmlns:content="http://search.yahoo.com/mrss/"',
    'xmlns:media="http://media.example/"',
    'xmlns:a10="http://www.w3.org/2005/Atom"',
    'xmlns:x="http://x.example/"',
    'xmlns:published="http://x.example/"',
    'xmlns="http://www.w3.org/2005/Atom"',
    'xmlns="http://purl.org/rss/1.0/"',
    'xmlns:r="http://purl.org/rss/1.0/"',
    'xmlns:b="http://backend.userland.com/rss2"',
    'xmlns:dc="http://purl.org/dc/terms/"',
    'xmlns:DC="http://purl.org/dc/elements/1.1/"',
    'xmlns:atom="http://www.w3.org/2005/atom"',
    'xmlns:xlink="http://www.w3.org/1999/xlink"',
    'xmlns="com-wordpress:feed-additions:1"',
]
WORDS = [
    *(
        "",
        " ",
        "\n\t",
        "خبر",
        "عاجل «نص» – كلمة",
        "a b",
        "x&amp;y",
        "&lt;p&gt;فقرة&lt;/p&gt;",
        "&#8217;",
        "&#133;",
    ),
    *(
        "\x85",
        "\x93نص\x94",
        "caf\u00c3\u00a9",
        "é",
        "Ã",
        "©",
        "&#xC3;",
        "\u00a0",
        "&amp;amp;b=2;",
        "&amp;copy;",
        "&quot;",
    ),
    *(
        "<!-- تعليق -->",
        "<?php x ?>",
        "<![CDATA[<p>نص</p>]]>",
        "<![CDATA[]]>",
        "<![CDATA[ & ]]>",
        "]]&gt;",
        "\U0001f600",
    ),
    *("https://n.example/1?a=1&amp;b=2", "http:////n.example/1", "https:///x", "/1", "javascript:alert(1)"),
    *(
        "Wed, 19 Jun 2024 10:00:00 +0300",
        "2024-06-19T10:00:00Z",
        "Wed, 19 Jun 2024 24:00:00 GMT",
        "١٩ حزيران ٢٠٢٤",
    ),
    *("desk@n.example (محرر)", "aGVsbG8=", "ar-EG", "ar_EG"),
]
ATTRIBUTES = [
    *(
        'isPermaLink="true"',
        'isPermaLink="false"',
        'ispermalink="false"',
        'type="html"',
        'type="xhtml"',
        'type="HTML"',
    ),
    *(
        'type="text/html"',
        'type="application/octet-stream"',
        'mode="base64"',
        'mode="escaped"',
        'href="https://n.example/3"',
    ),
    *(
        'href=""',
        'href=" /x "',
        'href="http:////x"',
        'rel="self"',
        'rel="alternate"',
        'rel="Alternate"',
        'rel="hub"',
    ),
    *(
        'url="https://n.example/a.mp3"',
        'length="1"',
        'domain="x"',
        'xml:lang="ar"',
        'xml:lang="ar_EG"',
        'xml:lang=""',
    ),
    *(
        'xml:base="https://b.example/"',
        'lang="ar"',
        'base="https://b.example/"',
        'medium="image"',
        'src="x"',
        'term="x"',
    ),
    *('lastmod="2024-06-19"', 'dc:x="1"', 'uri="https://u.example/"', 'version="2.0"', 'text="x"'),
]
IN_ITEM = [
    *(
        "title",
        "link",
        "guid",
        "pubDate",
        "description",
        "content:encoded",
        "author",
        "dc:creator",
        "dc:date",
        "category",
    ),
    *(
        "enclosure",
        "comments",
        "source",
        "image",
        "media:thumbnail",
        "media:content",
        "media:credit",
        "media:keywords",
    ),
    *(
        "itunes:author",
        "itunes:summary",
        "itunes:subtitle",
        "itunes:keywords",
        "itunes:explicit",
        "itunes:image",
    ),
    *(
        "itunes:duration",
        "feedburner:origLink",
        "atom:link",
        "atom:updated",
        "slash:comments",
        "wfw:commentRss",
    ),
    *(
        "dc:subject",
        "dc:publisher",
        "dc:rights",
        "dc:identifier",
        "thr:total",
        "itunes:block",
        "itunes:order",
    ),
]
IN_CHANNEL = [
    *(
        "title",
        "link",
        "description",
        "language",
        "atom:link",
        "image",
        "pubDate",
        "lastBuildDate",
        "ttl",
        "generator",
    ),
    *(
        "copyright",
        "category",
        "cloud",
        "managingEditor",
        "webMaster",
        "docs",
        "sy:updatePeriod",
        "skipHours",
        "dc:date",
    ),
    *(
        "itunes:subtitle",
        "itunes:image",
        "itunes:category",
        "itunes:owner",
        "feedburner:info",
        "dc:creator",
        "rating",
    ),
    *(
        "itunes:explicit",
        "itunes:keywords",
        "dc:publisher",
        "dc:rights",
        "dc:subject",
        "skipDays",
        "itunes:author",
    ),
]
ODD = [
    *(
        "media:title",
        "media:description",
        "media:group",
        "itunes:name",
        "summary",
        "content",
        "updated",
        "published",
        "date",
    ),
    *(
        "links",
        "authors",
        "tags",
        "modified",
        "dc:title",
        "dc:description",
        "dc:language",
        "body",
        "abstract",
        "PUBDATE",
    ),
    *(
        "textInput",
        "atom:id",
        "atom:title",
        "atom:summary",
        "atom:content",
        "atom:author",
        "itunes:title",
        "name",
        "url",
    ),
    *(
        "xhtml",
        "b",
        "svg",
        "item",
        "channel",
        "entry",
        "x",
        "id",
        "fullitem",
        "expirationDate",
        "newLocation",
        "keywords",
    ),
]
IN_ENTRY = [
    "title",
    "id",
    "link",
    "published",
    "updated",
    "summary",
    "content",
    "author",
    "category",
    "thr:total",
]
IN_FEED = ["title", "subtitle", "id", "link", "updated", "generator", "icon", "logo", "category", "author"]
IN_AUTHOR = ["name", "email", "uri"]
FITTING = {  # so that many documents are plain
    "guid": ['isPermaLink="true"', 'isPermaLink="false"'],
    "atom:link": [
        'href="https://n.example/2" rel="self"',
        'href="https://n.example/2"',
        'href="" rel="alternate"',
    ],
    "enclosure": ['url="https://n.example/a.mp3" length="1" type="audio/mpeg"'],
    "media:content": ['url="https://n.example/a.jpg" medium="image"'],
    "media:thumbnail": ['url="https://n.example/a.jpg"'],
    "itunes:image": ['href="https://n.example/a.jpg"'],
    "category": ['domain="x"'],
    "source": ['url="https://n.example/"'],
}
FITTING_ATOM = {
    "link": [
        *FITTING["atom:link"],
        'href="/x" type="application/json"',
        'href="/x" rel="alternate" type="text/html"',
    ],
    "title": ['type="html"', 'type="text"', 'xml:lang="ar"'],
    "summary": ['type="html"'],
    "content": ['type="html" xml:base="https://b.example/"', 'type="text"'],
    "category": ['term="x"'],
}
INSIDE = {
    "image": ["url", "title", "link", "width", "height", "description"],
    "skipHours": ["hour"],
    "skipDays": ["day"],
    "itunes:owner": ["itunes:name", "itunes:email"],
    "itunes:category": ["itunes:category"],
    "media:content": ["media:thumbnail", "media:credit"],
}
texts = st.lists(st.sampled_from(WORDS), max_size=4).map("".join)


@st.composite
def elements(draw: st.DrawFn, names: list[str], fitting: dict[str, list[str]], oddity: int) -> str:
    """One element; of ``oddity`` in a thousand draws something is odd about it."""

    def odd() -> bool:
        return draw(st.integers(0, 999)) < oddity

    name = draw(st.sampled_from(ODD if odd() else names))
    attributes = draw(
        st.sampled_from(
            ["", *fitting.get(name, [])] if name != "link" or fitting is FITTING else fitting[name]
        )
    )
    if odd():
        attributes = " ".join({*draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=2)), attributes})
    if odd():
        attributes += " " + draw(st.sampled_from(ODD_NAMESPACES))
    inner = draw(texts)
    if name == "author" and fitting is FITTING_ATOM:
        inner += "".join(
            f"<{one}>{draw(texts)}</{one}>" for one in draw(st.lists(st.sampled_from(IN_AUTHOR), max_size=3))
        )
    elif name in INSIDE and draw(st.booleans()):
        inner += "".join(
            f"<{one}>{draw(texts)}</{one}>"
            for one in draw(st.lists(st.sampled_from(INSIDE[name]), max_size=2))
        )
    if odd():
        inner += f"<{(one := draw(st.sampled_from(ODD)))}>{draw(texts)}</{one}>"
    return f"<{name} {attributes}>{inner}</{name}>{draw(st.sampled_from(['', '', ' نص ', '<!-- x -->']))}"


@st.composite
def rss_documents(draw: st.DrawFn, oddity: int) -> str:
    """RSS of any order and repetition."""
    items = st.lists(elements(IN_ITEM, FITTING, oddity), max_size=7).map(
        lambda inner: f"<item>{''.join(inner)}</item>"
    )
    head = draw(st.lists(elements(IN_CHANNEL, FITTING, oddity), max_size=5))
    body = draw(st.permutations([*head, *draw(st.lists(items, max_size=3))]))
    declared = DECLARED
    if draw(st.integers(0, 999)) < oddity:
        declared += " " + draw(st.sampled_from(ODD_NAMESPACES))
    return f'<rss version="2.0" {declared}><channel>{"".join(body)}</channel></rss>'


@st.composite
def atom_documents(draw: st.DrawFn, oddity: int) -> str:
    """Atom of any order and repetition."""
    entries = st.lists(elements(IN_ENTRY, FITTING_ATOM, oddity), max_size=7).map(
        lambda inner: f"<entry>{''.join(inner)}</entry>"
    )
    head = draw(st.lists(elements(IN_FEED, FITTING_ATOM, oddity), max_size=5))
    body = draw(st.permutations([*head, *draw(st.lists(entries, max_size=3))]))
    language = draw(st.sampled_from(["", "", 'xml:lang="ar_EG"', 'xml:lang=""']))
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {language} {DECLARED}>{"".join(body)}</feed>'


@pytest.mark.parametrize("documents", [rss_documents, atom_documents])
@pytest.mark.parametrize("oddity", [0, 30, 300])
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_generated_documents(documents: Any, oddity: int, data: st.DataObject) -> None:
    """Known elements in any order, repeated, empty, with texts of every kind; and with something odd in them."""
    is_plain(prepare(data.draw(documents(oddity))).text)
