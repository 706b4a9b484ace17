"""The head of an XML document: what stands before its root element, and what the root is. Pure, and linear.

Here DTDs are refused: their entities multiply ("billion laughs") and open files (XXE). Every parser comes after this.
"""

import re
from dataclasses import dataclass

from feeds.errors import FailureKind, ParseError

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# The same characters written as references, and those beyond Unicode's end.
_ILLEGAL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[1-24-9]|2\d|3[01]|5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]|6553[45]"
    r"|111411[2-9]|11141[2-9]\d|1114[2-9]\d\d|111[5-9]\d{3}|11[2-9]\d{4}|1[2-9]\d{5}|[2-9]\d{6}|[1-9]\d{7,})"
    r"|x0*(?:[0-8bcef]|1[\da-f]|d[89a-f][\da-f]{2}|fff[ef]|(?:1[1-9a-f]|[2-9a-f][\da-f])[\da-f]{4}|[1-9a-f][\da-f]{6,}));",
    re.IGNORECASE | re.ASCII,
)
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_HALVES = re.compile(
    r"&#(x[d][89ab][\da-f]{2}|5[56]\d{3});&#(x[d][c-f][\da-f]{2}|5[67]\d{3});", re.IGNORECASE | re.ASCII
)
_START = re.compile(r"[\s\ufeff]*")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,100})")
_ROOT_END = re.compile(r"</(?:[\w.-]{1,50}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_TAIL = 4096  # characters after the root: caches and counters leave comments there
_ENTRY_START = re.compile(r"<(?:[\w.-]{1,50}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[\w.-]{1,50}:)?(?:item|entry)\s*>", re.IGNORECASE)
_ALTERNATE = re.compile(
    r"<link\b(?=[^>]{0,500}type\s*=\s*[\"']application/(?:rss|atom)\+xml)[^>]{0,500}href\s*=\s*[\"']([^\"'>\s]{1,500})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready for a parser: no declaration, no DOCTYPE, no characters that XML forbids."""

    text: str
    root: str  # the root element's name in small letters, without its prefix; "" if there is none
    removed: int  # characters that XML forbids
    line: int = 1  # in which the text begins; 0 where lines of it are missing


def prepare(text: str) -> Prepared:
    """Cut off what stands before the root. Raises ParseError if that defines entities or never ends."""
    clean, removed = (text, 0) if _is_legal(text) else _ILLEGAL.subn("", text)
    if "&" in clean and "&#" in clean:  # one letter is found at once
        clean, more = _ILLEGAL_REFERENCE.subn("", _HALVES.sub(_whole, clean))
        removed += more
    at = _start_of_root(clean)
    found = _ROOT.match(clean, at)
    root = found[1].rpartition(":")[2].lower() if found else ""
    return Prepared(clean[at:], root, removed, clean.count("\n", 0, at) + 1)


def _is_legal(text: str) -> bool:
    """Whether XML forbids none of the characters: asked of the bytes, which takes a third of the time."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return False
    if b"\xef" in data and (b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data):  # U+FFFE, U+FFFF
        return False
    return len(data.translate(None, _CONTROLS)) == len(data)


def _whole(halves: re.Match[str]) -> str:
    """An emoji that was written as the two halves of its UTF-16 form."""
    high, low = (int(half[1:], 16) if half[0] in "xX" else int(half) for half in halves.groups())
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return halves[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def is_whole(text: str) -> bool:
    """Whether a document has its end: the closing tag of the root of a feed."""
    return _ROOT_END.search(text, max(0, len(text) - _TAIL)) is not None


def entries_begun(text: str) -> int:
    """How many entries a document seems to begin."""
    return sum(1 for _ in _ENTRY_START.finditer(text))


def entries_ended(text: str) -> int:
    """How many entries a document seems to finish."""
    return sum(1 for _ in _ENTRY_END.finditer(text))


def refuse_other_documents(prepared: Prepared) -> None:
    """Raise ParseError(NOT_A_FEED), with a hint what it is, for what certainly is no feed."""
    if prepared.root == "html":
        raise _not_a_feed("an HTML page", _named_feed(prepared.text))
    if prepared.root == "sitemapindex":
        raise _not_a_feed("a list of sitemaps; one of them may hold the news")
    if prepared.root == "opml":
        raise _not_a_feed("a list of feeds (OPML)")
    if not prepared.root:
        raise _guess(prepared.text)


def _start_of_root(text: str) -> int:
    at = _after_space(text, 0)
    while True:
        if text.startswith("<?", at):
            at = _after(text, "?>", at, "an instruction")
        elif text.startswith("<!--", at):
            at = _after(text, "-->", at, "a comment")
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            at = _after_doctype(text, at)
        else:
            return at
        at = _after_space(text, at)


def _after_doctype(text: str, at: int) -> int:
    """Past a DOCTYPE that only names a type, as RSS 0.91 and web pages do; one that defines anything is refused."""
    end = _after(text, ">", at, "the DOCTYPE")
    if "[" in text[at:end]:
        raise ParseError(FailureKind.UNREADABLE, "the document defines entities (a DTD), which feeds may not")
    return end


def _after(text: str, mark: str, at: int, what: str) -> int:
    end = text.find(mark, at)
    if end < 0:
        raise ParseError(FailureKind.BROKEN_XML, f"{what} at the top never ends")
    return end + len(mark)


def _after_space(text: str, at: int) -> int:
    found = _START.match(text, at)
    return found.end() if found else at


def _named_feed(page: str) -> str:
    found = _ALTERNATE.search(page[:100_000])
    return f"; it names one: {found[1]}" if found else ""


def _guess(text: str) -> ParseError:
    if text.startswith(("{", "[")):
        return _not_a_feed("JSON")
    if "<html" in text[:2000].lower():
        return _not_a_feed("an HTML page", _named_feed(text))
    return _not_a_feed("text without any XML" if "<" not in text[:2000] else "no XML document")


def _not_a_feed(what: str, hint: str = "") -> ParseError:
    return ParseError(FailureKind.NOT_A_FEED, f"this is {what}, not a feed{hint}")
