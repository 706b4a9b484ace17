"""Which version of each rule file runs: what is on disk where that is sound, else what was good before it.

Pure: the contents come in as values. A file that is wrong in itself keeps its last good version. Where files fail
that nobody touched, whoever touched what they stand on is to blame: a lexicon whose edit breaks other rules keeps
its own last good version, and the rules stay as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rules.codes import At, problem
from rules.examples import CheckResult, check_rules
from rules.loader import in_order
from rules.located import Memory, Remembering
from rules.matcher import RuleSet
from rules.model import Problem

MOST_TRIED = 8  # changed files that are suspected one by one; each costs a check of the whole folder

Content = bytes | str
"""What a file holds; or, as text, why it could not be read."""


class Runs(StrEnum):
    """What runs in the place of a file that is not taken as it stands on disk."""

    LAST_GOOD = "last_good"
    NOTHING = "nothing"
    PARTLY = "partly"  # of a lexicon that was never good: whatever is right in it


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file (or folder) that is not taken as it stands, why, and what runs instead.

    ``of_others``: the file is sound in itself, and ``problems`` are what it does to other files.
    """

    path: Path
    problems: tuple[Problem, ...]
    runs: Runs
    of_others: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """The set to run. ``files``: the contents it is made of; ``sound``: those of them without any error."""

    rule_set: RuleSet
    files: Mapping[Path, bytes]
    sound: Mapping[Path, bytes]
    troubles: tuple[Trouble, ...]


def settle(
    folder: Path, disk: Mapping[Path, Content], good: Mapping[Path, bytes], memory: Memory | None = None
) -> Settled:
    """Find the set to run from what is ``disk`` now and the last ``good`` versions, both by absolute path.

    A file that is gone from disk is a rule that is gone, unless no rule is left at all: then everything stays.
    ``memory`` (changed in place) spares the parsing of files that were read in an earlier call.
    """
    memory = {} if memory is None else memory
    settled = _Settling(folder.absolute(), dict(disk), good, memory).settled()
    current = {*disk.items(), *settled.files.items()}
    for seen in memory.keys() - current:
        del memory[seen]
    return settled


@dataclass(slots=True)
class _Attempt:
    """What comes of some files. ``victims``: errors of files that are at their last good version."""

    files: dict[Path, bytes]
    result: CheckResult
    troubles: dict[Path, Trouble]
    victims: dict[Path, list[Problem]]


@dataclass(slots=True)
class _Settling:
    folder: Path
    disk: dict[Path, Content]
    good: Mapping[Path, bytes]
    memory: Memory
    back: dict[Path, Trouble] = field(default_factory=dict)  # files whose change is not taken, for good
    _checked: dict[frozenset[tuple[Path, bytes]], CheckResult] = field(default_factory=dict)

    def settled(self) -> Settled:
        """Take back what is to blame until nothing fails that was good; then leave out what still does."""
        self._keep_all_if_emptied()
        self._note_unreadable()
        attempt = self._attempt(self.back)
        while attempt.victims and (blamed := self._to_blame(attempt)):
            for path in blamed:
                self.back[path] = self._trouble(path, _all(attempt.victims), of_others=True)
            attempt = self._attempt(self.back)
        while dropped := [path for path in attempt.victims if self._is_rule(path)]:
            for path in dropped:  # good once, and no change explains it: Rasid itself has changed
                told = attempt.troubles.get(path)
                found = told.problems if told else tuple(attempt.victims[path])
                self.back[path] = Trouble(path, found, Runs.NOTHING)
            attempt = self._attempt(self.back)
        return self._finished(attempt)

    def _finished(self, attempt: _Attempt) -> Settled:
        failing = _errors(attempt.result)
        troubles = self.back | attempt.troubles
        for path, found in failing.items():
            runs = Runs.PARTLY if path in attempt.files else Runs.NOTHING
            troubles.setdefault(path, Trouble(path, tuple(found), runs))
        return Settled(
            rule_set=attempt.result.rule_set,
            files=attempt.files,
            sound={path: content for path, content in attempt.files.items() if path not in failing},
            troubles=tuple(troubles[path] for path in sorted(troubles)),
        )

    def _keep_all_if_emptied(self) -> None:
        """A library without a single file is an accident: a failed copy, a mount that is gone."""
        rules = {path: content for path, content in self.good.items() if self._is_rule(path)}
        if not rules or any(map(self._is_rule, self.disk)):
            return
        code, library = ("S016" if self.disk else "S012"), self.folder / "library"
        self.back[library] = Trouble(library, (problem(code, library, At()),), Runs.LAST_GOOD)
        self.disk = {**(rules if self.disk else self.good), **self.disk}

    def _note_unreadable(self) -> None:
        for path, reason in self.disk.items():
            if isinstance(reason, str):
                self.back[path] = self._trouble(path, [problem("S012", path, At(), reason, reason)])

    def _attempt(self, back: Iterable[Path]) -> _Attempt:
        """Take the disk but for ``back``, and of the rest whatever is not wrong in itself."""
        files = {path: content for path, content in self.disk.items() if isinstance(content, bytes)}
        troubles: dict[Path, Trouble] = {}
        for path in back:
            self._take_back(files, path, self.back.get(path))
        while True:
            result = self._check(files)
            failing = {path: found for path, found in _errors(result).items() if path in files}
            wrong = self._wrong_in_itself(failing, files)
            if not wrong:
                victims = {path: found for path, found in failing.items() if self._is_good(path, files)}
                return _Attempt(files, result, troubles, victims)
            for path in wrong:
                troubles[path] = self._trouble(path, failing[path])
                self._take_back(files, path, troubles[path])

    def _wrong_in_itself(self, failing: Iterable[Path], files: Mapping[Path, bytes]) -> list[Path]:
        """Changed files that fail: first what others stand on, since rules may fail through it alone."""
        changed = [path for path in failing if not self._is_good(path, files)]
        shared = [path for path in changed if not self._is_rule(path) and path in self.good]
        return shared or [path for path in changed if self._is_rule(path)]

    def _take_back(self, files: dict[Path, bytes], path: Path, trouble: Trouble | None) -> None:
        if path in self.good and (trouble is None or trouble.runs == Runs.LAST_GOOD):
            files[path] = self.good[path]
        else:
            files.pop(path, None)

    def _to_blame(self, attempt: _Attempt) -> list[Path]:
        """The taken changes that explain the victims: of what others stand on, or else of rules; [] for none."""
        changed = {*attempt.files.items()} ^ {*self.good.items()}
        free = sorted({path for path, _ in changed} - self.back.keys())
        shared = [path for path in free if not self._is_rule(path)]
        rules = [path for path in free if self._is_rule(path) and path in attempt.files]
        failing = len(attempt.victims)
        return self._explaining(shared, failing) or self._explaining(rules, failing)

    def _explaining(self, suspects: list[Path], failing: int) -> list[Path]:
        """The suspect without whose change the fewest files fail, or all of them together, or none."""
        if 1 < len(suspects) <= MOST_TRIED:
            left = {path: self._failing_without([path]) for path in suspects}
            likely = min(suspects, key=lambda path: left[path])
            if left[likely] < failing:
                return [likely]
        return suspects if suspects and self._failing_without(suspects) < failing else []

    def _failing_without(self, suspects: list[Path]) -> int:
        return len(self._attempt([*self.back, *suspects]).victims)

    def _check(self, files: Mapping[Path, bytes]) -> CheckResult:
        key = frozenset(files.items())
        if key not in self._checked:
            absent = dict.fromkeys({*self.disk, *self.good} - files.keys())
            self._checked[key] = check_rules(self.folder, Remembering({**absent, **files}, self.memory))
        return self._checked[key]

    def _trouble(self, path: Path, problems: Iterable[Problem], *, of_others: bool = False) -> Trouble:
        runs = Runs.LAST_GOOD if path in self.good else Runs.NOTHING
        return Trouble(path, tuple(problems), runs, of_others)

    def _is_rule(self, path: Path) -> bool:
        return path.is_relative_to(self.folder / "library")

    def _is_good(self, path: Path, files: Mapping[Path, bytes]) -> bool:
        return path in self.good and files.get(path) == self.good[path]


def _errors(result: CheckResult) -> dict[Path, list[Problem]]:
    found: dict[Path, list[Problem]] = {}
    for one in result.problems:
        if one.level == "error":
            found.setdefault(one.path, []).append(one)
    return found


def _all(victims: Mapping[Path, list[Problem]]) -> tuple[Problem, ...]:
    return in_order([one for found in victims.values() for one in found])
