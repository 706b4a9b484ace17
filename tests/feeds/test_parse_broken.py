"""From bytes to entries: what feeds break, and what they may not do."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import FailureKind, ParseError
from feeds.limits import MAX_TEXT
from feeds.parse import parse_feed
from tests.feeds.documents import ATOM_ENTRY, RDF, RSS_HEAD, atom, item, only, parse, refusal, rss


@pytest.mark.parametrize("body", [b"", b"  \n\t ", b"\r\n"])
def test_an_empty_body_is_called_so(body: bytes) -> None:
    """Nothing at all is not broken XML."""
    assert refusal(body).kind is FailureKind.EMPTY_BODY


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (b"<!DOCTYPE html><html><head><title>x</title></head></html>", "an HTML page"),
        (b"\n<HTML><body>x</body></HTML>", "an HTML page"),
        (b"<!-- cache --><html lang='ar'></html>", "an HTML page"),
        (
            b'<html><link rel="alternate" type="application/rss+xml" href="/feed.xml"></html>',
            "an HTML page, not a feed; it names one: /feed.xml",
        ),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "JSON, but no JSON Feed"),
        (b'{"version": "2", "items": []}', "its version is not one of JSON Feed"),
        (b"[1, 2]", "JSON, but no JSON Feed"),
        (b'<?xml version="1.0"?><urlset xmlns="x"><url/></urlset>', "a sitemap without news"),
        (b"<sitemapindex><sitemap/></sitemapindex>", "a list of sitemaps"),
        (b"<opml version='2.0'><body/></opml>", "OPML"),
        (b"Bad gateway", "text without any XML"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "text without any XML"),
        (b"<note><to>x</to></note>", "neither RSS nor Atom"),
        ("خطأ في قاعدة البيانات".encode(), "text without any XML"),
    ],
)
def test_what_is_no_feed_is_called_by_its_name(body: bytes, hint: str) -> None:
    """An operator reads what the URL really gives."""
    error = refusal(body)
    assert error.kind is FailureKind.NOT_A_FEED
    assert hint in error.detail


@pytest.mark.parametrize("name", ["/etc/passwd", "file:///etc/passwd", "/proc/self/environ"])
@pytest.mark.parametrize("as_bytes", [str.encode, lambda name: f"  {name}\n".encode()])
def test_a_body_that_names_a_file_opens_nothing(name: str, as_bytes: Callable[[str], bytes]) -> None:
    """feedparser would read the file; here the bytes are only bytes."""
    assert refusal(as_bytes(name)).kind is FailureKind.NOT_A_FEED


def test_a_body_that_names_a_feed_file_opens_nothing(tmp_path: Path) -> None:
    """Not even a file that is a feed."""
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(item(1)))
    assert refusal(str(path).encode()).kind is FailureKind.NOT_A_FEED
    assert refusal(path.as_uri().encode()).kind is FailureKind.NOT_A_FEED


LAUGHS = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><rss version="2.0"><channel><title>&c;</title></channel></rss>"""
XXE = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><item><title>&x;</title></item></channel></rss>"""


@pytest.mark.parametrize(
    "text", [LAUGHS, XXE, XXE.replace("DOCTYPE", "doctype"), "<!-- x -->\n" + LAUGHS[21:]]
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_dtd_that_defines_anything_is_refused(text: str, charset: str) -> None:
    """Entities multiply and open files: such a document never reaches a parser, in any charset."""
    error = refusal(text.encode(charset))
    assert error.kind is FailureKind.UNREADABLE
    assert "entities" in error.detail


def test_a_doctype_that_only_names_a_type_is_harmless() -> None:
    """RSS 0.91 had one, and such feeds still stand."""
    doctype = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss.dtd">'
    body = rss(item(1)).replace(b"<rss", doctype + b"<rss", 1)
    assert only(body).title == "خبر رقم 1"


def test_an_article_about_dtds_is_read() -> None:
    """The words in a text are not a DTD."""
    assert "<!DOCTYPE" in only(rss(item(1, description="اكتب &amp;lt;!DOCTYPE x [ في أول الملف"))).summary


@pytest.mark.parametrize("cut", ["</item>", "<pubDate>", "رقم 2", "</channel>"])
def test_a_feed_that_is_cut_off_keeps_its_whole_entries(cut: str) -> None:
    """Entries before the cut stay; a half one is left out, to be read whole next time; the damage shows."""
    body = rss(item(1), item(2)).decode()
    feed = parse(body[: body.rindex(cut)].encode())
    assert feed.damaged is FailureKind.BROKEN_XML
    assert [entry.id for entry in feed.entries] == (
        ["guid-1", "guid-2"] if cut == "</channel>" else ["guid-1"]
    )
    assert "not well-formed" in feed.problems[0]


def test_a_feed_that_is_cut_off_before_its_first_entry() -> None:
    """With no whole entry there is nothing to save."""
    assert refusal((RSS_HEAD + "<item><title>نصف خ").encode()).kind is FailureKind.BROKEN_XML
    assert refusal(RSS_HEAD[:150].encode()).kind is FailureKind.BROKEN_XML
    assert refusal(RSS_HEAD.encode()).kind is FailureKind.BROKEN_XML


@pytest.mark.parametrize(
    "item_xml",
    [
        item(1, title="شركة A&B تربح"),
        item(1, link="https://n.example/1?a=1&b=2"),
        item(1, title="خبر&nbsp;عاجل"),
        item(1, media__thumbnail="x"),
        item(1, description="<p>غير مغلق"),
    ],
    ids=[
        "bare ampersand",
        "bare ampersand in a link",
        "undefined entity",
        "undeclared prefix",
        "unclosed tag",
    ],
)
def test_a_blemish_is_not_damage(item_xml: str) -> None:
    """A document that is not well-formed but complete is read as a healthy feed, with a remark."""
    feed = parse(rss(item_xml, item(2)))
    assert [entry.id for entry in feed.entries] == ["guid-1", "guid-2"]
    assert feed.damaged is None
    assert "not well-formed" in feed.problems[0]


PROLOG = "<?xml version='1.0'?>\n<!-- two\n lines -->\n\n"  # the root stands in the fifth line


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ("<rss version='2.0'><channel>\n{item}\n<x>\n</y>\n</channel></rss>", 8),
        ("<rss version='2.0'><channel>\n{item}\n<item>\n<title>نصف", 8),
        ("<rss version='2.0'>\n<channel></rss>\n", 6),
        ("<urlset>\n<url><x></url>\n{item}</urlset>", 6),
    ],
    ids=["blemish", "cut off", "nothing to save", "sitemap"],
)
def test_a_complaint_names_the_line_of_the_file(document: str, line: int) -> None:
    """Not of what is left of it after declaration and comments: whoever opens the file goes there."""
    text = PROLOG + document.format(item=item(1).replace("\n", " "))
    try:
        (said, *_) = parse(text.encode()).problems
    except ParseError as error:
        said = error.detail
    assert f"(line {line})" in said


def test_no_line_is_named_where_lines_were_cut_off() -> None:
    """Behind the cut it would be another one."""
    cut = "<description>" + "خبر\n" * MAX_TEXT + "</description>"
    limited, complaint = parse(rss(item(1), f"<item>{cut}</item>", "\n<x></y>")).problems[:2]
    assert "was cut off (line" in limited
    assert "not well-formed" in complaint and "(line" not in complaint


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#55296;", "&#0;", "&#x1F;", "&#x110000;", "&#99999999999;"]
)
def test_a_reference_that_means_no_character_costs_itself_only(reference: str) -> None:
    """One of them would be fatal to an XML parser; here it is one letter less, and the feed is a healthy one."""
    feed = parse(rss(item(1, title=f"خبر{reference} عاجل"), item(2)))
    assert [entry.title for entry in feed.entries] == ["خبر عاجل", "خبر رقم 2"]
    assert (feed.damaged, feed.problems) == (None, ("1 characters that XML forbids were removed",))


@pytest.mark.parametrize("halves", ["&#xD83D;&#xDE00;", "&#55357;&#56832;"])
def test_an_emoji_in_two_halves_is_one(halves: str) -> None:
    """So do programs write it that think in UTF-16."""
    assert only(rss(item(1, title=f"خبر {halves}"))).title == "خبر 😀"


def test_references_that_mean_characters_are_kept() -> None:
    """Arabic in numbers, quotes and emoji are text."""
    assert only(rss(item(1, title="&#1582;&#1576;&#1585; &#8217;&#x1F600;&#13;"))).title == "خبر ’😀"


def test_characters_that_xml_forbids_are_removed() -> None:
    """One control character, which editors' tools leave behind, does not break the feed."""
    feed = parse(rss(item(1, title="خبر\x0b عاجل\x00")))
    assert feed.entries[0].title == "خبر عاجل"
    assert feed.problems == ("2 characters that XML forbids were removed",)


@pytest.mark.parametrize("before", [b"\n\n", b"   ", b"\xef\xbb\xbf\n", b"<!-- generated -->\n"])
def test_what_stands_before_the_declaration_does_not_matter(before: bytes) -> None:
    """Blank lines before the declaration are the commonest of all mistakes."""
    feed = parse(before + rss(item(1)))
    assert (feed.entries[0].title, feed.problems) == ("خبر رقم 1", ())


@pytest.mark.parametrize(
    "body",
    [
        b"<rss version='2.0'><channel>" + b"<item>" * 20_000,
        b"<rss version='2.0'><channel><item><title>" + b"<b>" * 20_000,
        b"<rss " + b"a='1' " * 20_000 + b">",
        b"<rss version='2.0'" + b" xmlns:a='" + b"x" * 500_000 + b"'><channel><item/></channel></rss>",
        b"<?" + b"x" * 500_000,
        b"<!--" * 100_000,
        b"<" * 200_000,
        b"&" * 200_000,
        b"<rss><![CDATA[" * 20_000,
    ],
    ids=[
        "items",
        "tags",
        "attributes",
        "namespace",
        "instruction",
        "comments",
        "brackets",
        "ampersands",
        "cdata",
    ],
)
def test_hostile_shapes_end_soon(body: bytes) -> None:
    """Deep, endless, unfinished: a typed answer within seconds."""
    begun = time.thread_time()
    try:
        parse(body)
    except ParseError as error:
        assert error.detail
    assert time.thread_time() - begun < 5


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.text(max_size=30))
def test_any_bytes_end_in_a_feed_or_a_typed_error(body: bytes, content_type: str) -> None:
    """Nothing but ParseError ever leaves the parser."""
    try:
        parse_feed(body, content_type=content_type)
    except ParseError as error:
        assert error.kind in FailureKind


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_feed_with_broken_bytes_ends_in_a_feed_or_a_typed_error(data: st.DataObject) -> None:
    """A real shape with bytes changed, cut and put in: entries that can be stored, or ParseError."""
    body = bytearray(data.draw(st.sampled_from([rss(item(1), item(2)), atom(ATOM_ENTRY), RDF])))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=6) | st.sampled_from(_TOKENS)
        )
    try:
        feed = parse_feed(bytes(body))
    except ParseError:
        return
    ids = [entry.id for entry in feed.entries]
    assert len(set(ids)) == len(ids)
    for entry in feed.entries:
        for text in (entry.id, entry.title, entry.link, entry.summary, entry.content, entry.author):
            text.encode("utf-8")
            assert "\x00" not in text


_TOKENS = [
    b"<",
    b">",
    b"&#0;",
    b"&#xD800;",
    b"&#x202e;",
    b"]]>",
    b"<![CDATA[",
    b"</item>",
    b"<item>",
    b"\x00",
    b"&amp;",
    b"--",
    b"<?",
]
