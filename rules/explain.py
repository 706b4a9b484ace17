"""Why a rule holds for a document or does not: its tree, in Arabic, with what was found and how far apart."""

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType

from rules.compiled import CompiledRule, Without, remaining
from rules.conditions import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    Context,
    Inside,
    Near,
    NoneOf,
    Page,
    PatternFound,
    SameSentence,
    Score,
    TermFound,
    View,
    Where,
)
from rules.finder import Hit, Hits
from rules.missing import nearest
from rules.model import FIELDS

YES, NO = "✓", "✗"
CLOSEST = "أقرب اجتماع على بعد"  # what a `near` says that lacks nothing but nearness
_SHOWN = 3  # pieces of evidence a line
_FIELDS = {"title": "العنوان", "summary": "الملخص", "body": "المتن"}
_REFUSALS = {
    "sources": "المصدر «{0.feed}» ليس منها",
    "countries": "البلد «{0.country}» ليس منها",
    "languages": "اللغة «{0.language}» ليست منها",
    "hours": "ساعة النشر خارجها",
    "max_age": "الخبر أقدم من ذلك",
}


class Explainer:
    """Explains rules on one document.

    What is shown is what decided: of a tree that fails the parts that fail (those that hold, in a line each); of a
    tree that holds the parts that hold.
    """

    def __init__(
        self, page: Page, hits: Hits, filters: Sequence[Without] = (), ignored: Hits = MappingProxyType({})
    ) -> None:
        self._page = page
        self._hits = hits
        self._filters = tuple(filters)
        self._ignored = ignored  # by term: where the phrases of its lexicon's ``ignore`` stand

    def lines(self, rule: CompiledRule) -> Iterator[str]:
        """The rule's tree, a line a node, indented; what filters and ``without`` cancel comes first."""
        yield from self._cancelled(self._filters, self._hits, "المرشح العام")
        filtered = self._filtered()
        yield from self._cancelled(rule.without, filtered.hits, "الاستثناء")
        view = rule.remaining(filtered)
        yield from self._tree(rule.match, view, 0, holds=rule.match.find(view) is not None)

    def nearest(self, rule: CompiledRule) -> Iterator[tuple[float, list[str]]]:
        """The ways in which a rule that does not hold might: how much each lacks, and its tree; the least first."""
        view = rule.remaining(self._filtered())
        for branch in nearest(rule.match, view):
            yield branch.lacks, list(self._tree(branch.node, branch.view, 0, holds=False))

    def _filtered(self) -> View:
        return remaining(View(self._hits, page=self._page), self._filters, self._hits.keys())

    def _cancelled(self, without: Sequence[Without], hits: Hits, what: str) -> Iterator[str]:
        for condition, because in without:
            taken = condition.taking_part(View(hits, page=self._page))
            if taken:
                yield f"- أسقط {what} ({because}): {self._quoted(sorted(taken))}"

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
                return f"{label}:{shown or f' غير موجود{self._taken_from([node])}'}"
            case AnyOf():
                return f"{getattr(node, 'label', '') or 'any'}: {self._any(node.parts, found)}{shown}"
            case Inside(fields=fields):
                return f"in: {'، '.join(_FIELDS[FIELDS[field]] for field in fields)}{shown}"
            case Near():
                return _near(node, view) + (shown or self._apart(node.of, view))
            case SameSentence():
                return _title(node, view) + (shown or self._apart(node.of, view))
            case PatternFound(source=source):
                return f"regex {source}:{shown or ' لا يطابق شيئًا'}"
            case Where():
                return f"where: {self._where(node)}"
            case _:
                return _title(node, view) + shown

    def _where(self, node: Where) -> str:
        refusal = node.refusal(self._page.document, self._page.sources())
        return f"{refusal}: {_REFUSALS[refusal].format(self._page.document)}" if refusal else "يصح"

    def _any(self, parts: tuple[Condition, ...], found: tuple[Hit, ...] | None) -> str:
        if found is not None:
            return "وُجد"
        terms = [part for part in parts if isinstance(part, TermFound)]
        missing = "، ".join(f"«{term.label}»" for term in terms)
        return f"لم يوجد {missing}{self._taken_from(terms)}" if missing else "واحد مما يلي"

    def _taken_from(self, terms: Iterable[TermFound]) -> str:
        """The phrases of ``ignore`` that cancel terms, for those who see the name there and wonder."""
        taken = sorted({hit for term in terms for hit in self._ignored.get(term.number, ())})
        return f" (أسقطها ignore في القاموس: {self._quoted(taken)})" if taken else ""

    def _apart(self, elements: Sequence[Condition], view: View) -> str:
        """Where the elements stand that are all there, and in no field together."""
        found = [element.find(view) for element in elements]
        fields = [{hit[0] for hit in hits or ()} for hits in found]
        if not all(fields) or set.intersection(*fields):
            return ""
        return f": {' و'.join(self._quoted(hits) for hits in found)}"

    def _quoted(self, hits: Sequence[Hit] | None) -> str:
        """The words of some hits, each with its field where more than one has a text."""
        evidence = [self._page.evidence(hit) for hit in hits or ()]
        several = len(self._page.filled) > 1
        pieces = [f"«{one.text}»{f' في {_FIELDS[one.field]}' if several else ''}" for one in evidence]
        return "، ".join(list(dict.fromkeys(pieces))[:_SHOWN])


def _title(node: Condition, view: View) -> str:
    match node:
        case All():
            return "all: كل ما يلي"
        case NoneOf():
            return "none: لا شيء مما يلي"
        case Context():
            return "context: كل ما يلي، ولا يُعرض"
        case SameSentence():
            return "same_sentence: كل ما يلي في جملة واحدة"
        case AtLeast(count=count, parts=parts):
            held = sum(part.find(view) is not None for part in parts)
            return f"at_least: صح {held} من {len(parts)}، والمطلوب {count}"
        case Score(least=least):
            return f"score: المجموع {node.points(view)}، والمطلوب {least}"
        case _:
            raise TypeError(f"no condition: {node!r}")


def _near(node: Near, view: View) -> str:
    order = "بالترتيب " if node.as_written else ""
    distance = node.distance(view)
    if distance is None:
        return f"near {order}في حدود {node.within}: لم يجتمع كل ما يلي في حقل واحد" + (
            " بهذا الترتيب" if order else ""
        )
    return f"near {order}في حدود {node.within}: {CLOSEST} {max(distance, 0)}"


def _parts(node: Condition) -> tuple[Condition, ...]:
    match node:
        case All(parts=parts) | NoneOf(parts=parts) | AtLeast(parts=parts) | Context(parts=parts):
            return parts
        case AnyOf(parts=parts):
            return tuple(part for part in parts if not isinstance(part, TermFound))
        case Near(of=elements) | SameSentence(of=elements):
            return elements
        case Score(of=scored):
            return tuple(one.part for one in scored)
        case Inside(part=part):
            return (part,)
        case _:
            return ()
