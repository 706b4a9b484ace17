"""The examples that every rule carries, run: a rule proves itself in its own file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rules.codes import problem
from rules.loader import LoadedRule, LoadResult, in_order, load_rules
from rules.located import NOTHING, Instead, Where
from rules.matcher import RuleSet
from rules.model import Document, Problem
from rules.schema import ExampleText
from rules.watch.timeline import run_timelines

# What stands under `examples`: whether the rule should match it, and whether it is a known weakness.
_KEYS = {
    "match": (True, False),
    "no_match": (False, False),
    "todo_match": (True, True),
    "todo_no_match": (False, True),
}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The rules and watches that are right, what is wrong, and how much there was; timelines are examples.

    ``todo``: known weaknesses among the examples.
    """

    rule_set: RuleSet
    problems: tuple[Problem, ...]
    rules: int
    lexicons: int
    examples: int
    todo: int

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(found.level == "error" for found in self.problems)

    @property
    def warnings(self) -> int:
        """How many problems are warnings."""
        return len(self.problems) - self.errors


def check_rules(folder: Path, instead: Instead = NOTHING) -> CheckResult:
    """Load a rules folder and run every example of every rule and watch, whatever its status.

    ``instead``: see ``load_rules``.
    """
    return check_loaded(load_rules(folder, instead))


def check_loaded(result: LoadResult, more: Iterable[Problem] = ()) -> CheckResult:
    """Run the examples of what has been loaded. ``more``: problems that were found otherwise."""
    told, _ = result.accepted.split([*result.problems, *example_problems(result), *more])
    return counted(result, told)


def example_problems(result: LoadResult) -> Iterator[Problem]:
    """What is wrong with the examples and timelines of everything that has been loaded."""
    for rule in result.loaded:
        yield from run_examples(rule, result.rule_set)
    for watch in result.watches:
        yield from run_timelines(watch)


def counted(result: LoadResult, problems: Iterable[Problem]) -> CheckResult:
    """The result of a check that found these problems."""
    timelines = sum(len(watch.shape.timeline) for watch in result.watches)
    return CheckResult(
        rule_set=result.rule_set,
        problems=in_order(list(problems)),
        rules=len(result.rule_set.rules),
        lexicons=result.lexicons,
        examples=_count(result, todo=False) + _count(result, todo=True) + timelines,
        todo=_count(result, todo=True),
    )


def run_examples(rule: LoadedRule, rule_set: RuleSet) -> Iterator[Problem]:
    """What is wrong with a rule's examples."""
    for key, (should, todo) in _KEYS.items():
        given = _given(rule, key)
        if not todo and not given:
            yield _none_given(rule, key)
        for number, example in enumerate(given):
            yield from _run(rule, rule_set, ("examples", key, number), example, should=should, todo=todo)


def _given(rule: LoadedRule, key: str) -> list[ExampleText]:
    given: list[ExampleText] = getattr(rule.shape.examples, key)
    return given


def _count(result: LoadResult, *, todo: bool) -> int:
    keys = [key for key, (_, is_todo) in _KEYS.items() if is_todo == todo]
    return sum(len(_given(rule, key)) for rule in result.loaded for key in keys)


def _none_given(rule: LoadedRule, key: str) -> Problem:
    at = rule.located.at(("examples",), key=True)
    hint = f"أضف تحت examples مفتاح {key} وفيه أمثلة من عندك."
    return problem("E003", rule.located.path, at, f"لا شيء في {key}", f"none in {key}", hint)


def _run(
    rule: LoadedRule, rule_set: RuleSet, where: Where, example: ExampleText, *, should: bool, todo: bool
) -> Iterator[Problem]:
    path, at = rule.located.path, rule.located.at(where)
    document = Document(title=example.title, summary=example.summary, body=example.body)
    if not "".join(document.texts).strip():
        yield problem("E005", path, at, hint="احذفه أو اكتب نصه.")
        return
    agrees = (rule_set.verdict(rule.shape.rule, document) is not None) == should
    if todo and agrees:
        better = str(where[1]).removeprefix("todo_")
        yield problem("E004", path, at, hint=f"انقله إلى {better}.")
    if not todo and not agrees:
        lines = "\n".join(rule_set.explain(rule.shape.rule, document))
        yield problem("E001" if should else "E002", path, at, f"{_shown(example)}\n{lines}", _shown(example))


def _shown(example: ExampleText) -> str:
    text = " ".join((example.title or example.summary or example.body).split())
    return f"«{text[:80]}…»" if len(text) > 80 else f"«{text}»"
