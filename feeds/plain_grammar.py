"""What the plain reader knows: elements, attributes and namespaces whose meaning to feedparser is certain. Pure.

A rule says of an element which attributes and which elements may stand in it and what becomes of its text. Nothing is
here that was not compared with feedparser; what it gives names to that nobody here asks for is passed over.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from feedparser.api import StrictFeedParser

_ATOM = "http://www.w3.org/2005/Atom "  # as the XML parser writes names: namespace, blank, name
_CONTENT = "http://purl.org/rss/1.0/modules/content/ "
_DC = "http://purl.org/dc/elements/1.1/ "
_FEEDBURNER = "http://rssnamespace.org/feedburner/ext/1.0 "
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd "
_MEDIA = "http://search.yahoo.com/mrss/ "
_SLASH = "http://purl.org/rss/1.0/modules/slash/ "
_SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/ "
_THREADS = "http://purl.org/syndication/thread/1.0 "
_WORDPRESS = "com-wordpress:feed-additions:1 "
_WFW = "http://wellformedweb.org/CommentAPI/ "
_XML = "http://www.w3.org/XML/1998/namespace "
_LANG, _BASE = f"{_XML}lang", f"{_XML}base"

# feedparser's own prefixes, by namespace; a document that uses one for something else is not plain.
_PREFIXES = {uri.lower(): prefix for uri, prefix in StrictFeedParser.namespaces.items()}
_TAKEN = frozenset(_PREFIXES.values())
_OWN = {
    _THREADS.rstrip(): "thr",
    _WORDPRESS.rstrip(): None,
}  # that feedparser does not know, with their usual prefixes
_TELLING = frozenset({"http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"})  # of a version

_ENTITY_LIKE = re.compile(r"&([A-Za-z0-9_]+);")
_PLAIN_TYPES = frozenset({"text", "html", "text/plain", "text/html"})
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


class Unknown(Exception):
    """Something whose reading is feedparser's."""


@dataclass(slots=True)
class Found:
    """What was read so far; ``mine`` is whom the next text belongs to, the feed or its last entry."""

    version: str = ""
    feed: dict[str, Any] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    mine: dict[str, Any] = field(default_factory=dict)
    author: dict[str, str] = field(default_factory=dict)


Act = Callable[[Found, str, Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """An element. ``begins`` is called where it begins, without a text; ``ends`` with the text that stands in it alone.

    ``as_written``: feedparser does not mend such a text.
    """

    begins: Act | None = None
    ends: Act | None = None
    attributes: frozenset[str] = frozenset()
    inside: Mapping[str, "Rule"] = field(default_factory=dict)
    as_written: bool = False


def is_plain_namespace(prefix: str | None, uri: str | None) -> bool:
    """Whether a declaration leaves the names of this grammar what they are."""
    low = (uri or "").lower()
    if not low or low in _TELLING or "xlink" in low or "backend.userland.com" in low:
        return False
    known = _PREFIXES.get(low)
    if known is None:  # then feedparser names its elements by the document's own prefix
        return uri not in _OWN or _OWN[uri] == prefix
    return prefix not in _TAKEN or known == prefix


def _begin_rss(found: Found, _text: str, attributes: Mapping[str, str]) -> None:
    if not attributes.get("version", "").startswith("2."):
        raise Unknown
    found.version = "rss20"


def _begin_channel(found: Found, _text: str, _attributes: Mapping[str, str]) -> None:
    if found.mine is found.feed:  # a second one
        raise Unknown
    found.mine = found.feed


def _begin_feed(found: Found, _text: str, attributes: Mapping[str, str]) -> None:
    found.version, found.mine = "atom10", found.feed
    if language := attributes.get(_LANG):
        found.feed["language"] = language.replace("_", "-")


def _begin_entry(found: Found, _text: str, _attributes: Mapping[str, str]) -> None:
    found.mine = {}
    found.entries.append(found.mine)


def _end_entry(found: Found, _text: str, _attributes: Mapping[str, str]) -> None:
    found.mine = found.feed


def _kept(name: str) -> Act:
    def keep(found: Found, text: str, _attributes: Mapping[str, str]) -> None:
        found.mine[name] = text

    return keep


def _title(found: Found, text: str, attributes: Mapping[str, str]) -> None:
    _require_plain(attributes)
    if "title" in found.mine:
        raise Unknown
    found.mine["title"] = text


def _subtitle(found: Found, text: str, attributes: Mapping[str, str]) -> None:
    _require_plain(attributes)
    found.mine["subtitle"] = text


def _summary(found: Found, text: str, attributes: Mapping[str, str]) -> None:
    """The second text of an entry is its content, if that has not been given."""
    _require_plain(attributes)
    if "summary" in found.mine and "content" not in found.mine:
        _content(found, text, attributes)
    else:
        found.mine["summary"] = text


def _content(found: Found, text: str, attributes: Mapping[str, str]) -> None:
    _require_plain(attributes)
    found.mine.setdefault("content", []).append({"value": text})
    found.mine.setdefault("summary", text)


def _require_plain(attributes: Mapping[str, str]) -> None:
    if attributes.get("type", "text") not in _PLAIN_TYPES:
        raise Unknown


def _guid(found: Found, text: str, attributes: Mapping[str, str]) -> None:
    found.mine["id"] = _address(text)
    if attributes.get("isPermaLink", "true") == "true":
        found.mine.setdefault("link", text)


def _entry_link(found: Found, text: str, attributes: Mapping[str, str]) -> None:
    _feed_link(found, text.replace("&amp;", "&"), attributes)


def _feed_link(found: Found, text: str, _attributes: Mapping[str, str]) -> None:
    found.mine["link"] = _ENTITY_LIKE.sub(r"&\1", _address(text))


def _atom_link(found: Found, _text: str, attributes: Mapping[str, str]) -> None:
    """Atom's, in RSS too: the page is an alternative of the type of pages."""
    if "href" not in attributes:
        raise Unknown
    if attributes.get("rel", "alternate").lower() != "alternate":
        return
    kind = attributes.get("type", "text/html").lower()
    if "/" not in kind:
        raise Unknown
    if kind in _PAGE_TYPES:
        found.mine["link"] = _address(attributes["href"])


def _address(text: str) -> str:
    if ":///" in text:  # feedparser takes slashes away
        raise Unknown
    return text


def _begin_author(found: Found, _text: str, _attributes: Mapping[str, str]) -> None:
    found.author = {}


def _author_part(name: str) -> Act:
    def keep(found: Found, text: str, _attributes: Mapping[str, str]) -> None:
        found.author[name] = text

    return keep


def _end_author(found: Found, _text: str, _attributes: Mapping[str, str]) -> None:
    name, mail = found.author.get("name"), found.author.get("email")
    if not name and not mail:
        raise Unknown
    found.mine["author"] = f"{name} ({mail})" if name and mail else name or mail


def _names(namespace: str, names: str) -> list[str]:
    return [namespace + name for name in names.split()]


def _nothing(names: Iterable[str], attributes: str = "", **more: Any) -> dict[str, Rule]:
    """Elements that say nothing to us, of these attributes."""
    rule = Rule(attributes=frozenset(attributes.split()), **more)
    return dict.fromkeys(names, rule)


def _kept_as(name: str, *elements: str) -> dict[str, Rule]:
    return dict.fromkeys(elements, Rule(ends=_kept(name)))


def _marked_up(act: Act) -> Rule:
    """Atom's texts say how they are written."""
    return Rule(ends=act, attributes=frozenset({"type", _LANG, _BASE}))


_MEDIUM = "url type medium width height isDefault duration fileSize bitrate framerate samplingrate channels expression"
_MEDIA_LEAVES = _nothing(_names(_MEDIA, "thumbnail"), "url width height time") | _nothing(
    _names(_MEDIA, "credit keywords copyright"), "role scheme url"
)
_MEDIA_CONTENT = _nothing(_names(_MEDIA, "content"), _MEDIUM, inside=_MEDIA_LEAVES)
_LINK = {
    f"{_ATOM}link": Rule(
        begins=_atom_link, attributes=frozenset("href rel type title hreflang length".split())
    )
}

_ITEM = {
    "title": Rule(ends=_title),
    "link": Rule(ends=_entry_link),
    "guid": Rule(ends=_guid, attributes=frozenset({"isPermaLink"})),
    **_kept_as("published", "pubDate"),
    **_kept_as("updated", f"{_DC}date", f"{_ATOM}updated"),
    **_kept_as("author", "author", f"{_DC}creator", f"{_ITUNES}author"),
    **_kept_as("feedburner_origlink", f"{_FEEDBURNER}origLink"),
    "description": Rule(ends=_summary),
    f"{_ITUNES}summary": Rule(ends=_summary),
    f"{_CONTENT}encoded": Rule(ends=_content),
    **_LINK,
    **_MEDIA_LEAVES,
    **_MEDIA_CONTENT,
    **_nothing(_names(_MEDIA, "group"), inside=_MEDIA_LEAVES | _MEDIA_CONTENT),
    **_nothing(["comments", "image", *_names(_DC, "identifier subject publisher rights type format")]),
    **_nothing(["category"], "domain"),
    **_nothing(["enclosure"], "url length type"),
    **_nothing(["source"], "url"),
    **_nothing(_names(_ITUNES, "image"), "href"),
    **_nothing(
        _names(_ITUNES, "subtitle keywords duration explicit block episode episodeType season order title")
    ),
    **_nothing(
        [*_names(_SLASH, "comments section department hit_parade"), *_names(_WFW, "comment commentRss")]
    ),
    **_nothing([*_names(_THREADS, "total"), *_names(_WORDPRESS, "post-id")]),
}
_CHANNEL = {
    "item": Rule(_begin_entry, _end_entry, inside=_ITEM),
    "title": Rule(ends=_title),
    "link": Rule(ends=_feed_link),
    "description": Rule(ends=_subtitle),
    f"{_ITUNES}subtitle": Rule(ends=_subtitle),
    **_kept_as("language", "language"),
    **_LINK,
    **_nothing(["image"], inside=_nothing("url title link width height description".split())),
    **_nothing("pubDate lastBuildDate ttl docs copyright managingEditor webMaster rating".split()),
    **_nothing(["generator"], "uri url version"),
    **_nothing(["category"], "domain"),
    **_nothing(["cloud"], "domain port path registerProcedure protocol"),
    **_nothing(["skipHours"], inside=_nothing(["hour"])),
    **_nothing(["skipDays"], inside=_nothing(["day"])),
    **_nothing(_names(_SYNDICATION, "updatePeriod updateFrequency updateBase")),
    **_nothing(_names(_DC, "creator date publisher rights subject")),
    **_nothing(_names(_FEEDBURNER, "info"), "uri"),
    **_nothing(_names(_ITUNES, "image"), "href"),
    **_nothing(_names(_ITUNES, "author explicit keywords type block")),
    **_nothing(_names(_ITUNES, "category"), "text", inside=_nothing(_names(_ITUNES, "category"), "text")),
    **_nothing(_names(_ITUNES, "owner"), inside=_nothing(_names(_ITUNES, "name email"))),
}
_WHO = {
    f"{_ATOM}name": Rule(ends=_author_part("name"), as_written=True),
    f"{_ATOM}email": Rule(ends=_author_part("email"), as_written=True),
    **_nothing(_names(_ATOM, "uri")),
}
_ENTRY = {
    f"{_ATOM}title": _marked_up(_title),
    f"{_ATOM}id": Rule(ends=_guid),
    **_LINK,
    **_kept_as("published", f"{_ATOM}published"),
    **_kept_as("updated", f"{_ATOM}updated"),
    f"{_ATOM}author": Rule(_begin_author, _end_author, inside=_WHO),
    f"{_ATOM}summary": _marked_up(_summary),
    f"{_ATOM}content": _marked_up(_content),
    **_nothing(_names(_ATOM, "category"), "term scheme label"),
    **_MEDIA_LEAVES,
    **_nothing(_names(_THREADS, "total")),
}
_FEED = {
    f"{_ATOM}entry": Rule(_begin_entry, _end_entry, frozenset({_LANG}), _ENTRY),
    f"{_ATOM}title": _marked_up(_title),
    f"{_ATOM}subtitle": _marked_up(_subtitle),
    f"{_ATOM}id": Rule(ends=_guid),
    **_LINK,
    **_nothing(_names(_ATOM, "author"), inside=_nothing(_names(_ATOM, "name email uri"))),
    **_nothing(_names(_ATOM, "category"), "term scheme label"),
    **_nothing(_names(_ATOM, "generator"), "uri version"),
    **_nothing(_names(_ATOM, "updated icon logo")),
}
DOCUMENT = Rule(
    inside={
        "rss": Rule(
            _begin_rss,
            attributes=frozenset({"version"}),
            inside={"channel": Rule(_begin_channel, inside=_CHANNEL)},
        ),
        f"{_ATOM}feed": Rule(_begin_feed, attributes=frozenset({_LANG}), inside=_FEED),
    }
)
