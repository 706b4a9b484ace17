"""A document that was read before, and what has changed in it: only the new entries meet a parser.

The known ones are cut out of the text, and what is left is read as if it were the whole. The new entries must come out
equal to those of a whole reading; wherever something might make them differ, the answer is None, and all is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.entries import base_of, feed_info, marks_of, parsed_entries
from feeds.identity import Marks
from feeds.parsed import ParsedFeed
from feeds.plain import read_plain
from feeds.reader import read_well_formed
from feeds.shown import Part, Shown, are_new_keys, are_strangers, part_of, stands_alone
from feeds.split import Split, digest


@dataclass(frozen=True, slots=True)
class Changed:
    """A document in which some entries are known: ``parts`` holds their digests, None for an entry to be read."""

    pieces: Split
    frame: bytes
    texts: tuple[bytes, ...]
    parts: tuple[Part | None, ...]
    rest: str

    @property
    def known(self) -> list[Part]:
        """The entries that are known, in digests."""
        return [one for one in self.parts if one is not None]


def compare(pieces: Split, shown: Shown) -> Changed | None:
    """What of a document is known; None when nothing is, or when the frame around its entries is another one."""
    frame = pieces.frame
    if frame != shown.frame:
        return None
    before = {part.text: part for part in shown.parts}
    texts = tuple(map(digest, pieces.parts))
    parts = tuple(map(before.get, texts))
    known = {number for number, part in enumerate(parts) if part is not None}
    if not known or len(set(texts)) < len(texts):
        return None
    return Changed(pieces, frame, texts, parts, pieces.without(known))


def read_changes(
    changed: Changed, before: Shown, url: str, now: datetime, encoding: str
) -> ParsedFeed | None:
    """Read the new entries; None where only a whole reading can tell. ``before``: the last reading."""
    base = before.base
    reading = read_plain(changed.rest) or read_well_formed(changed.rest)
    if reading is None or len(reading.entries) != changed.parts.count(None):
        return None
    info = feed_info(reading.feed, url)
    if base_of(info, url) != base:
        return None
    marks = [marks_of(raw, base) for raw in reading.entries]
    parts = _filled(changed, marks)
    fresh = [part for part, known in zip(parts, changed.parts, strict=True) if known is None]
    if not stands_alone(parts) or not are_new_keys(fresh, changed.known):
        return None
    entries, odd = parsed_entries(reading.entries, marks, now)
    shown = Shown(changed.frame, base, tuple(parts))
    return ParsedFeed(
        info,
        entries,
        encoding,
        tuple(odd),
        known=len(changed.known),
        shown=shown,
        strangers=are_strangers(fresh, before.parts),
    )


def shown_by(pieces: Split | None, marks: Sequence[Marks], base: str) -> Shown | None:
    """What to remember of a document that was read whole, without complaint; None where it cannot be told apart."""
    if pieces is None or len(pieces.parts) != len(marks):
        return None
    parts = [part_of(digest(text), one) for text, one in zip(pieces.parts, marks, strict=True)]
    return Shown(pieces.frame, base, tuple(parts)) if stands_alone(parts) else None


def _filled(changed: Changed, marks: Sequence[Marks]) -> list[Part]:
    """The digests of all entries, those just read among them."""
    rest = iter(marks)
    return [
        known if known is not None else part_of(text, next(rest))
        for text, known in zip(changed.texts, changed.parts, strict=True)
    ]
