"""What a maintainer most likely meant where YAML gave up."""

import re
from collections.abc import Iterable

_PUNCTUATION = {"：": ":", "،": ",", "؛": ":", "﹕": ":", "－": "-", "–": "-", "—": "-", "•": "-"}
_KEY_WITHOUT_COLON = re.compile(r"\s*(?:- )?[a-z_]+(?:[^:\w\s]|\s+[^:]|$)(?:(?!: ).)*$")
_QUOTE = "ضع النص كله بين علامتي تنصيص."


def syntax_hint(lines: Iterable[str], english: str) -> str:
    """A hint, in Arabic, where YAML refuses some lines with the message ``english``."""
    for line in lines:
        if found := punctuation_hint(line):
            return found
    if "could not find expected ':'" in english:
        return "تنقص «:» بعد المفتاح، أو مسافة بعد «:» أو بعد «-»، في هذا السطر أو في الذي قبله."
    if "mapping values" in english:
        return f"في النص نقطتان رأسيتان ثم مسافة، وهما في YAML فاصل بين مفتاح وقيمة. {_QUOTE}"
    if "cannot start any token" in english:
        return f"لا يبدأ نص بهذه العلامة. {_QUOTE}"
    if "quoted scalar" in english or "end of stream" in english:
        return "علامة تنصيص فُتحت ولم تُغلق."
    return "تحقق من المسافات في أول السطر: ما كان على مستوى واحد يبدأ من عمود واحد."


def lacks_colon(line: str, english: str) -> bool:
    """Whether a line is the one whose colon YAML missed, by its message ``english``: a key, and no colon of YAML's."""
    return "could not find expected ':'" in english and bool(_KEY_WITHOUT_COLON.match(line))


def punctuation_hint(line: str) -> str:
    """A hint on a line that is written with punctuation of another keyboard; else empty."""
    head = line.strip().split(" ")[0]
    for wrong, right in _PUNCTUATION.items():
        if head.endswith(wrong) or head.startswith(wrong):
            return f"استعمل العلامة اللاتينية «{right}» بدل «{wrong}»."
    return ""
