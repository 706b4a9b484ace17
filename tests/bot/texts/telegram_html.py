"""A strict reader of Telegram's HTML, for judging our messages: what Telegram would refuse raises ValueError."""

import html
import re
import unicodedata
from dataclasses import dataclass

from bot.texts.bidi import CONTROLS, LRM, RLM
from bot.texts.clean import utf16
from bot.texts.markup import Message

_TOKEN = re.compile(r"<(/?)([a-z-]+)((?:\s[^<>]*)?)>|&(?:lt|gt|amp|quot);|([^<>&]+)", re.DOTALL)
_ATTRIBUTES = {
    "b": r"",
    "a": r' href="[^"<>]+"',
    "tg-time": r' unix="\d+" format="(?:r|w?[dD]?[tT]?)"',
    "blockquote": r"(?: expandable)?",
}


@dataclass(frozen=True, slots=True)
class Read:
    """The text that a reader sees, and the tags that style parts of it."""

    text: str
    tags: tuple[str, ...]


def read(markup: str) -> Read:
    """Parse ``markup`` as Telegram does: known tags only, properly nested, nothing unescaped."""
    text, tags, open_tags, at = list[str](), list[str](), list[str](), 0
    while at < len(markup):
        token = _TOKEN.match(markup, at)
        if token is None:
            raise ValueError(f"not escaped: {markup[at : at + 20]!r}")
        at = token.end()
        if token[2] is None:
            text.append(html.unescape(token[0]))
        elif token[1]:
            if not open_tags or open_tags.pop() != token[2]:
                raise ValueError(f"closes what is not open: {token[0]}")
        else:
            _check_opening(token[2], token[3], open_tags)
            open_tags.append(token[2])
            tags.append(token[2])
    if open_tags:
        raise ValueError(f"never closed: {open_tags}")
    return Read("".join(text), tuple(tags))


def _check_opening(tag: str, attributes: str, open_tags: list[str]) -> None:
    if tag not in _ATTRIBUTES or not re.fullmatch(_ATTRIBUTES[tag], attributes):
        raise ValueError(f"unknown tag or attribute: {tag}{attributes}")
    if tag in open_tags or (tag == "blockquote" and open_tags):
        raise ValueError(f"{tag} within {open_tags}")


def deliverable(message: Message) -> None:
    """Fails unless Telegram takes ``message``, and nothing hidden is in it but our own two marks."""
    shown = read(message.html)
    assert shown.text == message.plain
    assert 0 < utf16(message.plain) <= 4096
    assert len(shown.tags) <= 100
    assert set(shown.text) & CONTROLS <= {LRM, RLM}
    assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in shown.text)


def lines_from_the_right(message: Message) -> None:
    """Fails unless every line begins with an Arabic letter."""
    for line in filter(None, message.plain.split("\n")):
        assert unicodedata.bidirectional(line[0]) == "AL", line
