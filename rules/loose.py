"""What can be said of a file of a wrong shape: the names that it surely uses, what is wrong in the parts that read."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from rules.codes import At
from rules.located import Located, Where
from rules.model import Problem
from rules.refusals import problems_of

_NAME = re.compile(r"\$[A-Za-z_][A-Za-z0-9_]*(?:\.nisba)?")
_ITEM = re.compile(rf"\s*(?:- +)+({_NAME.pattern})\s*(?:#.*)?$")
_CONDITIONS = ("match", "without", "escalate", "all", "filters")  # top keys under which conditions stand


def names_in(located: Located) -> Iterator[tuple[str, At]]:
    """The names, without their sign, that a file asks for, and where: whatever else is wrong with it."""
    whole = located.rest or located
    if isinstance(whole.data, dict):
        for key in _CONDITIONS:
            yield from _names(whole.data.get(key), (key,), whole)
    for number, line in located.lost.items():
        if found := _ITEM.match(line):
            yield found[1][1:], At(number, found.start(1) + 1)


def _names(data: Any, where: Where, located: Located) -> Iterator[tuple[str, At]]:
    if isinstance(data, str) and where[-1] != "because" and _NAME.fullmatch(data):
        yield data[1:], located.at(where)
    elif isinstance(data, list):
        for number, one in enumerate(data):
            yield from _names(one, (*where, number), located)
    elif isinstance(data, dict):
        for key, one in data.items():
            yield from _names(one, (*where, key), located)


def is_broken_watch(located: Located) -> bool:
    """Whether a file that YAML refuses was to be a watch."""
    whole = located.rest.data if located.rest else None
    return located.data is None and (
        (isinstance(whole, dict) and "watch" in whole)
        or any(line.startswith("watch:") for line in located.lost.values())
    )


def problems_of_rest(located: Located, model: type[BaseModel]) -> list[Problem]:
    """What is wrong in the parts of a broken file that stand for themselves; nothing that the others may have had."""
    rest = located.rest
    if rest is None or not isinstance(rest.data, dict):
        return []
    shapes: dict[int, Any] = {}
    try:
        model.model_validate(rest.data, context=shapes)
    except ValidationError as error:
        wrong = problems_of(error, rest, shapes)
        return [one for one in wrong if not _may_be_lost(one, rest)]
    return []


def _may_be_lost(found: Problem, rest: Located) -> bool:
    """Whether a key of the file itself is missing: who knows what the lines were to be that could not be read."""
    return found.code == "S006" and rest.at(()) == (found.line, found.column)
