"""G001: rules and parts of rules that can never hold."""

from collections.abc import Iterator
from typing import Any

from rules.codes import problem
from rules.condition_shapes import AllCondition, NoneCondition, WhereBody, WhereCondition
from rules.lint.base import Check, Subject
from rules.lint.tree import EVERYWHERE, Holding, Node, Reasoner, conditions, scope
from rules.loader import LoadedRule
from rules.located import Where
from rules.model import Problem

MOST_COMPARED = 100  # `where` beside each other: what is more is not compared with every other


class Contradictions(Check):
    """G001: it asks for something and for its absence, for a field in another, for what ``without`` cancels."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Every place where a rule contradicts itself."""
        for rule in subject.rules:
            reasoner = Reasoner(subject.groups)
            for node in conditions(rule):
                yield from self._forbidden(reasoner, rule, node)
                yield from self._nowhere(rule, node)
                yield from self._of_no_document(rule, node)
            yield from self._cancelled(reasoner, rule)

    def _forbidden(self, reasoner: Reasoner, rule: LoadedRule, node: Node) -> Iterator[Problem]:
        """Parts of ``all`` that a ``none`` among them forbids."""
        if not isinstance(node.shape, AllCondition):
            return
        parts = list(_flat(node.shape, node.where))
        listed = [one for part, _ in parts if isinstance(part, NoneCondition) for one in part.none]
        forbidden = dict(enumerate({reasoner.key(one): one for one in listed}.values()))
        if not forbidden or scope(node.shape) != EVERYWHERE:
            return
        given = {n: reasoner.implied(part) for n, (part, _) in enumerate(parts) if _asks(part)}
        holding = Holding(reasoner, forbidden, given)
        for number, known in given.items():
            if any(reasoner.holds(forbidden[n], known) for n in holding.that_may_hold(known)):
                part, where = parts[number]
                said = part if isinstance(part, str) else "الشرط نفسه"
                english = part if isinstance(part, str) else "the same condition"
                yield _told(
                    rule, where, f"«{said}» لازم وممنوع", f"'{english}' must and must not be", "احذف أحدهما."
                )

    def _nowhere(self, rule: LoadedRule, node: Node) -> Iterator[Problem]:
        """``in: body`` inside ``in: title``."""
        if not node.fields and scope(node.shape):
            asked = "، ".join(sorted(scope(node.shape)))
            yield _told(
                rule, (*node.where, "in"), f"{asked} داخل حقل آخر", f"{asked} inside another field", ""
            )

    def _of_no_document(self, rule: LoadedRule, node: Node) -> Iterator[Problem]:
        """Two ``where`` that no document is both."""
        if not isinstance(node.shape, AllCondition):
            return
        asked = [
            (part.where, way)
            for part, way in _flat(node.shape, node.where)
            if isinstance(part, WhereCondition)
        ]
        for number, (body, way) in enumerate(asked[:MOST_COMPARED]):
            for name in ("sources", "countries", "languages"):
                if any(_apart(name, body, other) for other, _ in asked[:number]):
                    yield _told(
                        rule, (*way, "where", name), f"{name} لا تلتقي", f"no {name} are both", "اجمعها."
                    )

    def _cancelled(self, reasoner: Reasoner, rule: LoadedRule) -> Iterator[Problem]:
        """``without`` that covers what every match needs."""
        needed = reasoner.implied(rule.shape.match)
        for number, without in enumerate(rule.shape.without):
            if reasoner.holds(without, needed):
                arabic, english = "تلغي ما لا تطابق القاعدة إلا به", "it cancels what every match needs"
                yield _told(rule, ("without", number), arabic, english, "ضيّقه إلى ما لا تريده وحده.")


def _flat(shape: AllCondition, where: Where) -> Iterator[tuple[Any, Where]]:
    """The parts of ``all``, and those of an ``all`` among them."""
    for number, part in enumerate(shape.all):
        way = (*where, "all", number)
        if isinstance(part, AllCondition) and scope(part) == EVERYWHERE:
            yield from _flat(part, way)
        else:
            yield part, way


def _asks(part: Any) -> bool:
    return not isinstance(part, NoneCondition)


def _apart(name: str, one: WhereBody, other: WhereBody) -> bool:
    a, b = getattr(one, name), getattr(other, name)
    return a is not None and b is not None and not {*a} & {*b}


def _told(rule: LoadedRule, where: Where, arabic: str, english: str, hint: str) -> Problem:
    return problem("G001", rule.located.path, rule.located.at(where), arabic, english, hint)
