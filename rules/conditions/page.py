"""The document behind the hits, for the few conditions that look past the words: each part is worked out when asked."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from rules.arabic import fold_tokens, word_spans
from rules.arabic.alphabet import CONTROLS, MARKS, TATWEEL
from rules.finder import Hit
from rules.model import FIELDS, Document, Evidence

# A stop ends a sentence where a space follows it, unless it stands after a single letter (د. أحمد).
_STOP = re.compile(r"[!?؟؛;…\n\u2029\u06d4]|\.(?=\s|$|[\"»”’)\]])")
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
                stop = _STOP.search(text, end, onward)
                sentence += bool(stop and not (stop[0] == "." and end - start == 1))
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
