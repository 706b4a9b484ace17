"""A folder of rules and lexicons, read: everything that is right works, everything that is wrong is said."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import filterfalse
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rules.accepting import Accepted, accepted_in
from rules.blanks import unfilled
from rules.codes import At, problem
from rules.compiled import CompiledRule, Without
from rules.compiler import Template, compile_filters, compile_rule, compile_template
from rules.condition_compiler import unknown_names
from rules.lexicons import Lexicon, read_lexicon
from rules.located import NOTHING, Instead, Located, read_yaml
from rules.loose import is_broken_watch, problems_of_rest
from rules.matcher import RuleSet
from rules.model import Problem
from rules.refusals import problems_of
from rules.schema import FiltersFile, RuleFile, TemplateFile
from rules.terms import Terms
from rules.watch.compiler import RULE_IS_BROKEN
from rules.watch.reading import is_watch, load_watches
from rules.watch.schema import WatchFile
from rules.watch.timeline import LoadedWatch

MOST_BYTES = 256 * 2**10
FILTERS = ("filters.yaml", "filters.yml")  # one of them
_SUFFIXES = {".yaml", ".yml"}

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule with its file: for what looks at examples and places."""

    shape: RuleFile
    located: Located
    compiled: CompiledRule


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The rules that are right, and what is wrong, in the order of files and lines.

    ``silenced``: warnings that a comment accepts; ``files``: every file that could be read.
    """

    rule_set: RuleSet
    problems: tuple[Problem, ...]
    loaded: tuple[LoadedRule, ...] = ()
    lexicons: int = 0
    lexicon: Lexicon = field(default_factory=Lexicon)
    watches: tuple[LoadedWatch, ...] = ()
    silenced: tuple[Problem, ...] = ()
    files: tuple[Located, ...] = ()
    filters: tuple[Without, ...] = ()

    @property
    def accepted(self) -> Accepted:
        """What the comments of the files accept."""
        return accepted_in(self.files)


def load_rules(folder: Path, instead: Instead = NOTHING) -> LoadResult:
    """Read ``library/`` and ``lexicon/`` of a folder; a file with an error contributes no rule. Never raises.

    ``instead`` holds, by absolute path, bytes to take for a file's content, whether it is on disk or not, or None
    for a file to be taken as absent; the other files are read from disk.
    """
    lexicon_files = _files(folder / "lexicon", instead)
    lexicon = read_lexicon(lexicon_files, instead)
    terms = Terms(lexicon)
    shared = _Shared(folder, instead, terms)
    library = _files(folder / "library", instead)
    problems = [*_missing(folder, library), *lexicon.problems, *shared.problems]
    loaded: dict[str, LoadedRule] = {}
    read = [read_yaml(path, max_bytes=MOST_BYTES, instead=instead) for path in library]
    for located in filterfalse(is_watch, read):
        rule, found = _load(located, shared, loaded)
        problems.extend(found)
        if rule:
            loaded[rule.shape.rule] = rule
    watches, found = _load_watches(list(filter(is_watch, read)), loaded, library)
    problems.extend(found)
    rule_set = RuleSet(
        (rule.compiled for rule in loaded.values()),
        terms.all,
        lexicon.whole,
        shared.filters,
        (watch.compiled for watch in watches),
    )
    files = (*lexicon.files.values(), *shared.files, *read)
    told, silenced = accepted_in(files).split(problems)
    return LoadResult(
        rule_set,
        in_order(told),
        tuple(loaded.values()),
        len(lexicon_files),
        lexicon,
        tuple(watches),
        tuple(silenced),
        files,
        shared.filters,
    )


def _load_watches(
    files: list[Located], loaded: dict[str, LoadedRule], library: list[Path]
) -> tuple[list[LoadedWatch], list[Problem]]:
    """The watches, which may look at any rule of the library."""
    known = {name: rule.compiled.info for name, rule in loaded.items()}
    watches = {one.path for one in files}
    broken = {path.stem for path in library if path not in watches} - known.keys()
    return load_watches(files, known, broken)


def load_lexicon(folder: Path) -> Lexicon:
    """The lexicons of a rules folder alone."""
    return read_lexicon(_files(folder / "lexicon", NOTHING))


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Problems by file and line; what only follows from another stands after all others."""
    return tuple(
        sorted(
            problems,
            key=lambda one: (one.hint == RULE_IS_BROKEN, str(one.path), one.line, one.column, one.code),
        )
    )


def _files(folder: Path, instead: Instead) -> list[Path]:
    """The YAML files under a folder, in order, without hidden ones and what editors leave behind."""
    absolute = folder.absolute()
    given = {folder / path.relative_to(absolute) for path in instead if path.is_relative_to(absolute)}
    return [
        path
        for path in sorted({*folder.rglob("*"), *given})
        if is_rule_file(path.relative_to(folder)) and instead.get(path.absolute(), b"") is not None
    ]


def rule_paths(folder: Path) -> list[Path]:
    """Every file of a rules folder that is read, in order."""
    parts = [path for part in ("lexicon", "library", "templates") for path in _files(folder / part, NOTHING)]
    return [*parts, *(folder / name for name in FILTERS if (folder / name).is_file())]


def is_rule_file(path: Path) -> bool:
    """Whether a file (its path within the rules folder) is one that is read: YAML, and not hidden."""
    return path.suffix.lower() in _SUFFIXES and not any(part.startswith(".") for part in path.parts)


def _missing(folder: Path, library: list[Path]) -> Iterator[Problem]:
    place = folder / "library"
    if not library and not place.is_dir():
        hint = "مجلد القواعد فيه library وlexicon."
        yield problem("S012", place, At(), "لا يوجد مجلد هنا", "there is no folder here", hint)
    elif not library:
        yield problem("S016", place, At())


class _Shared:
    """What every rule may stand on: the terms, the templates, the filters; and what is wrong with the latter two."""

    def __init__(self, folder: Path, instead: Instead, terms: Terms) -> None:
        self.instead, self.terms = instead, terms
        self.problems: list[Problem] = []
        self.files: list[Located] = []
        self.filters = self._filters([path for name in FILTERS if self._is_there(path := folder / name)])
        self.templates: dict[str, Template] = {}
        for path in _files(folder / "templates", instead):
            self._take_template(path)

    def _read(self, path: Path, model: type[Model]) -> tuple[Located, Model | None]:
        located = read_yaml(path, max_bytes=MOST_BYTES, instead=self.instead)
        self.files.append(located)
        shape = _shaped(located, model)
        self.problems += located.problems
        return located, shape

    def _is_there(self, path: Path) -> bool:
        return self.instead.get(path.absolute(), b"" if path.is_file() else None) is not None

    def _filters(self, paths: list[Path]) -> tuple[Without, ...]:
        """Those of the first file; a second one is told of, and not read."""
        for path in paths[1:]:
            self.problems.append(
                problem("S023", path, At(), paths[0].name, paths[0].name, "انقل ما فيه إليه ثم احذفه.")
            )
        if not paths:
            return ()
        located, shape = self._read(paths[0], FiltersFile)
        if shape is None:
            return ()
        filters, found = compile_filters(shape, located, self.terms)
        self.problems += found
        return filters

    def _take_template(self, path: Path) -> None:
        located, shape = self._read(path, TemplateFile)
        if shape is None:
            self.problems += unknown_names(located, self.terms.lexicon)
            return
        template, found = compile_template(shape, located, self.terms)
        self.problems += found
        if shape.template in self.templates:
            at = located.at(("template",))
            self.problems.append(problem("R012", path, at, f"«{shape.template}»", f"'{shape.template}'"))
        elif template:
            self.templates[shape.template] = template


def _load(
    located: Located, shared: _Shared, known: dict[str, LoadedRule]
) -> tuple[LoadedRule | None, list[Problem]]:
    if is_broken_watch(located):
        return None, [*located.problems, *problems_of_rest(located, WatchFile)]
    shape = _shaped(located, RuleFile)
    if shape is None:
        return None, [*located.problems, *unknown_names(located, shared.terms.lexicon)]
    located.problems.extend((*_misnamed(shape, located, known), *unfilled(shape, located)))
    compiled, found = compile_rule(shape, located, shared.terms, shared.templates)
    problems = [*located.problems, *found]
    if compiled is None or any(one.level == "error" for one in problems):
        return None, problems
    return LoadedRule(shape, located, compiled), problems


def _shaped(located: Located, model: type[Model]) -> Model | None:
    if located.data is None:
        located.problems.extend(problems_of_rest(located, model))
        return None
    shapes: dict[int, Any] = {}
    try:
        return model.model_validate(located.data, context=shapes)
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
