"""What a feed shows at one moment of the evening: values, in scenario time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as its feed shows it; ``published`` and ``updated`` in seconds of scenario time."""

    id: int
    title: str
    summary: str
    body: str  # paragraphs, one a line; "" in feeds of teasers
    author: str
    link: str
    guid: str  # "" when the feed gives none
    published: float
    updated: float


@dataclass(frozen=True, slots=True)
class FeedView:
    """A feed's answer: its status and, if that is 200, its entries, newest first.

    ``changed``: when its text last changed, in scenario time; ``back``: when an outage ends, if it does.
    """

    status: int
    changed: float
    entries: tuple[EntryView, ...] = ()
    back: float | None = None
