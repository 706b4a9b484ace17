"""The catalogue: which outlets there are and where their feeds stand. One file a country, edited by hand.

A wrong line never hides the others: every problem is reported with its place, and what is right is loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from feeds.catalogue_file import Mapping, Problems, Value, read_catalogue_file
from feeds.errors import CatalogueProblem, FetchError
from feeds.guard import check_url

Ownership = Literal["", "state", "public", "private", "party"]

_FILE_KEYS = ("country", "outlets")
_OUTLET_KEYS = ("outlet", "outlet_ar", "language", "tier", "ownership", "url", "section", "feeds")
_FEED_KEYS = ("url", "section")
_OWNERSHIPS: dict[str, Ownership] = {
    "state": "state",
    "public": "public",
    "private": "private",
    "party": "party",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One feed of one outlet, as the catalogue has it.

    ``country``: ISO 3166 code ("EG"), "" for an outlet of none. ``tier``: 1 (agencies, the great broadcasters) to 3.
    ``section``: what the feed covers, "" for everything. ``ownership``: who owns the outlet, "" where not known.
    """

    url: str
    outlet: str
    outlet_ar: str
    country: str
    language: str
    tier: int
    section: str
    ownership: Ownership = ""


def load_catalogue(folder: Path) -> tuple[list[Source], list[CatalogueProblem]]:
    """Read ``folder``/*.yaml: the sources in the order of files and lines, and all that is wrong.

    An outlet with anything wrong in it contributes no source; the others of its file do.
    """
    problems = Problems()
    files = sorted(folder.glob("*.yaml"))
    if not files:
        problems.add(
            folder, (1, 1), "لا توجد ملفات ‎.yaml‎ في هذا المجلد", "there are no .yaml files in this folder"
        )
    sources: list[Source] = []
    places: dict[str, str] = {}
    for path in files:
        top = read_catalogue_file(path, problems)
        if top is not None:
            sources += [
                found.source for found in _of_file(top, problems) if _is_first(found, places, problems)
            ]
    return sources, problems.found


@dataclass(frozen=True, slots=True)
class _Found:
    source: Source
    url: Value


def _is_first(found: _Found, places: dict[str, str], problems: Problems) -> bool:
    """Whether no source before has this URL; the second one is refused, with the place of the first."""
    key = found.source.url.partition("://")[2].rstrip("/")  # http and https are one place
    first = places.setdefault(key, found.url.place)
    if first == found.url.place:
        return True
    problems.at(
        found.url,
        f"هذا الرابط مذكور من قبل في {first}",
        f"this URL stands already in {first}",
    )
    return False


def _of_file(top: Mapping, problems: Problems) -> Iterator[_Found]:
    top.allow(_FILE_KEYS, problems)
    country = top.text("country", problems, pattern=r"[A-Z]{2}|none", example="EG").replace("none", "")
    for item in top.items("outlets", problems):
        before = len(problems.found)
        found = _outlet(item, country, problems)
        if len(problems.found) == before:
            yield from found


def _outlet(item: Mapping, country: str, problems: Problems) -> list[_Found]:
    item.allow(_OUTLET_KEYS, problems)
    outlet = item.text("outlet", problems)
    outlet_ar = item.text("outlet_ar", problems)
    language = item.text(
        "language", problems, default="ar", pattern=r"[a-z]{2,3}(-[A-Za-z]{2,4})?", example="ar"
    )
    tier = item.number("tier", problems, default=2, lowest=1, highest=3)
    ownership = item.choice("ownership", tuple(_OWNERSHIPS), problems)
    return [
        _Found(
            Source(
                url=url.text.strip(),
                outlet=outlet,
                outlet_ar=outlet_ar,
                country=country,
                language=language,
                tier=tier,
                section=section,
                ownership=_OWNERSHIPS.get(ownership, ""),
            ),
            url,
        )
        for url, section in _urls(item, problems)
    ]


def _urls(item: Mapping, problems: Problems) -> Iterator[tuple[Value, str]]:
    """The outlet's feeds: its ``url``, or each of its ``feeds``."""
    if item.has("url") == item.has("feeds"):
        problems.at(
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
        if item.has("section"):
            problems.at(item, "section يكتب داخل feeds", "section belongs inside feeds here")
    for holder in holders:
        section = holder.text("section", problems, default="")
        url = holder.value("url", problems)
        if url is not None and _is_url(url, problems):
            yield url, section


def _is_url(value: Value, problems: Problems) -> bool:
    try:
        check_url(
            value.text, allow_private=True
        )  # which addresses are open is a setting, not the catalogue's
    except FetchError as error:
        problems.at(value, "هذا الرابط لا يصلح لخلاصة", f"this URL cannot be a feed's: {error.detail}")
        return False
    return True
