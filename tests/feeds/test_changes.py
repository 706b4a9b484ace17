"""A changed feed read in part: its new entries come out as from a whole reading, or the whole is read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.parse import ParsedFeed, Task, parse_at_once, parse_feed
from feeds.shown import Shown
from feeds.split import split
from tests.feeds.documents import NOON, RSS_HEAD, RSS_TAIL, item, parse, rss
from tests.shared_data import shared_path


def in_part(before: bytes, after: bytes, url: str = "", now: datetime = NOON) -> ParsedFeed:
    """The second document as it is read by who has read the first, checked against a whole reading of it."""
    first = parse_feed(before, url=url, now=now)
    shown = Shown.from_bytes(first.shown.to_bytes()) if first.shown else None
    found, whole = parse_feed(after, url=url, now=now, shown=shown), parse_feed(after, url=url, now=now)
    fresh = {entry.id for entry in found.entries}
    assert found.entries == tuple(entry for entry in whole.entries if entry.id in fresh)
    left_out = [entry for entry in whole.entries if entry.id not in fresh]
    assert all(entry in first.entries for entry in left_out)
    assert (found.feed, found.encoding, found.damaged) == (whole.feed, whole.encoding, whole.damaged)
    assert found.shown == whole.shown
    assert len(left_out) <= found.known
    return found


def test_only_the_new_entry_is_read() -> None:
    """One of fifty: the others are known by their text, and nothing of them shows."""
    items = [item(number) for number in range(50)]
    feed = in_part(rss(*items), rss(item(99), *items))
    assert ([entry.id for entry in feed.entries], feed.known, feed.strangers) == (["guid-99"], 49 + 1, True)


def test_an_edited_entry_is_read_again() -> None:
    """Its text is another one, its id is not: it is no stranger."""
    feed = in_part(rss(item(1), item(2), item(3)), rss(item(1), item(2, title="خبر آخر"), item(3)))
    assert ([entry.title for entry in feed.entries], feed.known, feed.strangers) == (["خبر آخر"], 2, False)


@pytest.mark.parametrize("mark", ["guid", "link", "title"])
def test_an_entry_that_shares_a_mark_is_no_stranger(mark: str) -> None:
    """Guid, page or headline of one that stood there: the store is asked."""
    shared = {"guid": "guid-1", "link": "https://n.example/1", "title": "خبر رقم 1"}[mark]
    feed = in_part(rss(item(1), item(2)), rss(item(9, **{mark: shared}), item(2)))
    assert (len(feed.entries), feed.known, feed.strangers) == (1, 1, False)


def test_entries_without_guid_and_link_are_read_whole() -> None:
    """Two of them may have one id between them, and which of the two counts is for a whole reading to say."""
    empty, signed = "<item></item>", "<item><dc:creator>كاتب</dc:creator></item>"
    feed = in_part(rss(empty, signed), rss(signed))
    assert (feed.known, [entry.author for entry in feed.entries]) == (0, ["كاتب"])


def test_an_entry_that_left_and_nothing_new() -> None:
    """Fewer entries, all known."""
    feed = in_part(rss(item(1), item(2)), rss(item(2)))
    assert (feed.entries, feed.known) == ((), 1)


def test_the_second_of_two_repeats_is_read_when_it_stands_alone() -> None:
    """It was left out for the first one's sake, so nobody has seen what it says."""
    twin = item(1, title="صيغة ثانية")
    feed = in_part(rss(item(1), twin, item(2)), rss(twin, item(2)))
    assert "صيغة ثانية" in [entry.title for entry in feed.entries]
    nameless = {"guid": None, "link": None}
    twin = item(1, description="نص ثان", **nameless)
    feed = in_part(rss(item(1, **nameless), twin, item(2)), rss(twin, item(2)))
    assert "نص ثان" in [entry.summary for entry in feed.entries]


HEADS = {
    "another link": RSS_HEAD.replace("https://n.example/<", "https://m.example/<"),
    "another namespace": RSS_HEAD.replace("<rss ", '<rss xmlns:x="http://x.example/" '),
    "a base": RSS_HEAD.replace("<channel>", '<channel xml:base="https://b.example/">'),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_another_frame_is_read_whole(head: str) -> None:
    """What may change how every entry is read makes every entry new."""
    before = RSS_HEAD + item(1, link="/1") + item(2) + RSS_TAIL
    feed = in_part(before.encode(), (head + item(3) + item(1, link="/1") + item(2) + RSS_TAIL).encode())
    assert (len(feed.entries), feed.known) == (3, 0)


DOUBTFUL = {
    "a repeated guid": rss(item(3, guid="guid-1"), item(1), item(2)),
    "a guid for all": rss(*(item(number, guid="same") for number in range(4))),
    "a broken entry": rss(item(3, title="<b>"), item(1), item(2)),
    "a broken frame": rss(item(3), item(1), item(2)).replace(b"<language>", b"<languag>"),
    "cut off": rss(item(3), item(1), item(2))[:-60],
    "an entry in an entry": rss(item(3, description=item(4)), item(1)),
    "an empty entry": rss("<item/>", item(1), item(2)),
    "two names": rss(item(1), "<entry><title>x</title></entry>"),
    "the same twice": rss(item(1), item(1), item(2)),
    "a prefix of two meanings": rss(
        item(1), item(3, title="<x:a xmlns:x='urn:1'/>خبر"), item(4, title="<x:a xmlns:x='urn:2'/>خبر")
    ),
}


@pytest.mark.parametrize("after", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_a_doubtful_document_is_read_whole(after: bytes) -> None:
    """Slower, and never wrong."""
    assert in_part(rss(item(1), item(2)), after).known == 0


def test_tags_in_texts_are_no_entries() -> None:
    """CDATA, comments and instructions may say <item> as they like."""
    odd = item(1, description="<![CDATA[ <item> </item> ]]>") + "<!-- <item> --><?x <item> ?>"
    feed = in_part(rss(odd), rss(item(2), odd))
    assert ([entry.id for entry in feed.entries], feed.known) == (["guid-2"], 1)


def test_a_base_ends_with_its_element() -> None:
    """An xml:base of one entry says nothing about the next one."""
    entries = (
        '<entry xml:base="https://one.example/"><id>1</id><title>a</title><link href="x"/></entry>'
        '<entry><id>2</id><title>b</title><link href="y"/></entry>'
    )
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{entries}</feed>'.encode()
    links = [entry.link for entry in parse(body, url="https://f.example/feed").entries]
    assert links == ["https://one.example/x", "https://f.example/y"]


def test_a_document_with_repeats_is_always_read_whole() -> None:
    """Of two with one guid the first counts; when it is gone, the second is no entry that was known."""
    one, two = item(1, title="خبر"), item(1, title="خبر آخر")
    feed = in_part(rss(one, two, item(3)), rss(two, item(3)))
    assert ([entry.title for entry in feed.entries], feed.known) == (["خبر آخر", "خبر رقم 3"], 0)


def test_what_was_kept_in_another_form_is_not_used() -> None:
    """After a change of the form, the next reading is a whole one."""
    shown = parse(rss(item(1))).shown
    assert shown is not None
    kept = shown.to_bytes()
    assert Shown.from_bytes(kept) == shown
    assert Shown.from_bytes(b"") is None
    assert Shown.from_bytes(b"\xff" + kept[1:]) is None
    assert Shown.from_bytes(kept[:-1]) is None


def test_a_blemished_feed_is_always_read_whole() -> None:
    """Where feedparser had to guess, texts prove nothing."""
    assert parse(rss(item(1, title="A&B"), item(2))).shown is None
    assert parse(rss(item(1, title="x\x0b"), item(2))).shown is None


PIECES = [
    "<title>خبر</title>", "<title type='html'>&lt;b&gt;نص&lt;/b&gt;</title>", "<link>https://n.example/{n}</link>",
    "<link href='r/{n}'/>", "<link rel='alternate' href='https://n.example/a{n}'/>", "<link>/p/{n}</link>",
    "<guid>g{n}</guid>", "<guid isPermaLink='true'>https://n.example/g{n}</guid>", "<id>urn:{n}</id>",
    "<description>وصف &amp;amp; نص</description>", "<description><![CDATA[<p>فقرة</p> <item>]]></description>",
    "<content:encoded><![CDATA[<div>محتوى</div>]]></content:encoded>", "<summary>موجز</summary>",
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>متن</p></div></content>",
    "<content type='html' xml:lang='en' xml:base='https://c.example/'>&lt;a href='x'&gt;y&lt;/a&gt;</content>",
    "<dc:creator>كاتب</dc:creator>", "<author>a@b.example (كاتب)</author>", "<author><name>ك</name></author>",
    "<pubDate>Wed, 19 Jun 2024 09:00:00 +0300</pubDate>", "<updated>2024-06-19T08:00:00Z</updated>",
    "<dc:date>2024-06-19T07:00:00Z</dc:date>", "<category>سياسة</category>", "<enclosure url='https://e/1'/>",
    "<media:group xmlns:media='http://search.yahoo.com/mrss/'><media:title>و</media:title></media:group>",
    "<source url='https://s.example/'>مصدر</source>", "<dc:language>fr</dc:language>", "<svg/>",
    "<image><url>u</url></image>",
    "<textInput><title>ب</title></textInput>", "<contributor><name>م</name></contributor>", "<title>ثان</title>",
]  # fmt: skip
ATTRIBUTES = [
    "",
    " xml:base='https://i.example/d/'",
    " xml:lang='en'",
    " xmlns:y='urn:y'",
    " rdf:about='https://n.example/r'",
]
NAMES = (
    " xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
)
NAMES += " xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
CHANNEL = "<title>ص</title><link>{link}</link><author>رئيس</author><dc:creator>محرر</dc:creator><language>ar</language>"
SHAPES = {
    "rss": ("item", f"<rss version='2.0'{NAMES}{{base}}><channel>{CHANNEL}", "</channel></rss>"),
    "rss behind": ("item", f"<rss version='0.92'{NAMES}><channel{{base}}>", f"{CHANNEL}</channel></rss>"),
    "rdf": (
        "item",
        f"<rdf:RDF xmlns='http://purl.org/rss/1.0/'{NAMES}{{base}}><channel>{CHANNEL}</channel>",
        "</rdf:RDF>",
    ),
    "atom": (
        "entry",
        f"<feed xmlns='http://www.w3.org/2005/Atom'{NAMES}{{base}}><title>ص</title><link href='{{link}}'/>"
        "<author><name>رئيس</name></author>",
        "</feed>",
    ),
}  # fmt: skip


@st.composite
def entries(draw: st.DrawFn, tag: str) -> str:
    """One entry, of whatever elements."""
    number = draw(st.integers(1, 6))
    inner = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=7, unique=True)))
    return f"<{tag}{draw(st.sampled_from(ATTRIBUTES))}>{inner.replace('{n}', str(number))}</{tag}>"


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_change_of_any_feed(data: st.DataObject) -> None:
    """Entries added, removed, moved, edited, in feeds of every shape: equal to the whole reading."""
    tag, head, tail = SHAPES[data.draw(st.sampled_from(sorted(SHAPES)))]
    base = data.draw(st.sampled_from(["", " xml:base='https://base.example/x/'", " xml:lang='ar'"]))
    link = data.draw(st.sampled_from(["https://n.example/", "", "/rel"]))
    head = head.replace("{base}", base).replace("{link}", link)
    tail = tail.replace("{link}", link)
    before = data.draw(st.lists(entries(tag), min_size=1, max_size=6))
    after = data.draw(st.permutations(before))[: data.draw(st.integers(0, len(before)))]
    for one in data.draw(st.lists(entries(tag), max_size=3)):
        after.insert(data.draw(st.integers(0, len(after))), one)
    in_part(
        (head + "".join(before) + tail).encode(),
        (head + "".join(after) + tail).encode(),
        "https://f.example/feed",
    )


def real_feeds() -> Iterator[str]:
    """Every real feed that can be split, as prepared text without what stands before its root."""
    for path in sorted(shared_path("data", "feeds", "raw").glob("*.xml")):
        text = path.read_bytes().decode()
        yield text[text.index("<", text.index("?>") + 2 if text.lstrip().startswith("<?xml") else 0) :]


def test_real_feeds_that_grow() -> None:
    """Each real feed, read first without some of its entries and then with them: equal to the whole reading."""
    now, partly = datetime(2026, 11, 1, tzinfo=UTC), 0
    for text in real_feeds():
        pieces = split(text)
        if pieces is None or len(pieces.parts) < 2:
            continue
        for missing in ({0}, {len(pieces.parts) - 1}, set(range(0, len(pieces.parts), 3))):
            known = in_part(pieces.without(missing).encode(), text.encode(), "https://f.example/", now).known
            partly += known > 0
    assert partly > 90


def test_a_real_feed_over_three_months() -> None:
    """Snapshot after snapshot: what is left out stood in the one before."""
    paths = sorted(shared_path("data", "feeds", "series_nabdsharqi").glob("*.xml"))
    now = datetime(2026, 11, 1, tzinfo=UTC)
    known = [in_part(one.read_bytes(), two.read_bytes(), now=now).known for one, two in pairwise(paths)]
    assert sum(known) > len(paths)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe<",
        b"<html>",
        rss(item(1)).decode().encode("cp1256", "replace"),
        rss(item(1))[:-9],
        b"{}",
        b"&" * 9_000,
    ],
)
def test_what_is_odd_is_not_read_on_the_spot(body: bytes) -> None:
    """It is for a parser that can be killed; nothing is raised."""
    assert parse_at_once(body, Task(), NOON) is None


def test_what_is_much_is_not_read_on_the_spot() -> None:
    """Nor much of what is new."""
    assert parse_at_once(rss(item(1, description="ن" * 20_000)), Task(), NOON) is None
    shown = parse(rss(item(1))).shown
    assert parse_at_once(rss(item(2, description="ن" * 20_000), item(1)), Task(shown=shown), NOON) is None
