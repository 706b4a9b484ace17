"""Tells the admins when a rule that rang rings no more: its file is gone, or its status is another one.

Which rules rang last stands in the store, so that a deletion while nobody ran is told as well, and told once. A rule
that stopped because its file is wrong is the business of ``bot.app.telling``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from bot.app.admins import Herald
from bot.app.rulebook import Edition, RuleBook
from bot.store import rule_files
from bot.texts.rule_news import SilentLine, silent_page
from rules import RuleInfo, Status

_TOPIC = "live"


class Roll(NamedTuple):
    """``rang``: what is to be remembered as ringing; ``silent``: what is to be told."""

    rang: frozenset[str]
    silent: tuple[SilentLine, ...]


def call(rang: Collection[str], rules: Sequence[RuleInfo], wrong: Collection[str]) -> Roll:
    """Which of the rules that ``rang`` do not any more; pure. ``wrong``: ids of rules whose files are wrong."""
    known: Mapping[str, RuleInfo] = {rule.id: rule for rule in rules}
    live = {rule.id for rule in rules if rule.status is Status.LIVE}
    kept = {one for one in rang if one not in known and one in wrong}
    silent = sorted(set(rang) - live - kept)
    lines = [SilentLine(one, known[one].status.value if one in known else "") for one in silent]
    return Roll(frozenset(live | kept), tuple(lines))


def of(rang: Collection[str], edition: Edition) -> Roll:
    """``call`` on an edition of the rule book."""
    wrong = {trouble.path.stem for trouble in edition.troubles}
    return call(rang, edition.rule_set.rules, wrong)


@dataclass(slots=True)
class Caller(Herald):
    """Tells of rules that ring no more."""

    about: ClassVar[str] = "rules that rang"
    look_seconds: ClassVar[float] = 1.0
    book: RuleBook
    _seen: Edition | None = None  # the edition that needs no more looking at

    def forget(self) -> None:
        """Look at the edition again."""
        self._seen = None

    async def tell(self) -> None:
        """Tell what there is to tell now."""
        edition, database = self.book.edition, self.audience.database
        if edition is self._seen or not edition.files:
            return
        async with database.read() as session:
            told = await rule_files.told(session, _TOPIC)
        roll = of(told.files if told else (), edition)
        if roll.silent and not await self.reach(roll.silent, lambda to: silent_page(to, roll.silent)):
            return
        if told is None or set(told.files) != roll.rang:
            async with database.write() as session:
                await rule_files.note_told(session, "", roll.rang, self.audience.now(), _TOPIC)
        self._seen = edition
