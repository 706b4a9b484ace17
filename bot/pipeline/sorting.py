"""What of a feed's reading is new, what is an edit, and what is known under another name. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.store.entries import NewEntry, Standing
from feeds.identity import told_apart

MOST_EDITS = 5  # of one entry; a page that changes all day long is followed no further
FLOOD = 5  # fewer new ids at once are no flood
LATE = timedelta(hours=1)  # outlets date what they publish, and publish it some time after


@dataclass(frozen=True, slots=True)
class Sorted:
    """A reading, sorted.

    ``fresh``: entries to be stored. ``quarantined``: the ids of those among them that may ring for nobody, for a flood
    brought them. ``edits``: the new texts of stored entries, by their numbers. ``renamed``: the ids by which stored
    entries are shown now. ``hashes``: of texts that were stored before texts had any. ``flood``: how many entries came
    under new ids, all at once; 0 when none did.
    """

    fresh: list[NewEntry] = field(default_factory=list)
    quarantined: set[str] = field(default_factory=set)
    edits: dict[int, NewEntry] = field(default_factory=dict)
    renamed: dict[int, str] = field(default_factory=dict)
    hashes: dict[int, str] = field(default_factory=dict)
    flood: int = 0


@dataclass(frozen=True, slots=True)
class Before:
    """The feed before this reading. ``known``: entries of the document that stood in the last one word for word.

    ``reused``: some guid was another story's, so that new ids say nothing.
    """

    first_read: bool
    known: int
    polled_at: datetime | None
    reused: bool = False


def tell_apart(seen: Sequence[NewEntry], stood: Sequence[Standing]) -> Sequence[NewEntry]:
    """The same entries; one whose guid belongs to another story has an id of its own."""
    by_id = {one.identity: one for one in stood}
    return [
        replace(entry, identity=told_apart(entry.identity, entry.link))
        if (known := by_id.get(entry.identity)) is not None and _is_another_story(entry, known)
        else entry
        for entry in seen
    ]


def _is_another_story(entry: NewEntry, known: Standing) -> bool:
    """An edit changes the headline, and sometimes the page with it, but leaves the date."""
    pages, headlines = {entry.link_key, known.link_key}, {entry.title_key, known.title_key}
    dates = {entry.published_at, known.published_at}
    return all(len(one) == 2 for one in (pages, headlines, dates)) and not (
        {"", None} & (pages | headlines | dates)
    )


def sort_out(seen: Sequence[NewEntry], stood: Sequence[Standing], before: Before) -> Sorted:
    """Sort the entries that a feed shows, given the stored ones that share an id, a page or a headline with them."""
    by_id = {one.identity: one for one in stood}
    found = Sorted()
    for entry in seen:
        known = by_id.get(entry.identity)
        if known is not None:
            _compare(entry, known, found)
    unknown = [entry for entry in seen if entry.identity not in by_id]
    shown = {entry.identity for entry in seen}
    others = [one for one in stood if one.identity not in shown]
    found.renamed.update(_recognised(unknown, others, loosely=False))
    if (
        before.known == 0
        and not before.reused
        and len(unknown) == len(seen) >= FLOOD
        and not before.first_read
    ):
        loosely = _recognised(unknown, others, loosely=True)
        if 2 * len(loosely) >= len(seen):
            found.renamed.update(loosely)
            return _with_flood(found, unknown, before)
    found.fresh.extend(_not_in(found.renamed, unknown))
    return found


def _compare(entry: NewEntry, known: Standing, found: Sorted) -> None:
    if not known.text_hash:
        found.hashes[known.id] = entry.text_hash
    elif known.text_hash != entry.text_hash and known.edits < MOST_EDITS:
        found.edits[known.id] = entry


def _recognised(unknown: Iterable[NewEntry], others: Sequence[Standing], *, loosely: bool) -> dict[int, str]:
    """Stored entries that are shown under new ids: the same headline on the same page; loosely, either of them."""
    free, found = list(others), dict[int, str]()
    for entry in unknown:
        twin = next((one for one in free if _is_twin(entry, one, loosely=loosely)), None)
        if twin is not None:
            free.remove(twin)
            found[twin.id] = entry.identity
    return found


def _not_in(renamed: Mapping[int, str], unknown: Sequence[NewEntry]) -> list[NewEntry]:
    known = set(renamed.values())
    return [entry for entry in unknown if entry.identity not in known]


def _is_twin(entry: NewEntry, one: Standing, *, loosely: bool) -> bool:
    same_page = bool(entry.link_key) and entry.link_key == one.link_key
    same_headline = bool(entry.title_key) and entry.title_key == one.title_key
    if loosely:
        return same_page or same_headline
    return same_page and (same_headline or (bool(one.text_hash) and one.text_hash == entry.text_hash))


def _with_flood(found: Sorted, unknown: Sequence[NewEntry], before: Before) -> Sorted:
    """What a flood brings besides is news only if its date says that it came since the last poll."""
    since = before.polled_at - LATE if before.polled_at else None
    fresh = _not_in(found.renamed, unknown)
    doubtful = {
        entry.identity
        for entry in fresh
        if since is None or entry.published_at is None or entry.published_at < since
    }
    return replace(found, fresh=fresh, quarantined=doubtful, flood=len(unknown))
