"""A Google news sitemap -> what feedparser would have made of it. Pure; DTDs were refused before."""

from html import escape
from typing import Any

from lxml import etree

from feeds.errors import FailureKind, ParseError
from feeds.reader import Complaint, Reading

_TEXTS = {"publication_date": "published", "title": "title"}


def read_news_sitemap(text: str) -> Reading:
    """Read a sitemap's news. Raises ParseError for a sitemap without any.

    An ordinary sitemap lists all pages of a site, with neither titles nor dates of news.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise ParseError(FailureKind.BROKEN_XML, "the sitemap cannot be read")
    entries = [found for found in map(_entry, root) if found is not None]
    complaint = _complaint(parser)
    if not entries and not complaint and len(root):
        raise ParseError(FailureKind.NOT_A_FEED, "this is a sitemap without news (news:news), not a feed")
    return Reading("news_sitemap", _feed(root), entries, complaint)


def _complaint(parser: Any) -> Complaint | None:
    errors = [one for one in parser.error_log if one.level >= etree.ErrorLevels.ERROR]
    return Complaint(errors[0].message, errors[0].line) if errors else None


def _feed(root: Any) -> dict[str, Any]:
    """A sitemap says nothing of itself, but each entry names its outlet."""
    for name in root.iter("{*}name"):
        language = name.getparent().find("{*}language")
        return {"title": _said(name), "language": "" if language is None else _said(language)}
    return {}


def _entry(url: Any) -> dict[str, Any] | None:
    news = url.find("{*}news") if isinstance(url.tag, str) else None
    if news is None:
        return None
    found = {"link": _said(url.find("{*}loc")) if url.find("{*}loc") is not None else ""}
    for child in news:
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name in _TEXTS:
            found[_TEXTS[name]] = escape(_said(child), quote=False)
    return found


def _said(element: Any) -> str:
    return "".join(element.itertext()).strip()
