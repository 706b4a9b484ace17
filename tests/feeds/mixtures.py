"""Feeds of every mixture, drawn by chance: known elements in any order and repeated, odd ones, texts of every kind."""

from hypothesis import strategies as st

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
    'xmlns:content="http://search.yahoo.com/mrss/"', 'xmlns:media="http://media.example/"',
    'xmlns:a10="http://www.w3.org/2005/Atom"', 'xmlns:x="http://x.example/"',
    'xmlns:published="http://x.example/"', 'xmlns="http://www.w3.org/2005/Atom"',
    'xmlns="http://purl.org/rss/1.0/"', 'xmlns:r="http://purl.org/rss/1.0/"',
    'xmlns:b="http://backend.userland.com/rss2"', 'xmlns:dc="http://purl.org/dc/terms/"',
    'xmlns:DC="http://purl.org/dc/elements/1.1/"', 'xmlns:atom="http://www.w3.org/2005/atom"',
    'xmlns:xlink="http://www.w3.org/1999/xlink"', 'xmlns="com-wordpress:feed-additions:1"',
]  # fmt: skip
WORDS = [
    "", " ", "\n\t", "خبر", "عاجل «نص» – كلمة", "a b", "x&amp;y", "&lt;p&gt;فقرة&lt;/p&gt;", "&#8217;",
    "&#133;", "\x85", "\x93نص\x94", "caf\u00c3\u00a9", "é", "Ã", "©", "&#xC3;", "\u00a0", "&amp;amp;b=2;",
    "&amp;copy;", "&quot;", "<!-- تعليق -->", "<?php x ?>", "<![CDATA[<p>نص</p>]]>", "<![CDATA[]]>",
    "<![CDATA[ & ]]>", "]]&gt;", "\U0001f600", "https://n.example/1?a=1&amp;b=2", "http:////n.example/1",
    "https:///x", "/1", "javascript:alert(1)", "Wed, 19 Jun 2024 10:00:00 +0300", "2024-06-19T10:00:00Z",
    "Wed, 19 Jun 2024 24:00:00 GMT", "١٩ حزيران ٢٠٢٤", "desk@n.example (محرر)", "aGVsbG8=", "ar-EG", "ar_EG",
]  # fmt: skip
ATTRIBUTES = [
    'isPermaLink="true"', 'isPermaLink="false"', 'ispermalink="false"', 'type="html"', 'type="xhtml"',
    'type="HTML"', 'type="text/html"', 'type="application/octet-stream"', 'mode="base64"', 'mode="escaped"',
    'href="https://n.example/3"', 'href=""', 'href=" /x "', 'href="http:////x"', 'rel="self"',
    'rel="alternate"', 'rel="Alternate"', 'rel="hub"', 'url="https://n.example/a.mp3"', 'length="1"',
    'domain="x"', 'xml:lang="ar"', 'xml:lang="ar_EG"', 'xml:lang=""', 'xml:base="https://b.example/"',
    'lang="ar"', 'base="https://b.example/"', 'medium="image"', 'src="x"', 'term="x"', 'lastmod="2024-06-19"',
    'dc:x="1"', 'uri="https://u.example/"', 'version="2.0"', 'text="x"',
]  # fmt: skip
IN_ITEM = [
    "title", "link", "guid", "pubDate", "description", "content:encoded", "author", "dc:creator", "dc:date",
    "category", "enclosure", "comments", "source", "image", "media:thumbnail", "media:content", "media:credit",
    "media:keywords", "itunes:author", "itunes:summary", "itunes:subtitle", "itunes:keywords",
    "itunes:explicit", "itunes:image", "itunes:duration", "feedburner:origLink", "atom:link", "atom:updated",
    "slash:comments", "wfw:commentRss", "media:group", "dc:subject", "dc:publisher", "dc:rights",
    "dc:identifier", "thr:total", "itunes:block", "itunes:order",
]  # fmt: skip
IN_CHANNEL = [
    "title", "link", "description", "language", "atom:link", "image", "pubDate", "lastBuildDate", "ttl",
    "generator", "copyright", "category", "cloud", "managingEditor", "webMaster", "docs", "sy:updatePeriod",
    "skipHours", "dc:date", "itunes:subtitle", "itunes:image", "itunes:category", "itunes:owner",
    "feedburner:info", "dc:creator", "rating", "itunes:explicit", "itunes:keywords", "dc:publisher",
    "dc:rights", "dc:subject", "skipDays", "itunes:author",
]  # fmt: skip
ODD = [
    "media:title", "media:description", "media:group", "itunes:name", "summary", "content", "updated",
    "published", "date", "links", "authors", "tags", "modified", "dc:title", "dc:description", "dc:language",
    "body", "abstract", "PUBDATE", "textInput", "atom:id", "atom:title", "atom:summary", "atom:content",
    "atom:author", "itunes:title", "name", "url", "xhtml", "b", "svg", "item", "channel", "entry", "x", "id",
    "fullitem", "expirationDate", "newLocation", "keywords",
]  # fmt: skip
IN_ENTRY = [
    "title", "id", "link", "published", "updated", "summary", "content", "author", "category", "thr:total",
]  # fmt: skip
IN_FEED = [
    "title", "subtitle", "id", "link", "updated", "generator", "icon", "logo", "category", "author",
]  # fmt: skip
IN_AUTHOR = [
    "name", "email", "uri",
]  # fmt: skip
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
    "media:content": ["media:thumbnail", "media:credit", "media:title"],
    "media:group": ["media:thumbnail", "media:content", "media:title"],
}
roots = st.sampled_from(
    [
        "",
        "",
        'xml:lang="ar_EG"',
        'xml:lang=""',
        'xml:base="https://b.example/x/"',
        'xml:base=""',
        'xml:base="/x"',
    ]
)
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
    return f'<rss version="2.0" {draw(roots)} {declared}><channel>{"".join(body)}</channel></rss>'


@st.composite
def atom_documents(draw: st.DrawFn, oddity: int) -> str:
    """Atom of any order and repetition."""
    entries = st.lists(elements(IN_ENTRY, FITTING_ATOM, oddity), max_size=7).map(
        lambda inner: f"<entry>{''.join(inner)}</entry>"
    )
    head = draw(st.lists(elements(IN_FEED, FITTING_ATOM, oddity), max_size=5))
    body = draw(st.permutations([*head, *draw(st.lists(entries, max_size=3))]))
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {draw(roots)} {DECLARED}>{"".join(body)}</feed>'
