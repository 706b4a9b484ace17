"""The rules in force: a document in, matches out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

from rules.arabic import word_spans
from rules.compiled import CompiledRule, Verdict
from rules.compiler import digest_of
from rules.finder import Finder, Hit, Hits
from rules.model import FIELDS, Document, Evidence, Match, RuleInfo, Status
from rules.phrases import Term

FIRING = (Status.SHADOW, Status.LIVE)


class RuleSet:
    """Immutable, and safe between threads: nothing is kept but what has been learned of words.

    ``rules``: all of them in the order of their ids, whatever their status; ``hash`` changes with any of theirs.
    """

    def __init__(
        self, rules: Iterable[CompiledRule], terms: Sequence[Term], whole: Iterable[str] = ()
    ) -> None:
        self._compiled = {rule.info.id: rule for rule in sorted(rules, key=lambda rule: rule.info.id)}
        self.rules: tuple[RuleInfo, ...] = tuple(rule.info for rule in self._compiled.values())
        self.hash: str = digest_of([rule.hash for rule in self.rules])
        self._finder = Finder(terms, whole)
        self._by_term = _index(self._compiled.values(), terms)

    def match(self, document: Document) -> list[Match]:
        """What live and shadow rules find in a document, in the order of the rules' ids."""
        scan = self._finder.scan(document.texts)
        candidates = self._candidates(scan.terms)
        if not candidates:
            return []
        hits = scan.hits()
        found = [(rule, verdict) for rule in candidates if (verdict := rule.judge(hits))]
        if not found:
            return []
        places = _Places(document)
        return [_match(rule.info, verdict, places) for rule, verdict in found]

    def hits(self, document: Document) -> Hits:
        """Where each term of the rules stands in a document."""
        return self._finder.find(document.texts)

    def compiled(self, rule_id: str) -> CompiledRule:
        """A rule by its id, whatever its status; KeyError if there is none."""
        return self._compiled[rule_id]

    def _candidates(self, present: Set[int]) -> list[CompiledRule]:
        """The rules whose every need has been found, in the order of their ids."""
        chosen = {rule.info.id: rule for term in present for rule in self._by_term.get(term, ())}
        return [rule for _, rule in sorted(chosen.items()) if not any(map(present.isdisjoint, rule.needs))]


def _index(rules: Iterable[CompiledRule], terms: Sequence[Term]) -> Mapping[int, list[CompiledRule]]:
    """For each term the rules that may hold when it is found: each stands under its need of the fewest phrases."""
    found: defaultdict[int, list[CompiledRule]] = defaultdict(list)
    for rule in rules:
        if rule.info.status in FIRING:
            rarest = min(rule.needs, key=lambda need: sum(len(terms[term].phrases) for term in need))
            for term in rarest:
                found[term].append(rule)
    return found


class _Places:
    """Where a document's words stand in the original text, worked out for a field when it is first asked."""

    def __init__(self, document: Document) -> None:
        self._texts = document.texts
        self._spans: dict[int, list[tuple[int, int]]] = {}

    def evidence(self, hits: Iterable[Hit]) -> tuple[Evidence, ...]:
        """The original words of some hits, in order, joined where they overlap."""
        joined: list[Hit] = []
        for field, start, end in sorted(set(hits)):
            if joined and joined[-1][0] == field and start < joined[-1][2]:
                joined[-1] = (field, joined[-1][1], max(end, joined[-1][2]))
            else:
                joined.append((field, start, end))
        return tuple(self._piece(*hit) for hit in joined)

    def _piece(self, field: int, first: int, after: int) -> Evidence:
        if field not in self._spans:
            self._spans[field] = word_spans(self._texts[field])
        start, end = self._spans[field][first][0], self._spans[field][after - 1][1]
        return Evidence(FIELDS[field], start, end, self._texts[field][start:end])


def _match(info: RuleInfo, verdict: Verdict, places: _Places) -> Match:
    return Match(info.id, verdict.severity, info.status, info.hash, places.evidence(verdict.hits))
