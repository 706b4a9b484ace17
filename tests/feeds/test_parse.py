"""From bytes to entries: what feeds mean, what they break, and what they may not do."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import FailureKind, ParseError
from feeds.parse import ParsedEntry, ParsedFeed, parse_feed
from tests.feeds.documents import ATOM_ENTRY, RDF, RSS_HEAD, RSS_TAIL, atom, item, rss

NOON = datetime(2024, 6, 19, 12, 0, tzinfo=UTC)
URL = "https://n.example/feeds/all.xml"


def parse(body: bytes, **options: str) -> ParsedFeed:
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


def test_an_rss_feed_is_read_whole() -> None:
    """Feed and entries come out typed, in plain text, in the feed's order, dates in UTC."""
    feed = parse(
        rss(
            item(
                1,
                content__encoded="<![CDATA[<p>فقرة أولى</p><p>فقرة ثانية</p>]]>",
                dc__creator="مراسل المثال",
            ),
            item(2),
        )
    )
    assert (feed.feed.title, feed.feed.link, feed.feed.language, feed.feed.description) == (
        "صحيفة المثال",
        "https://n.example/",
        "ar",
        "آخر الأخبار",
    )
    assert feed.entries[0] == ParsedEntry(
        id="guid-1",
        title="خبر رقم 1",
        link="https://n.example/1",
        published=datetime(2024, 6, 18, 22, 0, tzinfo=UTC),
        updated=None,
        summary="ملخص الخبر رقم 1",
        content="فقرة أولى\nفقرة ثانية",
        author="مراسل المثال",
    )
    assert [entry.id for entry in feed.entries] == ["guid-1", "guid-2"]
    assert (feed.encoding, feed.problems, feed.damaged) == ("utf-8", (), None)


def test_an_atom_feed_is_read_whole() -> None:
    """An entry with one date was published then; a content that stands alone is not repeated as the summary."""
    feed = parse(atom(ATOM_ENTRY))
    moment = datetime(2024, 6, 19, 10, 0, tzinfo=UTC)
    assert feed.feed.language == "ar"
    assert feed.entries == (
        ParsedEntry(
            "tag:a.example,2024:1", "خبر من أتوم", "https://a.example/1", moment, moment, "", "النص", "محرر"
        ),
    )


def test_an_rdf_feed_is_read_whole() -> None:
    """RSS 1.0 has neither guid nor pubDate: the page is the id, and dc:date the date."""
    entry = only(RDF)
    assert (entry.id, entry.title) == ("https://r.example/1", "خبر من الإذاعة")
    assert entry.published == datetime(2024, 6, 19, 9, 30, tzinfo=UTC)


def test_a_feed_without_entries_is_fine() -> None:
    """A new or quiet feed is no failure."""
    feed = parse(rss())
    assert (feed.entries, feed.problems, feed.damaged) == ((), (), None)


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
            "names a feed: /feed.xml",
        ),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "JSON"),
        (b'<?xml version="1.0"?><urlset xmlns="x"><url/></urlset>', "a sitemap"),
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


def test_repeats_collapse_into_the_first() -> None:
    """The same entry under two sections is one entry, and one line says so."""
    feed = parse(rss(item(1), item(2), item(1, title="الخبر نفسه في قسم آخر"), item(1)))
    assert [(entry.id, entry.title) for entry in feed.entries] == [
        ("guid-1", "خبر رقم 1"),
        ("guid-2", "خبر رقم 2"),
    ]
    assert feed.problems == ("2 repeated entries were left out",)


def test_one_guid_for_all_does_not_swallow_entries() -> None:
    """Entries that share a guid are told apart by their links."""
    feed = parse(rss(item(1, guid="https://n.example/"), item(2, guid="https://n.example/")))
    assert len({entry.id for entry in feed.entries}) == 2


def test_entries_without_guid_or_link() -> None:
    """Title and date make the id; it is the same on the next reading."""
    body = rss(item(1, guid=None, link=None), item(2, guid=None, link=None))
    ids = [entry.id for entry in parse(body).entries]
    assert len(set(ids)) == 2
    assert [entry.id for entry in parse(body, url=URL).entries] == ids


def test_a_guid_does_not_depend_on_where_the_feed_stands() -> None:
    """A bare number as a permalink guid is not resolved, so a feed that moves keeps its entries' ids."""
    body = rss(item(1).replace(' isPermaLink="false"', ""))
    assert (
        only(body, url="http://old.example/rss").id
        == only(body, url="https://new.example/rss").id
        == "guid-1"
    )


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("/news/1", "https://n.example/news/1"),
        ("//m.example/1", "https://m.example/1"),
        ("https://n.example/خبر", "https://n.example/خبر"),
        ("<![CDATA[https://n.example/?a=1&amp;b=2]]>", "https://n.example/?a=1&b=2"),
        ("https://n.example/a b", "https://n.example/a%20b"),
        ("\n  https://n.example/1  \n", "https://n.example/1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("http://[", ""),
        ("https://n.example/" + "a" * 5000, ""),
    ],
)
def test_links_are_absolute_web_addresses_or_nothing(link: str, absolute: str) -> None:
    """What a reader taps leads to a web page."""
    assert only(rss(item(1, link=link)), url=URL).link == absolute


def test_links_are_relative_to_the_feed_where_it_names_no_site() -> None:
    """Without a channel link the feed's own URL is the base; xml:base goes before both."""
    bare = "<rss version='2.0'><channel><title>x</title>{}</channel></rss>"
    assert only(bare.format(item(1, link="/1")).encode(), url=URL).link == "https://n.example/1"
    based = atom(
        ATOM_ENTRY.replace("https://a.example/1", "1").replace(
            "<entry>", '<entry xml:base="https://b.example/x/">'
        )
    )
    assert only(based, url=URL).link == "https://b.example/x/1"


@pytest.mark.parametrize("written", ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2099 00:00:00 GMT"])
def test_impossible_dates_count_as_undated(written: str) -> None:
    """1970 is a zero and 2099 a typing error: neither is told as a date, and a line says so."""
    feed = parse(rss(item(1, pubDate=written)))
    assert feed.entries[0].published is None
    assert "1 dates are impossible" in feed.problems[0]


def test_unread_and_missing_dates() -> None:
    """A date that is not understood is reported; one that is not there is not."""
    feed = parse(rss(item(1, pubDate="قريبا"), item(2, pubDate=None)))
    assert [entry.published for entry in feed.entries] == [None, None]
    assert feed.problems == ("1 dates could not be read; their entries count as undated",)


def test_an_arabic_date_in_a_feed() -> None:
    """The months of the Levant are read in a whole feed too."""
    entry = only(rss(item(1, pubDate="الأربعاء 19 حزيران 2024 - 08:30 صباحًا")))
    assert entry.published == datetime(2024, 6, 19, 8, 30, tzinfo=UTC)


def test_both_dates_of_an_entry() -> None:
    """Published and updated are kept apart where a feed gives both."""
    entry = only(
        atom(ATOM_ENTRY.replace("<updated>", "<published>2024-06-19T08:00:00Z</published><updated>"))
    )
    assert entry.published == datetime(2024, 6, 19, 8, 0, tzinfo=UTC)
    assert entry.updated == datetime(2024, 6, 19, 10, 0, tzinfo=UTC)


def test_a_full_article_in_the_description_stays_the_summary() -> None:
    """Without a content element there is no content."""
    entry = only(rss(item(1, description="<![CDATA[<p>فقرة</p><p>أخرى</p>]]>")))
    assert (entry.summary, entry.content) == ("فقرة\nأخرى", "")


def test_a_text_that_is_both_stands_once() -> None:
    """An article given as description and as content is searched and stored once."""
    entry = only(rss(item(1, description="النص نفسه", content__encoded="<![CDATA[<p>النص نفسه</p>]]>")))
    assert (entry.summary, entry.content) == ("", "النص نفسه")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("desk@n.example (محرر الشؤون الدولية)", "محرر الشؤون الدولية"),
        ("محرر (desk@n.example)", "محرر"),
        ("محرر &lt;desk@n.example&gt;", "محرر"),
        ("desk@n.example", ""),
        ("مراسل المثال - القاهرة", "مراسل المثال - القاهرة"),
        ("فلان (وكالات)", "فلان (وكالات)"),
    ],
)
def test_an_author_is_a_name_and_no_mail_address(written: str, name: str) -> None:
    """Where RSS writes a mail address and a name, the name is kept."""
    assert only(rss(item(1, author=written))).author == name


def test_markup_is_not_believed() -> None:
    """Scripts, hidden direction marks and control characters never come out of a feed."""
    entry = only(
        rss(
            item(
                1,
                title="<![CDATA[\u202eعاجل<script>alert(1)</script>\u2069]]>",
                description="&lt;script&gt;x&lt;/script&gt;نص",
            )
        )
    )
    assert (entry.title, entry.summary) == ("عاجل", "نص")


def test_the_declared_charset_does_not_count_twice() -> None:
    """Bytes are decoded once, by the ladder; neither HTTP nor the declaration is asked again by the parser."""
    body = rss(item(1)).decode().replace('encoding="utf-8"', 'encoding="windows-1256"')
    for encoded, charset in ((body.encode(), "utf-8"), (body.encode("cp1256"), "windows-1256")):
        feed = parse(encoded, content_type="text/xml; charset=iso-8859-1")
        assert feed.entries[0].title == "خبر رقم 1"
        assert feed.encoding == charset


def test_only_so_many_entries_are_read() -> None:
    """A feed that grew without bounds is cut, visibly."""
    feed = parse(rss(*(f"<item><guid>{number}</guid></item>" for number in range(2_100))))
    assert len(feed.entries) == 2_000
    assert feed.problems[0].startswith("100 entries beyond the first 2000")


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
    begun = time.perf_counter()
    try:
        parse(body)
    except ParseError as error:
        assert error.detail
    assert time.perf_counter() - begun < 5


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


def test_a_tail_after_the_root_is_tolerated() -> None:
    """Caches and counters leave comments behind the feed."""
    feed = parse(rss(item(1)) + b"\n<!-- served in 0.02 s -->\n")
    assert (len(feed.entries), feed.damaged, feed.problems) == (1, None, ())
    assert RSS_TAIL.encode() in rss()
