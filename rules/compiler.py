"""From the shape of a rule to something that runs: conditions become nodes, names and phrases become terms."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rules.codes import problem
from rules.compiled import CompiledRule, Without
from rules.conditions import All, AnyElement, AnyOf, Condition, Element, Inside, Near, NoneOf, TermFound
from rules.lexicons import Lexicon
from rules.located import Located, Where
from rules.model import FIELDS, Problem, RuleInfo
from rules.phrases import Term, noun
from rules.refusals import did_you_mean
from rules.schema import (
    AllCondition,
    AnyOfCondition,
    AnyOfElement,
    NearBody,
    NearCondition,
    NearElement,
    NoneCondition,
    PhraseCondition,
    PhraseElement,
    RuleFile,
    Scoped,
)
from rules.signs import SIGNS_HINT, shown, signs_in

LANGUAGE = 1  # part of every hash: raise it when the same rule comes to match differently
_DECIDES = {"rule", "status", "severity", "match", "without", "escalate"}


# A condition's key at the head of a text: its colon or its line break got lost.
_SWALLOWED = re.compile(r"(all|any|none|near|in|phrase|of)\s*[:-]\s")


class Terms:
    """Numbers the terms of all rules: a name or phrase that two rules use is one term, looked for once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.all: list[Term] = []
        self._numbers: dict[object, int] = {}

    def name(self, name: str) -> TermFound:
        """The term of a lexicon's name; KeyError if there is none."""
        return self._found(f"${name}", self.lexicon.terms[name])

    def phrase(self, text: str) -> TermFound | None:
        """The term of a bare phrase; None if it has no word."""
        phrase = noun(text)
        return self._found(phrase, Term(text, (phrase,))) if phrase else None

    def _found(self, key: object, term: Term) -> TermFound:
        if key not in self._numbers:
            self._numbers[key] = len(self.all)
            self.all.append(term)
        return TermFound(self._numbers[key], term.label)


@dataclass(slots=True)
class _Compiler:
    """Compiles one rule; what is wrong gathers in ``problems``, and a wrong part becomes an empty ``any``."""

    located: Located
    terms: Terms
    problems: list[Problem]
    used: set[str]
    unknown: set[str] = field(default_factory=set)

    def condition(self, shape: Any, where: Where) -> Condition:
        """A condition of any kind. ``where``: the way to it in the file."""
        if isinstance(shape, Scoped):
            inner = self._unscoped(shape, where)
            asked = [shape.fields] if isinstance(shape.fields, str) else shape.fields
            fields = tuple(number for number, name in enumerate(FIELDS) if name in asked)
            return inner if len(fields) == len(FIELDS) else Inside(fields, inner)
        return self._text(shape, where)

    def _unscoped(self, shape: Scoped, where: Where) -> Condition:
        match shape:
            case AllCondition():
                return All(self._parts(shape.all, (*where, "all")))
            case AnyOfCondition():
                return AnyOf(self._parts(shape.any, (*where, "any")))
            case NoneCondition():
                return NoneOf(self._parts(shape.none, (*where, "none")))
            case NearCondition():
                return self._near(shape.near, (*where, "near"))
            case PhraseCondition():
                return self._text(shape.phrase, (*where, "phrase"))
            case _:
                raise TypeError(f"no condition: {shape!r}")

    def _parts(self, shapes: Iterable[Any], where: Where) -> tuple[Condition, ...]:
        return tuple(self.condition(shape, (*where, number)) for number, shape in enumerate(shapes))

    def _near(self, shape: NearBody, where: Where) -> Near:
        return Near(shape.within, shape.order == "as_written", self._elements(shape.of, (*where, "of")))

    def _elements(self, shapes: Iterable[Any], where: Where) -> tuple[Element, ...]:
        return tuple(self._element(shape, (*where, number)) for number, shape in enumerate(shapes))

    def _element(self, shape: Any, where: Where) -> Element:
        match shape:
            case AnyOfElement():
                return AnyElement(self._elements(shape.any, (*where, "any")))
            case NearElement():
                return self._near(shape.near, (*where, "near"))
            case PhraseElement():
                return self._text(shape.phrase, (*where, "phrase"))
            case _:
                return self._text(shape, where)

    def _text(self, text: str, where: Where) -> TermFound | AnyElement:
        if text.startswith("$") and (text[1:2].isalpha() or text[1:2] == "_") and " " not in text:
            return self._name(text[1:], where)
        self._look_for_signs(text, where)
        found = self.terms.phrase(text)
        if found is None:
            self._tell("R003", where, hint="اكتب كلمة واحدة على الأقل، أو $اسمًا من القاموس.")
        return found or AnyElement(())

    def _look_for_signs(self, text: str, where: Where) -> None:
        """A name or a condition that a sign turned into mere words would match nothing, silently."""
        if "$" in text or _SWALLOWED.match(text):
            hint = (
                "اسم القاموس يقف وحده في بند: $name. وبعد مفتاح الشرط نقطتان، ثم كل بند في سطر يبدأ بـ «- »."
            )
            self._tell("R006", where, f"«{shown(text)}»", f"'{shown(text)}'", hint)
        elif signs := signs_in(text):
            self._tell("R007", where, signs, signs, SIGNS_HINT)

    def _name(self, name: str, where: Where) -> TermFound | AnyElement:
        lexicon = self.terms.lexicon
        if name in lexicon.terms:
            self.used.add(name)
            return self.terms.name(name)
        if name in self.unknown and lexicon.unread:
            return AnyElement(())  # one unread lexicon would otherwise be told at every use of every name
        self.unknown.add(name)
        if name in lexicon.broken:
            self._tell("R005", where, f"«${name}»", f"'${name}'", "أصلح تعريفه أولًا.")
        else:
            unread = "، ".join(path.name for path in lexicon.unread)
            hint = did_you_mean(name, lexicon.terms) or "عرّفه في ملف تحت lexicon."
            hint += f" ولم يُقرأ القاموس: {unread}." if unread else ""
            self._tell("R001", where, f"«${name}»", f"'${name}'", hint)
        return AnyElement(())

    def _tell(self, code: str, where: Where, arabic: str = "", english: str = "", hint: str = "") -> None:
        self.problems.append(problem(code, self.located.path, self.located.at(where), arabic, english, hint))

    def without(self, shape: Any, where: Where) -> Without:
        """An exclusion with its reason."""
        found = Without(self.condition(shape, where), shape.because)
        self.check_looks(found.condition, where)
        return found

    def check_looks(self, condition: Condition, where: Where) -> None:
        """A condition that holds where nothing was found would hold nearly everywhere."""
        if not condition.needs() and not self.problems:
            hint = "أضف عبارة أو $اسمًا لا بد من وجوده؛ none وحدها تصح في كل خبر تقريبًا."
            self._tell("R004", where, hint=hint)


def compile_rule(
    shape: RuleFile, located: Located, terms: Terms
) -> tuple[CompiledRule | None, list[Problem]]:
    """The runnable rule, or None and why not."""
    compiler = _Compiler(located, terms, [], set())
    match = compiler.condition(shape.match, ("match",))
    compiler.check_looks(match, ("match",))
    without = tuple(compiler.without(one, ("without", n)) for n, one in enumerate(shape.without))
    escalate = tuple(
        (compiler.condition(one.when, ("escalate", n, "when")), one.severity)
        for n, one in enumerate(shape.escalate)
    )
    if compiler.problems:
        return None, compiler.problems
    info = _info(shape, located.path, _hash(shape, compiler.used, terms.lexicon))
    return CompiledRule(info, match, without, escalate), []


def _info(shape: RuleFile, path: Path, digest: str) -> RuleInfo:
    return RuleInfo(
        id=shape.rule,
        title=shape.title,
        title_en=shape.title_en,
        why=shape.why,
        owner=shape.owner,
        severity=shape.severity,
        status=shape.status,
        hash=digest,
        topic=path.parent.name,
        path=path,
        cooldown=shape.alert.cooldown_seconds(),
    )


def _hash(shape: RuleFile, used: Iterable[str], lexicon: Lexicon) -> str:
    """What the rule decides by, and the names that it uses: texts for people and examples do not count."""
    content = {
        "language": LANGUAGE,
        "rule": shape.model_dump(mode="json", by_alias=True, include=_DECIDES),
        "names": {name: lexicon.definitions[name].model_dump(mode="json") for name in used},
    }
    return digest_of(content)


def digest_of(content: object) -> str:
    """Sixteen hex digits that stand for some plain data."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]
