"""The catalogue: which outlets there are and where their feeds stand. One file a country, edited by hand.

A wrong line never hides the others: every problem is reported with its place, and what is right is loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

from feeds.catalogue_file import Mapping, Problems, Value, read_catalogue_file
from feeds.catalogue_lint import look_over, own_files
from feeds.errors import CatalogueProblem, FetchError
from feeds.guard import check_url
from feeds.identity import canonical_link

Ownership = Literal["", "state", "public", "private", "party"]
Kind = Literal["", "rss", "atom", "json", "sitemap", "telegram"]

LANGUAGE = r"[a-z]{2,3}(-[A-Za-z]{2,4})?"
_FILE_KEYS = ("country", "gathered", "outlets")
_OUTLET_KEYS = (
    "outlet", "outlet_ar", "language", "tier", "ownership", "url", "section", "kind", "seen", "feeds",
)  # fmt: skip
_FEED_KEYS = ("url", "section", "kind", "seen")
_SEEN_KEYS = ("lists", "guessed", "answered", "reported")
_OWNERSHIPS: dict[str, Ownership] = {
    "state": "state",
    "public": "public",
    "private": "private",
    "party": "party",
}
_KINDS: dict[str, Kind] = {
    "rss": "rss",
    "atom": "atom",
    "json": "json",
    "sitemap": "sitemap",
    "telegram": "telegram",
}
_FLAGS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Seen:
    """How a URL was come by, so that nobody takes a rumour for a fact.

    ``lists``: how many public lists hold it. ``guessed``: it looks like a guess of a list's author. ``answered``: a day
    on which the feed is known to have been served. ``reported``: trouble that others reported, in English.
    """

    lists: int = 0
    guessed: bool = False
    answered: date | None = None
    reported: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL stands in a catalogue file; line and column count from 1."""

    path: Path
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    """One feed of one outlet, as the catalogue has it.

    ``country``: ISO 3166 code ("EG"), "" for an outlet of none. ``tier``: 1 (agencies, the great broadcasters) to 3.
    ``section``: what the feed covers, "" for everything. ``ownership``: who owns the outlet, "" where not known.
    ``kind``: what is served there, "" where it shows by itself.
    """

    url: str
    outlet: str
    outlet_ar: str
    country: str
    language: str
    tier: int
    section: str
    ownership: Ownership = ""
    kind: Kind = ""
    seen: Seen = field(default_factory=Seen)
    place: Place | None = field(default=None, compare=False)


def load_catalogue(folder: Path) -> tuple[list[Source], list[CatalogueProblem]]:
    """Read ``folder``/*.yaml, or one file: the sources in the order of files and lines, and all that is wrong.

    An outlet with an error in it contributes no source; the others of its file do.
    """
    problems = Problems()
    files = own_files(folder, problems)
    tops = [top for path in files if (top := read_catalogue_file(path, problems)) is not None]
    places: dict[str, str] = {}
    sources = [
        found.source
        for top in tops
        for found in _of_file(top, problems)
        if _is_first(found, places, problems)
    ]
    look_over(tops, problems)
    return sources, sorted(problems.found, key=lambda one: (one.path, one.line, one.column))


def place_key(url: str) -> str:
    """A key that two URLs share when they are one place: with and without https, www and a final slash."""
    return canonical_link(url).partition("://")[2].removeprefix("www.").rstrip("/")


@dataclass(frozen=True, slots=True)
class _Found:
    source: Source
    url: Value


def _is_first(found: _Found, places: dict[str, str], problems: Problems) -> bool:
    """Whether no source before has this URL; the second one is refused, with the place of the first."""
    first = places.setdefault(place_key(found.source.url), found.url.place)
    if first == found.url.place:
        return True
    problems.at(
        "F014",
        found.url,
        f"هذا الرابط مذكور من قبل في {first}",
        f"this URL stands already in {first}",
        "احذف أحدهما.",
    )
    return False


def _of_file(top: Mapping, problems: Problems) -> Iterator[_Found]:
    top.allow(_FILE_KEYS, problems)
    country = top.text("country", problems, pattern=r"[A-Z]{2}|none", example="EG").replace("none", "")
    top.text("gathered", problems, default="", pattern=r"\d{4}-\d{2}", example="2026-11")
    for item in top.items("outlets", problems):
        before = _errors(problems)
        found = _outlet(item, country, problems)
        if _errors(problems) == before:
            yield from found


def _errors(problems: Problems) -> int:
    return sum(one.level == "error" for one in problems.found)


def _outlet(item: Mapping, country: str, problems: Problems) -> list[_Found]:
    item.allow(_OUTLET_KEYS, problems)
    source = partial(
        Source,
        outlet=item.text("outlet", problems),
        outlet_ar=item.text("outlet_ar", problems),
        country=country,
        language=item.text("language", problems, default="ar", pattern=LANGUAGE, example="ar"),
        tier=item.number("tier", problems, default=2, lowest=1, highest=3),
        ownership=_OWNERSHIPS.get(item.choice("ownership", tuple(_OWNERSHIPS), problems), ""),
    )
    return [
        _Found(
            source(
                url=url.text.strip(),
                section=holder.text("section", problems, default=""),
                kind=_KINDS.get(holder.choice("kind", tuple(_KINDS), problems), ""),
                seen=_seen(holder, problems),
                place=Place(url.path, *url.position),
            ),
            url,
        )
        for holder, url in _urls(item, problems)
    ]


def _seen(holder: Mapping, problems: Problems) -> Seen:
    noted = holder.inner("seen", problems)
    if noted is None:
        return Seen()
    noted.allow(_SEEN_KEYS, problems)
    return Seen(
        lists=noted.number("lists", problems, default=0, lowest=0, highest=1000),
        guessed=noted.choice("guessed", _FLAGS, problems) == "true",
        answered=_day(noted, problems),
        reported=noted.text("reported", problems, default=""),
    )


def _day(noted: Mapping, problems: Problems) -> date | None:
    written = noted.text("answered", problems, default="", pattern=r"\d{4}-\d{2}-\d{2}", example="2026-11-28")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        problems.at(
            "F008", noted.nodes["answered"], f"لا يوجد يوم كهذا: {written}", f"no such day: {written}"
        )
        return None


def _urls(item: Mapping, problems: Problems) -> Iterator[tuple[Mapping, Value]]:
    """The outlet's feeds: its ``url``, or each of its ``feeds``; each with what holds it."""
    if item.has("url") == item.has("feeds"):
        problems.at(
            "F015",
            item,
            "لكل منفذ إما url واحد أو قائمة feeds، لا كلاهما",
            "an outlet has either one url or a list of feeds, not both and not none",
        )
        return
    if item.has("url"):
        holders = [item]
    else:
        holders = list(item.items("feeds", problems))
        for holder in holders:
            holder.allow(_FEED_KEYS, problems)
        for key in _FEED_KEYS[1:]:
            if item.has(key):
                problems.at("F015", item, f"{key} يُكتب داخل feeds", f"{key} belongs inside feeds here")
    for holder in holders:
        url = holder.value("url", problems)
        if url is not None and _is_url(url, problems):
            yield holder, url


def _is_url(value: Value, problems: Problems) -> bool:
    try:
        check_url(
            value.text, allow_private=True
        )  # which addresses are open is a setting, not the catalogue's
    except FetchError as error:
        problems.at(
            "F013",
            value,
            "هذا الرابط لا يصلح لخلاصة",
            f"this URL cannot be a feed's: {error.detail}",
            "رابط كامل يبدأ بـ https:// أو http://",
        )
        return False
    return True
