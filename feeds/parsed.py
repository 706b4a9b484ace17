"""What comes of parsing a feed."""

from dataclasses import dataclass

from feeds.entries import FeedInfo, ParsedEntry
from feeds.errors import FailureKind
from feeds.shown import Shown


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed that was read.

    ``encoding``: the charset it was read in. ``problems``: English sentences for operators; none means that all was
    well. ``damaged``: set when the document was cut off or broken, so that entries may be missing: those here are whole
    and may be kept, but the server's validators must not be, or it would answer "unchanged" for ever.
    ``known``: how many entries were left out because they stood in the last reading word for word. ``shown``: what to
    hand to the next reading; None where that must be a whole one. ``strangers``: none of the entries has its id, its
    page or its headline from one that stood in the last reading.
    """

    feed: FeedInfo
    entries: tuple[ParsedEntry, ...]
    encoding: str
    problems: tuple[str, ...] = ()
    damaged: FailureKind | None = None
    known: int = 0
    shown: Shown | None = None
    strangers: bool = False
