"""An entry keeps its id from poll to poll, and shares it with no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.identity import (
    MAX_ID,
    Marks,
    _canonical_by_parts,
    _guid_by_parts,
    canonical_guid,
    canonical_link,
    identify,
    page_of,
)
from tests.feeds.documents import only, rss


def marks(guid: str = "", link: str = "", title: str = "خبر", dated: str = "") -> Marks:
    """An entry's marks."""
    return Marks(guid=guid, link=link, title=title, dated=dated)


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("https://news.example/1?utm_source=rss&utm_medium=feed", "https://news.example/1"),
        ("https://news.example/1?id=5&utm_campaign=x", "https://news.example/1?id=5"),
        ("https://news.example/1?fbclid=AbC&gclid=1&igshid=2", "https://news.example/1"),
        ("https://news.example/1?at_medium=RSS&at_campaign=rss&xtor=RSS-1", "https://news.example/1"),
        ("https://news.example/1?maca=ar-rss-ar-all-1-rdf", "https://news.example/1"),
        ("https://news.example/1?traffic_source=rss", "https://news.example/1"),
        ("https://news.example/1?ref=rss", "https://news.example/1"),
        ("https://news.example/1?ref=5", "https://news.example/1?ref=5"),
        ("https://news.example/1#comments", "https://news.example/1"),
        ("https://news.example/#/news/1", "https://news.example/#/news/1"),
        ("https://news.example/#!news/1", "https://news.example/#!news/1"),
        ("http://NEWS.example:80/1", "https://news.example/1"),
        ("https://news.example/خبر", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("https://news.example/%d8%ae%d8%a8%d8%b1", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("https://news.example/?p=1&a=2", "https://news.example/?p=1&a=2"),
        (" https://news.example/1 ", "https://news.example/1"),
        ("mailto:x@example.org", "mailto:x@example.org"),
        ("", ""),
        ("http://[", "http://["),
        ("http://x@[]", "http://x@[]"),
    ],
)
def test_a_link_has_one_form(link: str, canonical: str) -> None:
    """Tracking, fragments, case, scheme and encoding do not make another page; real parameters do."""
    assert canonical_link(link) == canonical


@given(st.text(max_size=100))
def test_the_form_of_a_form_is_itself(rest: str) -> None:
    """Any text is taken, and doing it twice changes nothing."""
    once = canonical_link(f"https://news.example/{rest}")
    assert canonical_link(once) == once


_PIECES = (
    "/",
    "//",
    "/.",
    "/..",
    "a",
    "Z",
    "9",
    "-",
    "_",
    "~",
    ".",
    ":80",
    "@",
    "خ",
    " ",
    "?a=b",
    "#",
    "#!",
    "&=",
)
_ENCODED = ("%D8", "%d8", "%41", "%2F", "%7E", "%", "%4")
_HOSTS = (
    "n.example",
    "a-b.example",
    "-n..example",
    "N.example",
    "xn--n.example",
    "1.2.3.4",
    "n.7",
    "localhost",
    "",
)


@given(
    st.sampled_from(["https://", "http://", "HTTP://", " http://", "//"]),
    st.sampled_from(_HOSTS),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.sampled_from(_ENCODED)), max_size=8).map("".join),
)
def test_a_link_that_is_plain_is_not_read_otherwise(scheme: str, host: str, rest: str) -> None:
    """What is told at a glance is what reading it by its parts would tell."""
    link = scheme + host + rest
    assert canonical_link(link) == _canonical_by_parts(link.strip())
    assert canonical_guid(link) == _guid_by_parts(link)


@pytest.mark.parametrize("rest", ["", "/", "?", "/?", "/#", "/#top", "?utm_source=rss", "/?ref=rss#x"])
def test_a_front_page_is_no_entrys_page(rest: str) -> None:
    """A link to a whole site tells no entry from another."""
    assert page_of(f"http://news.example{rest}") == ""


@pytest.mark.parametrize("rest", ["/1", "//", "/?p=1", "?p=1", "/#/1", "/#!1", "/%2F"])
def test_whatever_names_a_page_is_one(rest: str) -> None:
    """By path, by query, or behind the hash."""
    link = f"http://news.example{rest}"
    assert page_of(link) == canonical_link(link) != ""


def test_a_guid_is_the_id() -> None:
    """Links may change as they like while the guid stays."""
    assert identify([marks("a", "https://n.example/1"), marks("b", "https://n.example/2")]) == ["a", "b"]


def test_a_guid_that_is_an_address_is_written_uniformly() -> None:
    """An outlet's move to https, or another encoding of Arabic, makes no new entries; fragments and parameters stay."""
    before = [
        marks("http://N.example/خبر?p=1#a"),
        marks("http://n.example/live#1"),
        marks("http://n.example/live#2"),
    ]
    after = [
        marks("https://n.example/%d8%ae%d8%a8%d8%b1?p=1#a"),
        marks("https://n.example/live#1"),
        marks("https://n.example/live#2"),
    ]
    assert identify(before) == identify(after)
    assert len(set(identify(after))) == 3


def test_a_guid_that_is_shared_needs_the_link() -> None:
    """Every entry has the site's address as its guid: the links tell them apart."""
    ids = identify(
        [marks("site", f"https://n.example/{number}") for number in range(3)]
        + [marks("own", "https://n.example/9")]
    )
    assert len(set(ids)) == 4
    assert ids[3] == "own"


def test_a_repeat_with_other_tracking_is_the_same_entry() -> None:
    """The same guid with the same page behind another campaign's link is a repeat."""
    ids = identify([marks("a", "https://n.example/1?utm_source=x"), marks("a", "http://n.example/1")])
    assert ids == ["a", "a"]


def test_without_a_guid_the_page_is_the_id() -> None:
    """The canonical link stands in, whatever the title becomes."""
    assert identify([marks(link="https://n.example/1?utm_source=x", title="قبل")]) == identify(
        [marks(link="https://n.example/1", title="بعد")]
    )


def test_without_guids_one_link_for_all_needs_the_titles() -> None:
    """Every entry links to the front page: titles and dates tell them apart."""
    ids = identify([marks(link="https://n.example/", title=f"خبر {number}") for number in range(3)])
    assert len(set(ids)) == 3


def test_without_guid_and_link_title_and_date_are_hashed() -> None:
    """The hash is stable, and differs when either differs."""
    first, other_title, other_date = (
        identify([one])[0]
        for one in (marks(title="أ", dated="1"), marks(title="ب", dated="1"), marks(title="أ", dated="2"))
    )
    assert len({first, other_title, other_date}) == 3
    assert identify([marks(title="أ", dated="1")]) == [first]


def test_long_ids_are_hashed() -> None:
    """An id never outgrows its column, and two long ones do not become one."""
    ids = identify([marks("x" * 5000 + "1"), marks("x" * 5000 + "2")])
    assert len(set(ids)) == 2
    assert all(len(one) <= MAX_ID for one in ids)


@given(
    st.lists(
        st.builds(Marks, st.text(max_size=5), st.text(max_size=5), st.text(max_size=5), st.text(max_size=5)),
        max_size=8,
    )
)
def test_ids_are_stable_and_bounded(entries: list[Marks]) -> None:
    """For any entries the ids are the same on a second reading, in any order, and none is empty."""
    ids = identify(entries)
    assert identify(entries) == ids
    assert sorted(identify(entries[::-1])) == sorted(ids)
    assert all(0 < len(one) <= MAX_ID for one in ids)


@pytest.mark.parametrize(
    ("guid", "link"),
    [
        ("7", ""),
        ("article-7", ""),
        ("/news/7", "https://n.example/news/7"),
        ("https://n.example/7", "https://n.example/7"),
    ],
)
def test_a_guid_that_is_no_address_leads_nowhere(guid: str, link: str) -> None:
    """By RSS's rules a guid without a word about it is a link; a number is none, and no reader is sent to it."""
    body = rss("<item><title>خبر</title><guid>GUID</guid></item>".replace("GUID", guid))
    assert only(body).link == link
