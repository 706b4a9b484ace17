"""From bytes to entries: what feeds mean."""

from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.entries import ABSOLUTE, absolute
from feeds.parse import ParsedEntry
from tests.feeds.documents import ATOM_ENTRY, RDF, RSS_TAIL, atom, item, only, parse, rss

URL = "https://n.example/feeds/all.xml"


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
    assert feed.problems == ("100 of 2100 entries, from line 1 on, were left out: more than 2000 of them",)


def test_a_tail_after_the_root_is_tolerated() -> None:
    """Caches and counters leave comments behind the feed."""
    feed = parse(rss(item(1)) + b"\n<!-- served in 0.02 s -->\n")
    assert (len(feed.entries), feed.damaged, feed.problems) == (1, None, ())
    assert RSS_TAIL.encode() in rss()


@given(
    st.from_regex(ABSOLUTE, fullmatch=True).filter(str.isprintable),
    st.sampled_from(["", "http://m.example", URL]),
)
def test_what_is_absolute_already_is_left_alone(link: str, base: str) -> None:
    """To join such a link with a base, and to take it apart, would change nothing of it."""
    assert absolute(link, base) == urljoin(base, link) == link
    assert urlsplit(link).netloc
