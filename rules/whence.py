"""Which text of which lexicon gave a word, and where a name that found nothing is defined."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from rules.arabic import fold_tokens
from rules.arabic.nisba import nisba_forms
from rules.finder import Finder
from rules.lexicons import NISBA, Lexicon
from rules.lint.base import Spelled, spelled_in
from rules.loader import LoadedRule, LoadResult
from rules.model import Document
from rules.phrases import Term
from rules.schema import Entity


class Source(NamedTuple):
    """A name, the text of its lexicon ("" of one that found nothing), and the place of either."""

    name: str
    text: str
    path: Path
    line: int


def sources(names: Collection[str], lexicon: Lexicon, document: Document) -> Iterator[Source]:
    """For each of some names the texts of it that stand in a document; of one that has none the place of the name."""
    wanted = {
        member: name
        for name in names
        for member in lexicon.groups.get(name, (name,))
        if not member.endswith(NISBA)
    }
    spelled = [one for one in spelled_in(lexicon) if one.name in wanted]
    terms = [Term(one.text, tuple(one.phrases)) for one in spelled]
    there = [spelled[number] for number in sorted(Finder(terms, lexicon.whole).find(document.texts))]
    yield from (source_of(one, lexicon) for one in there)
    seen = {wanted[one.name] for one in there}
    for name in names:
        if name not in seen and (plain := name.removesuffix(NISBA)) in lexicon.places:
            path, at = lexicon.places[plain]
            yield Source(name, "", path, at.line)


def source_of(one: Spelled, lexicon: Lexicon) -> Source:
    """Where a text of a lexicon stands."""
    located = lexicon.files[lexicon.places[one.name][0]]
    return Source(one.name, one.text, located.path, located.at(one.where).line)


def holding(word: str, lexicon: Lexicon) -> list[Source]:
    """The texts of the lexicons that a word or phrase is found by, or that have it among their words."""
    tokens = tuple(fold_tokens(word))
    spelled = list(spelled_in(lexicon))
    terms = [Term(one.text, tuple(one.phrases)) for one in spelled]
    found = Finder(terms, lexicon.whole).find([word]).keys()
    return [
        source_of(one, lexicon)
        for number, one in enumerate(spelled)
        if number in found or _has(tuple(fold_tokens(one.text)), tokens)
    ] + list(_adjectives(tokens, lexicon))


def _adjectives(tokens: tuple[str, ...], lexicon: Lexicon) -> Iterator[Source]:
    """The names whose nisba has a word among its forms."""
    for name, definition in lexicon.definitions.items():
        for number, adjective in enumerate(definition.nisba if isinstance(definition, Entity) else ()):
            if tokens in {tuple(fold_tokens(form)) for form in nisba_forms(adjective)}:
                located = lexicon.files[lexicon.places[name][0]]
                line = located.at(("entities", name, "nisba", number)).line
                yield Source(name + NISBA, adjective, located.path, line)


def _has(text: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    return any(text[at : at + len(tokens)] == tokens for at in range(len(text) - len(tokens) + 1))


def users(names: Collection[str], loaded: LoadResult) -> list[str]:
    """The ids of the rules that use one of some names, by itself or in a group."""
    lexicon = loaded.lexicon
    wanted = set(names) | {group for group, members in lexicon.groups.items() if not _apart(members, names)}
    asked = {rule.shape.rule: set(names_of(rule)) for rule in loaded.loaded}
    return sorted(rule for rule, used in asked.items() if not wanted.isdisjoint(used))


def _apart(members: Collection[str], names: Collection[str]) -> bool:
    """Whether none of some names is among the members of a group."""
    return {member.removesuffix(NISBA) for member in members}.isdisjoint(
        name.removesuffix(NISBA) for name in names
    )


def names_of(rule: LoadedRule) -> Iterator[str]:
    """Every name that a rule asks for, without its sign."""
    for part in ("match", "without", "escalate"):
        yield from _asked(rule.located.data.get(part))


def _asked(data: object) -> Iterator[str]:
    if isinstance(data, str):
        if data.startswith("$"):
            yield data[1:]
            yield data[1:].removesuffix(NISBA)
    elif isinstance(data, list | dict):
        for one in data.values() if isinstance(data, dict) else data:
            yield from _asked(one)
