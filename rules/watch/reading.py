"""Watch files, read once the rules are known that they watch."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from rules.codes import problem
from rules.located import Located
from rules.model import Problem, RuleInfo
from rules.refusals import problems_of
from rules.watch.compiler import compile_watch
from rules.watch.schema import WatchFile
from rules.watch.timeline import LoadedWatch

KEY = "watch"  # the top key that makes a file of the library a watch


def is_watch(located: Located) -> bool:
    """Whether a file of the library is meant to be a watch."""
    return isinstance(located.data, dict) and KEY in located.data and "rule" not in located.data


def load_watches(
    files: Iterable[Located], rules: Mapping[str, RuleInfo], broken: Collection[str]
) -> tuple[list[LoadedWatch], list[Problem]]:
    """The watches among ``files`` that are right, and what is wrong. ``rules``, ``broken``: see ``compile_watch``."""
    loaded: dict[str, LoadedWatch] = {}
    problems: list[Problem] = []
    for located in files:
        shape = _shaped(located)
        if shape is not None:
            located.problems.extend(_misnamed(shape, located, {**rules, **_infos(loaded)}))
            compiled, found = compile_watch(shape, located, rules, broken)
            located.problems.extend(found)
            if compiled and not any(one.level == "error" for one in located.problems):
                loaded[shape.watch] = LoadedWatch(shape, located, compiled)
        problems.extend(located.problems)
    return list(loaded.values()), problems


def _infos(loaded: Mapping[str, LoadedWatch]) -> dict[str, RuleInfo]:
    return {name: watch.compiled.info for name, watch in loaded.items()}


def _shaped(located: Located) -> WatchFile | None:
    shapes: dict[int, Any] = {}
    try:
        return WatchFile.model_validate(located.data, context=shapes)
    except ValidationError as error:
        located.problems.extend(problems_of(error, located, shapes))
        return None


def _misnamed(shape: WatchFile, located: Located, known: Mapping[str, RuleInfo]) -> Iterator[Problem]:
    at = located.at((KEY,))
    if shape.watch in known:
        first = known[shape.watch].path
        place = f"{first.parent.name}/{first.name}"
        yield problem("R002", located.path, at, f"«{shape.watch}» في {place}", f"'{shape.watch}' in {place}")
    if shape.watch != located.path.stem:
        hint = f"سمِّ الملف {shape.watch}.yaml أو غيّر المعرّف."
        yield problem("S015", located.path, at, f"«{shape.watch}»", f"'{shape.watch}'", hint)
