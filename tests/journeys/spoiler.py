"""A hook of ``tests.journeys.launcher``: the database fails now and then, with the token in what it says."""

import os
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

EVERY = 40  # statements


def spoil() -> None:
    """From now on each fortieth statement fails, as a driver would tell of it, and once as a bug would."""
    token, seen = os.environ["TELEGRAM_BOT_TOKEN"], 0

    def fail(_connection: object, _cursor: object, statement: str, *_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen % EVERY == 0:
            raise OperationalError(statement, {}, Exception(f"locked while {token} was at work"))

    event.listen(Engine, "before_cursor_execute", fail)
