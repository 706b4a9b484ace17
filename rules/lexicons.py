"""Lexicon files to terms: what ``$name`` stands for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rules.arabic import fold_tokens
from rules.codes import At, problem
from rules.located import NOTHING, Instead, Located, Where, read_yaml
from rules.model import Problem
from rules.phrases import Phrase, Term, names, noun
from rules.refusals import problems_of
from rules.schema import Entity, LexiconFile, WordList
from rules.signs import SIGNS_HINT, signs_in

MOST_BYTES = 5 * 2**20

Definition = Entity | WordList


@dataclass(slots=True)
class Lexicon:
    """Every name that rules may use. ``broken``: names that are defined, but wrongly. ``unread``: files without data.

    ``whole``: the one-word names, folded, which the finder takes for nothing else.
    """

    terms: dict[str, Term] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    places: dict[str, tuple[Path, At]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    unread: list[Path] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def read_lexicon(paths: Iterable[Path], instead: Instead = NOTHING) -> Lexicon:
    """Read lexicon files; a wrong entry is left out and said, the others count. ``instead``: see ``load_rules``."""
    lexicon = Lexicon()
    for path in paths:
        located = read_yaml(path, max_bytes=MOST_BYTES, instead=instead)
        shaped = _shaped(located, lexicon)
        lexicon.problems.extend(located.problems)
        if shaped is None:
            lexicon.unread.append(path)
            continue
        for name, entity in shaped.entities.items():
            _define(lexicon, located, ("entities", name), entity)
        for name, word_list in shaped.lists.items():
            _define(lexicon, located, ("lists", name), word_list)
    return lexicon


def _shaped(located: Located, lexicon: Lexicon) -> LexiconFile | None:
    if located.data is None:
        return None
    shapes: dict[int, Any] = {}
    try:
        return LexiconFile.model_validate(located.data, context=shapes)
    except ValidationError as error:
        located.problems.extend(problems_of(error, located, shapes))
        wrong = {detail["loc"][:2] for detail in error.errors() if len(detail["loc"]) > 1}
        lexicon.broken.update(str(name) for _, name in wrong)
    try:
        return LexiconFile.model_validate(_without(located.data, wrong))
    except ValidationError:  # the file as a whole is wrong, which has been said
        return None


def _without(data: Any, wrong: Iterable[tuple[str | int, ...]]) -> Any:
    if not isinstance(data, dict):
        return data
    left_out = set(wrong)
    return {
        part: {name: value for name, value in entries.items() if (part, name) not in left_out}
        for part, entries in data.items()
        if isinstance(entries, dict)
    }


def _define(lexicon: Lexicon, located: Located, where: Where, definition: Definition) -> None:
    name = str(where[-1])
    at = located.at(where, key=True)
    if name in lexicon.places:
        lexicon.problems.append(_defined_before(name, located.path, at, *lexicon.places[name]))
        return
    lexicon.places[name] = (located.path, at)
    empty = [place for place, text in _texts(definition) if not fold_tokens(text)]
    if empty:
        lexicon.broken.add(name)
        lexicon.problems.extend(
            problem("R003", located.path, located.at((*where, *place)), hint="احذفها أو اكتب كلماتها.")
            for place in empty
        )
        return
    for place, text in _texts(definition):
        if signs := signs_in(text):
            at = located.at((*where, *place))
            lexicon.problems.append(problem("R007", located.path, at, signs, signs, SIGNS_HINT))
    lexicon.definitions[name] = definition
    lexicon.terms[name] = _term(name, definition)
    lexicon.whole.update(_whole(definition))


def _defined_before(name: str, path: Path, at: At, first: Path, first_at: At) -> Problem:
    place = f"{first.name}:{first_at.line}"
    return problem("L001", path, at, f"«{name}»، وقد عُرّف في {place}", f"'{name}', first at {place}")


def _texts(definition: Definition) -> Iterable[tuple[Where, str]]:
    """Every text of a definition, with the way to it from the definition."""
    if isinstance(definition, Entity):
        yield ("name",), definition.name
        listed = {"aliases": definition.aliases, "ignore": definition.ignore}
    else:
        listed = {"words": definition.words, "ignore": definition.ignore}
    for key, texts in listed.items():
        yield from (((key, number), text) for number, text in enumerate(texts))


def _term(name: str, definition: Definition) -> Term:
    if isinstance(definition, WordList):
        return Term(f"${name}", _nouns(definition.words), _nouns(definition.ignore))
    foreign = definition.spelling == "foreign"
    called = _names((definition.name, *definition.aliases), foreign=foreign)
    return Term(f"${name}", called, _names(definition.ignore, foreign=foreign))


def _names(texts: Iterable[str], *, foreign: bool) -> tuple[Phrase, ...]:
    return tuple(dict.fromkeys(phrase for text in texts for phrase in names(text, foreign=foreign)))


def _nouns(texts: Iterable[str]) -> tuple[Phrase, ...]:
    return tuple(dict.fromkeys(phrase for text in texts if (phrase := noun(text))))


def _whole(definition: Definition) -> Iterable[str]:
    if isinstance(definition, Entity):
        for text in (definition.name, *definition.aliases):
            folded = fold_tokens(text)
            if len(folded) == 1:
                yield folded[0]
