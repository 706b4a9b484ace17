"""The rules in force: a document in, matches out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from rules.compiled import CompiledRule, Verdict, Without, remaining
from rules.compiler import digest_of
from rules.conditions import Page, View, Way, any_open
from rules.explain import Explainer
from rules.finder import Finder, Hit, Hits
from rules.model import Document, Evidence, Field, Match, RuleInfo, Status
from rules.phrases import Term
from rules.reading import reads
from rules.watch.model import CompiledWatch

FIRING = (Status.SHADOW, Status.LIVE)


class RuleSet:
    """Immutable, and safe between threads: nothing is kept but what has been learned of words.

    ``rules``: all of them and the ``watches`` among them, in the order of their ids, whatever their status; ``hash``
    changes with any of theirs.
    """

    def __init__(
        self,
        rules: Iterable[CompiledRule],
        terms: Sequence[Term],
        whole: Iterable[str] = (),
        filters: Sequence[Without] = (),
        watches: Iterable[CompiledWatch] = (),
    ) -> None:
        self._compiled = {rule.info.id: rule for rule in sorted(rules, key=lambda rule: rule.info.id)}
        self.watches: tuple[CompiledWatch, ...] = tuple(sorted(watches, key=lambda watch: watch.info.id))
        infos = [*(rule.info for rule in self._compiled.values()), *(watch.info for watch in self.watches)]
        self.rules: tuple[RuleInfo, ...] = tuple(sorted(infos, key=lambda info: info.id))
        self.hash: str = digest_of([rule.hash for rule in self.rules])
        self._finder = Finder(terms, whole)
        self._filters = tuple(filters)
        self._filtering = frozenset[int]().union(*(one.condition.terms() for one in filters))
        self._firing = [rule for rule in self._compiled.values() if rule.info.status in FIRING]
        self._by_term = _index(self._firing, terms)

    def reads(self, field: Field) -> bool:
        """Whether words of ``field`` can make any live rule hold or weigh more; exclusions alone do not count."""
        return any(
            reads(condition, field)
            for rule in self._firing
            if rule.info.status is Status.LIVE
            for condition in (rule.match, *(when for when, _ in rule.escalate))
        )

    def match(self, document: Document) -> list[Match]:
        """What live and shadow rules find in a document, in the order of the rules' ids."""
        scan = self._finder.scan(document.texts)
        candidates = self._candidates(scan.terms)
        if not candidates:
            return []
        page = Page(document)
        wanted = self._filtering.union(*[rule.terms for rule in candidates])
        view = self._view(scan.hits(wanted), page)
        found = [(rule, verdict) for rule in candidates if (verdict := rule.judge(view))]
        return [_match(rule.info, verdict, page) for rule, verdict in found]

    def verdict(self, rule_id: str, document: Document) -> Match | None:
        """What one rule finds in a document, whatever its status; KeyError if there is no such rule."""
        rule, scan = self._compiled[rule_id], self._finder.scan(document.texts)
        if not any_open(rule.ways, scan.terms):
            return None
        page = Page(document)
        verdict = rule.judge(self._view(scan.hits(self._filtering | rule.terms), page))
        return _match(rule.info, verdict, page) if verdict else None

    def cancelled(self, document: Document) -> list[str]:
        """The rules that would hold for a document but for their own ``without``."""
        scan, page = self._finder.scan(document.texts), Page(document)
        candidates = [rule for rule in self._candidates(scan.terms) if rule.without]
        if not candidates:
            return []
        view = self._view(scan.hits(), page)
        unjudged = (rule for rule in candidates if rule.judge(view) is None)
        return [rule.info.id for rule in unjudged if rule.match.find(view)]

    def explain(self, rule_id: str, document: Document) -> list[str]:
        """Why a rule holds for a document or does not, as lines of Arabic; KeyError if there is no such rule."""
        scan = self._finder.scan(document.texts)
        explainer = Explainer(Page(document), scan.hits(), self._filters, scan.ignored())
        return list(explainer.lines(self._compiled[rule_id]))

    def _view(self, hits: Hits, page: Page) -> View:
        """A document without the words that count for no rule."""
        whole = View(hits, page=page)
        return remaining(whole, self._filters, hits.keys()) if self._filters else whole

    def hits(self, document: Document) -> Hits:
        """Where each term of the rules stands in a document."""
        return self._finder.find(document.texts)

    def compiled(self, rule_id: str) -> CompiledRule:
        """A rule by its id, whatever its status; KeyError if there is none, as for a watch."""
        return self._compiled[rule_id]

    def _candidates(self, present: Set[int]) -> list[CompiledRule]:
        """The rules that have an open way, in the order of their ids."""
        possible = {
            asking.place
            for term in self._by_term.keys() & present
            for asking in self._by_term[term]
            if asking.each <= present and not any(map(present.isdisjoint, asking.rest))
        }
        return [self._firing[place] for place in sorted(possible)]


class _Asking(NamedTuple):
    """A rule's place among those that may fire, and what else one of its ways needs: each of these terms, and the
    rest."""

    each: frozenset[int]
    rest: Way
    place: int


def _index(rules: Iterable[CompiledRule], terms: Sequence[Term]) -> Mapping[int, list[_Asking]]:
    """For each term the ways that may be open when it is found: each stands under its need of the fewest phrases."""
    found: defaultdict[int, list[_Asking]] = defaultdict(list)
    shared: dict[object, Any] = {}  # what many ways need is kept once, where the processor has it at hand
    for place, way in ((place, way) for place, rule in enumerate(rules) for way in rule.ways):
        for term in min(way, key=lambda need: sum(len(terms[term].phrases) for term in need)):
            left = [need for need in way if term not in need]
            each = frozenset[int]().union(*(need for need in left if len(need) == 1))
            rest = tuple(need for need in left if each.isdisjoint(need))
            asking = _Asking(shared.setdefault(each, each), shared.setdefault(rest, rest), place)
            found[term].append(shared.setdefault(asking, asking))
    return found


def _evidence(hits: Iterable[Hit], page: Page) -> tuple[Evidence, ...]:
    """The original words of some hits, in order, joined where they overlap."""
    joined: list[Hit] = []
    for field, start, end in sorted(set(hits)):
        if joined and joined[-1][0] == field and start < joined[-1][2]:
            joined[-1] = (field, joined[-1][1], max(end, joined[-1][2]))
        else:
            joined.append((field, start, end))
    return tuple(map(page.evidence, joined))


def _match(info: RuleInfo, verdict: Verdict, page: Page) -> Match:
    return Match(info.id, verdict.severity, info.status, info.hash, _evidence(verdict.hits, page))
