"""``where``: what a document is, rather than what it says."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from rules.conditions.base import View
from rules.conditions.ways import ANYWHERE, Ways
from rules.finder import Hit
from rules.model import Document


@dataclass(frozen=True, slots=True)
class Where:
    """The document comes from one of these, if any are named. All that is given must hold.

    ``hours``: first and last hour of the day, in UTC, in which it was published (or seen, if undated); the first may
    be the later one (22..5). ``max_age``: from when it was published to when it was seen; an undated one is new.
    """

    sources: frozenset[str] = frozenset()  # folded, see compiler
    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    hours: tuple[int, int] | None = None
    max_age: timedelta | None = None

    def refusal(self, document: Document, sources: frozenset[str]) -> str:
        """The key that does not hold for a document whose outlet has these folded names; "" if it holds."""
        if self.sources and self.sources.isdisjoint(sources):
            return "sources"
        if self.countries and document.country.upper() not in self.countries:
            return "countries"
        if self.languages and document.language.lower().split("-")[0] not in self.languages:
            return "languages"
        if self.hours and not self._in_hours(document):
            return "hours"
        return "max_age" if self.max_age is not None and self._too_old(document) else ""

    def _in_hours(self, document: Document) -> bool:
        moment = document.published or document.seen
        if moment is None or self.hours is None:
            return False
        first, last = self.hours
        hour = moment.astimezone(UTC).hour
        return first <= hour <= last if first <= last else hour >= first or hour <= last

    def _too_old(self, document: Document) -> bool:
        if self.max_age is None or document.published is None or document.seen is None:
            return False
        return document.seen - document.published > self.max_age

    def find(self, view: View) -> tuple[Hit, ...] | None:
        """Nothing, if it holds."""
        return None if self.refusal(view.page.document, view.page.sources()) else ()

    def taking_part(self, view: View) -> set[Hit]:
        """Nothing: it covers no word."""
        return set()

    def ways(self) -> Ways:
        """It may hold where nothing was found."""
        return ANYWHERE

    def terms(self) -> frozenset[int]:
        """None."""
        return frozenset()

    def shows(self) -> bool:
        """No."""
        return False

    def only_loses(self) -> bool:
        """Yes: hits are nothing to it."""
        return True
