"""Bare texts that end where their author does not think: the line below has run into them, or a # cuts them off."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from rules.codes import At
from rules.condition_shapes import CONDITION_KEYS
from rules.signs import HIDDEN, shown

_PROSE = frozenset({"why", "because", "title", "title_en", "owner", "about", "summary", "body"})
_QUOTED = frozenset({"examples", "timeline", "false_positives"})
_KEYS = frozenset({*CONDITION_KEYS, "of", "aliases", "words", "nisba", "ignore", "when"})
_HASHTAG = re.compile(r"\s+(#(?=[^\W\d_])(?!.*مقبول))")


class Slip(NamedTuple):
    """A slip of the pen: where, and what to say of it."""

    at: At
    arabic: str
    english: str
    hint: str


def swallowed(lines: Sequence[str], at: At, last: int, where: tuple[str | int, ...]) -> Slip | None:
    """What has gone wrong where a bare text that begins ``at`` goes on to line ``last`` (from 0); None if nothing.

    Prose may run over lines; a phrase may not, and no text in a list may swallow a line that begins with a dash.
    """
    first = lines[at.line - 1][at.column - 1 :].split(" #")[0].strip()
    below = [n for n in range(at.line, min(last + 1, len(lines))) if lines[n].strip()]
    dashed = [n for n in below if lines[n].lstrip().startswith("-")]
    if not below or (_is_prose(where) and not (dashed and isinstance(where[-1], int))):
        return None
    number = (dashed or below)[0]
    text = lines[number].strip()
    here = At(number + 1, len(lines[number]) - len(lines[number].lstrip()) + 1)
    for written, place in ((first, at), (text, here)):
        if hidden := HIDDEN.match(written):
            hint = f"في السطر علامة خفية ({shown(hidden[0])}) لا تُرى: احذفها؛ --fix يحذفها."
            return Slip(place, f"«{shown(written)}»", f"'{shown(written)}'", hint)
    if first in _KEYS:
        return Slip(at, f"«{first}»", f"'{first}'", f"تنقص «:» بعد المفتاح: {first}:")
    if re.match(r"-[^\s-]", first) or re.match(r"-[^\s-]", text):
        wrong, at = (first, at) if first.startswith("-") else (text, here)
        return Slip(at, f"«{wrong}»", f"'{wrong}'", f"تنقص مسافة بعد «-»: - {wrong[1:]}")
    if dashed:
        hint = f"إزاحة السطر أكبر من إزاحة ما فوقه، فصار من «{first}». اجعل «-» تحت «-» التي فوقها تمامًا."
    else:
        hint = f"إن كان بندًا فابدأه بـ «- »؛ وإن كان من «{first}» فاكتبهما في سطر واحد."
    return Slip(here, f"«{text}»", f"'{text}'", hint)


def _is_prose(where: tuple[str | int, ...]) -> bool:
    keys = [step for step in where if isinstance(step, str)]
    return bool(keys) and (keys[-1] in _PROSE or not _QUOTED.isdisjoint(keys))


def cut_at(line: str, end: int) -> int:
    """The column of a # right behind a bare text that looks like a hashtag of it; 0 if there is none."""
    found = _HASHTAG.match(line, end)
    return found.start(1) + 1 if found else 0
