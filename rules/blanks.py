"""What the skeleton of a new rule leaves to be filled in, and nobody has filled in."""

from collections.abc import Iterator
from typing import Any

from rules.codes import problem
from rules.located import Located, Where
from rules.model import Problem, Status
from rules.schema import RuleFile
from rules.skeleton import BLANKS, PHRASES

_HINT = "اكتب مكانه ما يخص قاعدتك، واحذف القوسين إن كانا."


def unfilled(shape: RuleFile, located: Located, *, live: bool = True) -> Iterator[Problem]:
    """The blanks of a rule, if it is live or not as asked: a live rule must have none, a draft is to be told."""
    if (shape.status is Status.LIVE) is live:
        for where in _blanks(located.data, ()):
            text = _at(located.data, where)
            code = "S021" if live else "S022"
            yield problem(code, located.path, located.at(where), f"«{text}»", f"'{text}'", _HINT)


def _blanks(data: Any, where: Where) -> Iterator[Where]:
    if isinstance(data, str):
        in_match = where[:1] == ("match",)
        if data in BLANKS or (in_match and data in PHRASES):
            yield where
    elif isinstance(data, list | dict):
        parts = data.items() if isinstance(data, dict) else enumerate(data)
        for step, one in parts:
            yield from _blanks(one, (*where, step))


def _at(data: Any, where: Where) -> Any:
    for step in where:
        data = data[step]
    return data
