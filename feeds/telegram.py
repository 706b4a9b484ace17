"""A public Telegram channel's page (``https://t.me/s/CHANNEL``) -> what feedparser would have made of it. Pure."""

import re
from html import escape
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.errors import FailureKind, ParseError
from feeds.reader import Reading

_CHANNEL = re.compile(r"class=[\"'][^\"']{0,200}\btgme_(?:channel_|widget_message|page)")
_MESSAGE = "div.tgme_widget_message[data-post]"
# Whose text an entry's content is made of, in the page's order.
_CONTENT = (
    ".tgme_widget_message_text.js-message_text, .tgme_widget_message_poll_question,"
    " .tgme_widget_message_document_title, .link_preview_title, .link_preview_description"
)
_LONGEST_TITLE = 200
_SENTENCE = re.compile(r"(?<=[.!?؟…])\s")
_NUMBER = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,63}/(\d{1,12})", re.ASCII)


def is_channel_page(text: str) -> bool:
    """Whether a page is one that t.me serves."""
    return _CHANNEL.search(text, 0, 200_000) is not None


def read_channel(text: str) -> Reading:
    """Read a channel's page, newest message first. Raises ParseError where a page shows no channel."""
    page = LexborHTMLParser(text)
    messages = page.css(_MESSAGE)
    if not messages and page.css_first(".tgme_channel_info") is None:
        raise ParseError(
            FailureKind.NOT_A_FEED,
            "this is a Telegram page without public messages; a channel's are at https://t.me/s/CHANNEL",
        )
    entries = [found for found in map(_entry, messages) if found is not None]
    return Reading("telegram", _feed(page), entries[::-1])


def _feed(page: LexborHTMLParser) -> dict[str, Any]:
    name = _said(page.css_first(".tgme_channel_info_header_username")).lstrip("@")
    return {
        "title": escape(_said(page.css_first(".tgme_channel_info_header_title")), quote=False),
        "link": f"https://t.me/{name}" if name else "",
        "subtitle": _html(page.css_first(".tgme_channel_info_description")),
    }


def _entry(message: LexborNode) -> dict[str, Any] | None:
    """A message; None for one without words (a picture alone) and for what Telegram itself says ("photo updated")."""
    post = _NUMBER.fullmatch(message.attributes.get("data-post") or "")
    if post is None or "service_message" in (message.attributes.get("class") or ""):
        return None
    texts = [node for node in message.css(_CONTENT) if not _is_quoted(node)]
    content = "<br>".join(filter(None, map(_html, texts)))
    title = _headline("\n".join(map(_lines, texts)))
    if not title:
        return None
    when = message.css_first(".tgme_widget_message_date time")
    return {
        "id": f"https://t.me/{post[0]}",
        "link": f"https://t.me/{post[0]}",
        "title": escape(title, quote=False),
        "content": [{"value": content}],
        "published": (when.attributes.get("datetime") or "") if when is not None else "",
        "author": escape(_said(message.css_first(".tgme_widget_message_from_author")), quote=False),
    }


def _is_quoted(node: LexborNode) -> bool:
    """Whether a text stands in the message that is answered, which was an entry of its own."""
    parent = node.parent
    while parent is not None:
        if "tgme_widget_message_reply" in (parent.attributes.get("class") or "").split():
            return True
        parent = parent.parent
    return False


def _headline(text: str) -> str:
    """A message has no title: its first line, or of a long line the first sentence."""
    line = next((line.strip() for line in text.splitlines() if any(map(str.isalnum, line))), "")
    if len(line) <= _LONGEST_TITLE:
        return line
    sentence = _SENTENCE.split(line, maxsplit=1)[0]
    if len(sentence) <= _LONGEST_TITLE:
        return sentence
    return line[: _LONGEST_TITLE - 1].rsplit(None, 1)[0] + "…"


def _lines(node: LexborNode) -> str:
    for br in node.css("br"):
        br.insert_after("\n")
    return node.text(deep=True, separator="", strip=False)


def _html(node: LexborNode | None) -> str:
    return (node.html or "") if node is not None else ""


def _said(node: LexborNode | None) -> str:
    return node.text(deep=True, strip=True) if node is not None else ""
