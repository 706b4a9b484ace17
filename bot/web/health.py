"""How Rasid fares, gathered from the database: for the health page, the metrics and the terminal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType

from bot.store import chats, deliveries, entries, feeds, leases, pages, rule_files
from bot.store import troubles as outbox_troubles
from bot.store.engine import Database
from bot.store.holders import shown
from bot.store.tables import Heartbeat, RuleBookState

SILENT_AFTER = 60.0  # seconds without a sign of life after which a part counts as down
TOKEN_REFUSED = "telegram: refuses TELEGRAM_BOT_TOKEN; the queue is kept"  # noqa: S105 # names it, holds none
WAITING_AFTER = 300.0  # seconds that a message may wait to be sent before that is a trouble
OVERDUE_AFTER = 120.0  # seconds that a feed may wait for its poll before the clock counts as behind


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rule set of one part. ``files_on_last_good``: how many of its files are wrong on disk and run as before."""

    hash: str
    loaded_at: str  # ISO 8601, UTC
    rules: int
    files: int
    files_on_last_good: int


@dataclass(frozen=True, slots=True)
class Health:
    """The state of one Rasid. ``troubles`` is empty when all is well; each is one line for the operator.

    ``waiting_seconds``: how long the oldest message waits to be sent. ``rules``: by part, what it had in force last.
    ``holders``: by role, which process has it.
    """

    feeds: dict[str, int]
    overdue_seconds: float
    silent_feeds: int
    entries: int
    matches: dict[str, int]
    deliveries: dict[str, int]
    waiting_seconds: float
    chats: dict[str, int]
    silent_seconds: dict[str, float]
    rules: dict[str, RulesInForce]
    holders: dict[str, str]
    pages: dict[str, int]
    troubles: list[str]

    def as_json(self) -> dict[str, object]:
        """Everything, with ``ok`` in front."""
        return {"ok": not self.troubles, **asdict(self)}


async def look(database: Database, now: datetime) -> Health:
    """Read the health of the database's Rasid."""
    async with database.read() as session:
        feed_counts = await feeds.counts(session, now)
        tally = await entries.tally(session)
        outbox = await deliveries.counts(session)
        to_decide = await outbox_troubles.to_decide(session)
        waits_since = await deliveries.waits_since(session)
        chat_counts = await chats.counts(session)
        books = await rule_files.books(session)
        token_refused = await outbox_troubles.token_refused(session)
        beats = await leases.beats(session)
        holders = await leases.holders(session)
        page_counts = await pages.counts(session)
    silent = {beat.part: _silent(beat, now) for beat in beats}
    waiting = max(0.0, (now - waits_since).total_seconds()) if waits_since else 0.0
    details = {beat.part: beat.detail for beat in beats}
    return Health(
        feeds=feed_counts.by_state,
        overdue_seconds=feed_counts.overdue_seconds,
        silent_feeds=feed_counts.silent,
        entries=tally["entries"],
        matches=tally["by_rule"],
        deliveries=outbox,
        waiting_seconds=waiting,
        chats=chat_counts,
        silent_seconds=silent,
        rules={book.part: _in_force(book) for book in books},
        holders={role: shown(holder) for role, holder in holders.items()},
        pages=page_counts,
        troubles=_with_token(token_refused, troubles(feed_counts, to_decide, silent, details, waiting)),
    )


def _with_token(refused: bool, found: list[str]) -> list[str]:
    """With what the outbox says of a token that is refused, unless a part that lives says so itself."""
    said = any("TELEGRAM_BOT_TOKEN" in line for line in found)
    return [TOKEN_REFUSED, *found] if refused and not said else found


def _silent(beat: Heartbeat, now: datetime) -> float:
    """Seconds without a sign of life; one from the future was left before the clock was set back, nobody knows when."""
    return abs((now - beat.at).total_seconds())


def _in_force(book: RuleBookState) -> RulesInForce:
    return RulesInForce(book.hash, book.loaded_at.isoformat(), book.rules, book.files, book.kept)


def troubles(
    feed_counts: feeds.FeedCounts,
    to_decide: dict[str, int],
    silent: dict[str, float],
    details: Mapping[str, str] = MappingProxyType({}),
    waiting: float = 0.0,
) -> list[str]:
    """What an operator should look at, one line each; pure.

    ``to_decide``: deliveries that wait for a person. ``details``: what the parts say of themselves.
    """
    found = [*_of_parts(silent, details), *_of_feeds(feed_counts)]
    if waiting > WAITING_AFTER:
        found.append(f"deliveries: the oldest that waits has waited for {waiting:.0f} s")
    for state in ("uncertain", "dead"):
        if to_decide.get(state):
            found.append(f"deliveries: {to_decide[state]} {state}; see rasid outbox")
    return found


def _of_parts(silent: dict[str, float], details: Mapping[str, str]) -> list[str]:
    found = []
    for part in ("clock", "sender"):
        if part not in silent:
            found.append(f"{part}: has never run")
        elif silent[part] > SILENT_AFTER:
            found.append(f"{part}: no sign of life for {silent[part]:.0f} s")
        elif details.get(part):
            found.append(f"{part}: {details[part]}")
    return found


def _of_feeds(counts: feeds.FeedCounts) -> list[str]:
    found = []
    if counts.overdue_seconds > OVERDUE_AFTER:
        found.append(f"feeds: the most overdue one waits for {counts.overdue_seconds:.0f} s")
    if counts.silent:
        found.append(f"feeds: {counts.silent} silent against their own habit")
    let_go = ("gone", "moved", "dropped")
    asked = {state: count for state, count in counts.by_state.items() if state not in let_go}
    if asked and not asked.get("ok"):
        found.append("feeds: none answers")
    return found
