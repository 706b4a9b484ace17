"""Bytes -> text, by a ladder that trusts evidence before declarations. Pure.

The largest risk of Arabic feeds: declarations are often wrong, and a wrong one turns every title into noise
without any error. The rungs: byte order mark -> strict UTF-8 -> nearly UTF-8 (bad bytes replaced, texts of another
charset read in theirs) -> the charset of the HTTP header -> of the XML declaration -> does it look like Arabic? -> a
detector. What declares a charset under which the text does not look like Arabic, while under another it does, is
overruled, and the overruling is reported; so is mojibake, and what of it could be undone.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from feeds.arabic_look import arabic_look, looks_arabic
from feeds.mojibake import looks_mangled, unspoilt

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
# "<?" or "<r" without a mark: XML of two bytes a character
_UNMARKED_WIDE = (
    (re.compile(rb"(?:[\t\n\r ]\x00){0,100}<\x00[?!a-zA-Z]\x00"), "utf-16le"),
    (re.compile(rb"(?:\x00[\t\n\r ]){0,100}\x00<\x00[?!a-zA-Z]"), "utf-16be"),
)
# One bad byte for four good letters is a damaged UTF-8 text; anything else that Arabic is written in has hardly
# one good letter for a hundred bad bytes.
_GOOD_PER_BAD = 4
# What is by itself in its charset: the text between two tags, or a tag. Editors paste, and wires are pasted in.
_PIECE = re.compile(rb"<[^<>]*>|[^<]+|<")
_FOREIGN_BYTES = 6  # of a piece of another charset; fewer are damage
_ARABIC_CHARSETS = ("windows-1256", "iso-8859-6")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{1,30}", re.ASCII)
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]+)", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,40})["']""")
# Text codecs that feeds are written in. Python knows others (zip, base64, UTF-7, escapes): none may be asked for.
_KNOWN = re.compile(
    r"ascii|utf-8|utf-(16|32)(-[lb]e)?|cp(125\d|720|864|437|850|866|932|949|950)|iso8859-\d{1,2}|koi8-[ru]"
    r"|mac-(roman|arabic|cyrillic)|gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)|iso2022_jp"
)
_WEB_NAMES = {"ascii": "windows-1252", "iso8859-1": "windows-1252"}  # so say browsers (WHATWG Encoding)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the charset that it was read in, and English sentences about what was odd (empty: nothing)."""

    text: str
    encoding: str
    problems: tuple[str, ...] = ()


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Decode a feed's body; ``content_type`` is the HTTP header. Never fails: at worst it says that it guessed."""
    for read in (_by_mark, _as_utf8, _as_nearly_utf8):
        if (found := read(body)) is not None:
            return found
    body = body.removeprefix(codecs.BOM_UTF8)  # it was no UTF-8: the mark alone proves nothing
    return _as_declared(body, content_type) or _as_arabic(body) or _as_detected(body)


def _by_mark(body: bytes) -> Decoded | None:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _wide_or_utf8(body[len(mark) :], name)
    for pattern, name in _UNMARKED_WIDE:
        if pattern.match(body):
            return _wide_or_utf8(body, name)
    return None


def _wide_or_utf8(body: bytes, name: str) -> Decoded | None:
    if name == "utf-8":  # what follows may still be damaged, or lie
        return _as_utf8(body) or _as_nearly_utf8(body)
    text = body.decode(name, "replace")
    bad = text.count("\ufffd")
    return Decoded(text, name, _replaced(bad, name) if bad else ())


def _as_utf8(body: bytes) -> Decoded | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return _mended(text) if looks_mangled(text) else Decoded(text, "utf-8")


def _mended(spoilt: str) -> Decoded:
    told = "the text is UTF-8, but was spoilt before it was saved (mojibake)"
    text = unspoilt(spoilt)
    if not looks_arabic(text):
        return Decoded(spoilt, "utf-8", (told,))
    return Decoded(text, "utf-8", (f"{told}; what could be undone was",))


def _as_nearly_utf8(body: bytes) -> Decoded | None:
    """Text by text, so that one of another charset is neither lost nor costs the others."""
    pieces, good, bad, foreign = [], 0, 0, 0
    for piece in _PIECE.findall(body):
        text = piece.decode("utf-8", "replace")
        wrong = text.count("\ufffd")
        right = 0 if text.isascii() else sum(char > "\x7f" for char in text) - wrong
        if wrong >= _FOREIGN_BYTES and right < wrong and (other := _as_arabic(piece)) is not None:
            foreign += wrong
            text, wrong, right = other.text, 0, 0
        pieces.append(text)
        good, bad = good + right, bad + wrong
    if good < max(_GOOD_PER_BAD * bad, foreign / _GOOD_PER_BAD):
        return None
    odd = _replaced(bad, "UTF-8") if bad else ()
    if foreign:
        odd += (f"texts of another charset stand among UTF-8: {foreign} bytes were read in it",)
    return Decoded("".join(pieces), "utf-8", odd)


def _as_declared(body: bytes, content_type: str) -> Decoded | None:
    for label in _declared(body, content_type):
        name = _codec_of(label)
        text = _strictly(body, name) if name else None
        if name is None or text is None:
            continue
        better = None if looks_arabic(text) else _as_arabic(body)
        if better is None or arabic_look(better.text) <= arabic_look(text):
            return Decoded(text, name)
        problem = f"declared as {label}, but it reads as Arabic only in {better.encoding}"
        return Decoded(better.text, better.encoding, (problem,))
    return None


def _as_arabic(body: bytes) -> Decoded | None:
    readings = [(text, name) for name in _ARABIC_CHARSETS if (text := _strictly(body, name)) is not None]
    text, name = max(readings, key=lambda reading: arabic_look(reading[0]), default=("", ""))
    if not looks_arabic(text):
        return None
    return Decoded(text, name, (f"no charset fits as declared; it reads as Arabic in {name}",))


def _as_detected(body: bytes) -> Decoded:
    from charset_normalizer import from_bytes  # slow to load, and hardly ever needed

    best = from_bytes(body[:200_000]).best()
    name = _codec_of(best.encoding) if best else None
    text = _strictly(body, name) if name else None
    if name and text is not None and name != "utf-8":
        return Decoded(text, name, (f"the charset is a guess: {name}",))
    return Decoded(
        body.decode("utf-8", "replace"),
        "utf-8",
        ("the charset could not be found out; expect unreadable text",),
    )


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    if found := _HTTP_CHARSET.search(content_type):
        yield found[1]
    if declared := _XML_CHARSET.match(body):
        yield declared[1].decode("ascii", "replace")


def _codec_of(label: str) -> str | None:
    """The name that the web gives a charset, or None if it is unknown or no charset of feeds."""
    if not _LABEL.fullmatch(label):
        return None
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    if not _KNOWN.fullmatch(name):
        return None
    return _WEB_NAMES.get(name) or re.sub(r"^cp(125\d)$", r"windows-\1", name).replace(
        "iso8859-", "iso-8859-"
    )


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeDecodeError:
        if name != "windows-1252":
            return None
        return body.decode("latin-1")  # five bytes mean nothing in windows-1252: the web reads them so
    except (LookupError, ValueError):
        return None


def _replaced(bad: int, name: str) -> tuple[str, ...]:
    return (
        f"1 byte that is not {name} was replaced"
        if bad == 1
        else f"{bad} bytes that are not {name} were replaced",
    )
