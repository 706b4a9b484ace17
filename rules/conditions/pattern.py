"""``regex``: a pattern of RE2 over the text as it is written, but for harakat, tatweel and invisible marks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rules.conditions.base import View
from rules.conditions.ways import ANYWHERE, Ways
from rules.finder import Hit

MOST_FOUND = 1_000  # places in one field; linear in the text, as RE2 is


@dataclass(frozen=True, slots=True)
class PatternFound:
    """The pattern matches, and what it matches touches a word. It needs no phrase, so it stands beside one."""

    compiled: Any  # re2's pattern; the package has no types
    source: str

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """The words that its first match in each field touches."""
        firsts = (next(self._matches(view, number), None) for number in view.fields)
        return tuple(hit for hit in firsts if hit) or None

    def taking_part(self, view: View) -> set[Hit]:
        """The words that its matches touch."""
        return {hit for number in view.fields for hit in self._matches(view, number)}

    def _matches(self, view: View, field: int) -> Iterator[Hit]:
        text, places = view.page.plain(field)
        for count, found in enumerate(self.compiled.finditer(text)):
            start, end = found.span()
            if count >= MOST_FOUND:
                return
            if start == end or not (words := view.page.words_at(field, places[start], places[end - 1] + 1)):
                continue
            if view.taken.isdisjoint((field, word) for word in range(*words)):
                yield field, *words

    def ways(self) -> Ways:
        """It may hold where nothing was found: that is why it stands beside a phrase."""
        return ANYWHERE

    def terms(self) -> frozenset[int]:
        """None."""
        return frozenset()

    def shows(self) -> bool:
        """Yes."""
        return True

    def only_loses(self) -> bool:
        """Yes: hits are nothing to it."""
        return True
