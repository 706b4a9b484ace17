"""Driving feedparser's parsers directly gives what feedparser gives, without its doors and its slowest search."""

import io
import time
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feeds.prolog import prepare
from feeds.reader import read_document
from tests.feeds.documents import ATOM_ENTRY, RDF, atom, item, rss
from tests.shared_data import shared_path

BROKEN = rss(item(1, media__thumbnail="x"), item(2))
DOCUMENTS = {
    "rss": rss(item(1), item(2, author="desk@n.example (محرر)", content__encoded="&lt;p&gt;x&lt;/p&gt;")),
    "atom": atom(
        ATOM_ENTRY, '<subtitle type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></subtitle>'
    ),
    "rdf": RDF,
    "not well-formed": BROKEN,
    "cut off": BROKEN[:-30],
    "no feed": b"<note/>",
}


def theirs(body: bytes) -> dict[str, Any]:
    """feedparser's own reading, with the same switches."""
    result: dict[str, Any] = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return result


def without_authors(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry without what is deliberately done otherwise: authors, and how long a base counts."""
    kept = {name: value for name, value in entry.items() if not name.startswith(("author", "publisher"))}
    return {name: _without_base(value) for name, value in kept.items()}


def _without_base(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_base(one) for one in value]
    return {key: one for key, one in value.items() if key != "base"} if isinstance(value, dict) else value


def assert_same(body: bytes) -> None:
    """Both readings agree on everything but authors."""
    ours, whole = read_document(prepare(body.decode()).text), theirs(body)
    assert [without_authors(entry) for entry in ours.entries] == [
        without_authors(entry) for entry in whole["entries"]
    ]
    assert without_authors(ours.feed) == without_authors(whole["feed"])
    assert ours.version == whole["version"]
    assert bool(ours.complaint) == bool(whole["bozo"])


@pytest.mark.parametrize("body", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_the_reading_is_feedparsers(body: bytes) -> None:
    """Strict and loose, every kind of feed: equal dictionaries."""
    assert_same(body)


AMPERSANDS = {
    "AT&T تربح": "AT&T تربح",
    "S&P 500 &": "S&P 500 &",
    "قال &laquo;نعم&raquo; &ndash; AT&T": "قال «نعم» – AT&T",
    "&LT;b&GT; &lt;i&gt; &amp;amp;": "<b> <i> &amp;",
    "&nosuch; &#1575; &#x627;": "&nosuch; ا ا",
    "<![CDATA[R&D &amp;]]> R&D": "R&D &amp; R&D",
}


@pytest.mark.parametrize("end", ["", "cut"])
@pytest.mark.parametrize(("written", "meant"), AMPERSANDS.items())
def test_an_ampersand_is_an_ampersand(written: str, meant: str, end: str) -> None:
    """The commonest slip costs no letter and adds none, in whole documents and in such as are cut off; it is told."""
    body = rss(item(1, title=written, link="https://n.example/?a=1&b=2&copy=3"), item(2), item(3))
    text = prepare(body.decode()).text
    reading = read_document(text[:-40] if end else text)
    assert dict.get(reading.entries[0], "title") == meant
    assert dict.get(reading.entries[0], "link") == "https://n.example/?a=1&b=2&copy=3"
    assert reading.complaint


def test_the_reading_of_real_feeds_is_feedparsers() -> None:
    """The same over every feed that was found in the wild."""
    paths: list[Path] = sorted(shared_path("data", "feeds", "raw").glob("*.xml"))
    assert paths
    for path in paths:
        assert_same(path.read_bytes())


def test_an_authors_name_and_address_apart() -> None:
    """Where Atom gives both, they are put together as feedparser does."""
    entry = ATOM_ENTRY.replace("</name>", "</name><email>desk@a.example</email>")
    assert (
        dict.get(read_document(atom(entry).decode().partition("?>")[2]).entries[0], "author")
        == "محرر (desk@a.example)"
    )


@pytest.mark.parametrize("author", ["a" * 500_000, "a@" + "b." * 250_000, "&#97;" * 100_000])
def test_a_hostile_author_costs_nothing(author: str) -> None:
    """feedparser alone takes half a minute for an eighth of it."""
    begun = time.thread_time()
    read_document(rss(item(1, author=author, dc__creator=author)).decode().partition("?>")[2])
    assert time.thread_time() - begun < 2
