"""What Telegram's answers mean: every exception classified once, in one table.

The rows are those of the Bot API as python-telegram-bot 22.8 raises them; note that its BadRequest is a
NetworkError, and that a TimedOut may stand for a request that was never sent.
"""

from dataclasses import dataclass
from enum import StrEnum

import httpx
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

UNSAID_WAIT = 5.0  # seconds to wait on a 429 that does not say how long


class Verdict(StrEnum):
    """What to do after a send."""

    WAIT = "wait"  # not sent: this chat waits, no try is spent
    RETRY = "retry"  # not sent: try again, later each time
    AMBIGUOUS = "ambiguous"  # sent or not, nobody knows
    BAD_MARKUP = "bad_markup"  # not sent: our HTML was refused; send it plain
    DEAD = "dead"  # not sent, and never will be
    PAUSE_CHAT = "pause_chat"  # not sent: the chat does not want us
    MOVED = "moved"  # not sent: the chat has a new id
    PAUSE_TOPIC = "pause_topic"  # not sent: the topic is closed or gone; the rest of the chat goes on
    HALT = "halt"  # not sent: Telegram does not accept the token; keep the queue
    DONE = "done"  # an edit that would change nothing: the message says it already
    MESSAGE_GONE = "message_gone"  # an edit of what is deleted or too old
    NEEDLESS = "needless"  # not sent, since nobody wants it any more


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict with its reason and, where they mean something, the seconds to wait or the new chat id."""

    verdict: Verdict
    reason: str
    seconds: float = 0.0
    chat_id: int = 0


_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def classify(error: TelegramError) -> Outcome:
    """What a failed send means."""
    if isinstance(error, RetryAfter):
        return Outcome(Verdict.WAIT, "telegram asks to wait", seconds=_seconds(error))
    if isinstance(error, ChatMigrated):
        return Outcome(Verdict.MOVED, "the group became a supergroup", chat_id=error.new_chat_id)
    if isinstance(error, Forbidden):
        return Outcome(Verdict.PAUSE_CHAT, _says(error))
    if isinstance(error, InvalidToken):
        return Outcome(Verdict.HALT, _says(error))
    if isinstance(error, BadRequest):
        return _bad_request(error)
    if isinstance(error, NetworkError):
        return _network(error)
    if isinstance(error, Conflict):
        return Outcome(Verdict.RETRY, _says(error))
    return Outcome(Verdict.AMBIGUOUS, _says(error))


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after if isinstance(after, int | float) else after.total_seconds())


# What a refusal says, in lower case, and what it means; the first that fits. Source: the Bot API server's texts
# (https://github.com/tdlib/telegram-bot-api and tdlib's own errors), which no specification lists.
_REFUSALS: tuple[tuple[str, Verdict], ...] = (
    ("message is not modified", Verdict.DONE),
    ("message to edit not found", Verdict.MESSAGE_GONE),
    ("message can't be edited", Verdict.MESSAGE_GONE),
    ("message_id_invalid", Verdict.MESSAGE_GONE),
    ("parse entities", Verdict.BAD_MARKUP),
    ("message is too long", Verdict.BAD_MARKUP),
    ("topic_closed", Verdict.PAUSE_TOPIC),
    ("topic_deleted", Verdict.PAUSE_TOPIC),
    ("message thread not found", Verdict.PAUSE_TOPIC),
    ("chat not found", Verdict.PAUSE_CHAT),
    ("peer_id_invalid", Verdict.PAUSE_CHAT),
    ("group chat was deactivated", Verdict.PAUSE_CHAT),
    ("not enough rights", Verdict.PAUSE_CHAT),
    ("have no rights", Verdict.PAUSE_CHAT),
    ("need administrator rights", Verdict.PAUSE_CHAT),
    ("chat_write_forbidden", Verdict.PAUSE_CHAT),
)


def _bad_request(error: BadRequest) -> Outcome:
    says = _says(error)
    meant = (verdict for words, verdict in _REFUSALS if words in says.lower())
    return Outcome(next(meant, Verdict.DEAD), says)


def _network(error: NetworkError) -> Outcome:
    if isinstance(error.__cause__, _NEVER_LEFT) or "pool timeout" in _says(error).lower():
        return Outcome(Verdict.RETRY, "telegram cannot be reached")
    if "too many requests" in _says(error).lower():
        return Outcome(Verdict.WAIT, "telegram asks to wait, without saying how long", seconds=UNSAID_WAIT)
    if isinstance(error, TimedOut):
        return Outcome(Verdict.AMBIGUOUS, "telegram did not answer in time")
    return Outcome(Verdict.AMBIGUOUS, _says(error))


def _says(error: TelegramError) -> str:
    return error.message[:200]
