"""Lexicon files to terms: what ``$name`` stands for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rules.arabic import fold_tokens
from rules.arabic.nisba import nisba_forms
from rules.codes import At, problem
from rules.located import NOTHING, Instead, Located, Where, read_yaml
from rules.loose import problems_of_rest
from rules.model import Problem
from rules.phrases import Phrase, Term, names, noun
from rules.refusals import did_you_mean, problems_of
from rules.schema import Entity, Group, LexiconFile, WordList
from rules.signs import DOLLAR, otherwise, signs_hint, signs_in

MOST_BYTES = 5 * 2**20
DEEPEST_GROUPS = 24  # groups within groups
NISBA = ".nisba"  # after an entity's name: its adjective

Definition = Entity | WordList | Group


@dataclass(slots=True)
class Lexicon:
    """Every name that rules may use. ``broken``: names that are defined, but wrongly. ``unread``: files without data.

    ``whole``: the one-word names, folded, which the finder takes for nothing else.
    """

    terms: dict[str, Term] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    places: dict[str, tuple[Path, At]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    unread: list[Path] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    files: dict[Path, Located] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def meaning(self, name: str) -> object:
        """What a name stands for as plain data, its group's members included; KeyError if there is none."""
        definition = self.definitions[name.removesuffix(NISBA)]
        if isinstance(definition, Group):
            return {member: self.meaning(member) for member in self.groups[name]}
        return definition.model_dump(mode="json")


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
        for name, group in shaped.groups.items():
            _define(lexicon, located, ("groups", name), group)
        lexicon.files[path] = located
    for located in lexicon.files.values():
        _gather(lexicon, located)
    return lexicon


def _shaped(located: Located, lexicon: Lexicon) -> LexiconFile | None:
    if located.data is None:
        located.problems.extend(problems_of_rest(located, LexiconFile))
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
    lexicon.problems += _doubtful(located, where, definition)
    lexicon.definitions[name] = definition
    if isinstance(definition, Group):
        return  # its members may stand in a file that is yet to be read
    lexicon.terms[name] = _term(name, definition)
    lexicon.whole.update(_whole(definition))
    if isinstance(definition, Entity) and definition.nisba:
        forms = (form for adjective in definition.nisba for form in nisba_forms(adjective))
        lexicon.terms[name + NISBA] = Term(f"${name}{NISBA}", _nouns(forms), _nouns(definition.ignore))


def _doubtful(located: Located, where: Where, definition: Definition) -> Iterable[Problem]:
    """Texts that say something else than their author thinks."""
    for place, text in _texts(definition):
        at = located.at((*where, *place))
        if (*where, *place) in located.swallowed:
            continue  # that has been told of
        if DOLLAR.search(text):
            hint = "أسماء القواميس تُجمع تحت groups؛ وهنا عبارات فقط."
            yield problem("R006", located.path, at, f"«{text}»", f"'{text}'", hint)
        elif signs := signs_in(text):
            yield problem("R007", located.path, at, signs, signs, signs_hint(signs))
        elif other := otherwise(text):
            yield problem("R014", located.path, at, f"«{text}»", f"'{text}'", other)


def _gather(lexicon: Lexicon, located: Located) -> None:
    """Resolve the groups of a file, now that every name is known."""
    for name, definition in lexicon.definitions.items():
        if isinstance(definition, Group) and lexicon.places[name][0] == located.path:
            members = _members(lexicon, located, name, (name,))
            if members is None:
                lexicon.broken.add(name)


def _members(
    lexicon: Lexicon, located: Located, name: str, within: tuple[str, ...], via: int | None = None
) -> tuple[str, ...] | None:
    """The names of entities and lists that a group comes to; None, and the reason said, if one is wrong.

    ``via``: the place in the outermost group that led here, which is where the file is at fault. What a group comes
    to is kept: groups of groups would otherwise unfold beyond all bounds.
    """
    group = lexicon.definitions[name]
    assert isinstance(group, Group)
    found: list[str] = []
    for number, called in enumerate(group.of):
        member = called[1:]
        if member in lexicon.terms:
            found.append(member)
            continue
        if member in lexicon.groups:
            found.extend(lexicon.groups[member])
            continue
        place = number if via is None else via
        at = located.at(("groups", within[0], "of", place))
        known = isinstance(lexicon.definitions.get(member), Group)
        if len(within) > DEEPEST_GROUPS:
            lexicon.problems.append(problem("S010", located.path, at, f"${member}", f"${member}"))
            return None
        if not known or member in within:
            _tell_wrong_member(lexicon, located, at, member, cyclic=known)
            return None
        deeper = _members(lexicon, located, member, (*within, member), place)
        if deeper is None:
            return None
        found.extend(deeper)
    lexicon.groups[name] = tuple(dict.fromkeys(found))
    return lexicon.groups[name]


def _tell_wrong_member(lexicon: Lexicon, located: Located, at: At, member: str, *, cyclic: bool) -> None:
    if cyclic:
        found = problem(
            "L002", located.path, at, f"«${member}»", f"'${member}'", "احذف الاسم من إحدى المجموعتين."
        )
    elif member in lexicon.broken:
        found = problem("R005", located.path, at, f"«${member}»", f"'${member}'", "أصلح تعريفه أولًا.")
    else:
        hint = did_you_mean(member, lexicon.terms) or "عرّفه في ملف تحت lexicon."
        found = problem("R001", located.path, at, f"«${member}»", f"'${member}'", hint)
    if found not in lexicon.problems:
        lexicon.problems.append(found)


def _defined_before(name: str, path: Path, at: At, first: Path, first_at: At) -> Problem:
    place = f"{first.name}:{first_at.line}"
    return problem("L001", path, at, f"«{name}»، وقد عُرّف في {place}", f"'{name}', first at {place}")


def _texts(definition: Definition) -> Iterable[tuple[Where, str]]:
    """Every text of a definition, with the way to it from the definition."""
    listed: dict[str, list[str]] = {}
    if isinstance(definition, Entity):
        yield ("name",), definition.name
        listed = {"aliases": definition.aliases, "nisba": definition.nisba, "ignore": definition.ignore}
    elif isinstance(definition, WordList):
        listed = {"words": definition.words, "ignore": definition.ignore}
    for key, texts in listed.items():
        yield from (((key, number), text) for number, text in enumerate(texts))


def _term(name: str, definition: Entity | WordList) -> Term:
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
