"""The one judge of every run: evidence in, violations in words out. Pure.

It trusts nothing that Rasid says of itself where somebody outside knows better: what was shown is known by the feeds'
server, what arrived by the Bot API's, who wanted it by the run.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.store.tables import Delivery
from bot.store.types import DeliveryKind, DeliveryState, Guarantee
from tests.torture.evidence import TOKEN_OF_STORY, Evidence, Line, Wanted

ENDED = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNCERTAIN, DeliveryState.SUPPRESSED)
Key = tuple[str, int, int]  # story, chat (its present id), topic


@dataclass
class Case:
    """The evidence with its indexes."""

    evidence: Evidence

    @cached_property
    def story_of_alert(self) -> dict[int, str]:
        """By an alert's id; "" where its entry tells no story of the run."""
        titles = {entry.id: entry.title for entry in self.evidence.entries}
        return {alert.id or 0: _story_in(titles.get(alert.entry_id, "")) for alert in self.evidence.alerts}

    @cached_property
    def deliveries(self) -> dict[tuple[Key, str], list[Delivery]]:
        """By story, chat, topic and kind."""
        found: dict[tuple[Key, str], list[Delivery]] = defaultdict(list)
        for one in self.evidence.deliveries:
            key = (self.story_of_alert.get(one.alert_id, ""), self.evidence.home(one.chat_id), one.thread_id)
            found[key, one.kind].append(one)
        return found

    @cached_property
    def lines(self) -> dict[tuple[Key, str], list[Line]]:
        """By story, chat, topic and kind; in the order of the ledger."""
        found: dict[tuple[Key, str], list[Line]] = defaultdict(list)
        for one in self.evidence.ledger:
            found[(one.story, self.evidence.home(one.chat_id), one.thread_id), one.kind].append(one)
        return found

    @cached_property
    def expected(self) -> set[Key]:
        """What must have been told or visibly not told: each story to each place that follows one of its rules."""
        rules: dict[str, set[str]] = defaultdict(set)
        for item in self.evidence.shown:
            rules[item.story] |= item.rules
        return {
            (story, self.evidence.home(place.chat_id), place.thread_id)
            for story, fired in rules.items()
            for place in self._remembered()
            if fired and place.wants(fired)
        }

    def _remembered(self) -> Iterator[Wanted]:
        return (one for one in self.evidence.wanted if one.chat_id not in self.evidence.forgotten)


def _story_in(title: str) -> str:
    found = TOKEN_OF_STORY.search(title)
    return found.group() if found else ""


def _named(key: Key) -> str:
    story, chat_id, thread_id = key
    return f"{story} for chat {chat_id}" + (f", topic {thread_id}" if thread_id else "")


def nothing_shown_is_unknown(case: Case) -> Iterator[str]:
    """Every item that was shown is stored once, with a match for every rule that fires on it."""
    stored = {entry.identity: entry.id for entry in case.evidence.entries}
    fired: dict[int, set[str]] = defaultdict(set)
    for match in case.evidence.matches:
        fired[match.entry_id].add(match.rule)
    for item in case.evidence.shown:
        entry = stored.get(item.identity)
        if entry is None:
            yield f"lost: the item {item.identity} was shown and is not stored"
        elif not item.rules <= fired[entry]:
            yield f"lost: the item {item.identity} has no match of {sorted(item.rules - fired[entry])}"


def one_alert_a_story(case: Case) -> Iterator[str]:
    """Copies of a story are told by one alert."""
    alerts: dict[str, list[int]] = defaultdict(list)
    for alert_id, story in case.story_of_alert.items():
        alerts[story].append(alert_id)
    for story, ids in alerts.items():
        if story and len(ids) > 1:
            yield f"unexpected: the story {story} has {len(ids)} alerts: {ids}"


def nothing_is_lost(case: Case) -> Iterator[str]:
    """Each story has a delivery for each place that wants it."""
    for key in sorted(case.expected):
        if not case.deliveries.get((key, DeliveryKind.SEND)):
            yield f"lost: {_named(key)} has no delivery"


def everything_has_ended(case: Case) -> Iterator[str]:
    """Each delivery ended as sent, dead, uncertain or suppressed; with a reason, unless it was sent."""
    for one in case.evidence.deliveries:
        if one.state not in ENDED:
            yield f"unfinished: delivery {one.id} is {one.state}"
        elif one.state != DeliveryState.SENT and not one.reason:
            yield f"no reason: delivery {one.id} is {one.state}"


def what_is_sent_arrived(case: Case) -> Iterator[str]:
    """Each delivery that says sent has its line in the ledger."""
    for (key, kind), rows in case.deliveries.items():
        for one in rows:
            if one.state != DeliveryState.SENT or one.chat_id == 0:
                continue
            if kind == DeliveryKind.EDIT:
                yield from _edit_arrived(case, key, one)
            elif not _arrived(case, key, kind, one):
                yield f"not sent: delivery {one.id} ({kind}, {_named(key)}) says sent, the ledger has nothing"


def _arrived(case: Case, key: Key, kind: str, row: Delivery) -> bool:
    found = case.lines.get((key, kind), [])
    return any(row.message_id in (None, line.message_id) for line in found)


def _edit_arrived(case: Case, key: Key, edit: Delivery) -> Iterator[str]:
    """It rewrote the message, or the message left after it was planned and said it already."""
    made = case.lines.get((key, DeliveryKind.EDIT), [])
    sends = case.lines.get((key, DeliveryKind.SEND), [])
    planned = edit.created_at.timestamp()
    if not made and not any(line.at >= planned for line in sends):
        yield f"not sent: the edit {edit.id} ({_named(key)}) says sent, the ledger has nothing"


def nothing_comes_twice(case: Case) -> Iterator[str]:
    """Two copies of a message at most, one of them at most without the label."""
    guarantees = {chat.id: chat.guarantee for chat in case.evidence.chats}
    for (key, kind), lines in case.lines.items():
        if kind == DeliveryKind.EDIT or not key[0]:
            continue
        told = max(1, len(case.deliveries.get((key, kind), []))) if kind == DeliveryKind.REPLY else 1
        once = guarantees.get(key[1]) == Guarantee.AT_MOST_ONCE
        plain = sum(not line.is_labelled for line in lines)
        if plain > told:
            yield f"repeated: {_named(key)} came {plain} times without a label ({kind})"
        if len(lines) > (told if once else 2 * told):
            yield f"repeated: {_named(key)} came {len(lines)} times ({kind})"


def nothing_is_unexpected(case: Case) -> Iterator[str]:
    """Each message tells a story of the run to a place that wants it; nothing reaches whoever was forgotten."""
    ours = {line.message_id for line in case.evidence.ledger if not line.is_edit}
    for line in case.evidence.ledger:
        key = (line.story, case.evidence.home(line.chat_id), line.thread_id)
        gone = case.evidence.forgotten.get(line.chat_id)
        if gone is not None:
            if line.at > gone:
                yield f"unexpected: chat {line.chat_id} was forgotten and has message {line.message_id}"
        elif key not in case.expected and line.text.strip() not in case.evidence.polite:
            yield f"unexpected: {_named(key)} (message {line.message_id}): {line.text[:60]!r}"
        if line.is_edit and line.message_id not in ours:
            yield f"unexpected: an edit of message {line.message_id}, which nobody sent"


def follow_ups_follow(case: Case) -> Iterator[str]:
    """A reply has its delivery, hangs on its alert's own message, and never comes before it."""
    for (key, kind), lines in case.lines.items():
        if kind != DeliveryKind.REPLY or key[1] in case.evidence.forgotten:
            continue
        if not case.deliveries.get((key, kind)):
            yield f"unexpected: a follow-up of {_named(key)} that nobody planned"
        sends = case.lines.get((key, DeliveryKind.SEND), [])
        for line in lines:
            if line.reply_to is not None and line.reply_to not in {one.message_id for one in sends}:
                yield f"astray: a follow-up of {_named(key)} hangs on message {line.reply_to}"
            if sends and line.at < sends[0].at and _sent_first(case, key):
                yield f"order: a follow-up of {_named(key)} came before its alert"


def _sent_first(case: Case, key: Key) -> bool:
    """Whether the alert's own message is of known fate; a doubtful one may come after its follow-up."""
    rows = case.deliveries.get((key, DeliveryKind.SEND), [])
    return all(one.state == DeliveryState.SENT and not one.may_be_duplicate for one in rows)


def order_is_kept(case: Case) -> Iterator[str]:
    """In a chat, alerts of one severity that was never raised, and of known fate, come in the order of events."""
    last: dict[tuple[int, int], tuple[float, Delivery]] = {}
    severities: dict[int, set[str]] = defaultdict(set)
    for match in case.evidence.matches:
        severities[match.alert_id or 0].add(match.severity)
    for one in sorted(case.evidence.deliveries, key=lambda row: row.id or 0):
        if one.kind != DeliveryKind.SEND or one.state != DeliveryState.SENT or one.may_be_duplicate:
            continue
        key = (case.story_of_alert.get(one.alert_id, ""), case.evidence.home(one.chat_id), one.thread_id)
        lines = case.lines.get((key, DeliveryKind.SEND), [])
        if not lines or len(severities[one.alert_id]) != 1 or _has_moved(case, one):
            continue
        place = (one.chat_id, one.severity_rank)
        before = last.get(place)
        if before is not None and lines[0].at < before[0]:
            yield f"order: in chat {one.chat_id} delivery {one.id} came before {before[1].id}"
        last[place] = (lines[0].at, one)


def _has_moved(case: Case, row: Delivery) -> bool:
    """What was queued under two ids of one chat was queued in two mailboxes."""
    return row.chat_id in case.evidence.moved.values()


def paces_are_kept(case: Case) -> Iterator[str]:
    """Telegram's limits, by the ledger's times."""
    limits = case.evidence.limits
    times: dict[int, list[float]] = defaultdict(list)
    for line in case.evidence.ledger:
        times[line.chat_id].append(line.at)
    yield from _too_fast(sorted(line.at for line in case.evidence.ledger), limits.everybody, "all chats")
    for chat_id, ats in times.items():
        yield from _too_fast(sorted(ats), limits.chat, f"chat {chat_id}")
        if chat_id < 0:
            yield from _too_fast(sorted(ats), limits.group, f"group {chat_id}")


def _too_fast(times: Sequence[float], limit: tuple[int, float], whose: str) -> Iterator[str]:
    most, seconds = limit
    for first, last in zip(times, times[most:], strict=False):
        if last - first < seconds:
            yield f"pace: {whose} got more than {most} messages in {seconds:g} s ({last - first:.3f} s, at {first:.3f})"
            return


def mailboxes_say_what_is(case: Case) -> Iterator[str]:
    """A mailbox agrees with the deliveries of its chat."""
    waiting = {one.chat_id for one in case.evidence.deliveries if one.state == DeliveryState.PENDING}
    flying = {one.chat_id: one.id for one in case.evidence.deliveries if one.state == DeliveryState.SENDING}
    for box in case.evidence.mailboxes:
        if box.in_flight != flying.get(box.chat_id):
            yield f"mailbox: chat {box.chat_id} has {box.in_flight} in flight, not {flying.get(box.chat_id)}"
        if (box.rank is None) == (box.chat_id in waiting) and box.in_flight is None:
            yield f"mailbox: chat {box.chat_id} says rank {box.rank}; something waits: {box.chat_id in waiting}"
    for chat_id in waiting - {box.chat_id for box in case.evidence.mailboxes}:
        yield f"mailbox: chat {chat_id} has none"


def who_is_forgotten_is_gone(case: Case) -> Iterator[str]:
    """No row speaks of a chat that was erased."""
    tables = (case.evidence.chats, case.evidence.deliveries, case.evidence.mailboxes)
    there = {one.id for one in tables[0]} | {one.chat_id for rows in tables[1:] for one in rows}
    for chat_id in sorted(there & set(case.evidence.forgotten)):
        yield f"not forgotten: the database still knows chat {chat_id}"


def nobody_says_otherwise(case: Case) -> Iterator[str]:
    """The database is whole, and no secret stands anywhere."""
    yield from (f"integrity: {one}" for one in case.evidence.integrity)
    yield from (f"leak: a token stands in {one}" for one in case.evidence.leaks)


CHECKS: tuple[Callable[[Case], Iterator[str]], ...] = (
    nothing_shown_is_unknown,
    one_alert_a_story,
    nothing_is_lost,
    everything_has_ended,
    what_is_sent_arrived,
    nothing_comes_twice,
    nothing_is_unexpected,
    follow_ups_follow,
    order_is_kept,
    paces_are_kept,
    mailboxes_say_what_is,
    who_is_forgotten_is_gone,
    nobody_says_otherwise,
)


def violations(evidence: Evidence) -> list[str]:
    """What went wrong, a sentence each; none when every promise was kept."""
    case = Case(evidence)
    return [said for check in CHECKS for said in check(case)]
