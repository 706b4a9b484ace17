"""The one key under which all spellings of a word are found."""

import re
import unicodedata

from rules.arabic.alphabet import dropped_table, letter_table

_DROPPED = dropped_table()
_LETTERS = letter_table()
_PLAIN = re.compile(
    "[\u0621-\u063a\u0641-\u064a]+"
).fullmatch  # nearly every word: nothing to drop or to compose
_SEATED_HAMZA = "\u0640\u0654"  # tatweel as the seat of a hamza, as in مسـٔول, is ئ


def fold_word(word: str) -> str:
    """Fold one word (as ``words`` gives it) to its key; the key of a key is itself.

    Order matters: controls and tatweel go first, since they keep NFKC from composing; then NFKC (presentation
    forms, ligatures, و + hamza to ؤ; never NFD, which would turn ؤ into و); then case, letters and marks.
    """
    if word.isascii():
        return word.lower().replace(",", "")
    if _PLAIN(word):
        return word.translate(_LETTERS)
    bare = word.replace(_SEATED_HAMZA, "ئ").translate(_DROPPED)
    return _once(_once(bare))  # lower-casing can leave a character that NFKC has yet to compose


def _once(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text)
    plain = composed.lower().translate(_LETTERS)
    # Fractions and units come apart into symbols (a half into "1/2"): those stay as they were.
    return plain if plain.isalnum() else text.lower().translate(_LETTERS)
