"""Scripted faults: what the server does to a call instead of, or after, obeying it."""

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["status", "failing", "hang", "reset", "cut", "garbage", "portal", "delay"]


@dataclass
class Fault:
    """One fault. It meets calls of ``method`` (and ``chat_id``, if given), after ``skip`` of them, ``times`` times.

    ``kind`` status answers ``code`` with ``description`` and ``parameters`` and does not obey. The others obey first
    when ``accept`` is true (the ledger has the message), then answer ``code`` all the same (failing), hang, reset the
    connection, cut the body off, answer broken JSON or a captive portal's page; ``delay`` waits ``seconds`` and then
    behaves.
    """

    method: str
    kind: Kind = "status"
    code: int = 500
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    chat_id: int | None = None
    times: int = 1
    skip: int = 0
    accept: bool = True
    seconds: float = 0.0

    def meets(self, method: str, chat_id: int | None) -> bool:
        """Whether this call is struck; counts it."""
        if self.method.lower() != method.lower() or (self.chat_id is not None and self.chat_id != chat_id):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times <= 0:
            return False
        self.times -= 1
        return True


def too_many_requests(seconds: float | None, *, chat_id: int | None = None, times: int = 1) -> Fault:
    """429 on sending, with ``retry_after`` or (None) without."""
    says = (
        "Too Many Requests: retry later" if seconds is None else f"Too Many Requests: retry after {seconds:g}"
    )
    parameters = {} if seconds is None else {"retry_after": seconds}
    return Fault("sendMessage", "status", 429, says, parameters, chat_id, times)


def refused(code: int, description: str, *, chat_id: int | None = None, times: int = 1) -> Fault:
    """Any refusal of sendMessage, such as ``403 Forbidden: bot was blocked by the user``."""
    return Fault("sendMessage", "status", code, description, {}, chat_id, times)
