"""The document behind the hits, for the few conditions that look past the words: each part is worked out when asked."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from rules.arabic import fold_tokens, word_spans
from rules.arabic.alphabet import CONTROLS, MARKS, TATWEEL
from rules.finder import Hit
from rules.model import FIELDS, Document, Evidence

# What between two words ends a sentence. A full stop does where anything more stands between them, a space or a
# closing mark; alone it is of a number, a domain or an abbreviation (13.5, rt.com, بي.بي.سي), unless the words on
# either side are whole words of Arabic, between which it is a full stop whose space was forgotten.
_STOP = re.compile("[!?؟؛;…\n\r\x0b\x0c\x85\u2028\u2029\u06d4]")
_FULL_STOP = re.compile(r"\.[^.]")
_WHOLE_WORD = re.compile("[\u0621-\u064a]{3,}")
_INITIAL = re.compile(r"[^\W\d]")  # after a single letter a full stop ends nothing (د. أحمد)
_UNWRITTEN = re.compile(f"[{MARKS}{TATWEEL}{CONTROLS}]+")


@dataclass(slots=True)
class Page:
    """A document as its words' places in the original text, its sentences, and its text without marks."""

    document: Document
    _spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _sentences: dict[int, list[int]] = field(default_factory=dict)
    _plain: dict[int, tuple[str, list[int]]] = field(default_factory=dict)

    @property
    def filled(self) -> tuple[int, ...]:
        """The fields that have a text."""
        return tuple(number for number, text in enumerate(self.document.texts) if text)

    def sources(self) -> frozenset[str]:
        """The outlet's names, folded."""
        names = (self.document.feed, self.document.feed_ar)
        return frozenset(" ".join(fold_tokens(name)) for name in names if name)

    def spans(self, number: int) -> list[tuple[int, int]]:
        """Start and end of each word of a field, in code points of the original text."""
        if number not in self._spans:
            self._spans[number] = word_spans(self.document.texts[number])
        return self._spans[number]

    def evidence(self, hit: Hit) -> Evidence:
        """The original words of a hit."""
        number, first, after = hit
        spans, text = self.spans(number), self.document.texts[number]
        start, end = spans[first][0], spans[after - 1][1]
        return Evidence(FIELDS[number], start, end, text[start:end])

    def sentences(self, number: int) -> list[int]:
        """For each word of a field the number of its sentence, from 0."""
        if number not in self._sentences:
            text, spans = self.document.texts[number], self.spans(number)
            found, sentence = [0] * len(spans), 0
            for at, ((start, end), (onward, _)) in enumerate(pairwise(spans), start=1):
                sentence += _ends(text[start:end], text[end:onward], text[onward : onward + 3])
                found[at] = sentence
            self._sentences[number] = found
        return self._sentences[number]

    def plain(self, number: int) -> tuple[str, list[int]]:
        """A field's text without harakat, tatweel and invisible marks; and each letter's original place."""
        if number not in self._plain:
            text = self.document.texts[number]
            places: list[int] = []
            last = 0
            for gap in _UNWRITTEN.finditer(text):
                places.extend(range(last, gap.start()))
                last = gap.end()
            places.extend(range(last, len(text)))
            self._plain[number] = (_UNWRITTEN.sub("", text), places)
        return self._plain[number]

    def words_at(self, number: int, start: int, end: int) -> tuple[int, int] | None:
        """The words that some code points of the original touch: first, and after the last; None for none."""
        spans = self.spans(number)
        first = bisect_right(spans, start, key=lambda span: span[1])
        after = bisect_right(spans, end - 1, key=lambda span: span[0])
        return (first, after) if first < after else None


def _ends(word: str, gap: str, onward: str) -> bool:
    """Whether what stands between a word and the next ends a sentence; ``onward``: how the next word begins."""
    if gap == " ":
        return False
    if _STOP.search(gap):
        return True
    seen = _UNWRITTEN.sub("", gap)
    if "." not in seen or _INITIAL.fullmatch(word):
        return False
    forgotten = _WHOLE_WORD.fullmatch(word) and _WHOLE_WORD.fullmatch(onward)
    return bool(_FULL_STOP.search(seen) or (seen == "." and forgotten))
