"""Logs: structlog over the standard library, one line an event, JSON when nobody watches a terminal.

No secret ever reaches a line: the token is redacted in the handler, whatever library wrote it and
however deep in an exception's cause it stood (python-telegram-bot's and httpx's texts hold the URL, and the
URL holds the token).
"""

import logging
import re
import sys
from typing import IO

import structlog

_TOKEN = re.compile(r"\d{3,}(?::|%3A)[A-Za-z0-9_-]{16,}", re.IGNORECASE)
_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^@/\s]+@")
# What these say below their floor is noise, or what people wrote: python-telegram-bot's DEBUG lines hold whole
# updates, aiosqlite's every parameter.
_FLOORS = dict.fromkeys(("httpx", "httpcore", "alembic"), logging.WARNING) | dict.fromkeys(
    ("telegram", "aiosqlite"), logging.INFO
)
_FLOORS["apscheduler"] = logging.ERROR  # a tick that waits for the database is told by the clock itself


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """``text`` without tokens, passwords in URLs, and the given ``secrets``."""
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    return _PASSWORD.sub(r"\1[secret]@", _TOKEN.sub("[token]", text))


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Formats a record, then takes the secrets out of the whole line, tracebacks included."""

    secrets: tuple[str, ...] = ()

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self.secrets)


def set_up_logs(
    level: str, style: str, *, secrets: tuple[str, ...] = (), stream: IO[str] | None = None
) -> None:
    """Send every log line of the process to ``stream`` (default: standard error).

    ``level`` is a level's name; ``style`` is ``auto``, ``console`` or ``json``; ``secrets`` never appear.
    """
    stream = stream or sys.stderr
    as_json = style == "json" or (style == "auto" and not stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(shared, as_json, stream, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, floor in _FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, logging.getLevelName(level)))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _formatter(
    shared: list[structlog.typing.Processor], as_json: bool, stream: IO[str], secrets: tuple[str, ...]
) -> logging.Formatter:
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [
            # plain: a traceback with local variables would show what people wrote
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    formatter = _RedactingFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    formatter.secrets = tuple(secret for secret in secrets if secret)
    return formatter


def get_log(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for one module."""
    log: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return log
