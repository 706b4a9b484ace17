"""Rasid's command line, changed beforehand as a test wants it: ``python -m tests.journeys.launcher COMMAND``.

``TEST_CONSTANTS``: JSON, ``{"module:NAME": value}``. ``TEST_CLOCK``: a file that says by how many seconds the wall
clock is ahead, at every moment. ``TEST_HOOK``: ``module:function``, called before the command.
"""

import json
import os
import threading
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import time_machine


def _set_constants() -> None:
    for name, value in json.loads(os.environ.get("TEST_CONSTANTS", "{}")).items():
        module, _, constant = name.partition(":")
        assert hasattr(import_module(module), constant), name
        setattr(import_module(module), constant, value)


def _follow(clock: Path) -> None:
    """Move the wall clock, and none other, as the file says."""
    coordinates = time_machine.travel(datetime.now(UTC), tick=True).start()
    ahead = 0.0
    while True:
        text = clock.read_text(encoding="ascii") if clock.exists() else ""
        if text and float(text) != ahead:
            coordinates.shift(float(text) - ahead)
            ahead = float(text)
        time.sleep(0.02)


def main() -> None:
    """Change, then run."""
    if clock := os.environ.get("TEST_CLOCK"):
        threading.Thread(target=_follow, args=(Path(clock),), daemon=True).start()
    _set_constants()
    if hook := os.environ.get("TEST_HOOK"):
        module, _, function = hook.partition(":")
        getattr(import_module(module), function)()
    from bot.__main__ import main as rasid

    rasid()


if __name__ == "__main__":
    main()
