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
from bot.delivery.pace import Budget, chat_pause
from bot.delivery.record import LONGEST_BACKOFF, backoff, settle
from bot.store.tables import Delivery
from bot.store.types import DeliveryState


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
        (BadRequest("Not enough rights to send text messages to the chat"), Verdict.DEAD),
        (BadRequest("Topic_closed"), Verdict.DEAD),
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
    """2, 4, 8 ... seconds, never more than five minutes."""
    assert [backoff(tries) for tries in (0, 1, 2)] == [2, 4, 8]
    assert backoff(10_000) == LONGEST_BACKOFF
    settled = settle(delivery(attempts=2), Outcome(Verdict.RETRY, ""), now)
    assert settled.not_before == now + timedelta(seconds=8)


@pytest.mark.parametrize("verdict", [Verdict.DEAD, Verdict.PAUSE_CHAT, Verdict.BAD_MARKUP])
def test_what_will_never_arrive_is_dead_with_its_reason(verdict: Verdict, now: datetime) -> None:
    """The reason stands in the row."""
    settled = settle(delivery(), Outcome(verdict, "no rights"), now)
    assert (settled.state, settled.reason) == (DeliveryState.DEAD, "no rights")


def test_the_budget_is_thirty_in_any_second() -> None:
    """Sends that began a second ago no longer count."""
    budget = Budget()
    budget.spend(100.0, 20)
    assert budget.left(100.5) == 10
    budget.spend(100.5, 10)
    assert budget.left(100.9) == 0
    assert budget.left(101.0) == 20


def test_groups_rest_longer_than_people() -> None:
    """One a second for a person, twenty a minute for a group."""
    assert chat_pause(5) >= 1
    assert chat_pause(-5) >= 3
