"""Arabic that was read in a wrong charset and saved as UTF-8: told by its look, and undone where it can be. Pure."""

import re

_SAMPLE = 200_000  # characters; more do not change the verdict
_FEW = 10
_LETTER = re.compile(r"[^\W\d_a-zA-Z]")

# Every Arabic letter is two bytes in UTF-8, the first of them D8 to DB. Read as windows-1252 or latin-1, or as
# windows-1256, it becomes a pair like these; marks that may follow a word of Arabic are left out of the second.
_PAIR = re.compile(
    "[ØÙÚÛ][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2013-\u203a\u20ac\u2122]"
    "|[طظ][\u0192\u02c6\u0152\u0153\u067e\u0679\u0686\u0688\u0691\u0698\u06a9\u06af\u06ba\u06be\u201a\u201e"
    "\u2020-\u2022\u2030\u20ac\u2122\u00a2-\u00aa\u00ac\u00ae-\u00ba\u00bc-\u00be]"
)
_RARE = ("Ø", "Ù", "Ú", "Û", "\ufffd", "ط§", "ظ„")  # there are many of these, or there is no mojibake
_RUN = re.compile(r"[^\x00-\x7f]{2,}")


def _bytes_of(charset: str) -> dict[str, int]:
    """By character: the byte that it stands for; where a charset has none, latin-1's, as browsers read it."""
    table = {chr(byte): byte for byte in range(0x80, 0x100)}
    for byte in range(0x80, 0x100):
        table[bytes((byte,)).decode(charset, "replace").replace("\ufffd", chr(byte))] = byte
    return table


_WRONG = tuple(map(_bytes_of, ("windows-1252", "windows-1256")))


def looks_mangled(text: str) -> bool:
    """Whether a text shows what is left of Arabic after a wrong charset: mojibake, or replacement characters."""
    if sum(map(text.count, _RARE)) <= _FEW:  # nearly all feeds: no need to look closer
        return False
    sample = text[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    spoilt = 2 * len(_PAIR.findall(sample)) + sample.count("\ufffd")
    return spoilt > _FEW and spoilt > letters / 4


def unspoilt(text: str) -> str:
    """The same text, in which every word that can be only mojibake is the word that it was."""
    return _RUN.sub(_undone, text)


def _undone(run: re.Match[str]) -> str:
    for table in _WRONG:
        try:
            return bytes(map(table.__getitem__, run[0])).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            continue
    return run[0]
