"""Lines that a tab or an odd space indents, indented like those around them."""

import re
from collections.abc import Sequence

_INDENT = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]*")
_ODD = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u3000]")
STEP = 2  # spaces


def like_siblings(lines: Sequence[str]) -> list[str]:
    """The lines with spaces only in front: as many as those beside them have."""
    done = list(lines)
    for number, line in enumerate(lines):
        before, body = split(line)
        if body and not body.startswith("#") and _ODD.search(before):
            done[number] = " " * _indent(lines, done, number) + line[len(before) :]
    return done


def split(line: str) -> tuple[str, str]:
    """What a line is indented with, and what it says."""
    found = _INDENT.match(line)
    before = found[0] if found else ""
    return before, line[len(before) :].strip()


def _indent(lines: Sequence[str], done: Sequence[str], number: int) -> int:
    """How many spaces belong in front of a line. ``done``: the lines above are right already."""
    body = split(lines[number])[1]
    above = next((n for n in range(number - 1, -1, -1) if _says(lines[n])), None)
    if above is None:
        return 0
    if _ODD.search(split(lines[above])[0]):
        return _among_odd(lines, done, number, above)
    indent, text = _spaces(done[above]), split(done[above])[1]
    if text.split(" #")[0].rstrip().endswith(":"):
        below = _below(lines, number, item=body.startswith("- "))
        return below if below > indent and below else indent + STEP * (2 if text.startswith("- ") else 1)
    if body.startswith("- "):
        return _last_item(done[:number], indent)
    return indent + STEP * text.startswith("- ")


def _among_odd(lines: Sequence[str], done: Sequence[str], number: int, above: int) -> int:
    """The indent of a line under another one that has a tab in front."""
    before = split(lines[number])[0]
    same = (n for n in range(above, -1, -1) if split(lines[n])[0] == before and _says(lines[n]))
    sibling = next(same, None)
    if sibling is not None:
        return _spaces(done[sibling])
    deeper = len(before) - len(split(lines[above])[0])
    return max(_spaces(done[above]) + STEP * deeper, 0)


def _below(lines: Sequence[str], number: int, *, item: bool) -> int:
    """The indent of the next line, if spaces alone indent it and it is an item as well, or a key as well; else 0."""
    line = next(filter(_says, lines[number + 1 :]), "")
    before, body = split(line)
    return 0 if _ODD.search(before) or body.startswith("- ") is not item else len(before)


def _last_item(done: Sequence[str], most: int) -> int:
    """The indent of the nearest item above that is no deeper than the line above."""
    items = (line for line in reversed(done) if split(line)[1].startswith("- ") and _spaces(line) <= most)
    return next(map(_spaces, items), most)


def _spaces(line: str) -> int:
    return len(split(line)[0])


def _says(line: str) -> bool:
    body = split(line)[1]
    return bool(body) and not body.startswith("#")
