"""What a feed says of itself to whoever polls it."""

import time

import pytest

from feeds.hints import NO_SKIPS, Hints, Skips, feed_hints

ITEM = "<item><ttl>1</ttl><title>x</title><link rel='hub' href='https://evil.example/'/></item>"


def hints(inside: str, items: str = ITEM, after: str = "", headers: dict[str, str] | None = None) -> Hints:
    """Of an RSS document with these elements before and after its items."""
    body = f"<?xml version='1.0'?><rss version='2.0'><channel>{inside}{items}{after}</channel></rss>"
    return feed_hints(body.encode(), headers or {})


@pytest.mark.parametrize(
    ("inside", "seconds"),
    [
        ("", 0),
        ("<ttl>15</ttl>", 900),
        ("<TTL> 15 </TTL>", 900),
        ("<ttl>soon</ttl>", 0),
        ("<ttl>-5</ttl>", 0),
        ("<!-- <ttl>15</ttl> -->", 0),
        ("<description><![CDATA[<ttl>15</ttl>]]></description>", 0),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
        ("<sy:updatePeriod>\n hourly\n</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900),
        ("<updatePeriod>daily</updatePeriod><updateFrequency>0</updateFrequency>", 86_400),
        ("<sy:updatePeriod>often</sy:updatePeriod>", 0),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><ttl>90</ttl>", 5400),
    ],
)
def test_how_often_a_feed_is_written(inside: str, seconds: float) -> None:
    """``ttl`` in minutes, the syndication module's period; nothing that stands in an entry, comment or text."""
    assert hints(inside).seconds == seconds


def test_what_stands_after_the_entries_counts_too() -> None:
    """RSS lets the channel go on after its items."""
    assert hints("", after="<ttl>20</ttl>").seconds == 1200
    assert hints("", items=ITEM * 2000, after="<ttl>20</ttl>").seconds == 1200


def test_hours_and_days_off() -> None:
    """In GMT; 24 is midnight to some; who skips everything has made a mistake."""
    skips = "<skipHours><hour>1</hour><hour> 24 </hour><hour>99</hour></skipHours>"
    days = "<skipDays><day>Saturday</day><day>Sun</day><day>Never</day></skipDays>"
    assert hints(skips + days).skips == Skips(frozenset({0, 1}), frozenset({5, 6}))
    always = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    assert hints(f"<skipHours>{always}</skipHours>").skips == NO_SKIPS


def test_skips_are_stored_as_text() -> None:
    """And come back as they were."""
    for skips in (NO_SKIPS, Skips(frozenset({0, 23})), Skips(frozenset({3}), frozenset({6}))):
        assert Skips.of(str(skips)) == skips


def test_a_hub_of_the_document_and_of_the_headers() -> None:
    """Atom's links, in RSS too; the headers go first; an entry's links are not the feed's."""
    us = '<atom:link rel="self" href="https://a.example/f?x=1&amp;y=2"/>'
    links = us + "<link href='https://hub.example/' rel='HUB'/>"
    found = hints(links)
    assert (found.hub, found.topic) == ("https://hub.example/", "https://a.example/f?x=1&y=2")
    headers = {"Link": '<https://h2.example/>; rel="hub", <https://a.example/g>; rel=self'}
    found = hints(links, headers=headers)
    assert (found.hub, found.topic) == ("https://h2.example/", "https://a.example/g")
    assert hints("").hub == ""


def test_json_feeds_name_hubs_too() -> None:
    """``hubs`` and ``feed_url``; nonsense says nothing."""
    body = b'{"feed_url": "https://a.example/", "hubs": [{"type": "rssCloud"}, {"type": "WebSub", "url": "https://h.example/"}]}'
    found = feed_hints(body, {})
    assert (found.hub, found.topic) == ("https://h.example/", "https://a.example/")
    for nonsense in (b"{", b'{"hubs": 5}', b'{"hubs": [5, {}]}', b'{"a":' * 100_000):
        assert feed_hints(nonsense, {}) == Hints()


def test_two_byte_charsets_are_read() -> None:
    """UTF-16 carries the same names."""
    body = "\ufeff<rss><channel><ttl>15</ttl></channel></rss>"
    assert feed_hints(body.encode("utf-16-le"), {}).seconds == 900


@pytest.mark.parametrize(
    "body",
    [
        b"<link " * 2_000_000,
        b"<skipHours>" * 500_000,
        b"<!--" * 2_000_000,
        b"<a:" * 3_000_000,
        b"<ttl" + b" " * 9_000_000,
    ],
)
def test_hostile_bytes_cost_next_to_nothing(body: bytes) -> None:
    """Ten megabytes made for backtracking take no longer than a page."""
    started = time.thread_time()
    feed_hints(body, {"Link": "<" * 100_000 + "; rel=" * 100_000})
    assert time.thread_time() - started < 1
