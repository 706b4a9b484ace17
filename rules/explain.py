"""Why a rule holds for a document or does not: its tree, in Arabic, with what was found and how far apart."""

from collections.abc import Iterator

from rules.arabic import word_spans
from rules.compiled import CompiledRule
from rules.conditions import All, AnyOf, Condition, Inside, Near, NoneOf, TermFound, View
from rules.finder import Hit, Hits
from rules.model import FIELDS, Document

YES, NO = "✓", "✗"
_SHOWN = 3  # pieces of evidence a line
_FIELDS = {"title": "العنوان", "summary": "الملخص", "body": "المتن"}


class Explainer:
    """Explains rules on one document.

    What is shown is what decided: of a tree that fails the parts that fail (those that hold, in a line each); of a
    tree that holds the parts that hold.
    """

    def __init__(self, document: Document, hits: Hits) -> None:
        self._texts = document.texts
        self._hits = hits

    def lines(self, rule: CompiledRule) -> Iterator[str]:
        """The rule's tree, a line a node, indented; what ``without`` cancels comes first."""
        for condition, because in rule.without:
            taken = condition.taking_part(View(self._hits))
            if taken:
                yield f"- أسقط الاستثناء ({because}): {self._quoted(sorted(taken))}"
        view = View(rule.remaining(self._hits))
        yield from self._tree(rule.match, view, 0, holds=rule.match.find(view) is not None)

    def _tree(self, node: Condition, view: View, depth: int, *, holds: bool) -> Iterator[str]:
        """A node and what is under it. ``holds``: whether the whole tree does."""
        found = node.find(view)
        if holds and found is None:
            return
        yield f"{'  ' * depth}{NO if found is None else YES} {self._line(node, view, found)}"
        if not holds and found is not None:
            return
        inner = view.within(node.fields) if isinstance(node, Inside) else view
        for part in _parts(node):
            yield from self._tree(part, inner, depth + 1, holds=holds)

    def _line(self, node: Condition, view: View, found: tuple[Hit, ...] | None) -> str:
        shown = f" {self._quoted(found)}" if found else ""
        match node:
            case TermFound(label=label):
                return f"{label}:{shown or ' غير موجود'}"
            case All():
                return f"all: كل ما يلي{shown}"
            case AnyOf(parts=parts):
                return f"any: {self._any(parts, found)}{shown}"
            case NoneOf():
                return "none: لا شيء مما يلي"
            case Inside(fields=fields):
                return f"in: {'، '.join(_FIELDS[FIELDS[field]] for field in fields)}{shown}"
            case Near():
                return _near(node, view) + shown
            case _:
                raise TypeError(f"no condition: {node!r}")

    def _any(self, parts: tuple[Condition, ...], found: tuple[Hit, ...] | None) -> str:
        if found is not None:
            return "وُجد"
        missing = [part.label for part in parts if isinstance(part, TermFound)]
        return f"لم يوجد {'، '.join(missing)}" if missing else "واحد مما يلي"

    def _quoted(self, hits: tuple[Hit, ...] | list[Hit] | None) -> str:
        pieces = list(dict.fromkeys(map(self._text, hits or ())))
        return "، ".join(f"«{piece}»" for piece in pieces[:_SHOWN])

    def _text(self, hit: Hit) -> str:
        field, first, after = hit
        spans = word_spans(self._texts[field])
        return self._texts[field][spans[first][0] : spans[after - 1][1]]


def _near(node: Near, view: View) -> str:
    order = "بالترتيب " if node.as_written else ""
    distance = node.distance(view)
    if distance is None:
        return f"near {order}في حدود {node.within}: لم يجتمع كل ما يلي في حقل واحد" + (
            " بهذا الترتيب" if order else ""
        )
    return f"near {order}في حدود {node.within}: أقرب اجتماع على بعد {max(distance, 0)}"


def _parts(node: Condition) -> tuple[Condition, ...]:
    match node:
        case All(parts=parts) | NoneOf(parts=parts):
            return parts
        case AnyOf(parts=parts):
            return tuple(part for part in parts if not isinstance(part, TermFound))
        case Near(of=elements):
            return elements
        case Inside(part=part):
            return (part,)
        case _:
            return ()
