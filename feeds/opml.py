"""OPML, the lists that feed readers exchange: bytes -> feeds, and feeds -> bytes. Nothing is opened or fetched.

A list comes from anywhere: DTDs and entities are refused before a parser sees them, and depth and number are bounded.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from itertools import groupby
from typing import get_args

from lxml import etree

from feeds.charset import decode
from feeds.errors import FailureKind, FetchError, ParseError
from feeds.guard import check_url
from feeds.prolog import prepare
from feeds.sources import Ownership

MOST_FEEDS = 20_000
MAX_OPML = 20 * 2**20  # bytes
_DEEPEST = 60
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_KINDS = ("rss", "atom", "json", "sitemap", "telegram")
_TOLD_KINDS = ("atom", "json")  # readers write rss for whatever they have
_OWNERSHIPS = get_args(Ownership)
_OWN = "https://github.com/rasid-news/rasid/opml"  # the namespace of what OPML has no word for


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list. ``folder``: the titles of the outlines around it, "" for none. ``line``: where it stands.

    What OPML has no word for stands under names of our own, and comes back: ``title`` is the Arabic name then.
    """

    url: str
    title: str
    folder: str = ""
    language: str = ""
    kind: str = ""
    line: int = 0
    outlet: str = ""
    country: str = ""
    tier: int = 0
    section: str = ""
    ownership: str = ""

    @property
    def own(self) -> bool:
        """Whether the list was written here."""
        return bool(self.outlet)


@dataclass(frozen=True, slots=True)
class BadOutline:
    """An outline that names a feed which cannot be asked for: its line, and why in English."""

    line: int
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class ParsedOpml:
    """What a list holds: its feeds in order, each address once, and what could not be used."""

    title: str
    feeds: tuple[Outline, ...]
    bad: tuple[BadOutline, ...]


class BadOpml(ParseError):
    """This is no list that can be read; ``line`` is where it goes wrong, 1 where that is not known."""

    def __init__(self, detail: str, line: int = 1) -> None:
        super().__init__(FailureKind.UNREADABLE, detail)
        self.line = line


def parse_opml(content: bytes, *, allow_private: bool = False) -> ParsedOpml:
    """Read a list: nested outlines, any charset. Raises BadOpml for what is none."""
    if len(content) > MAX_OPML:
        raise BadOpml(f"larger than {MAX_OPML // 2**20} MiB")
    text = decode(content).text
    try:
        prepared = prepare(text)
    except ParseError as error:
        raise BadOpml(error.detail) from error
    if prepared.root != "opml":
        raise BadOpml(f"the root element is {prepared.root or 'missing'}, not opml")
    above = text[: len(text) - len(prepared.text)].count("\n") if text.endswith(prepared.text) else 0
    root = _root(prepared.text, above)
    title = " ".join((root.findtext("head/title") or "").split())
    feeds: dict[str, Outline] = {}
    bad: list[BadOutline] = []
    for found in _outlines(root, above):
        try:
            url = str(check_url(found.url, allow_private=allow_private).with_fragment(None))
        except FetchError as error:
            bad.append(BadOutline(found.line, found.title, error.detail))
            continue
        feeds.setdefault(url, replace(found, url=found.url.partition("#")[0]))  # as it is written, Arabic too
        if len(feeds) > MOST_FEEDS:
            raise BadOpml(f"more than {MOST_FEEDS} feeds", found.line)
    return ParsedOpml(title, tuple(feeds.values()), tuple(bad))


def _root(text: str, above: int) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        line = (error.lineno or 1) + above
        raise BadOpml(f"not well-formed: {str(error.msg)[:200]}", line) from error


def _outlines(root: etree._Element, above: int) -> Iterator[Outline]:
    """Every outline with an address, in the order of the document; without recursion, whatever the depth."""
    body = root.find("body")
    if body is None:
        raise BadOpml("there is no body")
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [
        (one, ()) for one in reversed(body.findall("outline"))
    ]
    while waiting:
        element, folders = waiting.pop()
        marks = {name.lower(): value for name, value in element.items()}  # readers write xmlUrl as they like
        title = " ".join((marks.get("text") or marks.get("title") or "").split())[:200]
        if marks.get("xmlurl", "").strip():
            yield _outline(marks, title, " / ".join(folders), (element.sourceline or 1) + above)
            inner = folders
        else:
            inner = folders if len(folders) >= _DEEPEST or not title else (*folders, title)
        waiting += [(one, inner) for one in reversed(element.findall("outline"))]


def _outline(marks: Mapping[str, str], title: str, folder: str, line: int) -> Outline:
    url = marks["xmlurl"].strip()
    if url.lower().startswith("feed:"):  # as browsers once marked feeds
        url = f"http:{url[5:]}" if url[5:].startswith("//") else url[5:]
    own = {
        name: marks.get(f"{{{_OWN}}}{name}", "").strip()
        for name in ("outlet", "country", "tier", "section", "ownership", "kind")
    }
    tier, kind = own["tier"], own["kind"] if own["outlet"] else marks.get("type", "").lower()
    return Outline(
        url,
        title,
        folder,
        language=marks.get("language", "").strip(),
        kind=kind if kind in (_KINDS if own["outlet"] else _TOLD_KINDS) else "",
        line=line,
        outlet=own["outlet"],
        country=own["country"],
        tier=int(tier) if tier in ("1", "2", "3") else 0,
        section=own["section"],
        ownership=own["ownership"] if own["ownership"] in _OWNERSHIPS else "",
    )


def write_opml(feeds: Iterable[Outline], *, title: str, now: datetime) -> bytes:
    """A list as OPML 2.0, the feeds of one folder under one outline; what ``parse_opml`` reads back the same."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"rasid": _OWN})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    in_order = sorted(feeds, key=lambda one: one.folder)
    for folder, inside in groupby(in_order, key=lambda one: one.folder):
        parent = body
        for name in filter(None, folder.split(" / ")):
            parent = etree.SubElement(parent, "outline", text=name, title=name)
        for one in inside:
            etree.SubElement(parent, "outline", _marks(one))
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _marks(one: Outline) -> dict[str, str]:
    marks = {"type": one.kind or "rss", "text": one.title, "title": one.title, "xmlUrl": one.url}
    said = {
        "language": one.language,
        f"{{{_OWN}}}outlet": one.outlet,
        f"{{{_OWN}}}country": one.country,
        f"{{{_OWN}}}tier": str(one.tier or ""),
        f"{{{_OWN}}}section": one.section,
        f"{{{_OWN}}}ownership": one.ownership,
        f"{{{_OWN}}}kind": one.kind if one.outlet else "",
    }
    plain = {name: _NOT_XML.sub("", value) for name, value in {**marks, **said}.items()}
    return {name: value for name, value in plain.items() if value or name in marks}
