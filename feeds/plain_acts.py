"""What becomes of an element's text: as feedparser reads it, or Unknown where that would take more than a line.

Every act gets what was found so far, the element's text, and its attributes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from feeds.entries import ABSOLUTE

LANG = "http://www.w3.org/XML/1998/namespace lang"
BASE = "http://www.w3.org/XML/1998/namespace base"
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
    has_base: bool = False


Attributes = Mapping[str, str]
Act = Callable[[Found, str, Attributes], None]


def begin_rss(found: Found, _text: str, attributes: Attributes) -> None:
    """RSS 2.x; feedparser has its own mind about others."""
    if not attributes.get("version", "").startswith("2."):
        raise Unknown
    found.version = "rss20"
    _begin_root(found, attributes)


def begin_channel(found: Found, _text: str, _attributes: Attributes) -> None:
    """The feed itself; there is one."""
    if found.mine is found.feed:  # a second one
        raise Unknown
    found.mine = found.feed


def begin_feed(found: Found, _text: str, attributes: Attributes) -> None:
    """Atom's root may tell the language."""
    found.version, found.mine = "atom10", found.feed
    _begin_root(found, attributes)


def _begin_root(found: Found, attributes: Attributes) -> None:
    if language := attributes.get(LANG):
        found.feed["language"] = language.replace("_", "-")
    if base := attributes.get(BASE):
        found.has_base = True
        _address(found, base)


def begin_entry(found: Found, _text: str, _attributes: Attributes) -> None:
    """From here on texts are those of an entry."""
    found.mine = {}
    found.entries.append(found.mine)


def end_entry(found: Found, _text: str, _attributes: Attributes) -> None:
    """From here on texts are those of the feed."""
    found.mine = found.feed


def kept(name: str) -> Act:
    """A text that is kept under a name; the last one counts."""

    def keep(found: Found, text: str, _attributes: Attributes) -> None:
        found.mine[name] = text

    return keep


def title(found: Found, text: str, attributes: Attributes) -> None:
    """There is one; which of two counts hangs on what stands between them."""
    _require_plain(attributes)
    if "title" in found.mine:
        raise Unknown
    found.mine["title"] = text


def title_of_a_picture(found: Found, _text: str, _attributes: Attributes) -> None:
    """Deeper than the entry's own title, and after it, it is nobody's."""
    if "title" not in found.mine:
        raise Unknown


def subtitle(found: Found, text: str, attributes: Attributes) -> None:
    """What a feed is about; the last one counts."""
    _require_plain(attributes)
    found.mine["subtitle"] = text


def summary(found: Found, text: str, attributes: Attributes) -> None:
    """The second text of an entry is its content, if that has not been given."""
    _require_plain(attributes)
    if "summary" in found.mine and "content" not in found.mine:
        content(found, text, attributes)
    else:
        found.mine["summary"] = text


def content(found: Found, text: str, attributes: Attributes) -> None:
    """A whole text, and the summary where there is none."""
    _require_plain(attributes)
    found.mine.setdefault("content", []).append({"value": text})
    found.mine.setdefault("summary", text)


def _require_plain(attributes: Attributes) -> None:
    if attributes.get("type", "text") not in _PLAIN_TYPES:
        raise Unknown


def guid(found: Found, text: str, attributes: Attributes) -> None:
    """The id, which is a link too, where there is none and nothing else is said."""
    if attributes.get("isPermaLink", "true") == "true":
        found.mine.setdefault("link", _address(found, text))
    found.mine["id"] = text


def entry_link(found: Found, text: str, attributes: Attributes) -> None:
    """RSS's link of an entry."""
    feed_link(found, text.replace("&amp;", "&"), attributes)


def feed_link(found: Found, text: str, _attributes: Attributes) -> None:
    """RSS's link of the feed; what looks like an entity in it is a parameter."""
    found.mine["link"] = _ENTITY_LIKE.sub(r"&\1", _address(found, text))


def atom_link(found: Found, _text: str, attributes: Attributes) -> None:
    """Atom's, in RSS too: the page is an alternative of the type of pages."""
    if "href" not in attributes:
        raise Unknown
    if attributes.get("rel", "alternate").lower() != "alternate":
        return
    kind = attributes.get("type", "text/html").lower()
    if "/" not in kind:
        raise Unknown
    if kind in _PAGE_TYPES:
        found.mine["link"] = _address(found, attributes["href"])


def _address(found: Found, text: str) -> str:
    """An address that feedparser leaves as it is: it takes slashes away, and joins with a base."""
    if ":///" in text or (found.has_base and not ABSOLUTE.fullmatch(text)):
        raise Unknown
    return text


def begin_author(found: Found, _text: str, _attributes: Attributes) -> None:
    """Atom's author comes in parts."""
    found.author = {}


def author_part(name: str) -> Act:
    """One of them."""

    def keep(found: Found, text: str, _attributes: Attributes) -> None:
        found.author[name] = text

    return keep


def end_author(found: Found, _text: str, _attributes: Attributes) -> None:
    """Name and address together."""
    name, mail = found.author.get("name"), found.author.get("email")
    if not name and not mail:
        raise Unknown
    found.mine["author"] = f"{name} ({mail})" if name and mail else name or mail
