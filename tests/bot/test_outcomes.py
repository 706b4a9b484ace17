"""What Telegram's answers mean: the whole table, and what becomes of a delivery."""

from datetime import datetime, timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery.outcomes import UNSAID_WAIT, Outcome, Verdict, classify
from bot.delivery.pace import CHAT_SECONDS, GROUP_SECONDS, rest_after
from bot.delivery.record import LONGEST_BACKOFF, backoff, settle
from bot.store.tables import Delivery
from bot.store.types import DeliveryKind, DeliveryState, Guarantee, IfGone


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    """An error as python-telegram-bot raises it, from an error of its HTTP client."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (RetryAfter(7), Verdict.WAIT),
        (NetworkError("Too Many Requests: retry later"), Verdict.WAIT),
        (BadRequest("Can't parse entities: unsupported start tag"), Verdict.BAD_MARKUP),
        (BadRequest("Chat not found"), Verdict.PAUSE_CHAT),
        (BadRequest("Not enough rights to send text messages to the chat"), Verdict.PAUSE_CHAT),
        (BadRequest("Need administrator rights in the channel chat"), Verdict.PAUSE_CHAT),
        (BadRequest("Topic_closed"), Verdict.PAUSE_TOPIC),
        (BadRequest("Message thread not found"), Verdict.PAUSE_TOPIC),
        (BadRequest("Message is not modified: specified new message content is the same"), Verdict.DONE),
        (BadRequest("Message to edit not found"), Verdict.MESSAGE_GONE),
        (BadRequest("Message can't be edited"), Verdict.MESSAGE_GONE),
        (BadRequest("Message is too long"), Verdict.BAD_MARKUP),
        (BadRequest("Something that nobody has seen yet"), Verdict.DEAD),
        (ChatMigrated(-100), Verdict.MOVED),
        (Forbidden("Forbidden: bot was blocked by the user"), Verdict.PAUSE_CHAT),
        (InvalidToken("Unauthorized"), Verdict.HALT),
        (caused(NetworkError("httpx.ConnectError"), httpx.ConnectError("refused")), Verdict.RETRY),
        (caused(TimedOut(), httpx.ConnectTimeout("")), Verdict.RETRY),
        (caused(TimedOut("Pool timeout: all occupied"), httpx.PoolTimeout("")), Verdict.RETRY),
        (caused(TimedOut(), httpx.ReadTimeout("")), Verdict.AMBIGUOUS),
        (caused(NetworkError("httpx.ReadError"), httpx.ReadError("reset")), Verdict.AMBIGUOUS),
        (NetworkError("Bad Gateway"), Verdict.AMBIGUOUS),
        (NetworkError("Internal Server Error (500)"), Verdict.AMBIGUOUS),
        (TelegramError("Invalid server response"), Verdict.AMBIGUOUS),
        (Conflict("terminated by other getUpdates"), Verdict.RETRY),
    ],
    ids=lambda value: str(value)[:40],
)
def test_every_answer_has_one_meaning(error: TelegramError, verdict: Verdict) -> None:
    """Each row of the outcome table, as the library raises it."""
    assert classify(error).verdict == verdict


def test_waits_are_as_long_as_telegram_says() -> None:
    """``retry_after`` is kept; where it is missing, five seconds."""
    assert classify(RetryAfter(timedelta(seconds=9))).seconds == 9
    assert classify(NetworkError("Too Many Requests")).seconds == UNSAID_WAIT
    assert classify(ChatMigrated(-100123)).chat_id == -100123


def delivery(*, attempts: int = 0, may_be_duplicate: bool = False) -> Delivery:
    """A claimed delivery."""
    return Delivery(
        id=1, alert_id=1, chat_id=5, severity_rank=1, attempts=attempts, may_be_duplicate=may_be_duplicate
    )


def test_a_wait_spends_no_try_and_hushes_the_chat(now: datetime) -> None:
    """429: that chat waits, and the delivery is as young as before."""
    settled = settle(delivery(), Outcome(Verdict.WAIT, "", seconds=7), now)
    until = now + timedelta(seconds=7)
    assert (settled.state, settled.not_before, settled.hush_until, settled.tries) == (
        DeliveryState.PENDING,
        until,
        until,
        0,
    )


def test_an_unknown_fate_goes_again_once_labelled_and_then_never(now: datetime) -> None:
    """The second copy is labelled; there is no third."""
    first = settle(delivery(), Outcome(Verdict.AMBIGUOUS, "hung"), now)
    assert (first.state, first.may_be_duplicate) == (DeliveryState.PENDING, True)
    second = settle(delivery(may_be_duplicate=True), Outcome(Verdict.AMBIGUOUS, "hung"), now)
    assert second.state == DeliveryState.UNCERTAIN


def test_a_label_survives_plain_retries(now: datetime) -> None:
    """A copy that may be the second stays labelled, whatever refusal it meets on its way."""
    settled = settle(delivery(may_be_duplicate=True), Outcome(Verdict.RETRY, "refused"), now)
    assert (settled.state, settled.may_be_duplicate) == (DeliveryState.PENDING, True)


def test_retries_come_later_each_time_within_a_bound(now: datetime) -> None:
    """2, 4, 8 ... seconds, never more than a minute: an hour without a network is not to cost more after it."""
    assert [backoff(tries) for tries in (0, 1, 2)] == [2, 4, 8]
    assert backoff(10_000) == LONGEST_BACKOFF <= 60
    settled = settle(delivery(attempts=2), Outcome(Verdict.RETRY, ""), now)
    assert settled.not_before == now + timedelta(seconds=8)


@pytest.mark.parametrize("verdict", [Verdict.DEAD, Verdict.PAUSE_CHAT, Verdict.BAD_MARKUP])
def test_what_will_never_arrive_is_dead_with_its_reason(verdict: Verdict, now: datetime) -> None:
    """The reason stands in the row."""
    settled = settle(delivery(), Outcome(verdict, "no rights"), now)
    assert (settled.state, settled.reason) == (DeliveryState.DEAD, "no rights")


def test_a_person_rests_a_second_and_a_group_too_until_its_minute_is_full(now: datetime) -> None:
    """One a second in a chat; the twenty-first message to a group waits until the first is a minute old."""
    assert rest_after(5, (), now).free_at == now + timedelta(seconds=CHAT_SECONDS)
    recent: tuple[float, ...] = ()
    at = now
    for number in range(1, 21):
        rest = rest_after(-5, recent, at)
        assert len(rest.recent) == number
        if number < 20:
            assert rest.free_at == at + timedelta(seconds=CHAT_SECONDS)
            recent, at = rest.recent, rest.free_at
    assert rest.free_at == now + timedelta(seconds=GROUP_SECONDS)
    assert rest_after(-5, rest.recent, rest.free_at).free_at > rest.free_at


def test_a_clock_that_was_set_back_leaves_no_group_waiting_for_an_hour(now: datetime) -> None:
    """Sends that lie in the future were reckoned by another clock."""
    ahead = tuple((now + timedelta(hours=1, seconds=n)).timestamp() for n in range(20))
    assert rest_after(-5, ahead, now).free_at == now + timedelta(seconds=CHAT_SECONDS)


def edit(**values: object) -> Delivery:
    """A claimed edit."""
    made = Delivery(id=1, alert_id=1, chat_id=5, severity_rank=-1, kind=DeliveryKind.EDIT)
    return made.model_copy(update=values)


def test_an_edit_may_be_made_any_number_of_times(now: datetime) -> None:
    """A lost answer is no doubt: it is simply made again, without a label."""
    settled = settle(edit(attempts=3), Outcome(Verdict.AMBIGUOUS, "hung"), now)
    assert (settled.state, settled.may_be_duplicate) == (DeliveryState.PENDING, False)


def test_an_edit_that_changes_nothing_has_succeeded(now: datetime) -> None:
    """The message says it already."""
    assert settle(edit(), Outcome(Verdict.DONE, "not modified"), now).state == DeliveryState.SENT


def test_an_edit_of_what_is_gone_becomes_nothing_or_a_reply(now: datetime) -> None:
    """As the alert asks."""
    gone = Outcome(Verdict.MESSAGE_GONE, "message to edit not found")
    assert settle(edit(), gone, now).state == DeliveryState.SUPPRESSED
    reply = settle(edit(if_gone=IfGone.REPLY), gone, now)
    assert (reply.state, reply.kind) == (DeliveryState.PENDING, DeliveryKind.REPLY)


def test_a_chat_that_wants_nothing_twice_gets_no_copy(now: datetime) -> None:
    """At most once: what may have arrived is left uncertain at once."""
    settled = settle(delivery(), Outcome(Verdict.AMBIGUOUS, "hung"), now, Guarantee.AT_MOST_ONCE)
    assert settled.state == DeliveryState.UNCERTAIN


def test_after_a_time_without_a_network_an_alert_goes_within_a_minute() -> None:
    """However often it was tried meanwhile; at first the pauses are short."""
    assert [backoff(attempts) for attempts in (0, 1, 2)] == [2.0, 4.0, 8.0]
    assert max(backoff(attempts) for attempts in range(2000)) == 60.0
