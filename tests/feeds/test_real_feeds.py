"""Feeds as they were found in the wild. They are not part of the project: without them these tests skip."""

import io
import json
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from feeds.arabic_look import looks_arabic
from feeds.errors import FailureKind
from feeds.identity import canonical_guid, canonical_link
from feeds.mojibake import looks_mangled
from feeds.parse import ParsedFeed, parse_feed
from tests.shared_data import shared_path

NOW = datetime(2026, 11, 1, tzinfo=UTC)
# Not in Arabic, or hardly.
FOREIGN = {
    "caert_fr.xml",
    "united-for-palestine_feed.xml",
    "yousufinternet.xml",
    "yousufinternet_cat_blog.xml",
}
EMPTY = {"geohadab.xml", "naswell_ar_empty.xml"}


def raw_feeds() -> Iterator[Path]:
    """Every feed as it was found."""
    return iter(sorted(shared_path("data", "feeds", "raw").glob("*.xml")))


def read(path: Path) -> ParsedFeed:
    """A feed as of when they were gathered."""
    return parse_feed(path.read_bytes(), now=NOW)


def test_every_feed_gives_the_entries_that_feedparser_counts() -> None:
    """Nothing is lost: as many as in feedparser's own reading, less the repeats."""
    for path in raw_feeds():
        found = feedparser.parse(io.BytesIO(path.read_bytes())).entries
        expected = {(entry.get("id"), canonical_link(entry.get("link", ""))) for entry in found}
        feed = read(path)
        assert len(feed.entries) == len(expected), path.name
        assert bool(feed.entries) is (path.name not in EMPTY), path.name
        assert feed.damaged is None, path.name


def test_every_entry_is_sensible() -> None:
    """Ids are unique, links are web addresses, every entry has a date and a text, and nothing of markup is left."""
    for path in raw_feeds():
        entries = read(path).entries
        assert len({entry.id for entry in entries}) == len(entries), path.name
        for entry in entries:
            assert entry.link.startswith(("http://", "https://")), path.name
            assert entry.published is not None, path.name
            assert entry.title or entry.summary or entry.content, path.name
            assert not any(
                tag in entry.summary + entry.content for tag in ("<p>", "<a href", "&nbsp;", "&quot;")
            ), path.name
            assert "\n" not in entry.title


def test_every_arabic_feed_is_readable() -> None:
    """The text of each looks like Arabic, and no title bears a trace of a wrong charset."""
    for path in raw_feeds():
        feed = read(path)
        text = " ".join(entry.title + " " + entry.summary + " " + entry.content for entry in feed.entries)
        assert not looks_mangled(text), path.name
        assert looks_arabic(text) or path.name in FOREIGN | EMPTY | {"doyouknow_multi.xml"}, path.name
        assert feed.encoding == "utf-8", path.name
        assert feed.problems == (), path.name


def test_every_date_is_feedparsers_own() -> None:
    """Where feedparser reads a date, it is the same moment here."""
    compared = 0
    for path in raw_feeds():
        found = {
            canonical_guid(entry.get("id") or entry.get("link")): entry
            for entry in feedparser.parse(io.BytesIO(path.read_bytes())).entries
        }
        for entry in read(path).entries:
            theirs = dict.get(found.get(entry.id, {}), "published_parsed")
            if theirs:
                compared += 1
                assert entry.published == datetime.fromtimestamp(timegm(theirs), UTC), path.name
    assert compared > 500


def test_the_end_of_a_day_in_a_real_feed() -> None:
    """``24:00:00`` is read, which feedparser alone does not."""
    path = shared_path("data", "feeds", "raw", "united-for-palestine_feed.xml")
    assert read(path).entries[0].published == datetime(2025, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize("name", ["cp1256_declared", "cp1256_undeclared", "cp1256_wrongly_declared_utf8"])
def test_a_real_feed_in_windows_1256(name: str) -> None:
    """Declared, undeclared or wrongly declared: letter by letter what the same feed says in UTF-8."""
    original = read(shared_path("data", "feeds", "raw", "ennahar_dz.xml"))
    derived = read(shared_path("data", "feeds", "derived", f"ennahar_{name}.xml"))
    assert derived.encoding == "windows-1256"
    assert [entry.title for entry in derived.entries] == [entry.title for entry in original.entries]
    assert derived.entries == original.entries


def test_a_real_feed_that_is_cut_off() -> None:
    """Its whole entries are those of the whole feed; the damage shows."""
    original = read(shared_path("data", "feeds", "raw", "ennahar_dz.xml"))
    cut = read(shared_path("data", "feeds", "derived", "ennahar_truncated.xml"))
    assert cut.damaged is FailureKind.BROKEN_XML
    assert 0 < len(cut.entries) < len(original.entries)
    assert cut.entries == original.entries[: len(cut.entries)]


def test_three_months_of_one_feed_give_each_entry_once() -> None:
    """Over 36 snapshots, in which guids turn from paths into addresses and back, no article gets a second id."""
    ids: dict[str, set[str]] = {}
    for path in sorted(shared_path("data", "feeds", "series_nabdsharqi").glob("*.xml")):
        for entry in parse_feed(path.read_bytes(), url="http://nabd-sharqi.com/feed.xml", now=NOW).entries:
            ids.setdefault(canonical_link(entry.link), set()).add(entry.id)
    assert len(ids) > 150
    assert all(len(same) == 1 for same in ids.values())
    assert len(set.union(*ids.values())) == len(ids)


def test_sections_of_one_outlet_share_ids() -> None:
    """The same article in two sections of Al Yaum has the same id in both, and a feed two minutes later is the same."""
    folder = shared_path("data", "feeds", "raw")
    by_id: dict[str, str] = {}
    for path in folder.glob("alyaum_*.xml"):
        for entry in read(path).entries:
            assert by_id.setdefault(entry.id, entry.link) == entry.link
    assert len(by_id) < 300
    earlier, later = folder / "alyaum_eastern_2min_earlier.xml", folder / "alyaum_eastern.xml"
    assert [entry.id for entry in read(earlier).entries] == [entry.id for entry in read(later).entries]


def test_the_index_names_every_feed() -> None:
    """The tests above saw the feeds that the index lists."""
    index = json.loads(shared_path("data", "feeds", "index.json").read_text(encoding="utf-8"))
    listed = {Path(entry["file"]).name for entry in index if entry["file"].startswith("raw/")}
    assert listed == {path.name for path in raw_feeds()}
