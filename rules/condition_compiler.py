"""From the shape of conditions to conditions that run: names and phrases become terms."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from rules import unicode_regex
from rules.arabic import fold_tokens
from rules.codes import At, problem
from rules.compiled import Without
from rules.condition_shapes import (
    AllCondition,
    AnyOfCondition,
    AnyOfElement,
    AtLeastCondition,
    ContextCondition,
    NearBody,
    NearCondition,
    NearElement,
    NoneCondition,
    PhraseCondition,
    PhraseElement,
    RegexCondition,
    SameSentenceCondition,
    SameSentenceElement,
    Scoped,
    ScoreBody,
    ScoreCondition,
    ScoredPart,
    WhereBody,
    WhereCondition,
    seconds,
)
from rules.conditions import (
    All,
    AnyElement,
    AnyOf,
    AtLeast,
    Condition,
    Context,
    Element,
    Inside,
    Near,
    NoneOf,
    PatternFound,
    SameSentence,
    Score,
    Scored,
    TermFound,
)
from rules.conditions import Where as DocumentIs
from rules.lexicons import Lexicon
from rules.located import Located, Where
from rules.loose import names_in
from rules.model import FIELDS, Problem
from rules.refusals import did_you_mean
from rules.signs import DOLLAR, otherwise, shown, signs_hint, signs_in
from rules.terms import Terms

# A condition's key at the head of a text: its colon or its line break got lost.
_SWALLOWED = re.compile(r"(all|any|none|near|in|phrase|of)\s*[:-]\s")


@dataclass(slots=True)
class ConditionCompiler:
    """Compiles the conditions of one file; what is wrong gathers in ``problems``, and a wrong part becomes an empty
    ``any``. ``used``: the names that were asked for."""

    located: Located
    terms: Terms
    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def condition(self, shape: Any, where: Where) -> Condition:
        """A condition of any kind. ``where``: the way to it in the file."""
        if isinstance(shape, WhereCondition):
            return where_of(shape.where)
        if isinstance(shape, Scoped):
            return self._scoped(shape, self._unscoped(shape, where))
        return self._text(shape, where)

    def _scoped(self, shape: Scoped, inner: Condition) -> Condition:
        asked = [shape.fields] if isinstance(shape.fields, str) else shape.fields
        fields = tuple(number for number, name in enumerate(FIELDS) if name in asked)
        return inner if len(fields) == len(FIELDS) else Inside(fields, inner)

    def _unscoped(self, shape: Scoped, where: Where) -> Condition:
        match shape:
            case AllCondition():
                return self.all_of(shape.all, (*where, "all"))
            case AnyOfCondition():
                return AnyOf(self._parts(shape.any, (*where, "any")))
            case NoneCondition():
                return NoneOf(self._parts(shape.none, (*where, "none")))
            case NearCondition():
                return self._near(shape.near, (*where, "near"))
            case PhraseCondition():
                return self._text(shape.phrase, (*where, "phrase"))
            case RegexCondition():
                return self._regex(shape.regex, (*where, "regex"))
            case SameSentenceCondition():
                return SameSentence(self._elements(shape.same_sentence, (*where, "same_sentence")))
            case _:
                return self._counting(shape, where)

    def _counting(self, shape: Scoped, where: Where) -> Condition:
        match shape:
            case AtLeastCondition():
                return AtLeast(shape.at_least.n, self._parts(shape.at_least.of, (*where, "at_least", "of")))
            case ScoreCondition():
                return self._score(shape.score, (*where, "score"))
            case ContextCondition():
                return Context(self._parts(shape.context, (*where, "context")))
            case _:
                raise TypeError(f"no condition: {shape!r}")

    def all_of(self, shapes: Sequence[Any], where: Where) -> All:
        """All of some conditions. A pattern may stand here, beside something that is looked for."""
        plain = {
            n: self.condition(shape, (*where, n)) for n, shape in enumerate(shapes) if not _is_regex(shape)
        }
        anchored = any(all(part.ways()) for part in plain.values())
        patterns = (
            self._scoped(shape, self._regex(shape.regex, (*where, n, "regex"), anchored=anchored))
            for n, shape in enumerate(shapes)
            if isinstance(shape, RegexCondition)
        )
        return All((*plain.values(), *patterns))  # patterns last: the phrases are known already

    def _score(self, shape: ScoreBody, where: Where) -> Score:
        most = sum(one.points for one in shape.of if one.points > 0)
        if most < shape.needs:
            self.tell("R013", (*where, "needs"), f"{most} من {shape.needs}", f"{most} of {shape.needs}")
        return Score(shape.needs, self._scored(shape.of, (*where, "of")))

    def _scored(self, shapes: Iterable[ScoredPart], where: Where) -> tuple[Scored, ...]:
        return tuple(
            Scored(self.condition(shape.when, (*where, n, "when")), shape.points, shape.required)
            for n, shape in enumerate(shapes)
        )

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
            case SameSentenceElement():
                return SameSentence(self._elements(shape.same_sentence, (*where, "same_sentence")))
            case PhraseElement():
                return self._text(shape.phrase, (*where, "phrase"))
            case _:
                return self._text(shape, where)

    def _text(self, text: str, where: Where) -> TermFound | AnyElement:
        if where in self.located.swallowed:
            return AnyElement(())  # that has been told of
        if text.startswith("$") and (text[1:2].isalpha() or text[1:2] == "_") and " " not in text:
            return self._name(text[1:], where)
        self._look_for_signs(text, where)
        found = self.terms.phrase(text)
        if found is None:
            self.tell("R003", where, hint="اكتب كلمة واحدة على الأقل، أو $اسمًا من القاموس.")
        return found or AnyElement(())

    def _look_for_signs(self, text: str, where: Where) -> None:
        """A name or a condition that a sign turned into mere words would match nothing, silently."""
        if DOLLAR.search(text) or _SWALLOWED.match(text):
            self.tell("R006", where, f"«{shown(text)}»", f"'{shown(text)}'", _name_hint(text))
        elif signs := signs_in(text):
            self.tell("R007", where, signs, signs, signs_hint(signs))
        elif other := otherwise(text):
            self.tell("R014", where, f"«{text}»", f"'{text}'", other)
        elif text in self.terms.lexicon.terms or text in self.terms.lexicon.groups:
            hint = f"إن أردت الاسم الذي في القاموس فاكتب ${text}."
            self.tell("R014", where, f"«{text}»", f"'{text}'", hint)

    def _name(self, name: str, where: Where) -> TermFound | AnyElement:
        lexicon = self.terms.lexicon
        if name in lexicon.terms or name in lexicon.groups:
            self.used.add(name)
            return self.terms.name(name)
        if not (name in self.unknown and lexicon.unread):  # an unread lexicon is told of once a name
            self.problems.append(unknown_name(name, lexicon, self.located.path, self.located.at(where)))
        self.unknown.add(name)
        return AnyElement(())

    def _regex(self, pattern: str, where: Where, *, anchored: bool = False) -> Condition:
        if not anchored:
            hint = "ضعه تحت all بجوار عبارة أو $اسم."
            self.tell("R009", where, hint=hint)
        if marks := unicode_regex.unwritten(pattern):
            named = " ".join(f"U+{ord(mark):04X}" for mark in marks)
            self.tell("R015", where, named, named, "احذفها: يرى النمط النص بعد حذفها منه.")
        try:
            return PatternFound(unicode_regex.compiled(pattern), pattern)
        except unicode_regex.BadPattern as bad:
            self.tell("R010", where, bad.arabic, bad.english, bad.hint)
            return AnyElement(())

    def tell(self, code: str, where: Where, arabic: str = "", english: str = "", hint: str = "") -> None:
        """Note a problem at a place of the file."""
        self.problems.append(problem(code, self.located.path, self.located.at(where), arabic, english, hint))

    def without(self, shape: Any, where: Where) -> Without:
        """An exclusion with its reason."""
        found = Without(self.condition(shape, where), shape.because)
        self.check_looks(found.condition, where)
        return found

    def check_looks(self, condition: Condition, where: Where) -> None:
        """A condition that holds where nothing was found would hold nearly everywhere."""
        if any(one.level == "error" for one in self.problems):
            return
        if not all(condition.ways()):
            hint = "أضف عبارة أو $اسمًا لا بد من وجوده؛ none وحدها تصح في كل خبر تقريبًا."
            self.tell("R004", where, hint=hint)

    def check_shows(self, condition: Condition, where: Where) -> None:
        """A rule that can show no words would never match, silently."""
        if not condition.shows() and not any(one.level == "error" for one in self.problems):
            self.tell("R008", where, hint="أضف عبارة أو $اسمًا خارج context وnone.")


def unknown_names(located: Located, lexicon: Lexicon) -> Iterator[Problem]:
    """The names in a file of a wrong shape that no lexicon has, each once."""
    told: set[str] = set()
    for name, at in names_in(located):
        if name not in lexicon.terms and name not in lexicon.groups and name not in told:
            told.add(name)
            yield unknown_name(name, lexicon, located.path, at)


def unknown_name(name: str, lexicon: Lexicon, path: Path, at: At) -> Problem:
    """That no lexicon has a name, or that its definition is wrong."""
    if name in lexicon.broken:
        return problem("R005", path, at, f"«${name}»", f"'${name}'", "أصلح تعريفه أولًا.")
    unread = "، ".join(one.name for one in lexicon.unread)
    known = [*lexicon.terms, *lexicon.groups]
    hint = did_you_mean(name, known) or "عرّفه في ملف تحت lexicon، أو ابحث عن كلمته: rasid rules forms 'كلمة'"
    hint += f" ولم يُقرأ القاموس: {unread}." if unread else ""
    return problem("R001", path, at, f"«${name}»", f"'${name}'", hint)


def _name_hint(text: str) -> str:
    """What to do with a name that is not by itself, or with a condition's key that has become part of a phrase."""
    if "،" in text:
        return "الفاصلة العربية «،» لا تفصل بين البنود: اكتب «,» مكانها، أو اجعل كل بند في سطر يبدأ بـ «- »."
    if "$" not in text and DOLLAR.search(text):
        return "هذه علامة دولار من لوحة مفاتيح أخرى: اكتب «$»."
    return "اسم القاموس يقف وحده في بند: $name. وبعد مفتاح الشرط نقطتان، ثم كل بند في سطر يبدأ بـ «- »."


def _is_regex(shape: Any) -> bool:
    return isinstance(shape, RegexCondition)


def where_of(shape: WhereBody) -> DocumentIs:
    """What a document must be."""
    first, _, last = (shape.hours or "").partition("..")
    return DocumentIs(
        sources=frozenset(" ".join(fold_tokens(source)) for source in shape.sources or ()),
        countries=frozenset(shape.countries or ()),
        languages=frozenset(shape.languages or ()),
        hours=(int(first), int(last)) if shape.hours else None,
        max_age=timedelta(seconds=seconds(shape.max_age)) if shape.max_age else None,
    )
