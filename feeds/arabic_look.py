"""Does a text look like Arabic? Tells a right decoding from a wrong one. Pure, and a matter of letters only."""

import re

# Letters that make up some 70 % of any Arabic text, and the article, which makes up 5-8 % of it (as a pair of
# letters). Under a wrong charset both shares collapse. Measured on the news feeds that the tests read.
_COMMON = frozenset("اليمونرتهبعسد")
_COMMON_SHARE = 0.65
_ARTICLE_SHARE = 0.02
_ENOUGH = 0.6
_NOISE = 0.3
_FEW = 20  # letters
_NOT_FOREIGN = re.compile(r"[\W\d_a-zA-Z]+")
_NOT_ARABIC = re.compile(r"[^\u0621-\u064a\u0671-\u06d3]+")
_SAMPLE = 20_000  # letters; more do not change the verdict

# UTF-8 Arabic read as windows-1252 or latin-1 and saved as UTF-8 again: every letter becomes a pair like these.
_MOJIBAKE = re.compile("[ØÙÚÛ][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2013-\u203a\u20ac\u2122]")


def arabic_look(text: str) -> float:
    """How much the letters beyond ASCII look like Arabic: 0 (not at all, or there are none) to 1."""
    foreign = _foreign_letters(text)[:_SAMPLE]
    arabic = _NOT_ARABIC.sub("", foreign)
    if not arabic:
        return 0.0
    common = sum(map(arabic.count, _COMMON)) / len(arabic)
    articles = arabic.count("ال") / len(arabic)
    habit = 0.5 * min(1.0, common / _COMMON_SHARE) + 0.5 * min(1.0, articles / _ARTICLE_SHARE)
    return len(arabic) / len(foreign) * habit


def _foreign_letters(text: str) -> str:
    """The letters beyond ASCII."""
    return _NOT_FOREIGN.sub("", text)


def looks_arabic(text: str) -> bool:
    """Whether the letters beyond ASCII are Arabic, in the proportions that Arabic has."""
    return arabic_look(text) >= _ENOUGH


def looks_mangled(text: str) -> bool:
    """Whether a text shows what is left of Arabic after a wrong charset: mojibake, or replacement characters."""
    if sum(map(text.count, "ØÙÚÛ\ufffd")) <= 10:  # nearly all feeds: no need to look closer
        return False
    sample = text[:200_000]
    letters = len(_foreign_letters(sample))
    spoilt = 2 * len(_MOJIBAKE.findall(sample)) + sample.count("\ufffd")
    return spoilt > 10 and spoilt > letters / 4


def stopped_looking_arabic(text: str) -> bool:
    """Whether what should be Arabic is noise: of another charset, or question marks where letters were.

    A few words prove nothing, and a text in plain English is no noise.
    """
    letters = _foreign_letters(text)
    marks = text.count("?") + text.count("\ufffd")
    if marks > _FEW and marks > sum(map(str.isalpha, text)):
        return True
    return len(letters) > _FEW and arabic_look(text) < _NOISE
