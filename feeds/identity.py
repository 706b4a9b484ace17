"""Which entry is which, from poll to poll. Pure.

Feeds forget guids, repeat them, or give every entry the same; links carry who clicked where. An entry's id must be
the same on every poll and different from its neighbours'.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from yarl import URL

MAX_ID = 512  # characters; a longer one is replaced by its hash
_MAX_LINK = 4096
_MANY, _REMEMBERED = (
    512,
    512,
)  # canonical forms that are remembered: each is asked for twice or thrice; the longest

# Nearly every link: it is canonical, but for its scheme. The host is a name in small letters and no number; no segment
# of the path begins with a dot; what is encoded must be, in capitals; nothing follows the path.
_CANONICAL = re.compile(
    r"https?(://(?:[a-z\d-]+\.)+[a-z]+(?:/(?:[\w~-]|%[89A-F][\dA-F])(?:[\w~.,:;@=&+!$'()*-]|%[89A-F][\dA-F])*)*/?)",
    re.ASCII,
).fullmatch
_HAS_PATH = re.compile(r"https://[^/?#]*/[^/?#]").match

# Parameters that say where a reader came from, never which page it is: those of Google, Meta, Microsoft, Yandex,
# Twitter and mailing tools, and of AT Internet (France 24), the BBC, Deutsche Welle, Al Jazeera and CNN.
# fmt: off
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid",
        "ttclid", "igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "xtor", "maca",
        "at_medium", "at_campaign", "at_format", "at_link_id", "at_link_origin", "at_link_type",
        "at_ptr_name", "at_bbc_team", "traffic_source", "cmpid", "cmp", "ns_mchannel", "ns_source",
        "ns_campaign", "ns_linkname", "ns_fee", "ocid", "s_cid", "sr_share", "__twitter_impression",
        "__source", "feature_source", "fb_action_ids", "fb_source",
    }
)
# fmt: on
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")
# Parameters that are tracking only when they say "I came by the feed".
_ORIGIN = frozenset({"ref", "source", "src", "from", "via", "partner"})
_BY_FEED = frozenset({"rss", "rssfeed", "feed", "atom", "feedburner"})


@dataclass(frozen=True, slots=True)
class Marks:
    """What an entry brings to tell it by; "" where it brings nothing."""

    guid: str
    link: str  # absolute
    title: str
    dated: str  # the publication date as written, or the summary where there is none


def canonical_link(link: str) -> str:
    """The form of a link in which the same page is always the same text. A key to compare, not a link to open.

    Host in small letters, https for http, percent-encoding made uniform, no fragment (but ``#/`` and ``#!``, which
    name pages) and no tracking parameters. What is not an http link comes back as it is.
    """
    return _canonical_link(link) if len(link) <= _REMEMBERED else _canonical_link.__wrapped__(link)


@lru_cache(_MANY)
def _canonical_link(link: str) -> str:
    return _at_a_glance(link) or _canonical_by_parts(link.strip())


def _at_a_glance(link: str) -> str:
    """The canonical form of a link that need not be taken apart for it; "" of others."""
    found = _CANONICAL(link) if len(link) <= _MAX_LINK else None
    return "https" + found[1] if found else ""


def _canonical_by_parts(link: str) -> str:
    url = _web_address(link)
    if url is None:
        return link
    query = [(name, value) for name, value in url.query.items() if not _is_tracking(name, value)]
    if len(query) != len(url.query):
        url = url.with_query(query or None)
    if not url.fragment.startswith(("/", "!")):
        url = url.with_fragment(None)
    return _uniform(url)


def page_of(link: str) -> str:
    """The canonical form of a link; "" where it leads to a whole site, which tells no entry from another: no path, no
    query and nothing behind ``#`` that names a page.
    """
    canonical = canonical_link(link)
    if _HAS_PATH(canonical):
        return canonical
    url = _web_address(canonical)
    is_front = url is not None and url.path in ("", "/") and not url.query and not url.fragment
    return "" if is_front else canonical


def canonical_guid(guid: str) -> str:
    """A guid as an id. One that is a web address is written uniformly, so that an outlet's move to https, or another
    way of encoding Arabic, makes no new entries; nothing is cut from it, for a fragment may be what tells two apart.
    """
    return _canonical_guid(guid) if len(guid) <= _REMEMBERED else _canonical_guid.__wrapped__(guid)


@lru_cache(_MANY)
def _canonical_guid(guid: str) -> str:
    return _at_a_glance(guid) or _guid_by_parts(guid)


def _guid_by_parts(guid: str) -> str:
    url = _web_address(guid)
    return guid if url is None else _uniform(url)


def _web_address(text: str) -> URL | None:
    if ":" not in text:  # a number, most guids
        return None
    try:
        url = URL(text) if len(text) <= _MAX_LINK else None
    except (ValueError, TypeError, IndexError):  # the last for brackets with nothing in them
        return None
    return url if url is not None and url.scheme in {"http", "https"} and url.raw_host else None


def _uniform(url: URL) -> str:
    return "https:" + str(url).partition(":")[2]


def identify(entries: Sequence[Marks]) -> list[str]:
    """An id for each entry of one document, in order; equal ids mean that the same entry is repeated.

    The guid, if it is this entry's alone; with the link, where entries of different links share it. Without a guid the
    canonical link, if entries of different titles do not share it; else a hash of title and date. What one document
    cannot show, a guid that is used again later, is told by who keeps the entries (see told_apart).
    """
    guids = [canonical_guid(entry.guid) for entry in entries]
    links = [canonical_link(entry.link) for entry in entries]
    links_of_guid: dict[str, set[str]] = defaultdict(set)
    titles_of_link: dict[str, set[str]] = defaultdict(set)
    for entry, guid, link in zip(entries, guids, links, strict=True):
        links_of_guid[guid].add(link)
        if not guid:
            titles_of_link[link].add(entry.title)
    return [
        _bounded(_id(entry, guid, link, (len(links_of_guid[guid]) > 1, len(titles_of_link[link]) > 1)))
        for entry, guid, link in zip(entries, guids, links, strict=True)
    ]


def _id(entry: Marks, guid: str, link: str, shared: tuple[bool, bool]) -> str:
    guid_is_shared, link_is_shared = shared
    if guid:
        return _with_link(guid, link) if guid_is_shared and link else guid
    if link and not link_is_shared:
        return link
    return "sha256:" + _hash(link, entry.title, entry.dated)


def told_apart(identity: str, link: str) -> str:
    """The id of an entry whose guid was another story's before: as if the two stood in one document."""
    return _bounded(_with_link(identity, canonical_link(link)))


def _with_link(guid: str, link: str) -> str:
    return f"{guid} {link}"


def _bounded(text: str) -> str:
    return text if len(text) <= MAX_ID else "sha256:" + _hash(text)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _is_tracking(name: str, value: str) -> bool:
    name = name.lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in _ORIGIN and value.lower() in _BY_FEED
