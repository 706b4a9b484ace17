"""What feedparser found -> typed entries in plain text. Pure but for its ``now``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from feeds.dates import parse_date, plausible
from feeds.identity import Marks, identify
from feeds.text import MAX_SUMMARY, one_line, paragraphs

MAX_ENTRIES = 2_000  # the largest honest feeds seen hold 300
MAX_LINK = 4_096  # characters
MAX_AUTHOR = 200  # characters
_GAPS = re.compile(r"\s+")
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

_ADDRESS = re.compile(r"\s*(?:https?:|/)", re.IGNORECASE)
# What to join with a base, and to take apart, would change nothing of.
ABSOLUTE = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[^\s;?#\x00-\x1f]*+)?(?:\?[^\s#\x00-\x1f]++)?(?:#[^\s\x00-\x1f]++)?"
)
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")

Raw = dict[str, Any]  # feedparser's; read with dict.get, for its own get() answers for other names too


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One entry of a feed, in plain text; "" and None where the feed says nothing.

    ``id`` is the same on every poll (see feeds.identity). ``published`` falls back to the only date of an entry that
    bears but one, as Atom and RDF entries do. ``summary`` and ``content`` have a newline between paragraphs; a text
    that is both stands in ``content`` only.
    """

    id: str
    title: str
    link: str
    published: datetime | None
    updated: datetime | None
    summary: str
    content: str
    author: str


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What a feed says about itself; ``language`` as it is written there ("ar", "ar-EG", "")."""

    title: str
    link: str
    language: str
    description: str


def feed_info(raw: Raw, url: str) -> FeedInfo:
    """The feed's own description; ``url`` is where it was fetched from."""
    return FeedInfo(
        title=one_line(_text(raw, "title")),
        link=absolute(_text(raw, "link"), url),
        language=one_line(_text(raw, "language"))[:35],
        description=paragraphs(_text(raw, "subtitle"), MAX_SUMMARY),
    )


def base_of(info: FeedInfo, url: str) -> str:
    """What an entry's links are relative to: the feed's own page, or where the feed stands."""
    return info.link or url


def parsed_entries(
    raws: Sequence[Raw], marks: Sequence[Marks], now: datetime
) -> tuple[tuple[ParsedEntry, ...], list[str]]:
    """The entries in the feed's order, repeats left out, and English sentences about what was odd.

    ``marks``: of each raw, by ``marks_of``.
    """
    problems = []
    if len(raws) > MAX_ENTRIES:
        problems.append(f"{len(raws) - MAX_ENTRIES} entries beyond the first {MAX_ENTRIES} were left out")
    marks = marks[:MAX_ENTRIES]
    ids = identify(marks)
    first: dict[str, int] = {}
    for number, one in enumerate(ids):
        first.setdefault(one, number)
    if len(first) < len(ids):
        problems.append(f"{len(ids) - len(first)} repeated entries were left out")
    dates = _Dates(now)
    entries = tuple(_entry(one, raws[number], marks[number].link, dates) for one, number in first.items())
    return entries, problems + dates.problems()


class _Dates:
    """Reads the dates of one document and counts those that could not be used."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._unread = 0
        self._impossible = 0

    def read(self, raw: Raw, *names: str) -> datetime | None:
        """The first of the named dates that the entry bears and that makes sense."""
        for name in names:
            written = _text(raw, name)
            if not written:
                continue
            date = parse_date(written)
            sensible = plausible(date, self._now)
            if sensible is not None:
                return sensible
            self._unread += date is None
            self._impossible += date is not None
        return None

    def problems(self) -> list[str]:
        """What was odd, in sentences."""
        counted = (
            (self._unread, "dates could not be read"),
            (self._impossible, "dates are impossible (before 1995 or in the future)"),
        )
        return [f"{count} {what}; their entries count as undated" for count, what in counted if count]


def _entry(identity: str, raw: Raw, link: str, dates: _Dates) -> ParsedEntry:
    summary, content = _text(raw, "summary"), _content(raw)
    if summary == content:
        summary = ""  # feedparser's copy of a content that stands alone
    updated = dates.read(raw, "updated")
    plain_content = paragraphs(content)
    plain_summary = paragraphs(summary, MAX_SUMMARY)
    return ParsedEntry(
        id=identity,
        title=one_line(_text(raw, "title")),
        link=link,
        published=dates.read(raw, "published", "created") or updated,
        updated=updated,
        summary="" if plain_content and plain_summary.split() == plain_content.split() else plain_summary,
        content=plain_content,
        author=_author(raw),
    )


def marks_of(raw: Raw, base: str) -> Marks:
    """What an entry brings to tell it by."""
    dated = _text(raw, "published") or _text(raw, "updated") or _text(raw, "summary")
    guid = _visible(_GAPS.sub(" ", _text(raw, "id"))).strip()
    if guid.startswith(
        "/"
    ):  # a path where a feed means a page: others write, or will write, the whole address
        guid = absolute(guid, base) or guid
    return Marks(
        guid=guid,
        link=_link(raw, base),
        title=_text(raw, "title"),
        dated=dated,
    )


def _link(raw: Raw, base: str) -> str:
    """Where a reader finds the entry: the outlet's own page, rather than a counter that redirects to it.

    A guid without a word about it is a link by RSS's rules; outlets write numbers there, which are none.
    """
    link = _text(raw, "feedburner_origlink") or _text(raw, "link")
    is_number = link == _text(raw, "id") and not _ADDRESS.match(link)
    return "" if is_number else absolute(link, base)


def absolute(link: str, base: str) -> str:
    """A link as an absolute http(s) URL, or "" for anything else (javascript:, nonsense, longer than MAX_LINK)."""
    link = _visible(link.strip()).replace(" ", "%20")
    if len(link) <= MAX_LINK and ABSOLUTE.fullmatch(link):
        return link
    try:
        joined = urljoin(base, link) if link else ""
        parts = urlsplit(joined)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(joined) > MAX_LINK:
        return ""
    return joined


def _visible(text: str) -> str:
    """Without what cannot be seen; most texts have none of that, and to ask is cheaper than to look."""
    return text if text.isprintable() else _HIDDEN.sub("", text)


def _content(raw: Raw) -> str:
    """The longest of the contents: a feed may offer the same text in several types."""
    contents = dict.get(raw, "content") or ()
    return max((_text(one, "value") for one in contents if isinstance(one, dict)), key=len, default="")


def _author(raw: Raw) -> str:
    """The author's name, without the mail address that RSS puts beside it: nobody needs it, so it is not kept."""
    written = _text(raw, "author")
    if not written:
        return ""
    name = _MAIL.sub("", one_line(written[:300]))
    name = name.replace("()", "").replace("<>", "").strip(" ,;-")
    bracketed = name.startswith("(") and name.endswith(")")
    return (name[1:-1] if bracketed else name)[:MAX_AUTHOR]


def _text(raw: Raw, name: str) -> str:
    value = dict.get(raw, name)
    return value if isinstance(value, str) else ""
