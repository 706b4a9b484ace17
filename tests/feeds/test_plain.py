"""The plain reader says what feedparser says, or nothing: over real feeds, over generated ones, and over traps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds import kinds
from feeds.charset import decode
from feeds.entries import Raw, feed_info, marks_of, parsed_entries
from feeds.plain import read_plain
from feeds.prolog import prepare
from feeds.reader import Reading, read_document
from tests.feeds.documents import ATOM_ENTRY, NOON, RDF, RSS_HEAD, RSS_TAIL, atom, item, parse, rss
from tests.feeds.mixtures import atom_documents, rss_documents
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
    assert (plain.version, plain.complaint, whole.complaint) == (whole.version, None, None)
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


HEAD = RSS_HEAD.partition("?>")[2]


def in_head(inner: str) -> str:
    """A feed with something more said of it."""
    return HEAD + inner + item(1) + RSS_TAIL


def in_item(inner: str = "", **changes: str | None) -> str:
    """A feed of one entry with something more in it."""
    return HEAD + item(1, **changes).replace("</item>", f"{inner}</item>") + RSS_TAIL


def in_entry(inner: str, feed: str = "") -> str:
    """The same in Atom."""
    return text_of(atom(ATOM_ENTRY.replace("</entry>", f"{inner}</entry>"))).replace(
        "<feed ", f"<feed {feed} "
    )


PLAIN = {
    "as everybody writes": in_item(),
    "a base that no link needs": in_item().replace(
        "<rss ", '<rss xml:base="https://b.example/" xml:lang="ar_EG" '
    ),
    "a base and a guid that is no link": in_item(guid="1 at b").replace(
        "<rss ", '<rss xml:base="https://b.example/" '
    ),
    "a picture with a title in an entry": in_item(
        "<media:content xmlns:media='http://search.yahoo.com/mrss/' url='x'>"
        "<media:title type='html'>صورة</media:title></media:content>"
    ),
    "as WordPress writes": in_head('<site xmlns="com-wordpress:feed-additions:1">1</site>').replace(
        "</item>", '<post-id xmlns="com-wordpress:feed-additions:1">2</post-id></item>'
    ),
    "no entries": HEAD + RSS_TAIL,
    "nothing of an entry": HEAD + "<item/><item></item>" + RSS_TAIL,
    "content before the summary": in_item(
        "<description>x</description>", description=None, content__encoded="y"
    ),
    "content alone": in_item(description=None, content__encoded="&lt;p&gt;y&lt;/p&gt;"),
    "an empty summary and content": in_item(description="", content__encoded="y"),
    "two summaries": in_item("<description>ثان</description>"),
    "three summaries": in_item("<description>ثان</description><description>ثالث</description>"),
    "two contents": in_item("<content:encoded>y</content:encoded>", content__encoded="x"),
    "a guid that is the link": in_item(link=None).replace('isPermaLink="false"', ""),
    "a guid that is no link": in_item(link=None),
    "an empty link and a guid": in_item(link="").replace('isPermaLink="false"', 'isPermaLink="true"'),
    "two guids and two links": in_item("<guid>https://n.example/g</guid><link>https://n.example/l</link>"),
    "two dates": in_item("<pubDate>Thu, 20 Jun 2024 10:00:00 GMT</pubDate>"),
    "an odd date": in_item(pubDate="الأربعاء 19 حزيران 2024 - 08:30 صباحًا"),
    "a link as two": in_item(link="https://n.example/?a=1&amp;amp;b=2&amp;copy=3&amp;x;"),
    "blanks and lines around": in_item(title=" \n خبر \t", link="\n https://n.example/1 "),
    "comments and CDATA in texts": in_item(title="خبر <!-- لا --> عا<![CDATA[جل & <b>]]> الآن<?x y?>"),
    "UTF-8 taken for latin-1": in_item(title="cafÃ<![CDATA[©]]>", description="Ã©"),
    "controls of windows-1252": in_item(title="\x93نص\x94"),
    "controls by their numbers": in_item(title="&#147;x&#148;", description="&#xC3;&#xA9;"),
    "an alternate link of Atom": in_item(
        '<a:link xmlns:a="http://www.w3.org/2005/Atom" href="https://n.example/9"/>'
    ),
    "a picture with a title": in_head(
        "<image><url>u</url><title>صورة</title><link>https://i.example/</link></image>"
    ),
    "the link after the entries": (HEAD + item(1)).replace("<link>https://n.example/</link>", "", 1)
    + "<link>https://late.example/</link>"
    + RSS_TAIL,
    "an entry's author in parts": in_entry("<author><email>a@b.example</email><name>كاتب</name></author>"),
    "an id without a link": in_entry("").replace('<link rel="alternate" href="https://a.example/1"/>', ""),
    "a base of a text": in_entry('<summary xml:base="https://b.example/">x</summary>'),
    "a language of an entry": in_entry("").replace("<entry>", '<entry xml:lang="fr">'),
}
NOT_PLAIN = {
    "RDF": text_of(RDF),
    "no version": in_item().replace(' version="2.0"', ""),
    "version 0.91": in_item().replace('"2.0"', '"0.91"'),
    "no feed": "<note/>",
    "not well-formed": in_item("&nbsp;"),
    "a prefix that nobody declared": in_item("<x:a/>"),
    "cut off": in_item()[:-30],
    "a second document": in_item() + "<rss/>",
    "a second channel": in_item().replace("</channel>", "</channel><channel><title>ب</title></channel>"),
    "an entry outside the channel": in_item().replace("</rss>", f"{item(2)}</rss>"),
    "two titles": in_item("<title>ثان</title>"),
    "two titles around a source": in_item("<source>x</source><title>ثان</title>"),
    "two titles of the feed": in_head("<title>ثان</title>"),
    "a picture's title first": in_item("<media:title xmlns:media='http://search.yahoo.com/mrss/'>ص</media:title>"),
    "a picture's title in a picture first": in_item(
        "<m:content xmlns:m='http://search.yahoo.com/mrss/'><m:title>صورة</m:title></m:content>", title=None
    ),
    "markup in a text": in_item(title="خبر <b>عاجل</b>"),
    "a text of XHTML": in_entry('<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></summary>'),
    "a text in base64": in_item().replace("<title>خ", '<title mode="base64">خ'),
    "a content elsewhere": in_entry('<summary src="https://a.example/"/>'),
    "a base that a link needs": in_item(link="/1").replace("<rss ", '<rss xml:base="https://b.example/" '),
    "a base and an empty address": in_entry('<link href=""/>', 'xml:base="https://b.example/"'),
    "a base that is none": in_item().replace("<rss ", '<rss xml:base="http://[" '),
    "a base of the feed": in_entry("", 'xml:base="https://b.example/"'),
    "a base of an entry": in_item().replace("<item>", '<item xml:base="https://b.example/">'),
    "a base without a namespace": in_item().replace("<link>", '<link base="https://b.example/">'),
    "an address for an entry": in_item().replace("<item>", '<item href="https://b.example/">'),
    "slashes too many": in_item(link="https:////n.example/1"),
    "a prefix that means another": in_item(content__encoded="x").replace(
        "http://purl.org/rss/1.0/modules/content/", "http://search.yahoo.com/mrss/"
    ),
    "a prefix that hides another": in_item("<c:encoded xmlns:c='http://purl.org/rss/1.0/modules/content/'>x</c:encoded>").replace(
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"', 'xmlns:content="http://search.yahoo.com/mrss/"'
    ),
    "a name that feedparser keeps for itself": in_item("<links>x</links>"),
    "another way to write a name": in_item("<PUBDATE>Thu, 20 Jun 2024 10:00:00 GMT</PUBDATE>"),
    "a namespace of RSS 1.0": in_item().replace("<rss ", '<rss xmlns:r="http://purl.org/rss/1.0/" '),
    "an author without a name": in_entry("<author>كاتب</author>"),
    "an entry in an entry": in_item(item(2)),
    "deep": "<rss version='2.0'><channel>" + "<item>" * 5_000 + "</item>" * 5_000 + "</channel></rss>",
}  # fmt: skip


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN.keys())
def test_what_is_plain(text: str) -> None:
    """Read without feedparser, and as it would."""
    assert is_plain(text)


@pytest.mark.parametrize("text", NOT_PLAIN.values(), ids=NOT_PLAIN.keys())
def test_what_is_not_plain(text: str) -> None:
    """What takes feedparser to read, or cannot be read at all."""
    assert not is_plain(text)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("documents", [rss_documents, atom_documents])
@pytest.mark.parametrize("oddity", [0, 30, 300])
@given(data=st.data())
def test_generated_documents(documents: Any, oddity: int, data: st.DataObject) -> None:
    """Known elements in any order, repeated, empty, with texts of every kind; and with something odd in them."""
    is_plain(prepare(data.draw(documents(oddity))).text)


@pytest.mark.parametrize(
    "text", ["as everybody writes", "comments and CDATA in texts", "an entry's author in parts"]
)
def test_feedparser_is_not_asked_for_what_is_plain(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast lane is in use, and a whole reading comes out the same without it."""
    with_both = parse(PLAIN[text].encode(), url=URL)
    monkeypatch.setattr(kinds, "read_document", None)
    assert parse(PLAIN[text].encode(), url=URL) == with_both
    monkeypatch.undo()
    monkeypatch.setattr(kinds, "read_plain", lambda _text: None)
    assert parse(PLAIN[text].encode(), url=URL) == with_both


def test_rss_as_the_other_tests_write_it_is_plain() -> None:
    """So all of them try the fast lane."""
    assert is_plain(text_of(rss(item(1), item(2))))
