"""What a maintainer most likely meant where YAML gave up: the line at fault, and what to do."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rules.codes import At
from rules.keys import known_keys, top_keys
from rules.signs import HIDDEN, shown

_PUNCTUATION = {"：": ":", "،": ",", "؛": ":", "﹕": ":", "－": "-", "–": "-", "—": "-", "•": "-"}
_QUOTE = "ضع النص كله بين علامتي تنصيص."
_HEAD = r"\s*(?:- +)*(?:[a-z_]+: +)?"
_ODD_INDENT = re.compile(r"[ \t]*([\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])")
_HIDDEN_BEFORE = re.compile(rf"(?:[\w\s-]|{HIDDEN.pattern})*?({HIDDEN.pattern})(?=[^:]*:|[\s-]*\S)")
_BRACKETED = re.compile(_HEAD + r"(?:\[[^\[\]]*\]|\{[^{}]*\})\s*(?![#,:\]}])\S")
_QUOTED = re.compile(_HEAD + r"""(?:"[^"]*"|'[^']*')\s*(?![#,:\]}'"])\S""")
_OPEN = re.compile(_HEAD + r"""(?:"[^"]*|'[^']*)$""")
_SIGNED = re.compile(_HEAD + r"""([!&*%@`])[^\W\d_a-zA-Z]""")
_BARE_KEY = re.compile(r"\s*(?:- +)*([a-z_]+)\s*(?:#.*)?$")
_SPACED_KEY = re.compile(r"\s*(?:- +)*([a-z_]+)\s+[^:\s]")
_JOINED_KEY = re.compile(r"\s*(?:- +)*([a-z_]+):[^\s:/]")
_JOINED_DASH = re.compile(r"\s*-[^\s-]")
_INDENTED_KEY = re.compile(r" +([a-z_]+):(\s|$)")
_NESTED = frozenset({"match", "title", "all", "rules"})  # keys that stand deeper as well
_ABOVE = 3  # lines above the one where YAML gave up that may be at fault


class Slip(NamedTuple):
    """The place at fault, and what to do."""

    at: At
    hint: str


def slip_of(lines: Sequence[str], at: At, english: str) -> Slip:
    """What is at fault where YAML gives up ``at`` a place with the message ``english``."""
    for number in _suspects(lines, at.line):
        line = lines[number - 1]
        hint = _slip_in(line) or _missing_sign(lines, number, english)
        if hint:
            start = len(line) - len(line.lstrip()) + 1
            return Slip(at if number == at.line else At(number, start), hint)
    return Slip(at, _by_message(english))


def _suspects(lines: Sequence[str], line: int) -> Iterator[int]:
    """The line where YAML gave up, and those above it that are not empty."""
    written = [number for number in range(min(line, len(lines)), 0, -1) if lines[number - 1].strip()]
    yield from written[: _ABOVE + 1]


def _slip_in(line: str) -> str:
    """What is wrong with a line whatever stands around it."""
    if "\0" in line:
        return "في السطر حرف NUL، ولا يُكتب في نص: احذفه، أو احفظ الملف من جديد بترميز UTF-8."
    if odd := _ODD_INDENT.match(line):
        return f"في أول السطر مسافة غير عادية ({shown_space(odd[1])}): اجعلها مسافة عادية؛ --fix يفعل ذلك."
    if hidden := _HIDDEN_BEFORE.match(line):
        return f"في السطر علامة خفية ({shown(hidden[1])}) لا تُرى: احذفها؛ --fix يحذفها."
    if found := punctuation_hint(line):
        return found
    if signed := _SIGNED.match(line):
        return f"لا يبدأ نص بعلامة «{signed[1]}». {_QUOTE}"
    if _BRACKETED.match(line):
        return f"النص يبدأ بقوس وبعده كلام، والقوس في YAML قائمة. {_QUOTE}"
    if _QUOTED.match(line):
        return "علامتا التنصيص حول بعض النص لا كله. ضع النص كله بين علامتي تنصيص: '...'"
    return "علامة تنصيص فُتحت في هذا السطر ولم تُغلق." if _OPEN.match(line) else ""


def _missing_sign(lines: Sequence[str], number: int, english: str) -> str:
    """A colon or a space that is missing in a line, or an indent that should not be there."""
    line = lines[number - 1]
    bare = _BARE_KEY.match(line)
    if bare and bare[1] in known_keys():
        return f"تنقص «:» بعد المفتاح: {bare[1]}:"
    joined = _JOINED_KEY.match(line)
    if joined and joined[1] in known_keys():
        return f"تنقص مسافة بعد «:» في «{joined[1]}:»."
    spaced = _SPACED_KEY.match(line)
    if spaced and spaced[1] in known_keys():
        return f"تنقص «:» بعد المفتاح: {spaced[1]}:"
    if _JOINED_DASH.match(line) and "---" not in line:
        return "تنقص مسافة بعد «-»."
    indented = _INDENTED_KEY.match(line)
    astray = "<block end>" in english and indented and indented[1] not in _NESTED
    if indented and indented[1] in top_keys() and (astray or _is_after_value(lines, number)):
        return f"«{indented[1]}» مفتاح من مفاتيح الملف: احذف المسافات التي قبله ليبدأ من أول السطر."
    unknown = "could not find expected ':'" in english and ":" not in line and re.match(r"[a-z_]+\s", line)
    return "تنقص «:» بعد المفتاح في هذا السطر." if unknown else ""


def _is_after_value(lines: Sequence[str], number: int) -> bool:
    """Whether the nearest line above with less indent is a key that has its value beside it."""
    indent = len(lines[number - 1]) - len(lines[number - 1].lstrip(" "))
    above = (
        line for line in reversed(lines[: number - 1]) if line.strip() and not line.lstrip().startswith("#")
    )
    parent = next((line for line in above if len(line) - len(line.lstrip(" ")) < indent), "")
    return bool(re.match(r"[a-z_]+:\s+[^\s#]", parent)) or not parent


def _by_message(english: str) -> str:
    """A hint on what YAML says, where no line is plainly at fault."""
    if "two documents" in english:
        return "احذف سطر «---»."
    if "could not find expected ':'" in english:
        return "تنقص «:» بعد المفتاح، أو مسافة بعد «:» أو بعد «-»، في هذا السطر أو في الذي قبله."
    if "mapping values" in english:
        return f"في النص نقطتان رأسيتان ثم مسافة، وهما في YAML فاصل بين مفتاح وقيمة. {_QUOTE}"
    if "cannot start any token" in english:
        return f"لا يبدأ نص بهذه العلامة. {_QUOTE}"
    if "quoted scalar" in english or "end of stream" in english:
        return "علامة تنصيص فُتحت هنا ولم تُغلق."
    if "flow" in english:
        return "قوس فُتح هنا ولم يُغلق، أو نقصت «,» بين بندين."
    if "character that text cannot hold" in english or "special characters" in english:
        return "هنا حرف لا يُكتب في نص: احذفه."
    return "تحقق من المسافات في أول السطر: ما كان على مستوى واحد يبدأ من عمود واحد."


def shown_space(space: str) -> str:
    """The name of a space that looks like any other."""
    return f"U+{ord(space):04X}"


def punctuation_hint(line: str) -> str:
    """A hint on a line that is written with punctuation of another keyboard; else empty."""
    head = line.strip().split(" ")[0]
    for wrong, right in _PUNCTUATION.items():
        if head.endswith(wrong) or head.startswith(wrong):
            return f"استعمل العلامة اللاتينية «{right}» بدل «{wrong}»."
    return ""


def looks_like_utf16(raw: bytes) -> bool:
    """Whether every other byte is mostly zero, as in Latin letters that are written with two bytes each."""
    start = raw[:2000]
    return len(start) >= 8 and any(
        start[part::2].count(0) * 3 > len(start) and not start[1 - part :: 2].count(0) for part in (0, 1)
    )


def encoding_hint(raw: bytes) -> str:
    """What a file's encoding seems to be, and what to do."""
    hint = "احفظ الملف بترميز UTF-8 من محرر النصوص."
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or looks_like_utf16(raw):
        return f"الملف بترميز UTF-16. {hint}"
    try:
        arabic = sum("\u0600" <= letter <= "\u06ff" for letter in raw.decode("cp1256"))
    except UnicodeDecodeError:
        return hint
    return f"لعل الملف بترميز windows-1256. {hint}" if arabic else hint
