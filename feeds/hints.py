"""What a feed says of itself for whoever polls it: how often, when not, and which hub tells of news. Pure.

Read from the bytes before the first entry and after the last one, so that it costs next to nothing and does not hang on
which parser reads the entries. What is written there is a stranger's wish: ``feeds.cadence`` bounds it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

_HEAD, _TAIL = 32_768, 8_192  # bytes that are looked at
_FIRST_ENTRY = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_LAST_ENTRY = re.compile(rb"</(?:[\w.-]{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_NUMBER = rb"\s*(\d{1,7})\s*<"
_TTL = re.compile(rb"<ttl\s*>" + _NUMBER, re.IGNORECASE)
_PERIOD = re.compile(rb"<(?:[\w.-]{1,20}:)?updatePeriod\s*>\s*([a-z]{1,10})\s*<", re.IGNORECASE)
_FREQUENCY = re.compile(rb"<(?:[\w.-]{1,20}:)?updateFrequency\s*>" + _NUMBER, re.IGNORECASE)
_SKIP_HOURS = re.compile(rb"<skipHours\s*>(.{0,2000}?)</skipHours", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(rb"<hour\s*>" + _NUMBER, re.IGNORECASE)
_SKIP_DAYS = re.compile(rb"<skipDays\s*>(.{0,2000}?)</skipDays", re.IGNORECASE | re.DOTALL)
_DAY = re.compile(rb"<day\s*>\s*([a-z]{3})[a-z]*\s*<", re.IGNORECASE)
_LINK = re.compile(rb"<(?:[\w.-]{1,20}:)?link\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([a-z]{1,20})\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HEADER_LINK = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")
_RELATION = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))""", re.IGNORECASE)

_PERIODS = {
    b"hourly": 3600,
    b"daily": 86_400,
    b"weekly": 604_800,
    b"monthly": 2_592_000,
    b"yearly": 31_536_000,
}
_WEEK = (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")


@dataclass(frozen=True, slots=True)
class Skips:
    """When a feed does not want to be asked, in GMT: hours of the day (0 to 23), days of the week (Monday is 0)."""

    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.hours or self.days)

    def __str__(self) -> str:
        """As it is stored: "h0,1,2 d5,6", "" for none."""
        parts = (("h", self.hours), ("d", self.days))
        return " ".join(letter + ",".join(map(str, sorted(which))) for letter, which in parts if which)

    @classmethod
    def of(cls, stored: str) -> "Skips":
        """From what ``str()`` made."""
        found = {part[0]: frozenset(map(int, part[1:].split(","))) for part in stored.split()}
        return cls(found.get("h", frozenset()), found.get("d", frozenset()))


NO_SKIPS = Skips()


@dataclass(frozen=True, slots=True)
class Hints:
    """``seconds``: between two updates, by the feed's own word (0: it has none). ``hub`` and ``topic``: WebSub's."""

    seconds: float = 0.0
    skips: Skips = NO_SKIPS
    hub: str = ""
    topic: str = ""


def feed_hints(body: bytes, headers: Mapping[str, str]) -> Hints:
    """What a feed's document and the headers it came with say to whoever polls it. Never raises."""
    said = _of_headers(headers)  # in WebSub the headers go first
    if body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        links = {**dict(_json_links(body)), **said}
        return Hints(hub=links.get("hub", ""), topic=links.get("topic", ""))
    outside = _outside_entries(_as_ascii(body))
    links = {**_document_links(outside), **said}
    return Hints(_seconds(outside), _skips(outside), links.get("hub", ""), links.get("topic", ""))


def _as_ascii(body: bytes) -> bytes:
    """Names and numbers are ASCII in every charset that feeds use, but for the two-byte ones."""
    return body[: 2 * _HEAD].replace(b"\0", b"") if body[:2] in (b"\xff\xfe", b"\xfe\xff") else body


def _outside_entries(body: bytes) -> bytes:
    head, tail = body[:_HEAD], body[-_TAIL:] if len(body) > _HEAD else b""
    first = _FIRST_ENTRY.search(head)
    if first is None:
        return _plain(head)
    ends = [found.end() for found in _LAST_ENTRY.finditer(tail or head)]
    return _plain(head[: first.start()]) + _plain((tail or head)[ends[-1] :] if ends else b"")


def _plain(part: bytes) -> bytes:
    """Without comments and character data, in which markup means nothing."""
    for begin, end in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>")):
        pieces = part.split(begin)
        part = pieces[0] + b"".join(piece.partition(end)[2] for piece in pieces[1:])
    return part


def _seconds(outside: bytes) -> float:
    """The longer of ``ttl`` and the syndication module's period: each is a wish not to be asked more often."""
    found = _TTL.search(outside)
    ttl = 60.0 * int(found[1]) if found else 0.0
    named = _PERIOD.search(outside)
    often = _FREQUENCY.search(outside)
    period = float(_PERIODS.get(named[1].lower(), 0)) if named else 0.0
    return max(ttl, period / max(1, int(often[1]) if often else 1))


def _skips(outside: bytes) -> Skips:
    hours = _SKIP_HOURS.search(outside)
    days = _SKIP_DAYS.search(outside)
    asleep = {int(hour) % 24 for hour in _HOUR.findall(hours[1]) if int(hour) <= 24} if hours else set()
    off = (
        {_WEEK.index(day.lower()) for day in _DAY.findall(days[1]) if day.lower() in _WEEK} if days else set()
    )
    # who skips every hour or day has made a mistake: it would never be asked
    return Skips(
        frozenset(asleep) if len(asleep) < 24 else frozenset(),
        frozenset(off) if len(off) < 7 else frozenset(),
    )


def _document_links(outside: bytes) -> dict[str, str]:
    links: dict[str, str] = {}
    for tag in _LINK.finditer(outside):
        written = {name.lower(): one or other for name, one, other in _ATTRIBUTE.findall(tag[1])}
        href = unescape(written.get(b"href", b"").decode("utf-8", "replace")).strip()
        for relation in written.get(b"rel", b"").lower().split():
            if href and relation in (b"hub", b"self"):
                links.setdefault("hub" if relation == b"hub" else "topic", href)
    return links


def _of_headers(headers: Mapping[str, str]) -> dict[str, str]:
    links: dict[str, str] = {}
    for href, parameters in _HEADER_LINK.findall(headers.get("Link", "")[:8000]):
        for found in _RELATION.findall(parameters):
            for relation in "".join(found).lower().split():
                if relation in ("hub", "self"):
                    links.setdefault("hub" if relation == "hub" else "topic", href.strip())
    return links


def _json_links(body: bytes) -> Iterator[tuple[str, str]]:
    """JSON Feed: ``hubs`` and ``feed_url``."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(document, dict):
        return
    if isinstance(document.get("feed_url"), str):
        yield "topic", document["feed_url"]
    hubs = document.get("hubs")
    for hub in hubs if isinstance(hubs, list) else []:
        if (
            isinstance(hub, dict)
            and isinstance(hub.get("url"), str)
            and str(hub.get("type")).lower() == "websub"
        ):
            yield "hub", hub["url"]
            return
