"""A document -> its entries and what is around them, as text, without parsing. Pure, and linear.

An entry whose text was read before needs no parser again. Where a document's shape leaves any doubt, it is not split:
then the whole of it is parsed, which is slower and never wrong.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

_MOST_PARTS = 2_000
_MARK = re.compile(r"<(?:!--|!\[CDATA\[|\?|(/?)((?:[\w.-]{1,50}+:)?+(?:item|entry))(?=[\s/>]))")
_ENDS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
# Tags that say how names, links and languages below them are meant, with their attributes.
_TELLING_TAG = re.compile(r"<[\w.:-]+(?=\s)(?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*>")
_PREFIX = re.compile(r"xmlns:([\w.-]+)\s*=\s*[\"']([^\"']*)")
_DIGEST = 8  # bytes


@dataclass(frozen=True, slots=True)
class Split:
    """A document in pieces: ``around[0]``, ``parts[0]``, ``around[1]``, ... ``around[-1]``, nothing left out."""

    around: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def frame(self) -> bytes:
        """A digest of what around the entries may change how they are read: its tags with prefixes and bases."""
        tags = [tag for piece in self.around for tag in _TELLING_TAG.findall(piece) if "xml" in tag]
        return digest("\0".join(tags))

    def without(self, left_out: Collection[int]) -> str:
        """The document without the parts of these numbers."""
        pieces = [self.around[0]]
        for number, part in enumerate(self.parts):
            if number not in left_out:
                pieces.append(part)
            pieces.append(self.around[number + 1])
        return "".join(pieces)


def split(text: str) -> Split | None:
    """Split a document that ``feeds.prolog.prepare`` has prepared; None where its shape leaves any doubt.

    Doubtful is: entries inside entries, entries that do not end, entries of two names, none or very many entries, and
    a prefix that stands for two things.
    """
    places = _places(text)
    if not places or len(places) > _MOST_PARTS or _is_ambiguous(text, places[0][0]):
        return None
    around, parts, at = [], [], 0
    for start, end in places:
        around.append(text[at:start])
        parts.append(text[start:end])
        at = end
    return Split((*around, text[at:]), tuple(parts))


def digest(text: str) -> bytes:
    """A short digest: equal texts have equal ones, and others hardly ever."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def _places(text: str) -> list[tuple[int, int]] | None:
    """Where each entry begins and ends; None in doubt. Comments, CDATA and instructions may say what they like."""
    places: list[tuple[int, int]] = []
    name, begun = "", -1
    found = _MARK.search(text)
    while found:
        closing, tag = found[1], found[2]
        if tag is None:
            end = _ENDS[found[0]]
            at = text.find(end, found.end())
            if at < 0:
                return None
            at += len(end)
        else:
            name = name or tag
            at = text.find(">", found.end()) + 1
            if (
                at == 0
                or tag != name
                or (begun < 0) == bool(closing)
                or (not closing and text[at - 2] == "/")
            ):
                return None
            if closing:
                places.append((begun, at))
            begun = -1 if closing else found.start()
        found = _MARK.search(text, at)
    return places if begun < 0 else None


def _is_ambiguous(text: str, start: int) -> bool:
    """Whether one prefix stands for two things; feedparser carries its meaning from entry to entry."""
    if text.find("xmlns:", start) < 0:
        return False
    meanings = set(_PREFIX.findall(text))
    return len({prefix for prefix, _ in meanings}) < len(meanings)
