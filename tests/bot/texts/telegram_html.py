"""What every message of ours must be: one that the local Bot API server takes, which is as strict as Telegram."""

import re
import unicodedata

from bot.texts.bidi import CONTROLS, LRM, RLM
from bot.texts.clean import utf16
from bot.texts.markup import Message
from tests.fakes.bot_api.markup import parse_html

_OPENING = re.compile(r"<[a-z]")


def tags(markup: str) -> int:
    """How many entities ``markup`` asks for."""
    return len(_OPENING.findall(markup))


def deliverable(message: Message) -> None:
    """Fails unless Telegram takes ``message``, and nothing hidden is in it but our own two marks."""
    text, _ = parse_html(message.html)
    assert text == message.plain
    assert 0 < utf16(message.plain) <= 4096
    assert tags(message.html) <= 100
    assert set(text) & CONTROLS <= {LRM, RLM}
    assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in text)


def lines_from_the_right(message: Message) -> None:
    """Fails unless every line begins with an Arabic letter."""
    for line in filter(None, message.plain.split("\n")):
        assert unicodedata.bidirectional(line[0]) == "AL", line
