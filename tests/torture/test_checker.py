"""The checker on hand-made evidence: a small sound run, and every way in which it can be spoilt."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.store.tables import Alert, Chat, Delivery, Entry, Mailbox, Match
from bot.texts.arabic import ARABIC
from tests.torture.checker import violations
from tests.torture.evidence import Evidence, Line, Shown, Wanted

START = datetime(2024, 6, 18, 18, 0, tzinfo=UTC)
AT = START.timestamp()
ONE, TWO, READER, GROUP = "k000001", "k000002", 7, -50
LABEL, FOLLOW_UP = ARABIC.alert.may_be_duplicate, ARABIC.alert.follow_up


def line(message_id: int, story: str, seconds: float, *, chat: int = READER, words: str = "") -> Line:
    """A message as the ledger has it."""
    return Line("sendMessage", message_id, chat, 0, f"خبر {story}\n{words}", AT + seconds)


def delivery(number: int, alert: int, *, chat: int = READER, **values: object) -> Delivery:
    """A delivery that was sent."""
    made = Delivery(
        id=number,
        alert_id=alert,
        chat_id=chat,
        severity_rank=2,
        state="sent",
        message_id=number,
        created_at=START,
        not_before=START,
    )
    return made.model_copy(update=values)


def sound() -> Evidence:
    """Two stories for one reader: the first with a follow-up and an edit; all as it should be."""
    return Evidence(
        shown=[Shown(f"{story}-0", story, frozenset({"visits"})) for story in (ONE, TWO)],
        wanted=[Wanted(READER, 0, frozenset({"*"}))],
        ledger=[
            line(1, ONE, 0),
            line(2, TWO, 2),
            replace(line(3, ONE, 4, words=FOLLOW_UP), reply_to=1),
            replace(line(1, ONE, 6), method="editMessageText"),
        ],
        entries=[
            Entry(id=n, feed_id=1, identity=f"{story}-0", title=f"خبر {story}")
            for n, story in ((1, ONE), (2, TWO))
        ],
        matches=[
            Match(
                id=n,
                entry_id=n,
                rule="visits",
                rule_hash="",
                severity="high",
                alert_id=n,
                evidence=[],
                fate="",
            )
            for n in (1, 2)
        ],
        alerts=[Alert(id=n, entry_id=n, severity="high", severity_rank=2) for n in (1, 2)],
        deliveries=[
            delivery(1, 1),
            delivery(2, 2),
            delivery(3, 1, kind="reply", revision=1),
            delivery(4, 1, kind="edit", revision=2),
        ],
        chats=[Chat(id=READER, type="private")],
        mailboxes=[Mailbox(chat_id=READER)],
    )


def test_a_sound_run_is_found_sound() -> None:
    """Nothing to say."""
    assert violations(sound()) == []


def unsent(run: Evidence, **values: object) -> None:
    """The second story's delivery did not arrive."""
    second = delivery(2, 2).model_copy(update=values)
    run.deliveries = [run.deliveries[0], second, *run.deliveries[2:]]
    run.ledger = [one for one in run.ledger if one.message_id != 2]


@pytest.mark.parametrize(
    "values",
    [
        {"state": "dead", "reason": "no rights"},
        {"state": "uncertain", "reason": "hung"},
        {"state": "suppressed", "reason": "chat_paused: blocked"},
    ],
)
def test_what_ended_unsent_with_a_reason_is_no_violation(values: dict[str, object]) -> None:
    """Nothing lost means: each ends visibly."""
    run = sound()
    unsent(run, **values)
    assert violations(run) == []


def test_one_labelled_copy_is_no_violation() -> None:
    """Of a message whose fate was unknown."""
    run = sound()
    run.ledger = [*run.ledger, line(9, TWO, 30, words=LABEL)]
    assert violations(run) == []


def _add(*lines: Line) -> Callable[[Evidence], None]:
    return lambda run: setattr(run, "ledger", [*run.ledger, *lines])


def _drop_delivery(run: Evidence) -> None:
    run.deliveries = [one for one in run.deliveries if one.id != 2]


def _set(number: int, **values: object) -> Callable[[Evidence], None]:
    def spoil(run: Evidence) -> None:
        run.deliveries = [
            one.model_copy(update=values) if one.id == number else one for one in run.deliveries
        ]

    return spoil


def _with(**values: object) -> Callable[[Evidence], None]:
    return lambda run: vars(run).update(values)


def _swap(run: Evidence) -> None:
    first, second, *rest = run.ledger
    run.ledger = [replace(first, at=second.at), replace(second, at=first.at), *rest]


def _reply_first(run: Evidence) -> None:
    run.ledger = [replace(one, at=AT - 5) if one.message_id == 3 else one for one in run.ledger]


def _second_alert(run: Evidence) -> None:
    run.alerts = [*run.alerts, Alert(id=3, entry_id=1, severity="high", severity_rank=2)]


def _hang_elsewhere(run: Evidence) -> None:
    run.ledger = [replace(one, reply_to=one.reply_to and 2) for one in run.ledger]


SPOILT: list[tuple[str, Callable[[Evidence], None]]] = [
    ("lost: k000002 for chat 7 has no delivery", _drop_delivery),
    ("lost: the item k000009-0 was shown", _with(shown=[Shown("k000009-0", "k000009", frozenset({"visits"}))])),
    ("lost: the item k000001-0 has no match", _with(matches=[])),
    ("unfinished: delivery 2 is pending", _set(2, state="pending")),
    ("unfinished: delivery 2 is sending", _set(2, state="sending")),
    ("no reason: delivery 2 is dead", _set(2, state="dead")),
    ("not sent: delivery 2", unsent),
    ("not sent: the edit 4", lambda run: setattr(run, "ledger", [replace(one, at=AT - 9) for one in run.ledger[:3]])),
    ("repeated: k000002 for chat 7 came 2 times without a label", _add(line(9, TWO, 30))),
    ("repeated: k000002 for chat 7 came 3 times", _add(*(line(n, TWO, 9 * n, words=LABEL) for n in (8, 9)))),
    ("repeated: k000001 for chat 7 came 2 times without a label (reply)", _add(line(9, ONE, 30, words=FOLLOW_UP))),
    ("unexpected: k000001 for chat 8", _add(line(9, ONE, 30, chat=8))),
    ("unexpected:  for chat 7", _add(line(9, "", 30))),
    ("unexpected: an edit of message 99", _add(replace(line(99, ONE, 30), method="editMessageText"))),
    ("unexpected: a follow-up of k000002", _add(line(9, TWO, 30, words=FOLLOW_UP))),
    ("unexpected: the story k000001 has 2 alerts", _second_alert),
    ("astray: a follow-up", _hang_elsewhere),
    ("order: in chat 7 delivery 2 came before 1", _swap),
    ("order: a follow-up", _reply_first),
    ("pace: chat 7", _add(line(9, TWO, 0.5, words=LABEL))),
    ("pace: all chats", _add(*(line(n, ONE, 50 + n / 50, chat=n) for n in range(100, 140)))),
    ("pace: group -50", _add(*(line(n, ONE, 50 + 2 * n, chat=GROUP) for n in range(100, 122)))),
    ("mailbox: chat 7 says rank 2", _with(mailboxes=[Mailbox(chat_id=READER, rank=2)])),
    ("mailbox: chat 7 has 5 in flight", _with(mailboxes=[Mailbox(chat_id=READER, in_flight=5)])),
    ("unexpected: chat 7 was forgotten", _with(forgotten={READER: AT + 1})),
    ("not forgotten: the database still knows chat 7", _with(forgotten={READER: AT + 100})),
    ("integrity: row 5 missing", _with(integrity=["row 5 missing"])),
    ("leak: a token stands in run.log", _with(leaks=["run.log"])),
]  # fmt: skip


@pytest.mark.parametrize(("says", "spoil"), SPOILT, ids=[says for says, _ in SPOILT])
def test_what_is_spoilt_is_found(says: str, spoil: Callable[[Evidence], None]) -> None:
    """Each promise, broken by hand, is named."""
    run = sound()
    spoil(run)
    found = violations(run)
    assert any(one.startswith(says) for one in found), found


def test_at_most_once_allows_no_copy_at_all() -> None:
    """A chat that wants nothing twice has not even a labelled one."""
    run = sound()
    run.chats = [Chat(id=READER, type="private", guarantee="at_most_once")]
    run.ledger = [*run.ledger, line(9, TWO, 30, words=LABEL)]
    assert violations(run) == ["repeated: k000002 for chat 7 came 2 times (send)"]


def test_a_group_that_moved_is_one_chat() -> None:
    """What was wanted under the old id and sent under the new one is neither lost nor unexpected."""
    run = sound()
    run.wanted, run.moved = [Wanted(-1, 0, frozenset({"*"}))], {-1: READER}
    assert violations(run) == []


def test_a_doubtful_delivery_may_come_late() -> None:
    """Its second copy is held back on purpose: order is promised for what is of known fate."""
    run = sound()
    _swap(run)
    _set(1, may_be_duplicate=True)(run)
    assert violations(run) == []
