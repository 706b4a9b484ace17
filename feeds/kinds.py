"""The kinds of documents that are read as feeds, each told by its content."""

from enum import StrEnum

from feeds.errors import FailureKind, ParseError
from feeds.json_feed import is_json, read_json_feed
from feeds.plain import read_plain
from feeds.prolog import Prepared
from feeds.reader import Reading, read_document
from feeds.sitemap import read_news_sitemap
from feeds.telegram import is_channel_page, read_channel


class Kind(StrEnum):
    """What a source is, as the catalogue says it; "" where the content is to tell."""

    ANY = ""
    FEED = "feed"  # RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0
    JSON = "json"  # JSON Feed 1.x
    SITEMAP = "sitemap"  # a Google news sitemap
    TELEGRAM = "telegram"  # a public channel's page, https://t.me/s/CHANNEL

    @staticmethod
    def of(name: str) -> "Kind":
        """By the catalogue's name, which tells RSS and Atom apart; they are read alike."""
        return Kind.FEED if name in {"rss", "atom"} else Kind(name)


_NAMES = {
    Kind.FEED: "an XML document",
    Kind.JSON: "JSON",
    Kind.SITEMAP: "a sitemap",
    Kind.TELEGRAM: "a Telegram page",
}


def _read_feed(text: str) -> Reading:
    return read_plain(text) or read_document(text)


_READERS = {
    Kind.FEED: _read_feed,
    Kind.JSON: read_json_feed,
    Kind.SITEMAP: read_news_sitemap,
    Kind.TELEGRAM: read_channel,
}


def kind_of(prepared: Prepared, wanted: Kind = Kind.ANY) -> Kind:
    """What a document is; FEED for all that is nothing else. Raises ParseError when it is not ``wanted``."""
    found = _found(prepared)
    if wanted not in (Kind.ANY, found):
        said = _NAMES[found] if prepared.root != "html" or found != Kind.FEED else "an HTML page"
        raise ParseError(FailureKind.NOT_A_FEED, f"this is {said}, and the catalogue says kind: {wanted}")
    return found


def read(kind: Kind, text: str) -> Reading:
    """Read a prepared document. Raises ParseError, and on hostile input whatever its parser raises."""
    return _READERS[kind](text)


def _found(prepared: Prepared) -> Kind:
    if prepared.root == "urlset":
        return Kind.SITEMAP
    if not prepared.root and is_json(prepared.text):
        return Kind.JSON
    if prepared.root == "html" and is_channel_page(prepared.text):
        return Kind.TELEGRAM
    return Kind.FEED
