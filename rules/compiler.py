"""From the shape of a rule, and of the template that it uses, to something that runs."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rules.compiled import CompiledRule, Without
from rules.condition_compiler import ConditionCompiler
from rules.conditions import All, Condition
from rules.located import Located
from rules.model import Problem, RuleInfo, Severity
from rules.refusals import did_you_mean
from rules.schema import FiltersFile, RuleFile, TemplateFile
from rules.terms import Terms

LANGUAGE = 2  # part of every hash: raise it when the same rule comes to match differently
_DECIDES = {"rule", "status", "severity", "all", "match", "without", "escalate"}


@dataclass(frozen=True, slots=True)
class Template:
    """A template with its file, compiled: what it adds to a rule. ``used``: the names that it asks for."""

    shape: TemplateFile
    parts: tuple[Condition, ...]
    without: tuple[Without, ...]
    escalate: tuple[tuple[Condition, Severity], ...]
    used: frozenset[str]


def compile_rule(
    shape: RuleFile, located: Located, terms: Terms, templates: Mapping[str, Template]
) -> tuple[CompiledRule | None, list[Problem]]:
    """The runnable rule, or None and why not. Warnings come with a rule that runs."""
    compiler = ConditionCompiler(located, terms)
    match = compiler.condition(shape.match, ("match",))
    template = templates.get(shape.uses or "")
    if template:
        match = All((match, *template.parts))
    elif shape.uses:
        hint = did_you_mean(shape.uses, templates) or "القوالب ملفات تحت templates."
        compiler.tell("R011", ("uses",), f"«{shape.uses}»", f"'{shape.uses}'", hint)
    compiler.check_looks(match, ("match",))
    compiler.check_shows(match, ("match",))
    without, escalate = _exceptions(shape, compiler)
    if any(one.level == "error" for one in compiler.problems):
        return None, compiler.problems
    used = compiler.used | (template.used if template else set())
    info = _info(shape, template, located.path, _hash(shape, template, used, terms))
    if template:
        without, escalate = (*without, *template.without), (*escalate, *template.escalate)
    return CompiledRule(info, match, without, escalate), compiler.problems


def compile_template(
    shape: TemplateFile, located: Located, terms: Terms
) -> tuple[Template | None, list[Problem]]:
    """What a template adds, or None and why not."""
    compiler = ConditionCompiler(located, terms)
    parts = compiler.all_of(shape.all, ("all",)).parts
    without, escalate = _exceptions(shape, compiler)
    if any(one.level == "error" for one in compiler.problems):
        return None, compiler.problems
    return Template(shape, parts, without, escalate, frozenset(compiler.used)), compiler.problems


def compile_filters(
    shape: FiltersFile, located: Located, terms: Terms
) -> tuple[tuple[Without, ...], list[Problem]]:
    """The words that count for no rule; what is wrong among them is left out. It goes into every rule's hash."""
    found, problems = [], []
    names: set[str] = set()
    for number, one in enumerate(shape.filters):
        compiler = ConditionCompiler(located, terms)
        condition = compiler.without(one, ("filters", number))
        problems += compiler.problems
        names |= compiler.used
        if not any(wrong.level == "error" for wrong in compiler.problems):
            found.append(condition)
    meanings = {name: terms.lexicon.meaning(name) for name in names}
    terms.filters = digest_of([shape.model_dump(mode="json", by_alias=True), meanings])
    return tuple(found), problems


def _exceptions(
    shape: RuleFile | TemplateFile, compiler: ConditionCompiler
) -> tuple[tuple[Without, ...], tuple[tuple[Condition, Severity], ...]]:
    without = tuple(compiler.without(one, ("without", n)) for n, one in enumerate(shape.without))
    escalate = tuple(
        (compiler.condition(one.when, ("escalate", n, "when")), one.severity)
        for n, one in enumerate(shape.escalate)
    )
    return without, escalate


def _info(shape: RuleFile, template: Template | None, path: Path, digest: str) -> RuleInfo:
    return RuleInfo(
        id=shape.rule,
        title=shape.title,
        title_en=shape.title_en,
        why=shape.why,
        owner=shape.owner,
        severity=shape.severity,
        status=shape.status,
        hash=digest,
        topic=path.parent.name,
        path=path,
        cooldown=shape.alert.cooldown_seconds()
        or (template.shape.alert.cooldown_seconds() if template else None),
        expect=shape.expect.value() if shape.expect else None,
    )


def _hash(shape: RuleFile, template: Template | None, used: Iterable[str], terms: Terms) -> str:
    """What the rule decides by, and the names that it uses: texts for people and examples do not count."""
    content = {
        "language": LANGUAGE,
        "rule": shape.model_dump(mode="json", by_alias=True, include=_DECIDES),
        "names": {name: terms.lexicon.meaning(name) for name in used},
    }
    if terms.filters:
        content["filters"] = terms.filters
    if template:
        content["template"] = template.shape.model_dump(mode="json", by_alias=True, include=_DECIDES)
    return digest_of(content)


def digest_of(content: object) -> str:
    """Sixteen hex digits that stand for some plain data."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]
