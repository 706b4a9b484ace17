"""What may be wrong in rules that work: one check a class, each with its codes, run after everything has loaded."""

from collections.abc import Iterable

from rules.lint.base import Check, Subject
from rules.lint.conditions import SubsumedBranches, WideWindows
from rules.lint.contradictions import Contradictions
from rules.lint.names import Collisions, CommonNames, ShadowedWords, SharedNames
from rules.lint.nisba import MissingNisba
from rules.lint.proofs import FewExamples, IdleExamples, SameExamples
from rules.lint.redundant import Redundant
from rules.lint.texts import CutTexts, HiddenMarks, Unfilled
from rules.loader import LoadResult
from rules.model import Problem

CHECKS: tuple[type[Check], ...] = (
    HiddenMarks,
    Redundant,
    SharedNames,
    CommonNames,
    Collisions,
    ShadowedWords,
    MissingNisba,
    Contradictions,
    SubsumedBranches,
    WideWindows,
    FewExamples,
    IdleExamples,
    SameExamples,
    CutTexts,
    Unfilled,
)


def lint(result: LoadResult, checks: Iterable[type[Check]] = CHECKS) -> list[Problem]:
    """Every warning about the rules and lexicons of a folder, those too that a line accepts."""
    subject = Subject(result)
    return [found for check in checks for found in check().look(subject)]
