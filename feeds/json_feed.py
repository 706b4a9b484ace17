"""JSON Feed 1.0 and 1.1 -> what feedparser would have made of it. Pure."""

import json
from html import escape
from typing import Any

from feeds.errors import FailureKind, ParseError
from feeds.reader import Reading

_VERSIONS = ("https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1")


def is_json(text: str) -> bool:
    """Whether a document looks like a JSON object or list."""
    return text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}


def read_json_feed(text: str) -> Reading:
    """Read a JSON Feed. Raises ParseError for what is none, or is broken: half a JSON document cannot be read."""
    try:
        document = json.loads(text.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError) as error:
        raise ParseError(FailureKind.BROKEN_JSON, f"this is broken JSON: {_place(error)}") from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise ParseError(FailureKind.NOT_A_FEED, "this is JSON, but no JSON Feed")
    if not str(document.get("version", "")).startswith(_VERSIONS):
        raise ParseError(FailureKind.NOT_A_FEED, "this is JSON, but its version is not one of JSON Feed")
    items = [_entry(item, document) for item in document["items"] if isinstance(item, dict)]
    return Reading("json1", _feed(document), items)


def _place(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (line {error.lineno})"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number in it is too long"


def _feed(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": _plain(document, "title"),
        "link": _text(document, "home_page_url"),
        "language": _text(document, "language"),
        "subtitle": _plain(document, "description"),
    }


def _entry(item: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """``external_url`` is what a link blog writes about, not the entry's own page."""
    contents = [_text(item, "content_html"), _plain(item, "content_text")]
    return {
        "id": _id(item),
        "title": _plain(item, "title"),
        "link": _text(item, "url") or _text(item, "external_url"),
        "published": _text(item, "date_published"),
        "updated": _text(item, "date_modified"),
        "summary": _plain(item, "summary"),
        "content": [{"value": value} for value in contents if value],
        "author": _author(item) or _author(document),
    }


def _id(item: dict[str, Any]) -> str:
    """1.0 asks for a text and takes numbers too."""
    value = item.get("id")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else _text(item, "id")


def _author(holder: dict[str, Any]) -> str:
    """The first author's name; ``author`` is what 1.0 calls them."""
    authors = holder.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else holder.get("author")
    return _plain(first, "name") if isinstance(first, dict) else ""


def _plain(holder: dict[str, Any], name: str) -> str:
    """A text that is no HTML, as HTML: what comes after reads HTML."""
    return escape(_text(holder, name), quote=False)


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""
