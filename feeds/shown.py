"""What a feed showed when it was read last: enough to know its entries again by their text, at 32 bytes each. Pure."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feeds.identity import Marks, canonical_guid, canonical_link
from feeds.split import digest

_FORM = 1  # of the bytes; grows when what is remembered, or how entries are read, changes
_NOTHING = bytes(8)
_HEAD, _PART = struct.Struct("<BH8s"), struct.Struct("<8s8s8s8s")


class Part(NamedTuple):
    """One entry, in digests: its text as it stood in the document, and its marks; eight zeros where it has none."""

    text: bytes
    guid: bytes
    link: bytes
    title: bytes

    @property
    def key(self) -> bytes:
        """By what it is told apart; nothing where it has neither guid nor link."""
        return self.guid if self.guid != _NOTHING else self.link


@dataclass(frozen=True, slots=True)
class Shown:
    """A document that was read whole and without complaint. ``base``: what its relative links were relative to."""

    frame: bytes
    base: str
    parts: tuple[Part, ...]

    def to_bytes(self) -> bytes:
        """For keeping."""
        base = self.base.encode()
        packed = b"".join(_PART.pack(*one) for one in self.parts)
        return _HEAD.pack(_FORM, len(base), self.frame) + base + packed

    @staticmethod
    def from_bytes(kept: bytes) -> "Shown | None":
        """What was kept; None where it is of another form, so that the next reading is a whole one."""
        if len(kept) < _HEAD.size:
            return None
        form, length, frame = _HEAD.unpack_from(kept)
        rest = kept[_HEAD.size + length :]
        if form != _FORM or len(rest) % _PART.size:
            return None
        parts = tuple(map(Part._make, _PART.iter_unpack(rest)))
        return Shown(frame, kept[_HEAD.size : _HEAD.size + length].decode(), parts)


def part_of(text: bytes, marks: Marks) -> Part:
    """An entry's digests; ``text`` is that of its text."""
    return Part(
        text,
        _digest(canonical_guid(marks.guid)),
        _digest(canonical_link(marks.link)),
        _digest(marks.title),
    )


def _digest(text: str) -> bytes:
    return digest(text) if text else _NOTHING


def stands_alone(parts: Sequence[Part]) -> bool:
    """Whether no entry repeats another one: of two with one id the first counts, and the second's text was never given.

    So a text that is known again must be that of an entry that was given. Of those with neither guid nor link there may
    be one: by what they are told apart is no matter of their text alone.
    """
    keys = [one.key for one in parts]
    return len(set(keys)) == len(keys)


def are_new_keys(fresh: Sequence[Part], known: Sequence[Part]) -> bool:
    """Whether no fresh entry repeats another one of the document: which of two counts is for a whole reading to say."""
    keys = [one.key for one in fresh]
    if _NOTHING in keys:
        return False
    return len(set(keys)) == len(keys) and set(keys).isdisjoint(one.key for one in known)


def are_strangers(fresh: Sequence[Part], before: Sequence[Part]) -> bool:
    """Whether no fresh entry has its guid, its page or its headline from one of ``before``."""
    marks = {mark for one in before for mark in (one.guid, one.link, one.title)} - {_NOTHING}
    return all(marks.isdisjoint((one.guid, one.link, one.title)) for one in fresh)
