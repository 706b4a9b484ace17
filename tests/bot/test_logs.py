"""Logs: no secret in any line, whoever wrote it."""

import io
import json
import logging

import pytest

from bot.logs import get_log, redact, set_up_logs

TOKEN = "123456789:AAF-canary_canary_canary_canary_00"  # nobody's


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_the_token_is_in_no_line(style: str, level: str) -> None:
    """Neither as a value, nor in a library's message, nor in an exception's cause."""
    stream = io.StringIO()
    set_up_logs(level, style, secrets=(TOKEN,), stream=stream)
    get_log("a").info("event", url=f"https://api.telegram.org/bot{TOKEN}/getMe")
    logging.getLogger("asyncio").debug("POST %s", f"https://x/bot{TOKEN}/sendMessage")
    error = RuntimeError("sending failed")
    error.__cause__ = ConnectionError(f"https://x/bot{TOKEN}/getUpdates")
    get_log("b").error("broke off", exc_info=error)
    text = stream.getvalue()
    assert TOKEN not in text
    assert "AAF-canary" not in text
    assert "broke off" in text


def test_a_token_that_nobody_named_is_recognised_by_its_shape() -> None:
    """Another bot's token in a pasted URL is a secret too; so is a database's password."""
    assert "canary" not in redact(f"bot{TOKEN}/x and bot{TOKEN.replace(':', '%3A')}/x")
    assert redact("postgresql://rasid:hunter2@db/rasid") == "postgresql://rasid:[secret]@db/rasid"


def test_a_line_is_one_json_object_with_arabic_readable() -> None:
    """A machine reads each line; a person reads the Arabic in it."""
    stream = io.StringIO()
    set_up_logs("INFO", "json", stream=stream)
    get_log("rasid").warning("feed failed", outlet="وكالة")
    logging.getLogger("apscheduler").info("noise")
    (line,) = stream.getvalue().splitlines()
    assert "وكالة" in line
    assert json.loads(line)["level"] == "warning"


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_traceback_shows_no_local_variables(style: str) -> None:
    """What a subscriber wrote stands in no log, even when handling it failed."""
    stream = io.StringIO()
    set_up_logs("INFO", style, stream=stream)

    def handle(text: str) -> None:
        raise ValueError(f"{len(text)} letters")

    private = " ".join(("a", "private", "message"))  # so that the source line does not hold it
    try:
        handle(private)
    except ValueError:
        get_log("handlers").exception("a handler failed")
    assert "ValueError: 17 letters" in stream.getvalue()
    assert private not in stream.getvalue()


def test_debug_lines_that_hold_what_people_wrote_are_kept_out() -> None:
    """python-telegram-bot logs whole updates at DEBUG; not in our logs."""
    stream = io.StringIO()
    set_up_logs("DEBUG", "json", stream=stream)
    logging.getLogger("telegram.ext.Application").debug("Processing update %s", {"text": "private"})
    logging.getLogger("aiosqlite").debug("executing %s", "private")
    assert "private" not in stream.getvalue()
