"""What the plain reader knows: elements, attributes and namespaces whose meaning to feedparser is certain. Pure.

A rule says of an element which attributes and which elements may stand in it and what becomes of its text. Nothing is
here that was not compared with feedparser; what it gives names to that nobody here asks for is passed over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from feedparser.api import StrictFeedParser

from feeds import plain_acts as act

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

# feedparser's own prefixes, by namespace; a document that uses one for something else is not plain.
_PREFIXES = {uri.lower(): prefix for uri, prefix in StrictFeedParser.namespaces.items()}
_TAKEN = frozenset(_PREFIXES.values())
# What feedparser does not know, with its usual prefix: by the document's prefix it names such elements.
_OWN = {_THREADS.rstrip(): "thr", _WORDPRESS.rstrip(): None}
# What tells it a version, and what it makes an attribute of.
_TELLING = frozenset(
    {
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://www.w3.org/1999/xlink",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """An element. ``begins`` is called where it begins, without a text; ``ends`` with the text that stands in it alone.

    ``as_written``: feedparser does not mend such a text.
    """

    begins: act.Act | None = None
    ends: act.Act | None = None
    attributes: frozenset[str] = frozenset()
    inside: Mapping[str, "Rule"] = field(default_factory=dict)
    as_written: bool = False


def is_plain_namespace(prefix: str | None, uri: str | None) -> bool:
    """Whether a declaration leaves the names of this grammar what they are."""
    low = (uri or "").lower()
    if not low or low in _TELLING or "backend.userland.com/rss" in low:
        return False
    known = _PREFIXES.get(low)
    if known is None:
        return uri not in _OWN or _OWN[uri] == prefix
    return prefix not in _TAKEN or known == prefix


def _names(namespace: str, names: str) -> list[str]:
    return [namespace + name for name in names.split()]


def _nothing(names: Iterable[str], attributes: str = "", **more: Any) -> dict[str, Rule]:
    """Elements that say nothing to us, of these attributes."""
    rule = Rule(attributes=frozenset(attributes.split()), **more)
    return dict.fromkeys(names, rule)


def _kept_as(name: str, *elements: str) -> dict[str, Rule]:
    return dict.fromkeys(elements, Rule(ends=act.kept(name)))


def _marked_up(ends: act.Act) -> Rule:
    """Atom's texts say how they are written."""
    return Rule(ends=ends, attributes=frozenset({"type", act.LANG, act.BASE}))


_MEDIUM = "url type medium width height isDefault duration fileSize bitrate framerate samplingrate channels expression"
_MEDIA_LEAVES = _nothing(_names(_MEDIA, "thumbnail"), "url width height time") | _nothing(
    _names(_MEDIA, "credit keywords copyright"), "role scheme url"
)
_IN_MEDIA = _MEDIA_LEAVES | {
    f"{_MEDIA}title": Rule(ends=act.title_of_a_picture, attributes=frozenset({"type"}))
}
_MEDIA_CONTENT = _nothing(_names(_MEDIA, "content"), _MEDIUM, inside=_IN_MEDIA)
_LINK = {
    f"{_ATOM}link": Rule(
        begins=act.atom_link, attributes=frozenset(["href", "rel", "type", "title", "hreflang", "length"])
    )
}

_ITEM = {
    "title": Rule(ends=act.title),
    "link": Rule(ends=act.entry_link),
    "guid": Rule(ends=act.guid, attributes=frozenset({"isPermaLink"})),
    **_kept_as("published", "pubDate"),
    **_kept_as("updated", f"{_DC}date", f"{_ATOM}updated"),
    **_kept_as("author", "author", f"{_DC}creator", f"{_ITUNES}author"),
    **_kept_as("feedburner_origlink", f"{_FEEDBURNER}origLink"),
    "description": Rule(ends=act.summary),
    f"{_ITUNES}summary": Rule(ends=act.summary),
    f"{_CONTENT}encoded": Rule(ends=act.content),
    **_LINK,
    **_MEDIA_LEAVES,
    **_MEDIA_CONTENT,
    **_nothing(_names(_MEDIA, "group"), inside=_IN_MEDIA | _MEDIA_CONTENT),
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
    "item": Rule(act.begin_entry, act.end_entry, inside=_ITEM),
    "title": Rule(ends=act.title),
    "link": Rule(ends=act.feed_link),
    "description": Rule(ends=act.subtitle),
    f"{_ITUNES}subtitle": Rule(ends=act.subtitle),
    **_kept_as("language", "language"),
    **_LINK,
    **_nothing(["image"], inside=_nothing(["url", "title", "link", "width", "height", "description"])),
    **_nothing(
        ["pubDate", "lastBuildDate", "ttl", "docs", "copyright", "managingEditor", "webMaster", "rating"]
    ),
    **_nothing(_names(_WORDPRESS, "site")),
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
    f"{_ATOM}name": Rule(ends=act.author_part("name"), as_written=True),
    f"{_ATOM}email": Rule(ends=act.author_part("email"), as_written=True),
    **_nothing(_names(_ATOM, "uri")),
}
_ENTRY = {
    f"{_ATOM}title": _marked_up(act.title),
    f"{_ATOM}id": Rule(ends=act.guid),
    **_LINK,
    **_kept_as("published", f"{_ATOM}published"),
    **_kept_as("updated", f"{_ATOM}updated"),
    f"{_ATOM}author": Rule(act.begin_author, act.end_author, inside=_WHO),
    f"{_ATOM}summary": _marked_up(act.summary),
    f"{_ATOM}content": _marked_up(act.content),
    **_nothing(_names(_ATOM, "category"), "term scheme label"),
    **_MEDIA_LEAVES,
    **_nothing(_names(_THREADS, "total")),
}
_FEED = {
    f"{_ATOM}entry": Rule(act.begin_entry, act.end_entry, frozenset({act.LANG}), _ENTRY),
    f"{_ATOM}title": _marked_up(act.title),
    f"{_ATOM}subtitle": _marked_up(act.subtitle),
    f"{_ATOM}id": Rule(ends=act.guid),
    **_LINK,
    **_nothing(_names(_ATOM, "author"), inside=_nothing(_names(_ATOM, "name email uri"))),
    **_nothing(_names(_ATOM, "category"), "term scheme label"),
    **_nothing(_names(_ATOM, "generator"), "uri version"),
    **_nothing(_names(_ATOM, "updated icon logo")),
}
DOCUMENT = Rule(
    inside={
        "rss": Rule(
            act.begin_rss,
            attributes=frozenset({"version", act.LANG, act.BASE}),
            inside={"channel": Rule(act.begin_channel, inside=_CHANNEL)},
        ),
        f"{_ATOM}feed": Rule(act.begin_feed, attributes=frozenset({act.LANG, act.BASE}), inside=_FEED),
    }
)
