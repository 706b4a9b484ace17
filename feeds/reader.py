"""feedparser's two parsers, driven directly. Here text goes in; nothing can be opened or fetched.

``feedparser.parse`` is not called, for three reasons that were measured: given bytes it opens the file or URL that they
name; it guesses charsets that are settled here; and its search for a mail address in an author takes 28 s for 64 KB
of letters, with the interpreter locked. The rest is its own work: a strict reading, and a loose one if that fails
for more than ampersands.
"""

import io
import re
import xml.sax
import xml.sax.handler
from dataclasses import dataclass, replace
from html import escape
from html.entities import html5
from typing import Any, NamedTuple
from xml.sax.xmlreader import InputSource

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.util import FeedParserDict

# What XML itself knows is passed over; CDATA is found whole.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)([A-Za-z][A-Za-z0-9]{1,31};)?",
    re.DOTALL,
)
_NO_ENTITIES: dict[str, str] = {}


class Complaint(NamedTuple):
    """Why a strict reading failed: what its parser says, shortly, and of which line of the text (0: of none)."""

    said: str
    line: int = 0

    def in_file(self, first_line: int) -> str:
        """The same with the line of the file, of which the text's first line is ``first_line`` (0: not known)."""
        return f"{self.said} (line {first_line + self.line - 1})" if self.line and first_line else self.said


@dataclass(frozen=True, slots=True)
class Reading:
    """What feedparser made of a document: its own dictionaries; other readers give what we ask for by its names.

    ``version``: "rss20", "atom10" ..., "" for what is no feed. ``complaint``: None if it was read strictly.
    """

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    complaint: Complaint | None = None


def read_document(text: str) -> Reading:
    """Read a document that has no declaration and no DOCTYPE. Raises whatever feedparser raises on hostile input."""
    strict = _Strict("", None, "utf-8")
    _settle(strict)
    try:
        _strictly(text, strict)
    except xml.sax.SAXException as error:
        mended = _with_whole_entities(text)
        if mended != text and (found := read_well_formed(mended)) is not None:
            return replace(found, complaint=_complaint(error))
        loose = _Loose("", None, "utf-8", _NO_ENTITIES)
        _settle(loose)
        loose.feed(mended)
        return _reading(loose, _complaint(error))
    return _reading(strict, _complaint(strict.exc) if strict.bozo else None)


def read_well_formed(text: str) -> Reading | None:
    """The same, if the document is well-formed; None if it is not."""
    strict = _Strict("", None, "utf-8")
    _settle(strict)
    try:
        _strictly(text, strict)
    except xml.sax.SAXException:
        return None
    return None if strict.bozo else _reading(strict, None)


def _with_whole_entities(text: str) -> str:
    """The same document, with the names that only HTML knows as letters and bare ampersands as such, but in CDATA.

    It is the commonest slip, and feedparser's loose parser makes "AT&T;" of "AT&T".
    """
    return _AMPERSAND.sub(_whole_entity, text)


def _whole_entity(found: re.Match[str]) -> str:
    if found[0].startswith("<"):
        return found[0]
    name = found[1] or ""
    return escape(html5[name], quote=False) if name in html5 else f"&amp;{name}"


class _Names:
    """Keeps an author as it is written, unless the feed itself gives name and address apart."""

    def _sync_author_detail(self, key: str = "author") -> None:
        context = self._get_context()  # type: ignore[attr-defined]
        if dict.get(context, f"{key}s", [{}])[-1]:
            super()._sync_author_detail(key)  # type: ignore[misc]


class _Parameters(FeedParserDict):  # type: ignore[misc]
    """How a text is written, in words and numbers: feedparser copies it deeply for every text."""

    def __deepcopy__(self, _memo: object) -> FeedParserDict:
        return FeedParserDict(self)


class _Texts(_Names):
    """Makes those copies cheap."""

    contentparams: Any

    def push_content(self, tag: str, attributes: Any, kind: str, expecting_text: int) -> None:
        super().push_content(tag, attributes, kind, expecting_text)  # type: ignore[misc]
        self.contentparams = _Parameters(self.contentparams)


class _Bases(_Texts):
    """Ends an ``xml:base`` with its element; feedparser lets it count for all that comes after."""

    def unknown_endtag(self, tag: str) -> None:
        super().unknown_endtag(tag)  # type: ignore[misc]
        bases: list[str] = self.basestack  # type: ignore[attr-defined]
        self.baseuri = bases[-1] if bases else ""


class _Strict(_Bases, StrictFeedParser):  # type: ignore[misc]
    pass


class _Loose(_Texts, LooseFeedParser):  # type: ignore[misc]
    pass


def _settle(parser: Any) -> None:
    """Links and markup are resolved and cleaned once, by us; at feedparser's they cost more than the parsing."""
    parser.resolve_relative_uris = False
    parser.sanitize_html = False


def _strictly(text: str, handler: Any) -> None:
    sax = xml.sax.make_parser()  # noqa: S317 - DTDs were refused before
    sax.setFeature(xml.sax.handler.feature_namespaces, True)
    sax.setFeature(xml.sax.handler.feature_external_ges, False)
    sax.setContentHandler(handler)
    sax.setErrorHandler(handler)
    source = InputSource()
    source.setByteStream(io.BytesIO(text.encode("utf-8")))
    sax.parse(source)


def _reading(parser: Any, complaint: Complaint | None) -> Reading:
    return Reading(parser.version, parser.feeddata, parser.entries, complaint)


def _complaint(error: Any) -> Complaint:
    line = getattr(error, "getLineNumber", lambda: None)()
    said = getattr(error, "getMessage", lambda: str(error))()
    return Complaint(" ".join(str(said).split())[:200], line or 0)
