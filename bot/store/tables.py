"""All tables, one class a noun of the glossary."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.types import (
    ChatState,
    DeliveryKind,
    DeliveryState,
    FeedState,
    Guarantee,
    HubState,
    IfGone,
    Origin,
    PageState,
    UTCDateTime,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

# Conditions of indexes, which queries repeat in the same words, so that the indexes serve them: pages that are to be
# read, and what the admins have yet to be told of.
UNTOLD_DELIVERY = "state IN ('uncertain', 'dead') AND told_at IS NULL"
UNTOLD_CHAT = "state = 'paused' AND told_at IS NULL"
UNTOLD_ALARM = "told_at IS NULL"
UNTOLD_TOPIC = "paused <> '' AND told_at IS NULL"
ASKED_PAGE = "page.state = 'asked'"
UNTOLD_FEED = "told_of = '' AND (state IN ('gone', 'moved') OR silent_at IS NOT NULL)"


def _partial(name: str, state: str, *columns: Any) -> Index:
    """An index over the deliveries of one state alone, so that the past costs nothing."""
    return _index_where(name, f"state = '{state}'", *columns)


def _index_where(name: str, condition: str, *columns: Any) -> Index:
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


def _instant(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_type=UTCDateTime, nullable=nullable)


class Feed(SQLModel, table=True):
    """One source URL that is polled, with what the next poll must know."""

    __table_args__ = (_index_where("ix_feed_untold", UNTOLD_FEED, "id"),)

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(unique=True)
    listed_as: str = ""  # its address in the catalogue, where it has moved from there; "" when it is ``url``
    host: str = Field(default="", index=True)  # whose patience it shares with others; see ``feeds.hosts``
    outlet: str = ""
    outlet_ar: str = ""
    country: str = ""
    language: str = "ar"
    tier: int = 2
    section: str = ""
    ownership: str = ""  # who owns the outlet, as far as the catalogue says: state, public, private, party
    kind: str = ""  # what the catalogue says it is (telegram, sitemap ...); "" where the content is to tell
    state: str = FeedState.NEW
    etag: str = ""  # as the server sent it, byte for byte
    last_modified: str = ""
    body_hash: str = ""
    failure: str = ""  # the kind of the last failure, "" when the last poll went well
    failure_detail: str = ""  # why it failed; of a poll that went well, what was odd about the document
    failures_in_row: int = 0
    first_read_at: datetime | None = _instant()
    polled_at: datetime | None = _instant()
    changed_at: datetime | None = _instant()
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    due_reason: str = ""
    lease_until: datetime | None = _instant()
    lease_epoch: int = 0  # grows with every claim: an older holder's writes are refused
    origin: str = Origin.CATALOGUE
    gap_seconds: float = 0.0  # usually between two entries; 0 while it is not known
    longest_gap_seconds: float = 0.0
    arrivals: int = 0  # on how many entries that habit rests
    silent_at: datetime | None = _instant()  # from when on its silence is strange, against its own habit
    asks_seconds: float = 0.0  # between two polls, by the document's own word (ttl, updatePeriod)
    skips: str = ""  # when it does not want to be asked, by the document's own word
    moved_to: str = ""  # where its server sends us permanently
    moved_since: datetime | None = _instant()
    hub: str = ""  # WebSub: who tells of its news
    topic: str = ""  # WebSub: by which name
    pushed_until: datetime | None = _instant()  # a hub has promised to tell of its news until then
    notified_at: datetime | None = _instant()  # a hub has told of news that nobody has fetched since
    told_of: str = ""  # the last trouble that the admins were told of; "" when all was well since


class HostPace(SQLModel, table=True):
    """When a server may be asked next, by any of its feeds: the pause that all workers share."""

    __tablename__ = "host_pace"

    name: str = Field(primary_key=True)
    free_at: datetime = _instant(nullable=False)
    written_at: datetime = _instant(nullable=False)  # by which clock that was reckoned


class HubSubscription(SQLModel, table=True):
    """What Rasid wants of a WebSub hub, and how far the two have come; one row a feed."""

    __tablename__ = "hub_subscription"

    feed_id: int = Field(foreign_key="feed.id", primary_key=True)
    hub: str
    topic: str
    token: str = Field(unique=True)  # the callback's unguessable name
    secret: str  # with which the hub signs what it sends
    state: str = HubState.WANTED
    detail: str = ""  # why it was refused
    next_at: datetime = Field(
        default=None, sa_type=UTCDateTime, nullable=False, index=True
    )  # to be asked again
    attempts: int = 0  # in a row that came to nothing
    lease_until: datetime | None = _instant()


class Entry(SQLModel, table=True):
    """One item of a feed, stored once, in the text that it had last; what it had before stands in its revisions."""

    __table_args__ = (UniqueConstraint("feed_id", "identity"),)

    id: int | None = Field(default=None, primary_key=True)
    feed_id: int = Field(foreign_key="feed.id")
    identity: str
    title: str = Field(default="", sa_type=Text)
    summary: str = Field(default="", sa_type=Text)
    content: str = Field(default="", sa_type=Text)
    link: str = ""
    author: str = ""
    published_at: datetime | None = _instant()
    updated_at: datetime | None = _instant()
    seen_at: datetime = Field(default=None, sa_type=UTCDateTime, nullable=False, index=True)
    link_key: str = Field(default="", index=True)  # where two entries share it, they are one page
    title_key: str = Field(default="", index=True)  # where two entries share it, they are one headline
    text_hash: str = ""  # of title, summary and content as they were read last; "" where that is not known
    edits: int = 0  # how often its text was another one since


class Revision(SQLModel, table=True):
    """The text that an entry had until it was edited."""

    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id")
    number: int  # 0: the first text
    title: str = Field(default="", sa_type=Text)
    summary: str = Field(default="", sa_type=Text)
    content: str = Field(default="", sa_type=Text)
    replaced_at: datetime = _instant(nullable=False)


class ShownEntries(SQLModel, table=True):
    """What a feed showed when it was read last, in digests (``feeds.shown``): only what is new meets a parser."""

    __tablename__ = "shown"

    feed_id: int = Field(
        sa_column=Column(ForeignKey("feed.id"), primary_key=True, autoincrement=False, nullable=False)
    )
    entries: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class FeedAlarm(SQLModel, table=True):
    """Something about a feed that a person should look at."""

    __tablename__ = "feed_alarm"
    __table_args__ = (
        Index("ix_feed_alarm_feed_id_kind_at", "feed_id", "kind", "at"),
        _index_where("ix_feed_alarm_untold", UNTOLD_ALARM, "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    feed_id: int = Field(foreign_key="feed.id")
    kind: str
    entries: int  # how many it is about
    at: datetime = _instant(nullable=False)
    told_at: datetime | None = _instant()


class Page(SQLModel, table=True):
    """The web page of an entry, read once where the feed gave only a teaser, and what came of it."""

    __table_args__ = (_index_where("ix_page_asked", "state = 'asked'", "lease_until"),)

    entry_id: int = Field(
        sa_column=Column(ForeignKey("entry.id"), primary_key=True, autoincrement=False, nullable=False)
    )
    state: str = PageState.ASKED
    detail: str = ""  # why it failed, or how much text there was; while it is asked, why the last try failed
    asked_at: datetime = _instant(nullable=False)
    lease_until: datetime | None = _instant()  # of whoever reads it; after that it is free again
    epoch: int = (
        1  # how often it was claimed: an older holder's writes are refused, and a few tries are enough
    )


class Match(SQLModel, table=True):
    """One rule that fired on one entry, with its evidence, the rule's tree in words, and what became of it.

    Of a watch: the entry that completed it, or before a silence the last one; the explanation is its reason in
    Arabic, then in English.
    """

    __table_args__ = (
        UniqueConstraint("entry_id", "rule"),
        Index("ix_match_rule_matched_at", "rule", "matched_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id")
    rule: str
    rule_hash: str
    severity: str
    evidence: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    explanation: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    matched_at: datetime = _instant(nullable=False)
    fate: str
    alert_id: int | None = Field(default=None, foreign_key="alert.id", index=True)


class Alert(SQLModel, table=True):
    """News about a story; its matches, and through them its rules and sources, point here."""

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", index=True)  # the entry that is told
    severity: str
    severity_rank: int
    created_at: datetime = Field(default=None, sa_type=UTCDateTime, nullable=False, index=True)
    revision: int = 0  # grows with everything that changes what the alert says


class Chat(SQLModel, table=True):
    """A place that Rasid writes to: id, type, language and preferences; no names, no texts."""

    __table_args__ = (_index_where("ix_chat_untold", UNTOLD_CHAT, "id"),)

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    type: str
    language: str = "ar"
    state: str = ChatState.ACTIVE
    state_reason: str = ""
    created_at: datetime = _instant(nullable=False)
    guarantee: str = Guarantee.AT_LEAST_ONCE
    told_at: datetime | None = _instant()  # when the admins were told that it is paused


class Subscription(SQLModel, table=True):
    """A chat, or one topic of it, that wants the alerts of one rule (``*``: of all)."""

    __table_args__ = (
        UniqueConstraint("chat_id", "thread_id", "rule"),
        _index_where("ix_subscription_untold", UNTOLD_TOPIC, "chat_id", "thread_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_type=BigInteger, foreign_key="chat.id")
    thread_id: int = Field(default=0, sa_type=BigInteger)  # 0: the chat itself, no topic
    rule: str = Field(index=True)
    created_at: datetime = _instant(nullable=False)
    paused: str = ""  # why nothing can be written to this topic at present; "" when it can
    told_at: datetime | None = _instant()  # when the admins were told of that


class Delivery(SQLModel, table=True):
    """One alert for one chat (or topic): a row of the outbox with a state.

    A send is the alert's own message; replies and edits come after it and refer to it through the alert, the chat
    and the topic. Its text is made when it is sent, so an edit always shows the newest state.
    """

    __table_args__ = (
        UniqueConstraint("alert_id", "chat_id", "thread_id", "kind", "revision"),
        _partial("ix_delivery_waiting", "pending", "chat_id", text("severity_rank DESC"), "id"),
        _partial("ix_delivery_in_flight", "sending", "epoch"),
        _partial("ix_delivery_uncertain", "uncertain", "id"),
        _partial("ix_delivery_dead", "dead", "id"),
        _index_where("ix_delivery_untold", UNTOLD_DELIVERY, "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id")
    chat_id: int = Field(sa_type=BigInteger, foreign_key="chat.id", index=True)
    thread_id: int = Field(default=0, sa_type=BigInteger)
    kind: str = DeliveryKind.SEND
    revision: int = 0  # of the alert, when a reply or an edit was planned
    entry_id: int | None = Field(default=None, foreign_key="entry.id")  # what a reply tells
    if_gone: str = IfGone.NOTHING  # of an edit
    severity_rank: int
    turn: float = (
        0.0  # seconds: its place among all that wait with the same severity; see ``deliveries.plan``
    )
    state: str = DeliveryState.PENDING
    reason: str = ""  # why it is so; of one that was sent: what had held it up last
    created_at: datetime = _instant(nullable=False)
    not_before: datetime = _instant(nullable=False)
    epoch: int = 0  # of the sender that claimed it
    attempts: int = 0  # sends that reached, or may have reached, Telegram
    may_be_duplicate: bool = False
    claimed_at: datetime | None = _instant()
    settled_at: datetime | None = _instant()
    told_at: datetime | None = _instant()  # when the admins were told that it is uncertain or dead
    message_id: int | None = Field(default=None, sa_type=BigInteger)


class Mailbox(SQLModel, table=True):
    """What waits for one chat, in a row: whom to serve next is asked of these, never of all that waits.

    ``rank`` and ``turn`` are those of the chat's next delivery; without one ``rank`` is empty.
    """

    __table_args__ = (
        Index(
            "ix_mailbox_ready",
            text("rank DESC"),
            "turn",
            "chat_id",
            sqlite_where=text("rank IS NOT NULL AND in_flight IS NULL"),
            postgresql_where=text("rank IS NOT NULL AND in_flight IS NULL"),
        ),
    )

    chat_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("chat.id"), primary_key=True, autoincrement=False)
    )
    rank: int | None = None
    turn: float = 0.0
    in_flight: int | None = None  # the delivery that is being sent: one at a time, so that order is kept
    free_at: datetime = _instant(nullable=False)  # Telegram's pace, or its wish: nothing goes before
    look_at: datetime = _instant(nullable=False)  # nothing that waits may go before
    written_at: datetime = _instant(nullable=False)  # by which clock the two were reckoned
    recent: list[float] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # group sends


class Pace(SQLModel, table=True):
    """The pace of all sends together, shared by whatever process sends and kept over restarts."""

    name: str = Field(primary_key=True)
    next_at: (
        float  # epoch seconds: when the next send may begin; of a severity, the turn that was served last
    )


class Lease(SQLModel, table=True):
    """A role that one process at a time may hold, and until when it holds it."""

    role: str = Field(primary_key=True)
    holder: str
    epoch: int
    beat: int = 0  # grows with every renewal: who waits for the role watches it move, by its own clock
    until: datetime = _instant(nullable=False)


class Heartbeat(SQLModel, table=True):
    """The last sign of life of a part of Rasid, for the health page."""

    part: str = Field(primary_key=True)
    at: datetime = _instant(nullable=False)
    detail: str = ""


class RuleFile(SQLModel, table=True):
    """The last good version of a file of the rules folder: what runs while the file on disk is wrong."""

    __tablename__ = "rule_file"

    id: int | None = Field(default=None, primary_key=True)
    path: str = Field(unique=True)  # within the rules folder, with slashes
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: str
    since: datetime = _instant(nullable=False)


class RuleBookState(SQLModel, table=True):
    """The rule set that a part of Rasid has in force, for the health page."""

    __tablename__ = "rule_book"

    part: str = Field(primary_key=True)
    hash: str
    rules: int
    files: int
    kept: int  # files that run in their last good version
    loaded_at: datetime = _instant(nullable=False)


class RuleNews(SQLModel, table=True):
    """What the admins were last told of the rule files, or of another topic, so that nothing is told twice."""

    __tablename__ = "rule_news"

    topic: str = Field(primary_key=True)
    digest: str  # of the problems that were told; "" when all is well
    files: list[str] = Field(sa_column=Column(JSON, nullable=False))
    told_at: datetime = _instant(nullable=False)
