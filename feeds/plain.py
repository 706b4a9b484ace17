"""The everyday shapes of RSS 2.0 and Atom 1.0, read without feedparser, and as it reads them.

feedparser is the authority; here is only the fast lane. What stands in the grammar (``feeds.plain_grammar``) comes out
as feedparser gives it, in the names that ``feeds.entries`` asks for; any element, attribute or namespace beyond that
makes the answer None, and feedparser reads the document. The XML parser is the same, so that what is well-formed to the
one is so to the other.
"""

import contextlib
import re
from pyexpat import ExpatError, ParserCreate

from feedparser.html import _cp1252

from feeds.plain_acts import Found, Unknown
from feeds.plain_grammar import DOCUMENT, Rule, is_plain_namespace
from feeds.reader import Reading

_CONTROL, _CONTROL_BYTES = re.compile("[\x80-\x9f]"), re.compile(rb"\xc2[\x80-\x9f]")


def read_plain(text: str) -> Reading | None:
    """Read a document that has no declaration and no DOCTYPE; None where feedparser should."""
    data = text.encode("utf-8")
    walk = _Walk(mends=_needs_mending(data))
    parser = ParserCreate(None, " ")
    parser.buffer_text = True
    parser.StartNamespaceDeclHandler = _namespace
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.pieces.append
    try:
        parser.Parse(data, True)
    except (ExpatError, Unknown):
        return None
    return Reading(walk.found.version, walk.found.feed, walk.found.entries)


def _namespace(prefix: str | None, uri: str | None) -> None:
    if not is_plain_namespace(prefix, uri):
        raise Unknown


class _Walk:
    """Goes down and up the grammar as the parser goes through the document."""

    __slots__ = ("_above", "_attributes", "_mends", "_rule", "found", "pieces")

    def __init__(self, *, mends: bool) -> None:
        self.found = Found()
        self.pieces: list[str] = []
        self._mends = mends
        self._rule = DOCUMENT
        self._above: list[Rule] = []
        self._attributes: dict[str, str] = {}  # of the element that began last

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        rule = self._rule.inside.get(name)
        if rule is None or (attributes and not rule.attributes.issuperset(attributes)):
            raise Unknown
        self._above.append(self._rule)
        self._rule, self._attributes = rule, attributes
        if rule.begins is not None:
            rule.begins(self.found, "", attributes)
        self.pieces.clear()

    def end(self, _name: str) -> None:
        """An element ends: what stood in it since the last one began or ended is its text."""
        rule = self._rule
        self._rule = self._above.pop()
        if rule.ends is not None:
            text = "".join(self.pieces).strip()
            if self._mends and not rule.as_written:
                text = _mended(text)
            rule.ends(self.found, text, self._attributes)
        self.pieces.clear()


def _needs_mending(data: bytes) -> bool:
    """Whether there may be a text to mend: nearly no feed has one, and to look at each costs more than to read it.

    Latin-1's letters begin with C2 or C3, and what was UTF-8 has both.
    """
    if b"&" in data and b"&#" in data:
        return True
    return b"\xc2" in data and (b"\xc3" in data or _CONTROL_BYTES.search(data) is not None)


def _mended(text: str) -> str:
    """As feedparser mends every text: UTF-8 taken for latin-1, and controls in whose place windows-1252 has letters."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_cp1252) if _CONTROL.search(text) else text
