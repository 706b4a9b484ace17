"""HTML -> plain text, once, for all that comes after: rules, the store, messages. Pure.

Letters stay exact (tatweel and harakat too: folding is the rules' business). What goes: markup, scripts, control
characters, and the invisible characters that turn text around or hide in it.
"""

import re
from collections import Counter
from html import unescape

from selectolax.lexbor import LexborHTMLParser

MAX_TITLE = 1_000  # characters, as are all lengths here
MAX_SUMMARY = 20_000
MAX_CONTENT = 200_000
_MAX_MARKUP = 2_000_000  # what is longer is not read by people
_ROUNDS = 3  # a title may have been escaped twice on its way; nobody does it four times

_TAG = re.compile(r"<[a-zA-Z/!]")
# What is left after one reading and is surely markup, not a comparison that somebody wrote.
_ESCAPED_TWICE = re.compile(
    r"</?(?:a|b|br|blockquote|div|em|figure|font|h[1-6]|hr|i|iframe|img|li|ol|p|script|span|strong|style|table|td|tr|u|ul)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|li|main"
    r"|nav|ol|p|pre|section|table|tr|ul)\b)",
    re.IGNORECASE,
)
# Tags that add nothing to a text and move nothing in it; in a tag like these no quoted ">" can stand.
_COMMON_TAG = re.compile(
    r"</?(?:p|br|div|b|strong|em|i|u|span|a|img|h[1-6]|ul|ol|li|blockquote)"
    r"(?:\s++[a-z][a-z-]*+(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=`]++))?)*+\s*+/?>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_TO_THE_END = re.compile(r"<[^<>]*>")
_VOID = frozenset(
    {"br", "img", "hr", "input", "meta", "link", "wbr", "area", "base", "col", "embed", "source", "track"}
)
_MAX_WORK = 2_000_000  # steps; the longest articles seen take 50,000
_CELL = re.compile(r"<(?=/?t[dh]\b)", re.IGNORECASE)
_NO_TEXT = [
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "head",
    "title",
    "textarea",
    "select",
]
_UNREAD = re.compile(rf"<(?:{'|'.join(_NO_TEXT)})", re.IGNORECASE)
# Controls but for newline and tab; bidi marks, embeddings, overrides and isolates; zero-width space, word joiner,
# soft hyphen, byte order mark; unpaired surrogates. The zero-width (non-)joiners are part of words, and stay.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\ud800-\udfff]"
)
_SPACES = re.compile(r"[ \t\r\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_FEW_SPACES = re.compile(r"  +")
_AROUND_BREAKS = re.compile(r" ?\n[ \n]*")


def one_line(markup: str) -> str:
    """Plain text on one line, for titles and names; what was escaped twice on its way is read twice."""
    text = _read(markup)
    for _ in range(_ROUNDS):
        if not _ENTITY.search(text):
            break
        text = _read(unescape(text))
    return _cut(" ".join(_tidy(text).split()), MAX_TITLE)


def paragraphs(markup: str, limit: int = MAX_CONTENT) -> str:
    """Plain text with a newline between paragraphs, at most ``limit`` characters."""
    return _cut(_tidy(_read(markup)), limit)


def _read(markup: str) -> str:
    """The text of what may be HTML, or HTML escaped once more (some outlets' editors do that to links)."""
    if not markup:
        return ""
    text = markup[:_MAX_MARKUP]
    text = _plain(text) if _TAG.search(text) else unescape(text)
    for _ in range(_ROUNDS):
        if not _ESCAPED_TWICE.search(text):
            break
        text = _plain(text)
    return text


def _plain(markup: str) -> str:
    """The text of HTML: line breaks where blocks begin and end, and nowhere else."""
    if _is_hostile(markup):
        return unescape(_TO_THE_END.sub(" ", markup))
    flat = _BLOCK.sub("\n<", " ".join(markup.split("\n")))
    bare = _COMMON_TAG.sub("", flat)
    if not any(
        mark in bare for mark in "<&\r\0"
    ):  # what a parser of HTML would give, for a fourth of its time
        return bare
    tree = LexborHTMLParser(_CELL.sub(" <", flat))
    if _UNREAD.search(flat):
        tree.strip_tags(_NO_TEXT)
    body = tree.body
    return body.text(deep=True, separator="", strip=False) if body is not None else ""


def _is_hostile(markup: str) -> bool:
    """Whether markup is so deep that a parser of HTML, which climbs all open tags at every block, takes minutes."""
    if markup.count("<") ** 2 < _MAX_WORK:
        return False
    opened: Counter[str] = Counter()
    depth = work = 0
    for closing, name in _ANY_TAG.findall(markup.lower()):
        if not closing and name not in _VOID:
            opened[name] += 1
            depth += 1
        elif closing and opened[name]:
            opened[name] -= 1
            depth -= 1
        work += depth
    return work > _MAX_WORK


def _tidy(text: str) -> str:
    lines = text.split("\n")
    if all(
        map(str.isprintable, lines)
    ):  # nothing invisible, and no space but the plain one: nearly all texts
        return "\n".join(tidy for line in lines if (tidy := _FEW_SPACES.sub(" ", line).strip(" ")))
    visible = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _AROUND_BREAKS.sub("\n", _SPACES.sub(" ", visible)).strip()


def _cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, ended at a word where that costs little, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at_word = cut.rsplit(None, 1)[0]
    return (at_word if len(at_word) > limit // 2 else cut) + "…"
