"""Logs: structlog over the standard library, one line an event, JSON when nobody watches a terminal.

No secret ever reaches a line: the token is redacted in the handler, whatever library wrote it and
however deep in an exception's cause it stood (python-telegram-bot's and httpx's texts hold the URL, and the
URL holds the token). What Python itself would print past the logs (an exception that nobody caught, a warning, a log
call that cannot be formatted) goes through the same handler.
"""

import json
import logging
import re
import sys
import threading
import traceback
from typing import IO, Any
from urllib.parse import quote, unquote

import structlog

_TOKEN = re.compile(r"\d{3,}(?::|%3A)[A-Za-z0-9_-]{16,}", re.IGNORECASE)
_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^@/\s]+@")
# What these say below their floor is noise, or what people wrote: python-telegram-bot's DEBUG lines hold whole
# updates, aiosqlite's every parameter.
_FLOORS = dict.fromkeys(("httpx", "httpcore", "alembic"), logging.WARNING) | dict.fromkeys(
    ("telegram", "aiosqlite"), logging.INFO
)
_FLOORS["apscheduler"] = logging.ERROR  # a tick that waits for the database is told by the clock itself


_SHORTEST = 6  # a shorter secret would blot out half of every line, and is none
_known: set[str] = set()  # the process's secrets, in every spelling


def keep_secret(*secrets: str) -> None:
    """From now on these appear in no line, however a library may spell them."""
    for secret in secrets:
        _known.update(one for one in _spellings(secret) if len(one) >= _SHORTEST)


def _spellings(secret: str) -> set[str]:
    """A secret as it stands in a URL, in JSON, in a ``repr``; of a token also the half that makes it one."""
    plain = {secret, unquote(secret), secret.rpartition(":")[2]}
    escaped = {
        json.dumps(one, ensure_ascii=ascii_only)[1:-1] for one in plain for ascii_only in (True, False)
    }
    return (
        plain
        | escaped
        | {repr(one)[1:-1] for one in plain}
        | {quote(one, safe=safe) for one in plain for safe in ("", ":")}
    )


def redact(text: str) -> str:
    """``text`` without tokens, passwords in URLs, and what is to be kept secret."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return _PASSWORD.sub(r"\1[secret]@", _TOKEN.sub("[token]", text))


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Formats a record, then takes the secrets out of the whole line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _Handler(logging.StreamHandler[IO[str]]):
    """A handler that says what is wrong with a log call as carefully as it says everything else."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 # the library's name
        said = redact("".join(traceback.format_exception(sys.exception())))
        sys.stderr.write(
            f"a line of {record.name} was not logged ({record.pathname}:{record.lineno})\n{said}"
        )


def set_up_logs(
    level: str, style: str, *, secrets: tuple[str, ...] = (), stream: IO[str] | None = None
) -> None:
    """Send every log line of the process to ``stream`` (default: standard error).

    ``level`` is a level's name; ``style`` is ``auto``, ``console`` or ``json``; ``secrets`` never appear.
    """
    keep_secret(*secrets)
    stream = stream or sys.stderr
    as_json = style == "json" or (style == "auto" and not stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = _Handler(stream)
    handler.setFormatter(_formatter(shared, as_json, stream))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, floor in _FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, logging.getLevelName(level)))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _formatter(shared: list[structlog.typing.Processor], as_json: bool, stream: IO[str]) -> logging.Formatter:
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
    return _RedactingFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )


def log_what_nobody_caught() -> None:
    """Let the logs tell of exceptions and warnings that Python would print by itself."""
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda kind, error, trace: _tell(kind, error, trace, "ended by an error that is a bug")
    threading.excepthook = lambda args: _tell(
        args.exc_type, args.exc_value, args.exc_traceback, "a thread ended by an error"
    )
    sys.unraisablehook = lambda args: _tell(
        args.exc_type, args.exc_value, args.exc_traceback, str(args.err_msg or "an error was passed over")
    )


def _tell(kind: type[BaseException], error: BaseException | None, trace: Any, said: str) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    logging.getLogger("rasid").critical(said, exc_info=(kind, error or kind(), trace))


def get_log(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for one module."""
    log: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return log
