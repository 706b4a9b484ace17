"""A feed that has been claimed, as its poll needs it. No mapped row: of these there are thousands a minute."""

from dataclasses import dataclass, fields
from datetime import datetime

from bot.store.dialect import table_of
from bot.store.tables import Feed


@dataclass(slots=True)
class ClaimedFeed:
    """The columns of a feed's row at the moment of the claim; what they mean stands in ``Feed``."""

    id: int
    url: str
    listed_as: str
    host: str
    outlet: str
    outlet_ar: str
    country: str
    language: str
    kind: str
    state: str
    etag: str
    last_modified: str
    body_hash: str
    failure: str
    failure_detail: str
    failures_in_row: int
    first_read_at: datetime | None
    polled_at: datetime | None
    changed_at: datetime | None
    due_reason: str
    lease_epoch: int
    gap_seconds: float
    longest_gap_seconds: float
    arrivals: int
    asks_seconds: float
    skips: str
    moved_to: str
    moved_since: datetime | None
    pushed_until: datetime | None
    told_of: str


COLUMNS = tuple(table_of(Feed).c[one.name] for one in fields(ClaimedFeed))  # in the same order

AnyFeed = Feed | ClaimedFeed
