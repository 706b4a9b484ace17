"""Which feeds a web page names, and what a body is. Pure: bytes in, addresses out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from feeds.charset import decode
from feeds.errors import FetchError
from feeds.guard import check_url

Served = Literal["rss", "atom", "json", "sitemap", "html", "opml", "empty", "other"]

MOST_NAMED = 20
_MAX_PAGE = 2_000_000  # characters; a head that names feeds comes long before
_TYPES: dict[str, Served] = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
}
_ROOTS: dict[str, Served] = {
    "rss": "rss",
    "rdf": "rss",
    "channel": "rss",
    "feed": "atom",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "html": "html",
    "opml": "opml",
}
_BEFORE_ROOT = re.compile(r"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]{1,50}:)?([A-Za-z_]\w{0,50})")
_LOOKS_LIKE_A_FEED = re.compile(
    r"(?:^|[/._=?&-])(?:rss|atom|feed|feeds|rdf)(?:$|[/._=?&-]|\d)", re.IGNORECASE
)
_COMMENTS = re.compile(r"comments|تعليقات", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """A feed that a page names. ``kind``: as it says, "" where it does not. ``sure``: in the head, as is the custom."""

    url: str
    title: str
    kind: str
    sure: bool


def served(body: bytes, content_type: str = "") -> Served:
    """What a body is, by its own first element, whatever the header says."""
    text = decode(body[:200_000], content_type).text.lstrip("\ufeff \t\r\n")
    if not text:
        return "empty"
    if text.startswith("{") and "jsonfeed.org/version" in text[:4000]:
        return "json"
    begins = _BEFORE_ROOT.match(text)
    root = _ROOT.match(text, begins.end() if begins else 0)
    kind = _ROOTS.get(root[1].lower(), "other") if root else "other"
    return "html" if kind == "other" and "<html" in text[:5000].lower() else kind


def feeds_named(body: bytes, content_type: str, base: str) -> list[Named]:
    """The feeds that a page names, the likeliest first: those of its head, then links that look like one.

    Addresses are absolute, each once, and such as may be asked for; feeds of comments come last.
    """
    tree = LexborHTMLParser(decode(body, content_type).text[:_MAX_PAGE])
    found: dict[str, Named] = {}
    page, base = base, _base(tree, base)
    for one in (*_in_head(tree, base), *_in_links(tree, base)):
        if one.url != page:
            found.setdefault(one.url, one)
    order = sorted(
        found.values(), key=lambda one: (not one.sure, bool(_COMMENTS.search(one.url + one.title)))
    )
    return order[:MOST_NAMED]


def _base(tree: LexborHTMLParser, url: str) -> str:
    """What the page's links are relative to: what it says, else where it stands."""
    said = tree.css_first("base[href]")
    try:
        return urljoin(url, (said.attributes.get("href") or "").strip()) if said is not None else url
    except ValueError:
        return url


def _in_head(tree: LexborHTMLParser, base: str) -> Iterator[Named]:
    for link in tree.css("link[rel][type][href]"):
        marks = {name: value or "" for name, value in link.attributes.items()}
        kind = _TYPES.get(marks.get("type", "").split(";")[0].strip().lower())
        if kind and "alternate" in marks.get("rel", "").lower().split():
            yield from _named(marks.get("href", ""), marks.get("title", ""), kind, base, sure=True)


def _in_links(tree: LexborHTMLParser, base: str) -> Iterator[Named]:
    for link in tree.css("a[href]"):
        href = link.attributes.get("href") or ""
        if _LOOKS_LIKE_A_FEED.search(href):
            yield from _named(href, link.text(), "", base, sure=False)


def _named(href: str, title: str, kind: str, base: str, *, sure: bool) -> Iterator[Named]:
    try:
        url = str(check_url(urljoin(base, href.strip()), allow_private=True).with_fragment(None))
    except (FetchError, ValueError):
        return  # mailto:, javascript:, nonsense: no address of a feed
    yield Named(url, " ".join(title.split())[:200], kind, sure)
