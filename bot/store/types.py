"""Column types and the words that columns hold."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused, since it has lost its meaning.

    SQLite has no such type: it stands there as text. Thousands pass here a minute, so each way is one call.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        """What SQLAlchemy calls for each value on the way in."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """What SQLAlchemy calls for each value on the way out."""
        return _of_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC on the way in; ValueError for a naive datetime."""
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Aware UTC on the way out."""
        return None if value is None else _in_utc(value)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"a datetime without a zone: {value!r}")
    return value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    """As SQLAlchemy writes it too, so that older rows compare: in UTC, without saying so."""
    if value is None:
        return None
    known = value if value.tzinfo is UTC else _in_utc(value)
    return known.isoformat(" ", "microseconds")[:26]


def _of_text(value: str | None) -> datetime | None:
    if value is None:
        return None
    read = datetime.fromisoformat(value)
    return (
        read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    )  # a hand may have written a zone


class FeedState(StrEnum):
    """How a feed fares."""

    NEW = "new"  # never read
    OK = "ok"
    FAILING = "failing"  # its last poll failed; why stands beside it
    GONE = "gone"  # answered 410: not asked again
    MOVED = "moved"  # its server sends us for good to another feed of ours: that one is asked in its place
    DROPPED = "dropped"  # no longer in the catalogue, or removed by hand: kept for its entries, not asked


class HubState(StrEnum):
    """How far a subscription to a hub has come."""

    WANTED = "wanted"  # not asked yet, or to be asked again
    ASKED = "asked"  # the hub has accepted the wish; it has yet to verify that it is ours
    ACTIVE = "active"  # verified: it tells until the lease ends
    REFUSED = "refused"  # it said no, or could not be reached


class Origin(StrEnum):
    """Who named a feed."""

    CATALOGUE = "catalogue"
    ADMIN = "admin"  # added or imported by hand: the catalogue does not drop it


class PageState(StrEnum):
    """What came of an entry's page, which is read where a feed gives only a teaser and a rule reads bodies."""

    ASKED = "asked"  # somebody is reading it, or broke off; with a reason beside it, it is tried again later
    READ = "read"  # its text stands in the entry
    THIN = "thin"  # there is no more text in it than the feed gave
    REFUSED = "refused"  # robots.txt does not want it read
    FAILED = "failed"  # for good, or too often; why stands beside it


class Fate(StrEnum):
    """What became of a match: every one ends with a reason that people can see."""

    ALERTED = "alerted"  # it opened an alert
    JOINED = "joined"  # the same news as an alert that stands: one more source
    BACKLOG = "backlog"  # stood in a feed that was read for the first time
    STALE = "stale"  # dated too long before it appeared
    SHADOW = "shadow"  # the rule is on trial
    FLOOD = "flood"  # came when a known feed showed all of its entries under new ids
    TOO_MANY = "too_many"  # its feed had opened as many alerts within the hour as one feed may


class AlarmKind(StrEnum):
    """What may be wrong with a feed that answers."""

    FLOOD = "flood"  # all of its entries came under new ids
    TOO_MANY = "too_many"  # it opened as many alerts within an hour as one feed may
    UNREADABLE = "unreadable"  # its Arabic does not look like Arabic any more


class ChatState(StrEnum):
    """Whether a chat can be written to."""

    ACTIVE = "active"
    PAUSED = "paused"  # Telegram refuses: blocked, kicked, gone; its settings are kept
    STOPPED = "stopped"  # its people said /stop; its settings are kept
    FORGETTING = "forgetting"  # its people said /forget: being erased, nothing is sent any more


class Guarantee(StrEnum):
    """What a chat wants of a message whose fate is unknown."""

    AT_LEAST_ONCE = "at_least_once"  # one more copy, labelled
    AT_MOST_ONCE = "at_most_once"  # no copy: it is left uncertain


class IfGone(StrEnum):
    """What becomes of an edit whose message cannot be rewritten any more."""

    NOTHING = "nothing"
    REPLY = "reply"  # it is told as a follow-up


class DeliveryKind(StrEnum):
    """What a delivery does in the chat."""

    SEND = "send"  # a message of its own
    REPLY = "reply"  # a follow-up, in the thread of the alert's message
    EDIT = "edit"  # the alert's message, rewritten in place; it does not ring


class DeliveryState(StrEnum):
    """The life of a delivery: pending -> sending -> sent | pending | uncertain | dead; or suppressed."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"  # two tries whose fate is unknown: a person decides
    DEAD = "dead"  # refused for good; the reason stands beside it
    SUPPRESSED = "suppressed"  # never to be sent; the reason stands beside it
