"""Telegram's HTML, read as strictly as Telegram reads it: https://core.telegram.org/bots/api#html-style."""

import re
from dataclasses import dataclass, field
from typing import Any

MOST_UNITS = 4096
MOST_ENTITIES = 100
_SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link", "tg-emoji": "custom_emoji",
    "tg-time": "date_time", "span": "spoiler",
}  # fmt: skip
_ALLOWED = {
    "a": {"href"}, "span": {"class"}, "blockquote": {"expandable"}, "code": {"class"},
    "tg-emoji": {"emoji-id"}, "tg-time": {"unix", "format"},
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TOKEN = re.compile(r"<(/?)([^<>]*)>|&(#?\w+);|([^<&]+|[<&])", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s*([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


class BadMarkupError(Exception):
    """Telegram would refuse this text; the message is in its words."""


def utf16(text: str) -> int:
    """How many UTF-16 code units ``text`` has: what Telegram counts in."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


@dataclass
class _Reader:
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def open(self, body: str, offset: int) -> None:
        tag, _, rest = body.strip().partition(" ")
        tag = tag.lower()
        if tag not in _SIMPLE:
            raise BadMarkupError(f'Unsupported start tag "{tag}" at byte offset {offset}')
        attributes = _attributes(rest, offset)
        unknown = set(attributes) - _ALLOWED.get(tag, set())
        if unknown or (tag == "span" and attributes.get("class") != "tg-spoiler"):
            raise BadMarkupError(f'Tag "{tag}" must not have such attributes at byte offset {offset}')
        self.stack.append(_Open(tag, utf16(self.text), attributes))

    def close(self, body: str, offset: int) -> None:
        tag = body.strip().lower()
        if not self.stack:
            raise BadMarkupError(f"Unexpected end tag at byte offset {offset}")
        opened = self.stack.pop()
        if opened.tag != tag:
            raise BadMarkupError(
                f'Unmatched end tag at byte offset {offset}, expected "</{opened.tag}>", found "</{tag}>"'
            )
        length = utf16(self.text) - opened.start
        if length and not (tag == "a" and not opened.attributes.get("href")):
            self.entities.append(_entity(opened, length))


def _attributes(rest: str, offset: int) -> dict[str, str]:
    found, at = {}, 0
    while rest[at:].strip():
        match = _ATTRIBUTE.match(rest, at)
        if match is None:
            raise BadMarkupError(f"Can't parse attributes of the tag at byte offset {offset}")
        found[match[1].lower()] = next((group for group in match.groups()[1:] if group is not None), "")
        at = match.end()
    return found


def _entity(opened: _Open, length: int) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": _SIMPLE[opened.tag], "offset": opened.start, "length": length}
    if opened.tag == "a":
        entity["url"] = _decoded(opened.attributes["href"])
    if opened.tag == "blockquote" and "expandable" in opened.attributes:
        entity["type"] = "expandable_blockquote"
    return entity


def _decoded(text: str) -> str:
    return re.sub(r"&(\w+);", lambda match: _NAMED.get(match[1], match[0]), text)


def parse_html(html: str) -> tuple[str, list[dict[str, Any]]]:
    """The text and entities of a message; BadMarkupError for what Telegram would refuse."""
    reader = _Reader()
    for match in _TOKEN.finditer(html):
        slash, tag, name, plain = match.groups()
        offset = len(html[: match.start()].encode("utf-8", "surrogatepass"))
        if tag is not None:
            (reader.close if slash else reader.open)(tag, offset)
        elif name is not None:
            reader.text += _character(name, offset)
        elif plain == "<":
            raise BadMarkupError(f"Unclosed start tag at byte offset {offset}")
        else:
            reader.text += plain
    if reader.stack:
        raise BadMarkupError(f'Can\'t find end tag corresponding to start tag "{reader.stack[-1].tag}"')
    return reader.text, sorted(reader.entities, key=lambda one: (one["offset"], -one["length"]))[
        :MOST_ENTITIES
    ]


def _character(name: str, offset: int) -> str:
    if name.startswith("#x"):
        return chr(int(name[2:], 16))
    if name.startswith("#"):
        return chr(int(name[1:]))
    if name not in _NAMED:
        raise BadMarkupError(f'Unsupported named entity "&{name};" at byte offset {offset}')
    return _NAMED[name]
