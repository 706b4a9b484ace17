"""A folder of rules and lexicons, read: everything that is right works, everything that is wrong is said."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rules.codes import At, problem
from rules.compiled import CompiledRule
from rules.compiler import Terms, compile_rule
from rules.lexicons import read_lexicon
from rules.located import Located, read_yaml
from rules.matcher import RuleSet
from rules.model import Problem
from rules.refusals import problems_of
from rules.schema import RuleFile

MOST_BYTES = 256 * 2**10
_SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule with its file: for what looks at examples and places."""

    shape: RuleFile
    located: Located
    compiled: CompiledRule


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The rules that are right, and what is wrong, in the order of files and lines."""

    rule_set: RuleSet
    problems: tuple[Problem, ...]
    loaded: tuple[LoadedRule, ...] = ()
    lexicons: int = 0


def load_rules(folder: Path) -> LoadResult:
    """Read ``library/`` and ``lexicon/`` of a folder; a file with an error contributes no rule. Never raises."""
    lexicon_files = list(_files(folder / "lexicon"))
    lexicon = read_lexicon(lexicon_files)
    terms = Terms(lexicon)
    problems = [*_missing(folder), *lexicon.problems]
    loaded: dict[str, LoadedRule] = {}
    for path in _files(folder / "library"):
        rule, found = _load(path, terms, loaded)
        problems.extend(found)
        if rule:
            loaded[rule.shape.rule] = rule
    rule_set = RuleSet((rule.compiled for rule in loaded.values()), terms.all, lexicon.whole)
    return LoadResult(rule_set, in_order(problems), tuple(loaded.values()), len(lexicon_files))


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Problems by file and line."""
    return tuple(sorted(problems, key=lambda found: (str(found.path), found.line, found.column, found.code)))


def _files(folder: Path) -> Iterator[Path]:
    """The YAML files under a folder, in order, without hidden ones and what editors leave behind."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in _SUFFIXES and not hidden:
            yield path


def _missing(folder: Path) -> Iterator[Problem]:
    library = folder / "library"
    if not library.is_dir():
        hint = "مجلد القواعد فيه library وlexicon."
        yield problem("S012", library, At(), "لا يوجد مجلد هنا", "there is no folder here", hint)
    elif not any(_files(library)):
        yield problem("S016", library, At())


def _load(path: Path, terms: Terms, known: dict[str, LoadedRule]) -> tuple[LoadedRule | None, list[Problem]]:
    located = read_yaml(path, max_bytes=MOST_BYTES)
    shape = _shaped(located)
    if shape is None:
        return None, located.problems
    located.problems.extend(_misnamed(shape, located, known))
    compiled, found = compile_rule(shape, located, terms)
    problems = [*located.problems, *found]
    if problems or compiled is None:
        return None, problems
    return LoadedRule(shape, located, compiled), problems


def _shaped(located: Located) -> RuleFile | None:
    if located.data is None:
        return None
    shapes: dict[int, Any] = {}
    try:
        return RuleFile.model_validate(located.data, context=shapes)
    except ValidationError as error:
        located.problems.extend(problems_of(error, located, shapes))
        return None


def _misnamed(shape: RuleFile, located: Located, known: dict[str, LoadedRule]) -> Iterator[Problem]:
    at = located.at(("rule",))
    if shape.rule in known:
        first = known[shape.rule].located.path
        place = f"{first.parent.name}/{first.name}"
        yield problem("R002", located.path, at, f"«{shape.rule}» في {place}", f"'{shape.rule}' in {place}")
    if shape.rule != located.path.stem:
        hint = f"سمِّ الملف {shape.rule}.yaml أو غيّر المعرّف."
        yield problem("S015", located.path, at, f"«{shape.rule}»", f"'{shape.rule}'", hint)
