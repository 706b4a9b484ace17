"""Sources -> the text of catalogue files, one a country, such as ``feeds.sources`` reads back the same. Pure."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from feeds.sources import Source


def catalogue_files(sources: Iterable[Source]) -> dict[str, str]:
    """The files by name: ``eg.yaml``, and ``none.yaml`` for outlets of no country."""
    in_order = sorted(sources, key=lambda one: (one.country, *_outlet(one)))
    return {
        f"{(country or 'none').lower()}.yaml": "\n".join(_lines(country or "none", of_country)) + "\n"
        for country, of_country in groupby(in_order, key=lambda one: one.country)
    }


def _outlet(source: Source) -> tuple[str, str, str, int, str]:
    """What the feeds of one outlet have in common."""
    return source.outlet, source.outlet_ar, source.language, source.tier, source.ownership


def _lines(country: str, sources: Iterable[Source]) -> Iterator[str]:
    yield f"country: {country}"
    yield "outlets:"
    for _, together in groupby(sources, key=_outlet):
        feeds = list(together)
        first = feeds[0]
        yield f"  - outlet: {_quoted(first.outlet)}"
        yield f"    outlet_ar: {_quoted(first.outlet_ar)}"
        if first.language != "ar":
            yield f"    language: {first.language}"
        yield f"    tier: {first.tier}"
        if first.ownership:
            yield f"    ownership: {first.ownership}"
        yield "    feeds:"
        for feed in feeds:
            yield f"      - url: {_quoted(feed.url)}"
            if feed.section:
                yield f"        section: {_quoted(feed.section)}"
            if feed.kind:
                yield f"        kind: {feed.kind}"


def _quoted(text: str) -> str:
    """A text as YAML reads it back whatever it holds: JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)
