"""G001: rules and parts of rules that can never hold."""

from collections.abc import Iterator
from typing import Any

from rules.codes import problem
from rules.condition_shapes import AllCondition, NoneCondition, WhereBody, WhereCondition
from rules.lint.base import Check, Subject
from rules.lint.tree import EVERYWHERE, Implied, Node, conditions, holds, implied, scope
from rules.loader import LoadedRule
from rules.located import Where
from rules.model import Problem


class Contradictions(Check):
    """G001: it asks for something and for its absence, for a field in another, for what ``without`` cancels."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Every place where a rule contradicts itself."""
        for rule in subject.rules:
            for node in conditions(rule):
                yield from self._forbidden(subject, rule, node)
                yield from self._nowhere(rule, node)
                yield from self._of_no_document(rule, node)
            yield from self._cancelled(subject, rule)

    def _forbidden(self, subject: Subject, rule: LoadedRule, node: Node) -> Iterator[Problem]:
        """Parts of ``all`` that a ``none`` among them forbids."""
        if not isinstance(node.shape, AllCondition):
            return
        parts = list(_flat(node.shape, node.where))
        forbidden = [one for part, _ in parts if isinstance(part, NoneCondition) for one in part.none]
        if not forbidden or scope(node.shape) != EVERYWHERE:
            return
        for part, where in parts:
            if not isinstance(part, NoneCondition) and any(
                holds(one, implied(part), subject.groups) for one in forbidden
            ):
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
        for number, (body, way) in enumerate(asked):
            for name in ("sources", "countries", "languages"):
                if any(_apart(name, body, other) for other, _ in asked[:number]):
                    yield _told(
                        rule, (*way, "where", name), f"{name} لا تلتقي", f"no {name} are both", "اجمعها."
                    )

    def _cancelled(self, subject: Subject, rule: LoadedRule) -> Iterator[Problem]:
        """``without`` that covers what every match needs."""
        needed: Implied = implied(rule.shape.match)
        for number, without in enumerate(rule.shape.without):
            if holds(without, needed, subject.groups):
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


def _apart(name: str, one: WhereBody, other: WhereBody) -> bool:
    a, b = getattr(one, name), getattr(other, name)
    return a is not None and b is not None and not {*a} & {*b}


def _told(rule: LoadedRule, where: Where, arabic: str, english: str, hint: str) -> Problem:
    return problem("G001", rule.located.path, rule.located.at(where), arabic, english, hint)
