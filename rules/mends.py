"""What can be mended in a line of a rule file without a thought: pure, a line in, a line out.

A mend changes what is written, never what is looked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from rules.arabic import fold_tokens
from rules.keys import known_keys
from rules.signs import HIDDEN, TATWEEL

QUOTED = ("examples", "timeline")  # top keys under which stands what others write: it stays as it is

_TABS = re.compile(r"^ *\t[ \t]*(?=[\w$\"'{\[-])")
_TAB_AFTER_KEY = re.compile(r"^(\s*(?:- +)*[a-z_]+:)\t[ \t]*")
_ODD_SPACES = re.compile(r"^[ \t]*[\u00a0\u2000-\u200a\u202f\u3000][\s]*(?=\S)")
_BULLET = re.compile(r"^(\s*)[–—•－●▪·][ \t\u00a0]*(?=\S)")
_COLON = re.compile(r"^(\s*(?:- +)*)([a-z_]+)\s*[：﹕؛،]\s*(?=\S|$)")
_SMART = re.compile(r"^(\s*(?:- +)*(?:[a-z_]+: +)?)[“„«]([^“”„«»\"\\]*)[”“»](?=\s*$|\s+#)")
_BLOCK = re.compile(r":\s*[>|][+-]?[0-9]?\s*(#.*)?$")
_TOP_KEY = re.compile(r"^([a-z_]+)\s*:")


class Change(NamedTuple):
    """What was mended in a line, as it was numbered before: the code it had ("" if none), and what was done."""

    line: int
    code: str
    arabic: str
    english: str


class Mend(NamedTuple):
    """One kind of mend. ``structural``: it changes what YAML reads, so it is for broken files alone."""

    code: str
    change: Callable[[str], str]
    arabic: str
    english: str
    structural: bool = False


def _unmarked(line: str) -> str:
    return HIDDEN.sub("", line)


def _unstretched(line: str) -> str:
    return TATWEEL.sub("", line)


def _straight(line: str) -> str:
    return _SMART.sub(r'\1"\2"', line)


def _untabbed(line: str) -> str:
    indented = _TABS.sub(lambda found: found[0].replace("\t", "  "), line)
    return _TAB_AFTER_KEY.sub(r"\1 ", indented)


def _plain_spaces(line: str) -> str:
    return _ODD_SPACES.sub(lambda found: re.sub(r"[^ \t]", " ", found[0]), line)


def _with_dash(line: str) -> str:
    return _BULLET.sub(r"\1- ", line)


def _with_colon(line: str) -> str:
    found = _COLON.match(line)
    if not found or found[2] not in known_keys():
        return line
    return f"{found[1]}{found[2]}: {line[found.end() :]}".rstrip(" ")


_MARKS = (
    Mend("A006", _unmarked, "حُذفت علامة خفية", "removed an invisible mark"),
    Mend("A006", _unstretched, "حُذف التطويل", "removed the tatweel"),
)
_SIGNS = (Mend("R007", _straight, "علامتا تنصيص مستقيمتان", "straight quotes"),)
_STRUCTURE = (
    Mend("S013", _untabbed, "مسافتان بدل Tab", "spaces for a tab", structural=True),
    Mend("S001", _plain_spaces, "مسافات عادية", "plain spaces", structural=True),
    Mend("S001", _with_dash, "«-» بدل علامة أخرى", "a dash for another sign", structural=True),
    Mend("S001", _with_colon, "«:» بدل علامة أخرى", "a colon for another sign", structural=True),
)
_LAYOUT = (Mend("", lambda line: line.rstrip(" \t"), "حُذفت مسافات آخر السطر", "removed spaces at the end"),)


def mend_lines(
    lines: Sequence[str], *, broken: bool, indented: Sequence[str] | None = None
) -> tuple[list[str], list[Change]]:
    """Lines (with their ends) and what was done to them. ``broken``: the file has an error, so structure is mended.

    ``indented``: the same lines, those with a tab or an odd space in front indented otherwise than by two spaces each.
    """
    mended, changes = list(lines), []
    for number, mends in enumerate(_for_each(lines)):
        body = lines[number].rstrip("\r\n")
        end = lines[number][len(body) :]
        if broken and indented and indented[number] != lines[number] and mends and mends is not _MARKS:
            body = indented[number].rstrip("\r\n")
            changes.append(Change(number + 1, "S013", "الإزاحة كما حوله", "indented like what is around it"))
        for mend in mends:
            changed = body if mend.structural and not broken else mend.change(body)
            if changed != body and (mend.structural or fold_tokens(changed) == fold_tokens(body)):
                changes.append(Change(number + 1, mend.code, mend.arabic, mend.english))
                body = changed
        mended[number] = body + end
    return mended, changes


def _for_each(lines: Iterable[str]) -> Iterator[Sequence[Mend]]:
    """The mends that each line may have: comments, blocks of text and examples are not to be touched like the rest."""
    top, inside = "", None
    for number, line in enumerate(lines):
        body = _unmarked(line.rstrip("\r\n")).expandtabs(2)
        indent = len(body) - len(body.lstrip())
        if inside is not None and (indent > inside or not body.strip()):
            yield () if top in QUOTED else _MARKS
            continue
        inside = indent if _BLOCK.search(body) else None
        if found := _TOP_KEY.match(body):
            top = found[1]
        if body.lstrip().startswith("#"):
            yield _MARKS[:1] if number == 0 else ()  # what saved the file may have put a mark in front of all
        elif top in QUOTED:
            yield (*_STRUCTURE, *_LAYOUT)
        else:
            yield (*_MARKS, *_STRUCTURE, *_SIGNS, *_LAYOUT)
