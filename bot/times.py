"""The present."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now: aware, in UTC. Whatever decides takes it as a value; only shells call this."""
    return datetime.now(UTC)
