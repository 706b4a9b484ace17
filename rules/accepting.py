"""Warnings that are on purpose: a line accepts them with a comment, ``- رد   # مقبول: A004 كلمة لا اسم``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rules.codes import CODES, At, problem
from rules.located import Located
from rules.model import Problem

Comments = Mapping[Path, Mapping[int, frozenset[str]]]
"""By file and line: the codes that a comment names."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the comments of some files accept. Errors cannot be accepted."""

    comments: Comments = field(default_factory=dict)

    def covers(self, found: Problem) -> bool:
        """Whether the line says that its author knows."""
        lines = self.comments.get(found.path, {})
        return found.level == "warning" and found.code in lines.get(found.line, ())

    def split(self, problems: Iterable[Problem]) -> tuple[list[Problem], list[Problem]]:
        """Those that are to be told, and those that are accepted."""
        told: list[Problem] = []
        silenced: list[Problem] = []
        for found in problems:
            (silenced if self.covers(found) else told).append(found)
        return told, silenced

    def needless(self, silenced: Iterable[Problem]) -> Iterator[Problem]:
        """Comments that accept what nobody warned of. What only an archive shows may come back with another one."""
        used = {(found.path, found.line, found.code) for found in silenced}
        for path, lines in self.comments.items():
            for line, codes in lines.items():
                for code in sorted(codes):
                    if not code.startswith("X") and (path, line, code) not in used:
                        known = CODES.get(code)
                        is_error = known is not None and known.level == "error"
                        hint = "الأخطاء لا تُقبل؛ أصلح الخطأ." if is_error else "احذف التعليق."
                        yield problem("S017", path, At(line), code, code, hint)


def accepted_in(files: Iterable[Located]) -> Accepted:
    """What the comments of these files accept."""
    return Accepted({located.path: located.accepted for located in files if located.accepted})
