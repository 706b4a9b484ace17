"""The rule set in force, behind one call, so that it can be exchanged while others hold the book."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.app.rules_folder import contents
from bot.errors import RasidError
from bot.logs import get_log
from bot.settings import Settings
from bot.times import utc_now
from rules import RuleSet, Status
from rules.settle import Runs, Settled, Trouble, settle

log = get_log(__name__)

MOST_LOGGED = 20  # problems of one file: a lexicon may break thousands of examples


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of the book. ``files``: what it is made of; ``loaded_at``: since when the set is in force."""

    rule_set: RuleSet
    loaded_at: datetime
    files: frozenset[Path] = frozenset()
    troubles: tuple[Trouble, ...] = ()

    @property
    def kept(self) -> int:
        """How many files run in their last good version; of an emptied folder, all."""
        return sum(
            1 if one.path.suffix else len(self.files) for one in self.troubles if one.runs == Runs.LAST_GOOD
        )


@dataclass(slots=True)
class RuleBook:
    """The edition in force. Whoever works on a document calls once and keeps that set to the end."""

    edition: Edition = field(default_factory=lambda: Edition(RuleSet((), ()), utc_now()))

    def __call__(self) -> RuleSet:
        """The rule set in force."""
        return self.edition.rule_set

    @property
    def rule_set(self) -> RuleSet:
        """The rule set in force."""
        return self.edition.rule_set

    def take(self, settled: Settled, now: datetime) -> bool:
        """Put a settled set in force and say what is wrong with its files.

        A set without any rule is not taken (False): what was in force stays, only what is wrong is noted.
        """
        _log_changes(self.edition.troubles, settled.troubles)
        if not settled.rule_set.rules:
            self.edition = replace(self.edition, troubles=settled.troubles)
            return False
        _log_rules(self.edition.rule_set, settled.rule_set)
        self.edition = Edition(settled.rule_set, now, frozenset(settled.files), settled.troubles)
        return True


def read_rules(settings: Settings) -> RuleBook:
    """The book of a rules folder as it stands, without a history.

    What is wrong with a file is logged with its place, and the others work; RasidError when not one rule is left.
    """
    book = RuleBook()
    if not book.take(settle(settings.rules, contents(settings.rules), {}), utc_now()):
        raise no_rules(settings)
    return book


def no_rules(settings: Settings) -> RasidError:
    """What an operator reads who starts Rasid without a single valid rule."""
    return RasidError(
        f"RASID_RULES: there is no valid rule in {settings.rules}; `rasid rules check` says why"
    )


def _log_changes(before: Iterable[Trouble], after: Iterable[Trouble]) -> None:
    """Each new trouble with every place in it; each file that is well again."""
    known, current = set(before), set(after)
    for trouble in after:
        if trouble not in known:
            _log(trouble)
    for path in sorted({one.path for one in known} - {one.path for one in current}):
        log.info("rule file is well again", file=str(path))


def _log_rules(before: RuleSet, after: RuleSet) -> None:
    """Which rules have come, gone or changed; a live rule that is gone is worth a warning. Nothing of a first set."""
    if not before.rules:
        return
    old, new = ({rule.id: rule for rule in one.rules} for one in (before, after))
    for gone in sorted(old.keys() - new.keys()):
        tell = log.warning if old[gone].status is Status.LIVE else log.info
        tell("a rule is no longer there", rule=gone, status=old[gone].status.value)
    for name in sorted(new):
        if name not in old or old[name].hash != new[name].hash:
            what = "a rule has changed" if name in old else "a rule is new"
            log.info(what, rule=name, status=new[name].status.value)


def _log(trouble: Trouble) -> None:
    left = len(trouble.problems) - MOST_LOGGED
    if left > 0:
        log.error("rule file: more problems than are logged", file=str(trouble.path), not_logged=left)
    for problem in trouble.problems[:MOST_LOGGED]:
        log.error(
            "rule file",
            where=f"{problem.path}:{problem.line}:{problem.column}",
            code=problem.code,
            message=problem.message,
            english=problem.message_en,
            runs=trouble.runs,
            **({"because_of": str(trouble.path)} if trouble.of_others else {}),
        )
