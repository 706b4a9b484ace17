"""Failpoints: instants of the protocol at which a process kills itself as ``kill -9`` would.

They are made from outside: the child wraps functions of the product before it runs it. A point is before a call,
after it, or at the commit of the transaction that the call holds.
"""

import contextvars
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from inspect import iscoroutinefunction
from typing import Any, Literal

from bot.store.engine import Database, PlainConnection, Session

When = Literal["before", "after", "before commit", "after commit"]


@dataclass(frozen=True)
class Point:
    """``target`` is ``module:name`` or ``module:Class.name``, where its caller finds it."""

    target: str
    when: When
    needs: str = ""  # what the run must bring about so that it is reached: block, fail, forget, migrate, term

    @property
    def often(self) -> int:
        """How many times a process surely passes here."""
        rare = self.needs or "_take_back" in self.target or "rebuild" in self.target or "plan_" in self.target
        return 1 if rare else 3

    @property
    def name(self) -> str:
        """How reports call it."""
        module, _, path = self.target.partition(":")
        return f"{self.when} {path if '.' in path else module.rpartition('.')[2] + '.' + path}"


_SAVE, _CLAIM = "bot.pipeline.poll:save", "bot.delivery.sender:Sender._claim"
_SENT, _FAILED = "bot.delivery.recorder:record_sent", "bot.delivery.endings:record_failure"
_SEND, _EDIT = "bot.delivery.wire:Wire.send", "bot.delivery.wire:Wire.edit"
_TAKE, _HOLD = "bot.delivery.sender:Sender._take_back", "bot.store.role:Role.hold"
_MOVE, _ERASE = "bot.store.chats:migrate", "bot.delivery.upkeep:erase_if_still"

POINTS: tuple[Point, ...] = (
    Point("bot.store.feeds:claim_due", "after"),
    Point("bot.store.feeds:settle_many", "after"),
    Point("bot.schedule.rounds:Rounds._claim", "before commit"),
    Point("bot.schedule.rounds:Rounds._claim", "after commit"),
    Point("bot.pipeline.poll:Poller._read", "before"),
    Point(_SAVE, "before"),
    Point("bot.store.feeds:settle", "after"),
    Point("bot.store.entries:add", "after"),
    Point("bot.store.entries:add_matches", "after"),
    Point("bot.store.outgoing:plan", "after"),
    Point("bot.store.outgoing:plan_edit", "after"),
    Point("bot.store.outgoing:plan_reply", "after"),
    Point(_SAVE, "before commit"),
    Point(_SAVE, "after commit"),
    Point("bot.store.deliveries:claim", "before"),
    Point("bot.store.pace:take", "after"),
    Point(_CLAIM, "before commit"),
    Point(_CLAIM, "after commit"),
    Point("bot.delivery.attempt:Attempt.load", "after"),
    Point(_SEND, "before"),
    Point(_SEND, "after"),
    Point(_EDIT, "before"),
    Point(_EDIT, "after"),
    Point("bot.store.deliveries:settle", "after"),
    Point("bot.store.mailboxes:refresh", "after"),
    Point(_SENT, "before"),
    Point(_SENT, "before commit"),
    Point(_SENT, "after commit"),
    Point(_FAILED, "before", "fail"),
    Point(_FAILED, "before commit", "fail"),
    Point(_FAILED, "after commit", "fail"),
    Point(_HOLD, "before commit"),
    Point(_HOLD, "after commit"),
    Point(_TAKE, "before"),
    Point(_TAKE, "after"),
    Point("bot.store.mailboxes:rebuild", "before"),
    Point("bot.store.chats:pause", "after", "block"),
    Point(_MOVE, "before", "migrate"),
    Point("bot.store.chats:_move_deliveries", "after", "migrate"),
    Point("bot.store.chats:_move_mailbox", "after", "migrate"),
    Point(_MOVE, "after", "migrate"),
    Point(_ERASE, "before", "forget"),
    Point("bot.store.chats:erase", "before", "forget"),
    Point("bot.store.chats:erase", "after", "forget"),
    Point(_ERASE, "after commit", "forget"),
    Point("bot.delivery.sender:Sender._leave", "before", "term"),
    Point("bot.store.deliveries:unclaim", "after", "term"),
    Point("bot.store.role:Role.leave", "before", "term"),
    Point("bot.store.role:Role.leave", "after commit", "term"),
)
BY_NAME = {point.name: point for point in POINTS}
assert len(BY_NAME) == len(POINTS)


def die() -> None:
    """Be gone at this instruction."""
    os.kill(os.getpid(), signal.SIGKILL)


def find(target: str) -> tuple[Any, str]:
    """The object that holds what ``target`` names, and the name there."""
    module, _, path = target.partition(":")
    *outer, name = path.split(".")
    holder: Any = import_module(module)
    for part in outer:
        holder = getattr(holder, part)
    return holder, name


def wrap(target: str, make: Callable[[Any], Any]) -> None:
    """Put ``make(original)`` in the place of what ``target`` names."""
    holder, name = find(target)
    setattr(holder, name, make(getattr(holder, name)))


def install(name: str, nth: int, reached: Callable[[], None] = die) -> None:
    """Arm a failpoint: ``reached`` is called when it is passed the ``nth`` time."""
    point, passed = BY_NAME[name], 0

    def passing() -> None:
        nonlocal passed
        passed += 1
        if passed == nth:
            reached()

    if point.when in ("before", "after"):
        wrap(point.target, lambda original: _around(original, point.when, passing))
    else:
        _at_commit(point, passing)


def _around(original: Callable[..., Any], when: When, passing: Callable[[], None]) -> Any:
    if not iscoroutinefunction(original):
        return _around_at_once(original, when, passing)

    @wraps(original)
    async def wrapped(*args: Any, **values: Any) -> Any:
        if when == "before":
            passing()
        result = await original(*args, **values)
        if when == "after":
            passing()
        return result

    return wrapped


def _around_at_once(original: Callable[..., Any], when: When, passing: Callable[[], None]) -> Any:
    """The same around what awaits nothing."""

    @wraps(original)
    def wrapped(*args: Any, **values: Any) -> Any:
        if when == "before":
            passing()
        result = original(*args, **values)
        if when == "after":
            passing()
        return result

    return wrapped


_INSIDE: contextvars.ContextVar[bool] = contextvars.ContextVar("inside", default=False)


def _at_commit(point: Point, passing: Callable[[], None]) -> None:
    """Around the commit of any transaction that begins while the target runs."""

    def pass_by(inside: bool, when: When) -> None:
        if inside and point.when == when:
            passing()

    wrap(point.target, _marking)
    wrap("bot.store.engine:Database.write", lambda original: _watching(original, pass_by))
    wrap("bot.store.engine:Database.in_one_go", lambda original: _watching_one_go(original, pass_by))


def _marking(original: Callable[..., Awaitable[Any]]) -> Any:
    @wraps(original)
    async def wrapped(*args: Any, **values: Any) -> Any:
        mark = _INSIDE.set(True)
        try:
            return await original(*args, **values)
        finally:
            _INSIDE.reset(mark)

    return wrapped


def _watching(original: Any, pass_by: Callable[[bool, When], None]) -> Any:
    @asynccontextmanager
    async def write(database: Database) -> AsyncIterator[Session]:
        async with original(database) as session:
            yield session
            pass_by(_INSIDE.get(), "before commit")
        pass_by(_INSIDE.get(), "after commit")

    return write


def _watching_one_go(original: Any, pass_by: Callable[[bool, When], None]) -> Any:
    async def in_one_go(database: Database, work: Callable[..., Any], *args: Any, **named: Any) -> Any:
        inside = _INSIDE.get()  # which a thread does not see

        def watched(connection: PlainConnection) -> Any:
            result = work(connection, *args, **named)
            pass_by(inside, "before commit")
            return result

        result = await original(database, watched)
        pass_by(inside, "after commit")
        return result

    return in_one_go
