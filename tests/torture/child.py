"""The process that is tortured: Rasid as it is, with its long waits cut short, a failpoint armed, or a mutation made.

``python -m tests.torture.child`` imports everything once and then forks a child for each order (a JSON line on its
standard input), since a fresh interpreter takes seconds to import what a killed one had. Children run ``rasid
COMMAND`` in an environment, a folder and a log file of their own.
"""

import ctypes
import gc
import json
import os
import select
import signal
import sys
from datetime import timedelta
from typing import Any

import bot.app.once
import bot.app.run
import bot.cli.main
from bot.store.hosts import Budget
from tests.torture import hooks, mutants, points
from tests.torture.tempo import Tempo
from tests.torture.warmth import warm_up

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def serve() -> None:
    """Take orders until standard input ends; then end all children."""
    warm_up()
    gc.freeze()
    buffered, living = b"", set[int]()
    _say({"ready": True})
    while True:
        readable, _, _ = select.select([0], [], [], 0.01)
        if readable:
            data = os.read(0, 65536)
            if not data:
                break
            *lines, buffered = (buffered + data).split(b"\n")
            living |= {_fork(json.loads(line)) for line in lines}
        living -= _buried(living)
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def _buried(living: set[int]) -> set[int]:
    """The children that have ended, once they have been told of."""
    gone = set()
    for pid in living:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            gone.add(pid)
            _say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})
    return gone


def _say(what: dict[str, Any]) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            code = _live(order)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            code = 70
        sys.stderr.flush()
        sys.stdout.flush()
        os._exit(code)
    _say({"born": pid, "order": order["order"]})
    return pid


def _live(order: dict[str, Any]) -> int:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    out = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (1, 2):
        os.dup2(out, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    prepare(order)
    try:
        bot.cli.main.app(args=[order["command"]], prog_name="rasid")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def prepare(order: dict[str, Any]) -> None:
    """Change the product as the order says."""
    quicken(Tempo(**order["tempo"]))
    mutants.mutate(order.get("mutant", ""))
    if order.get("point"):
        points.install(order["point"], order.get("nth", 1))
    for name in order.get("hooks", ()):
        hooks.HOOKS[name](order)


def quicken(tempo: Tempo) -> None:
    """Cut the product's waits short, each by its name."""
    for target, value in tempo.constants().items():
        holder, name = points.find(target)
        assert hasattr(holder, name), target
        setattr(holder, name, value)
    points.wrap("bot.app.parts:make_clock", lambda make: _quick_clock(make, tempo))


def _quick_clock(make: Any, tempo: Tempo) -> Any:
    def made(*args: Any, **kwargs: Any) -> Any:
        clock = make(*args, **kwargs)
        clock.tick_seconds = tempo.tick
        clock.rounds.budget = Budget(at_once=9, pause=timedelta())
        clock.poller.floor_seconds = clock.poller.ceiling_seconds = tempo.poll
        return clock

    return made


if __name__ == "__main__":
    serve()
